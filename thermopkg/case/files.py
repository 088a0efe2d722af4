"""Which files make up a case? Reading TOML, `extends` and packages, merging, and where each value came from."""

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from thermopkg.case.case import MOST_PARTS
from thermopkg.case.inclusion import Inclusion, clashes, renamed, seated
from thermopkg.case.model import Finding, Place, closest, dotted
from thermopkg.case.trace_file import resolve_trace_files
from thermopkg.case.wording import finding
from thermopkg.errors import CaseError, Fault
from thermopkg.units import quote

LARGEST_FILE = 256 * 1024  # bytes; a case is a page or two, so anything longer is the wrong file
DEEPEST_CHAIN = 8  # files in a row that extend one another or bring one another in
ENDLESS_KEY = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){16}""")  # reading it takes time with its square

Json = dict[str, Any]

ALTERNATIVES: tuple[tuple[set[str], ...], ...] = (  # who writes a key of one set means none of the others
    ({"film"}, {"air"}, {"temperature"}, {"adiabatic"}),
    ({"ambient", "emissivity"}, {"temperature"}, {"adiabatic"}),
    ({"on"}, {"under"}, {"over", "gap"}),
    ({"exposes"}, {"height"}, {"up_to"}),
    ({"count", "rows"}, {"mask"}, {"places"}),
    ({"pitch"}, {"places"}),
    ({"through"}, {"between"}),
    (
        {"value", "range", "reference", "exponent"},
        {"in_plane", "through", "in_plane_range", "through_range"},
        {"table"},
    ),
)


@dataclass(frozen=True)
class Source:
    """One of the documents that a case is merged from; `shown` is its path from the case's folder, if not the case."""

    document: Json
    shown: str | None = None


@dataclass(frozen=True)
class Merged:
    """A case as plain data, what it was merged from, the last word first, and the packages brought in, by name."""

    document: Json
    sources: tuple[Source, ...]
    packages: Mapping[str, Json] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()  # what is wrong with names of trace files, which only their own folder can tell

    def fault(self, finding: Finding) -> Fault:
        """A finding with its path in the file where the value stands."""
        if finding.place == ("part",):  # about all parts together, which no single file may hold
            return finding.fault()
        found, best = (self.sources[0], finding.place), -1
        for source in self.sources:
            place = self._place_in(source, finding.place)
            if place is not None and (reached := _steps_found(source.document, place)) > best:
                found, best = (source, place), reached
        source, place = found
        path = dotted(place)
        return Fault(path if source.shown is None else f"{source.shown}: {path}", finding.message)

    def _place_in(self, source: Source, place: Place) -> Place | None:
        """The same place in a source, where parts and contacts have other numbers; None where it has not got them."""
        match place:
            case ("part" | "contact" as array, int(number), *rest) if len(self.sources) > 1:
                whole, own = self.document[array][number], source.document.get(array)
                tables = own if isinstance(own, list) else []
                key = _key_of(array, whole)
                same = [i for i, table in enumerate(tables) if table is whole]
                alike = [i for i, table in enumerate(tables) if key is not None and _key_of(array, table) == key]
                here = [*same, *alike]
                return (array, here[0], *rest) if here else None
            case _:
                return place


def _steps_found(document: Json, place: Place) -> int:
    """How far into a document a place leads."""
    node: Any = document
    for i, step in enumerate(place):
        inside = step in node if isinstance(node, dict) else isinstance(node, list) and step in range(len(node))
        if not inside:
            return i
        node = node[step]
    return len(place)


