"""How does a file become a case? TOML, `extends`, and every fault of a file in one error."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from thermopkg.case.case import Case, check
from thermopkg.case.material import library
from thermopkg.case.model import Model, closest
from thermopkg.case.parts import KINDS
from thermopkg.errors import CaseError, Fault
from thermopkg.units import quote

LARGEST_FILE = 1_000_000  # bytes; a case is a page or two, so anything longer is the wrong file
DEEPEST_CHAIN = 8  # files in a row that extend one another

Json = dict[str, Any]


@dataclass(frozen=True)
class Origins:
    """Which file, and which place in it, each merged part came from."""

    files: tuple[Path, ...]
    parts: Mapping[str, tuple[Path, int]] = field(default_factory=dict)


def load(path: Path | str, claims: Collection[str] | None = None, overrides: Json | None = None) -> Case:
    """Read a case file and everything that it extends.

    Parameters
    ----------
    claims : names of the claims that may be asked for; any name passes where it is None
    overrides : merged over the file as if a further file extended it

    Raises
    ------
    CaseError : with every fault of the file, each with its dotted path
    """
    path = Path(path)
    root = _tree_root(path)
    document, origins = _merged(path, root, ())
    if overrides:
        document = _merge(document, overrides)
    return from_document(document, source=str(path), claims=claims, origins=origins)


def from_document(
    document: Json, source: str = "case", claims: Collection[str] | None = None, origins: Origins | None = None
) -> Case:
    """Validate a case given as plain data, as it stands in TOML.

    Raises
    ------
    CaseError : with every fault
    """
    parts = document.get("part")
    names = [p["name"] for p in parts if isinstance(p, dict) and isinstance(p.get("name"), str)] if isinstance(
        parts, list
    ) else []  # fmt: skip
    own = document.get("materials")
    materials = [*library(), *(own if isinstance(own, dict) else ())]
    context: dict[str, Collection[str]] = {"part": names, "material": materials}
    if claims is not None:
        context["claim"] = claims
    faults: list[Fault] = []
    case = None
    try:
        case = Case.model_validate(document, context=context)
    except ValidationError as error:
        faults = [_fault(item, document, origins, Path(source)) for item in error.errors()]
    if case is not None:
        try:
            check(case)
        except CaseError as error:
            faults = list(error.faults)
    if faults or case is None:
        raise CaseError(dict.fromkeys(faults), source)
    return case


# ---------------------------------------------------------------- reading files
def _tree_root(path: Path) -> Path:
    """The folder that a case and all it extends must lie in: the one above the case's own."""
    own = path.resolve().parent
    return own.parent if own.parent != own.parent.parent else own


def _read(path: Path, shown: str) -> Json:
    if not path.exists():
        raise CaseError([Fault("", f"there is no file {quote(shown)}")], shown)
    if path.is_dir():
        raise CaseError([Fault("", "is a folder; name the case file in it")], shown)
    if not path.is_file():
        raise CaseError([Fault("", "is not a regular file")], shown)
    if (size := path.stat().st_size) > LARGEST_FILE:
        raise CaseError([Fault("", f"has {size:,} bytes; a case file has at most {LARGEST_FILE:,}")], shown)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CaseError([Fault("", f"cannot be read: {error.strerror}")], shown) from error
    except UnicodeDecodeError as error:
        raise CaseError([Fault("", f"is not UTF-8 text (byte {error.start}); save it as UTF-8")], shown) from error
    if not text.strip():
        raise CaseError([Fault("", "is empty; 'thermopkg new' writes a case to start from")], shown)
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise CaseError([Fault("", f"is not TOML: {error}")], shown) from error
    except RecursionError as error:
        raise CaseError([Fault("", "is not TOML that can be read: nested too deeply")], shown) from error


