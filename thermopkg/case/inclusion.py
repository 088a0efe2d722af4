"""How does one case become a package in another? Its parts under new names, its root on a part of the other case."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, Strict

from thermopkg.case.material import library
from thermopkg.case.model import MATERIAL_FIELDS, Model, Name
from thermopkg.case.relations import PLACED_BY_NAMES, REFERENCES, RELATIONS, carrier_of, outline_of_table
from thermopkg.units import Offset, quote

Json = dict[str, Any]


class Inclusion(Model):
    """A package that a file brings in: all parts of another case, whose root stands on a part of this one."""

    name: Name  # its parts are called NAME-PART here
    file: Annotated[str, Strict(), Field(description="path of a case file, from this one's folder")]
    on: Annotated[str, Strict()]
    at: tuple[Offset, Offset] | None = None  # of the root's middle, from that of the part it stands on


def renamed(document: Json, package: str, tables: dict[int, Json]) -> Json:
    """Parts, their contacts and materials of a case, the parts under the names that they have in a package.

    Parameters
    ----------
    tables : renamed parts by the identity of the old ones, filled here: those that two documents share stay one
    """
    parts = document.get("part")
    new: Json = {key: document[key] for key in ("materials",) if key in document}
    if isinstance(parts, list):
        for part in parts:
            if id(part) not in tables:
                tables[id(part)] = _renamed_table(part, package) if isinstance(part, dict) else part
        new["part"] = [tables[id(part)] for part in parts]
    contacts = document.get("contact")
    if isinstance(contacts, list):
        new["contact"] = [_renamed_table(table, package) if isinstance(table, dict) else table for table in contacts]
    return new


def _renamed_table(table: Json, package: str) -> Json:
    """A part or a contact with the names of parts in it as they are in a package."""

    def name(value: Any) -> Any:
        if isinstance(value, list):
            return [name(item) for item in value]
        return f"{package}-{value}" if isinstance(value, str) else value

    return {
        key: name(value) if key in ("name", "exposes", *RELATIONS, *REFERENCES) else value
        for key, value in table.items()
    }


def seated(parts: list[Any], package: Json) -> tuple[list[Any], str | None]:
    """The renamed parts with their root on a part of the other case, and each moulding on its carrier by name.

    Parameters
    ----------
    package : the table that brings them in
    Returns
    -------
    the parts, and what is wrong with them, if anything
    """
    outlines = [outline_of_table(part) for part in parts]
    known = [item for item in outlines if item is not None]
    roots = [item.name for item in known if item.base is None and item.kind not in PLACED_BY_NAMES]
    if len(roots) != 1:
        if len(known) < len(parts):
            return parts, None  # the part that cannot be made out has faults of its own
        listed = " and ".join(quote(name.removeprefix(f"{package['name']}-")) for name in roots) or "none"
        return parts, f"has not one part without a relation, to stand on {quote(package['on'])}, but {listed}"
    placed = []
    for part, item in zip(parts, outlines, strict=True):
        if item is not None and item.name == roots[0]:
            placed.append({**part, **{key: package[key] for key in ("on", "at") if key in package}})
        elif item is not None and item.kind == "encapsulant" and item.base is None:
            carrier = carrier_of(item, known)
            placed.append(part if carrier is None else {**part, "on": carrier})
        else:
            placed.append(part)
    return placed, None


def clashes(first: Json, second: Json) -> list[str]:
    """Names that stand for one material in a case and for another in a second one, where both need them."""
    tables = [case["materials"] if isinstance(case.get("materials"), dict) else {} for case in (first, second)]
    used = [set(_materials_in(case.get("part"))) for case in (first, second)]
    found = []
    for name in {**tables[0], **tables[1]}:
        if all(name in table for table in tables):
            differ = tables[0][name] != tables[1][name]
        else:
            differ = name in library() and name in used[0] & used[1]
        found += [name] if differ else []
    return found


def _materials_in(node: Any) -> Iterator[str]:
    """Every material that parts name, however deep inside."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key in MATERIAL_FIELDS and isinstance(value, str):
            yield value
        else:
            yield from _materials_in(value)