def read_merged(path: Path, overrides: Json | None = None) -> Merged:
    """A case file, merged over everything that it extends.

    Parameters
    ----------
    overrides : merged over the file as if a further file extended it
    Raises
    ------
    CaseError : a file cannot be read or is not TOML, or `extends` does not lead to a file that may be read
    """
    merged = _Reader(path).merged(path, ())
    if not overrides:
        return merged
    own = deepcopy({key: value for key, value in overrides.items() if key != "without"})
    findings = tuple(resolve_trace_files(own, path.parent, _Reader(path).tree))
    base = _removed(merged, overrides.get("without", []), path)
    findings += _findings_left(merged.findings, own)
    return Merged(merge(base, own), (Source(own), *merged.sources), merged.packages, findings)


# ---------------------------------------------------------------- reading
@dataclass(frozen=True)
class _Reader:
    """Reads what the case at `case` is made of."""

    case: Path

    @property
    def tree(self) -> Path:
        """The folder that a case and all it extends must lie in: the one above the case's own."""
        own = Path(os.path.realpath(self.case.parent))
        return own.parent if own.parent != own.parent.parent else own

    def merged(self, path: Path, chain: tuple[Path, ...]) -> Merged:
        document = read_toml(path)
        here = Path(os.path.realpath(path))
        shown = None if not chain else os.path.relpath(path, self.case.parent)
        base_name, without = document.pop("extends", None), document.pop("without", [])
        tables = _package_tables(document.pop("package", []), path)
        findings = tuple(resolve_trace_files(document, path.parent, self.tree))
        own = self._with_packages(Merged(document, (Source(document, shown),)), tables, path, (*chain, here))
        own = replace(own, findings=findings)
        if base_name is None:
            if without:
                raise _refusal(path, "without", "removes parts of an extended case, and there is no extends")
            return own
        if not isinstance(base_name, str):
            reason = "is not a path; write the file's path relative to this one"
            raise _refusal(path, "extends", f"{quote(base_name)} {reason}")
        base = self.merged(self._named("extends", base_name, path, (*chain, here)), (*chain, here))
        for i, table in enumerate(tables):
            if table["name"] in base.packages:
                reason = (
                    'is in the extended case already; change its parts with [[part]], or leave it out with "without"'
                )
                raise _refusal(path, f"package[{i}].name", f"{quote(table['name'])} {reason}")
            _check_materials(base.document, own.packages[table["name"]], f"package[{i}].file", path)
        return Merged(
            merge(_removed(base, without, path), own.document),
            (*own.sources, *base.sources),
            {**base.packages, **own.packages},
            (*own.findings, *_findings_left(base.findings, own.document)),
        )

    def _with_packages(self, own: Merged, tables: list[Json], path: Path, chain: tuple[Path, ...]) -> Merged:
        """A file's own parts, and after them those of the packages that it brings in, changed as it says."""
        for i, table in enumerate(tables):
            file = self._named(f"package[{i}].file", table["file"], path, chain)
            brought, renamings = self.merged(file, chain), dict[int, Json]()
            document = renamed(brought.document, table["name"], renamings)
            parts, fault = seated(document.get("part", []), table)
            if fault is not None:
                raise _refusal(path, f"package[{i}].file", f"{quote(table['file'])} {fault}")
            document["part"] = parts
            _check_materials(own.document, document, f"package[{i}].file", path)
            merged = merge(document, own.document)
            merged["part"] = [*merged["part"][len(parts) :], *merged["part"][: len(parts)]]
            if len(merged["part"]) > MOST_PARTS:
                raise _refusal(
                    path, f"package[{i}]", f"makes {len(merged['part'])} parts; at most {MOST_PARTS} are taken"
                )
            sources = [Source(renamed(s.document, table["name"], renamings), s.shown) for s in brought.sources]
            own = Merged(merged, (*own.sources, *sources), {**own.packages, table["name"]: document})
        return own

    def _named(self, key: str, name: str, path: Path, chain: tuple[Path, ...]) -> Path:
        """The file that a file names, from its own folder."""
        if name.startswith(("/", "~")) or any(sign in name for sign in ("\\", ":", "\0")):
            raise _refusal(path, key, f"{quote(name)} is not a path relative to this file, with / between folders")
        base = Path(os.path.realpath(path.parent / name))
        if not base.is_relative_to(self.tree):
            reason = "leaves the case's folder tree; keep shared files beside the case's folder"
            raise _refusal(path, key, f"{quote(name)} {reason}")
        if base.suffix != ".toml":
            raise _refusal(path, key, f"{quote(name)} is not a .toml file")
        if base in chain:
            loop = " -> ".join(os.path.relpath(file, self.tree) for file in (*chain[chain.index(base) :], base))
            raise _refusal(path, key, f"runs in a circle: {loop}")
        if len(chain) >= DEEPEST_CHAIN:
            verb = "extend one another" if key == "extends" else "bring one another in"
            raise _refusal(path, key, f"more than {DEEPEST_CHAIN} files in a row {verb}")
        if not os.path.lexists(base):
            folder = base.parent
            near = closest(base.name, [file.name for file in folder.glob("*.toml")]) if folder.is_dir() else ""
            raise _refusal(path, key, f"{quote(name)} does not exist{near}")
        return path.parent / name