def _merged(path: Path, root: Path, chain: tuple[Path, ...]) -> tuple[Json, Origins]:
    here = path.resolve()
    if here in chain:
        loop = " -> ".join(p.name if p.parent == here.parent else f"{p.parent.name}/{p.name}" for p in (*chain, here))
        raise CaseError([Fault("extends", f"runs in a circle: {loop}")], str(path))
    if len(chain) >= DEEPEST_CHAIN:
        raise CaseError([Fault("extends", f"more than {DEEPEST_CHAIN} files in a row extend one another")], str(path))
    document = _read(path, str(path))
    origins = Origins((path,), _own_parts(document, path))
    base_name = document.pop("extends", None)
    without = document.pop("without", [])
    if base_name is None:
        if without:
            raise CaseError([Fault("without", "removes parts of an extended case, and there is no extends")], str(path))
        return document, origins
    base_path = _extended(base_name, path, root)
    base, base_origins = _merged(base_path, root, (*chain, here))
    return (
        _merge(_removed(base, without, path), document),
        Origins(origins.files + base_origins.files, {**base_origins.parts, **origins.parts}),
    )


def _extended(name: object, path: Path, root: Path) -> Path:
    def refuse(reason: str) -> CaseError:
        return CaseError([Fault("extends", f"{quote(name)} {reason}")], str(path))

    if not isinstance(name, str):
        raise refuse("is not a path; write the file's path relative to this one")
    if "://" in name or name.startswith(("/", "\\", "~")) or ":" in name or "\0" in name:
        raise refuse("is not a path relative to this file")
    base = (path.parent / name).resolve()
    if not base.is_relative_to(root):
        raise refuse("leaves the case's folder tree; keep shared files beside the case's folder")
    if base.suffix != ".toml":
        raise refuse("is not a .toml file")
    if not base.exists():
        near = closest(base.name, [p.name for p in base.parent.glob("*.toml")]) if base.parent.is_dir() else ""
        raise refuse(f"does not exist{near}")
    return path.parent / name


def _own_parts(document: Json, path: Path) -> dict[str, tuple[Path, int]]:
    parts = document.get("part", [])
    if not isinstance(parts, list):
        return {}
    return {p["name"]: (path, i) for i, p in enumerate(parts) if isinstance(p, dict) and isinstance(p.get("name"), str)}


def _removed(base: Json, without: object, path: Path) -> Json:
    parts = base.get("part", [])
    names = [p.get("name") for p in parts if isinstance(p, dict)]
    if not isinstance(without, list) or not all(isinstance(name, str) for name in without):
        raise CaseError([Fault("without", f"{quote(without)} is not a list of part names")], str(path))
    unknown = [name for name in without if name not in names]
    if unknown:
        raise CaseError(
            [
                Fault("without", f"the extended case has no part {quote(name)}{closest(name, names)}")
                for name in unknown
            ],
            str(path),
        )
    return {**base, "part": [p for p in parts if not (isinstance(p, dict) and p.get("name") in without)]}


def _merge(base: Json, own: Json) -> Json:
    """Tables merge key by key, parts by their name; everything else is replaced."""
    merged = dict(base)
    for key, value in own.items():
        if key == "part" and isinstance(value, list) and isinstance(base.get(key), list):
            merged[key] = _merge_parts(base[key], value)
        elif isinstance(value, dict) and isinstance(base.get(key), dict):
            merged[key] = _merge_table(base[key], value)
        else:
            merged[key] = value
    return merged


def _merge_table(base: Json, own: Json) -> Json:
    """A table that names another alternative (film, temperature, adiabatic) replaces the old one."""
    alternatives = ({"film", "temperature", "adiabatic"}, {"on", "under", "over"}, {"exposes", "height"})
    kept = dict(base)
    for group in alternatives:
        if group & own.keys() and group & base.keys() and not (group & own.keys() & base.keys()):
            for key in group:
                kept.pop(key, None)
    return _merge(kept, own)


def _merge_parts(base: list[Any], own: list[Any]) -> list[Any]:
    merged = list(base)
    at = {p.get("name"): i for i, p in enumerate(base) if isinstance(p, dict)}
    seen: set[object] = set()
    for part in own:
        name = part.get("name") if isinstance(part, dict) else None
        if isinstance(name, str) and name in at and name not in seen:
            merged[at[name]] = _merge_table(merged[at[name]], part)
            seen.add(name)
        else:
            merged.append(part)  # a new part, or one that validation will refuse
    return merged


# ---------------------------------------------------------------- wording faults
def _fault(item: Any, document: Json, origins: Origins | None, source: Path) -> Fault:
    location = _in_document(item["loc"], document, keep_last=item["type"] in {"missing", "extra_forbidden"})
    return Fault(_dotted(location, document, origins, source), _message(item, location, document))


