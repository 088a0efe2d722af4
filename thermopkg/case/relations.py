"""Do the parts hang together by name? Relations between parts, read from models or from a file that has faults.

Only names, kinds and relations matter here, so that a file with a fault elsewhere hears of these in the same error.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from thermopkg.case.model import Finding, Place, not_a_part, part_of
from thermopkg.case.part import relation_conflict
from thermopkg.case.parts import KINDS, Encapsulant, Part
from thermopkg.units import quote

RELATIONS = ("on", "under", "over")


@dataclass(frozen=True)
class Outline:
    """A part as its neighbours see it."""

    name: str
    kind: str
    relations: Mapping[str, str]  # "on", "under" or "over", and the part that it names
    has_gap: bool = False
    exposes: tuple[str, ...] = ()

    @property
    def base(self) -> str | None:
        """The part that this one is placed from."""
        return next(iter(self.relations.values()), None)


def outline(part: Part) -> Outline:
    """The outline of a model."""
    relations = {key: value for key in RELATIONS if (value := getattr(part, key)) is not None}
    exposes = part.exposes if isinstance(part, Encapsulant) else ()
    return Outline(part.name, part.kind, relations, part.gap is not None, exposes)


def outline_of_table(table: object) -> Outline | None:
    """The outline of a part as it stands in a file; None where its name or kind cannot be made out."""
    if not isinstance(table, dict) or not isinstance(table.get("name"), str) or table.get("kind") not in tuple(KINDS):
        return None
    relations = {key: table[key] for key in RELATIONS if isinstance(table.get(key), str)}
    exposes: Any = table.get("exposes")
    faces = tuple(face for face in exposes if isinstance(face, str)) if isinstance(exposes, list) else ()
    return Outline(table["name"], table["kind"], relations, "gap" in table, faces)


def relation_findings(outlines: Sequence[Outline | None]) -> list[Finding]:
    """Everything that is wrong with how the parts are placed from one another.

    Parameters
    ----------
    outlines : in the order of the parts; None for a part whose name or kind cannot be made out, which keeps quiet
        all that depends on knowing every part
    """
    known = [item for item in outlines if item is not None]
    numbered = [(number, item) for number, item in enumerate(outlines) if item is not None]
    findings = [*_doubled_names(known)]
    if len(known) == len(outlines):
        names = [item.name for item in known]
        findings += [*_roots(known), *_unknown_names(numbered, names), *_circles(known)]
    for number, item in numbered:
        findings += _misplaced(("part", number), item, known, complete=len(known) == len(outlines))
    return findings


def placing_order(outlines: Sequence[Outline]) -> list[str]:
    """Names of all parts, each after those that it is placed from; the relations must be sound."""
    return list(TopologicalSorter(_predecessors(outlines)).static_order())


def carrier_of(item: Outline, outlines: Sequence[Outline]) -> str | None:
    """What a moulding stands on: the part that it names, or else the only carrier."""
    carriers = [other.name for other in outlines if other.kind == "substrate"]
    return item.base or (carriers[0] if len(carriers) == 1 else None)


def _predecessors(outlines: Sequence[Outline]) -> dict[str, list[str]]:
    names = {item.name for item in outlines}
    before = {}
    for item in outlines:
        base = carrier_of(item, outlines) if item.kind == "encapsulant" else item.base
        wanted = [base, *map(part_of, item.exposes)]
        before[item.name] = [name for name in dict.fromkeys(wanted) if name in names and name is not None]
    return before


def _doubled_names(outlines: Sequence[Outline]) -> Iterator[Finding]:
    for name, times in Counter(item.name for item in outlines).items():
        if times > 1:
            yield Finding(("part",), f"{times} parts are called {quote(name)}; each needs a name of its own")


def _roots(outlines: Sequence[Outline]) -> Iterator[Finding]:
    placed = [item for item in outlines if item.kind != "encapsulant"]
    roots = [item.name for item in placed if item.base is None]
    if placed and len(roots) != 1:
        listed = " and ".join(map(quote, roots)) + " have none" if roots else "every part has one"
        yield Finding(
            ("part",),
            "exactly one part stands without a relation, and all others are placed from it; here "
            f'{listed}. Relations are on = "PART", under = "PART", and over = "PART" with a gap',
        )


def _unknown_names(numbered: Sequence[tuple[int, Outline]], names: Sequence[str]) -> Iterator[Finding]:
    for number, item in numbered:
        for key, base in item.relations.items():
            if base not in names:
                yield Finding(("part", number, key), not_a_part(base, names))
        for i, face in enumerate(item.exposes):
            if (part := part_of(face)) and part not in names:
                yield Finding(("part", number, "exposes", i), not_a_part(part, names))


def _misplaced(place: Place, item: Outline, others: Sequence[Outline], complete: bool) -> Iterator[Finding]:
    """What a kind of part asks of its place."""
    base = next((other for other in others if other.name == item.base), None)
    if conflict := relation_conflict(list(item.relations), item.has_gap):
        yield Finding(place, conflict)
    match item.kind:
        case "encapsulant" if complete and carrier_of(item, others) is None:
            yield Finding(place, 'stands on which carrier? Add on = "PART"')
        case "balls" if "under" not in item.relations:
            yield Finding(place, 'hangs from which part? Write under = "PART"')
        case "chip" if "on" not in item.relations and (len(others) > 1 or item.relations or not complete):
            yield Finding(place, 'is flipped onto which carrier? Write on = "PART"')
        case "chip" if base is not None and base.kind == "encapsulant":
            yield Finding(place, f"stands on the moulding {quote(base.name)}; a chip needs a carrier")


def _circles(outlines: Sequence[Outline]) -> Iterator[Finding]:
    left = list(outlines)
    while True:
        try:
            TopologicalSorter(_predecessors(left)).prepare()
            return
        except CycleError as error:
            loop = list(reversed(error.args[1]))  # each is placed from the next
            if len(loop) == 2:
                yield Finding(("part",), f"{quote(loop[0])} is placed from itself")
            else:
                yield Finding(("part",), f"the placing runs in a circle: {' -> '.join(loop)}")
            left = [item for item in left if item.name not in loop]