def _refusal(path: Path, key: str, message: str) -> CaseError:
    return CaseError([Fault(key, message)], _shown(path))


def _shown(path: Path) -> str:
    """A path that is printable."""
    text = str(path)
    return text if text.isprintable() else quote(text)


def read_toml(path: Path) -> Json:
    """A TOML file as plain data.

    Raises
    ------
    CaseError : there is no such file, it is no regular one or too large, or it is not TOML in UTF-8
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _refusal(path, "", "is a folder; name the case file in it")
        if not stat.S_ISREG(status.st_mode):
            raise _refusal(path, "", "is not a regular file")
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)  # no more, whatever size the file says it has
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _refusal(path, "", "there is no such file") from error
    except OSError as error:
        raise _refusal(path, "", f"cannot be read: {error.strerror}") from error
    except ValueError as error:  # a NUL in the path
        raise _refusal(path, "", "is not a file name") from error
    if len(data) > LARGEST_FILE:
        raise _refusal(path, "", f"is longer than {LARGEST_FILE:,} bytes, which no case is")
    if b"\0" in data or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal(path, "", "is binary or UTF-16; save it as UTF-8 text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal(path, "", f"is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    if not text.strip():
        raise _refusal(path, "", "is empty; 'thermopkg new' writes a case to start from")
    if ENDLESS_KEY.search(text):
        raise _refusal(path, "", "is not TOML that can be read: a key of more than 16 steps")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise _refusal(path, "", "is not TOML that can be read: nested too deeply") from error
    except ValueError as error:  # besides what TOML forbids, numbers of thousands of digits
        raise _refusal(path, "", f"is not TOML: {_toml_fault(str(error))}") from error


def _toml_fault(message: str) -> str:
    where = message[message.rfind("(at ") :] if "(at " in message else ""
    if message.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate", "Cannot redefine")):
        return f"a key or table is given twice {where}".strip()
    return message if where else "a number has too many digits"


# ---------------------------------------------------------------- packages
def _package_tables(tables: object, path: Path) -> list[Json]:
    """The packages that a file brings in, as they stand in it.

    Raises
    ------
    CaseError : with every fault of theirs
    """
    if not isinstance(tables, list):
        raise _refusal(path, "package", f"{quote(tables)} is not a list; write [[package]]")
    findings = []
    for i, table in enumerate(tables):
        if not isinstance(table, dict):
            findings.append(Finding(("package", i), f"{quote(table)} is not a table of keys and values"))
            continue
        try:
            Inclusion.model_validate(table)
        except ValidationError as error:
            for item in error.errors(include_url=False):
                found = finding(item, table, Inclusion)
                findings.append(Finding(("package", i, *found.place), found.message))
        if table.get("name") in [other.get("name") for other in tables[:i] if isinstance(other, dict)]:
            findings.append(Finding(("package", i, "name"), "is the name of another package; give it one of its own"))
    if findings:
        raise CaseError([found.fault() for found in findings], _shown(path))
    return tables


def _check_materials(own: Json, brought: Json, key: str, path: Path) -> None:
    reasons = [
        f"brings in {quote(name)}, which is another material there than here; give one of them another name"
        for name in clashes(own, brought)
    ]
    if reasons:
        raise CaseError([Fault(key, reason) for reason in reasons], _shown(path))


# ---------------------------------------------------------------- merging
def _removed(base: Merged, without: object, path: Path) -> Json:
    """The base without some of its parts and packages."""
    if not isinstance(without, list) or not all(isinstance(name, str) for name in without):
        raise _refusal(path, "without", f"{quote(without)} is not a list of part names")
    parts = base.document.get("part")
    tables = parts if isinstance(parts, list) else []
    names = [part["name"] for part in tables if isinstance(part, dict) and isinstance(part.get("name"), str)]
    known = [*names, *base.packages]
    unknown = [name for name in without if name not in known]
    if unknown:
        reasons = [f"the extended case has no part {quote(name)}{closest(name, known)}" for name in unknown]
        raise CaseError([Fault("without", reason) for reason in reasons], _shown(path))
    if not without:
        return base.document
    brought = [part for name in without for part in base.packages.get(name, {}).get("part", [])]
    out = {*without, *(part["name"] for part in brought if isinstance(part, dict) and _is_named(part))}
    left = {**base.document, "part": [p for p in tables if not (isinstance(p, dict) and p.get("name") in out)]}
    contacts = base.document.get("contact")
    if isinstance(contacts, list):  # what touches nothing any more has no contact
        left["contact"] = [table for table in contacts if not (_key_of("contact", table) or set()) & out]
    return left


def merge(base: Json, own: Json) -> Json:
    """Tables merge key by key, parts by their name, contacts by the two that touch; everything else is replaced."""
    merged = dict(base)
    for key, value in own.items():
        old = base.get(key)
        if key in ("part", "contact") and isinstance(value, list) and isinstance(old, list):
            merged[key] = _merge_array(key, old, value)
        elif isinstance(value, dict) and isinstance(old, dict):
            merged[key] = _merge_table(old, value)
        else:
            merged[key] = value
    return merged


def _merge_table(base: Json, own: Json) -> Json:
    """A table over another; who names another kind of part starts afresh, another alternative drops the old one."""
    if "kind" in own and own["kind"] != base.get("kind"):
        return own
    kept = dict(base)
    for sets in ALTERNATIVES:
        if any(keys & own.keys() for keys in sets):
            for key in {key for keys in sets if not keys & own.keys() for key in keys}:
                kept.pop(key, None)
    return merge(kept, own)


def _merge_array(array: str, base: list[Any], own: list[Any]) -> list[Any]:
    merged = list(base)
    numbers = {key: i for i, table in enumerate(base) if (key := _key_of(array, table)) is not None}
    for table in own:
        key = _key_of(array, table)
        number = None if key is None else numbers.pop(key, None)
        if number is None:
            merged.append(table)  # a new one, or one that validation will refuse
        else:
            merged[number] = _merge_table(merged[number], table)
    return merged


def _findings_left(findings: tuple[Finding, ...], own: Json) -> tuple[Finding, ...]:
    """What was wrong with the traces of a base and still is: a document with traces of its own takes none of them."""
    transient = own.get("transient")
    return () if isinstance(transient, dict) and "power" in transient else findings


def _key_of(array: str, table: Any) -> frozenset[str] | None:
    """What a table of an array is known by: a part by its name, a contact by the two parts; None where it has none."""
    if not isinstance(table, dict):
        return None
    names = [table.get("name")] if array == "part" else table.get("between")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        return None
    return frozenset(names)


def _is_named(part: Json) -> bool:
    return isinstance(part.get("name"), str)