def _in_document(steps: tuple[int | str, ...], document: Json, keep_last: bool) -> list[int | str]:
    """The path as the file has it: validation also names the alternative it took, and the file has no such key."""
    location: list[int | str] = []
    node: Any = document
    for i, step in enumerate(steps):
        last = i == len(steps) - 1
        inside = step in node if isinstance(node, dict) else isinstance(node, list) and isinstance(step, int)
        if inside:
            location.append(step)
            node = node[step] if isinstance(node, dict) or (isinstance(step, int) and step < len(node)) else None
        elif last and keep_last and isinstance(node, dict | list):
            location.append(step)
    return location


def _dotted(location: list[int | str], document: Json, origins: Origins | None, source: Path) -> str:
    """part[2].layers[0].material; a part's number is that in the file where it stands."""
    text = ""
    for i, step in enumerate(location):
        if isinstance(step, str):
            text += f".{step}" if text else step
            continue
        name = document["part"][step].get("name") if i == 1 and _is_part(location, document) else None
        came_from = origins.parts.get(name) if origins is not None and isinstance(name, str) else None
        if came_from is None:
            text += f"[{step}]"
        else:
            file, number = came_from
            text += f"[{number}]" if file == source else f"[{number} of {file}]"
    return text


def _is_part(location: list[int | str], document: Json) -> bool:
    return location[0] == "part" and isinstance(location[1], int) and isinstance(document["part"][location[1]], dict)


def _message(item: Any, location: list[int | str], document: Json) -> str:
    got = item["input"]
    match item["type"]:
        case "missing" if location and isinstance(location[-1], int):
            return f"missing: {location[-1]} entries given, one more is wanted"
        case "missing":
            return "missing"
        case "extra_forbidden":
            known = _known_keys(location, document)
            hint = closest(str(location[-1]), known)
            return f"unknown key{hint or '; known here: ' + ', '.join(known)}"
        case "union_tag_invalid":
            kind = item["ctx"]["tag"]
            return f"{quote(kind)} is no kind of part{closest(kind, KINDS) or '; known: ' + ', '.join(KINDS)}"
        case "union_tag_not_found":
            return f"kind is missing; one of {', '.join(KINDS)}"
        case "literal_error":
            allowed = item["ctx"]["expected"]
            return f"{quote(got)} is not allowed; write {allowed}"
        case "value_error":
            return str(item["ctx"]["error"])
        case "int_type" | "int_parsing" | "int_from_float":
            return f"{quote(got)} is not a whole number"
        case "float_type" | "float_parsing":
            return f"{quote(got)} is not a number"
        case "string_type":
            return f"{quote(got)} is not text; put it in quotes"
        case "tuple_type" | "list_type":
            return f"{quote(got)} is not a list"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"{quote(got)} is not a table of keys and values"
        case "greater_than_equal":
            return f"must be at least {item['ctx']['ge']:g}, got {quote(got)}"
        case "less_than_equal":
            return f"must be at most {item['ctx']['le']:g}, got {quote(got)}"
        case "too_short" | "string_too_short":
            return "is empty; at least one entry is wanted"
        case "too_long":
            return f"has {item['ctx']['actual_length'] or 'too many'} entries; {item['ctx']['max_length']} are wanted"
        case _:
            return str(item["msg"])


def _known_keys(location: list[int | str], document: Json) -> list[str]:
    """The keys that the model at the path's last step takes."""
    models: list[type[BaseModel]] = [Case]
    node: Any = document
    for step in location[:-1]:
        node = node[step]
        if isinstance(step, str) and (inner := [m for model in models for m in _models_of(model, step)]):
            models = inner
        kind = node.get("kind") if isinstance(node, dict) else None
        if isinstance(kind, str) and kind in KINDS:
            models = [KINDS[kind]]
    fields = {f.alias or name: None for model in models for name, f in model.model_fields.items()}
    return list(fields)


def _models_of(model: type[BaseModel], key: str) -> list[type[BaseModel]]:
    for name, found in model.model_fields.items():
        if key in (name, found.alias):
            return list(_models_in(found.annotation))
    return []


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
