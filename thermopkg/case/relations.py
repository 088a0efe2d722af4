"""Do the parts hang together by name? Relations between parts, read from models or from a file that has faults.

Only names, kinds and relations matter here, so that a file with a fault elsewhere hears of these in the same error.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from thermopkg.case.model import Finding, Place, not_a_part, part_of
from thermopkg.case.part import PlacedModel, relation_conflict
from thermopkg.case.parts import KINDS, Chip, Encapsulant, Part, Traces, Vias, Wires
from thermopkg.units import quote

RELATIONS = ("on", "under", "over")
REFERENCES = ("up_to", "through", "between", "from", "to")  # keys besides, that name parts
CARRIERS = ("substrate", "lead-frame", "tape")
PLACED_BY_NAMES = ("encapsulant", "vias", "traces", "wires")  # kinds that need no relation
STANDS_FOR_BUMPS = ("block", "adhesive")  # kinds on which a chip may look down without bumps of its own
BEAR_NOTHING = ("vias", "traces", "wires")  # kinds that no part is placed from


@dataclass(frozen=True)
class Outline:
    """A part as its neighbours see it."""

    name: str
    kind: str
    relations: Mapping[str, str]  # "on", "under" or "over", and the part that it names
    has_gap: bool = False
    exposes: tuple[str, ...] = ()
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # REFERENCES, and the parts that they name
    face: str = "down"  # where a chip looks
    has_bumps: bool = False

    @property
    def base(self) -> str | None:
        """The part that this one is placed from."""
        return next(iter(self.relations.values()), None)


def outline(part: Part) -> Outline:
    """The outline of a model."""
    relations = {key: value for key in RELATIONS if (value := getattr(part, key, None)) is not None}
    references: dict[str, tuple[str, ...]] = {}
    match part:
        case Encapsulant(up_to=str(name)):
            references = {"up_to": (name,)}
        case Vias(through=tuple(names)):
            references = {"through": names}
        case Vias(between=tuple(names)):
            references = {"between": names}
        case Traces() | Wires():
            references = {"from": (part.from_,), "to": (part.to,)}
    exposes = part.exposes if isinstance(part, Encapsulant) else ()
    has_gap = isinstance(part, PlacedModel) and part.gap is not None
    face, has_bumps = (part.face, part.bumps is not None) if isinstance(part, Chip) else ("down", False)
    return Outline(part.name, part.kind, relations, has_gap, exposes, references, face, has_bumps)


def outline_of_table(table: object) -> Outline | None:
    """The outline of a part as it stands in a file; None where its name or kind cannot be made out."""
    if not isinstance(table, dict) or not isinstance(table.get("name"), str) or table.get("kind") not in tuple(KINDS):
        return None
    relations = {key: table[key] for key in RELATIONS if isinstance(table.get(key), str)}
    references = {key: names for key in REFERENCES if (names := _texts(table.get(key)))}
    face = "up" if table.get("face") == "up" else "down"
    has_gap, has_bumps = "gap" in table, table.get("bumps") is not None
    exposes = _texts(table.get("exposes"))
    return Outline(table["name"], table["kind"], relations, has_gap, exposes, references, face, has_bumps)


def _texts(value: object) -> tuple[str, ...]:
    """The texts in a list, or a text alone."""
    values: Sequence[Any] = value if isinstance(value, list) else (value,)
    return tuple(item for item in values if isinstance(item, str))


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
    carriers = [other.name for other in outlines if other.kind in CARRIERS]
    return item.base or (carriers[0] if len(carriers) == 1 else None)


def _predecessors(outlines: Sequence[Outline]) -> dict[str, list[str]]:
    names = {item.name for item in outlines}
    before = {}
    for item in outlines:
        base = carrier_of(item, outlines) if item.kind == "encapsulant" else item.base
        wanted = [base, *map(part_of, item.exposes), *(name for names in item.references.values() for name in names)]
        before[item.name] = [name for name in dict.fromkeys(wanted) if name in names and name is not None]
    return before


def _doubled_names(outlines: Sequence[Outline]) -> Iterator[Finding]:
    for name, times in Counter(item.name for item in outlines).items():
        if times > 1:
            yield Finding(("part",), f"{times} parts are called {quote(name)}; each needs a name of its own")


def _roots(outlines: Sequence[Outline]) -> Iterator[Finding]:
    placed = [item for item in outlines if item.kind not in PLACED_BY_NAMES]
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
        for key, others in item.references.items():
            for i, name in enumerate(others):
                if name not in names:
                    place: Place = ("part", number, key, i) if key in ("through", "between") else ("part", number, key)
                    yield Finding(place, not_a_part(name, names))


def _misplaced(place: Place, item: Outline, others: Sequence[Outline], complete: bool) -> Iterator[Finding]:
    """What a kind of part asks of its place."""
    base = next((other for other in others if other.name == item.base), None)
    if conflict := relation_conflict(list(item.relations), item.has_gap):
        yield Finding(place, conflict)
    if base is not None and base.kind in BEAR_NOTHING:
        yield Finding(place, f"is placed from {quote(base.name)}; {base.kind} bear nothing, name the part beside them")
    yield from _misled(place, item, others)
    if _lacks_bumps(item, base):
        yield Finding((*place, "bumps"), NO_BUMPS)
    match item.kind:
        case "encapsulant" if complete and carrier_of(item, others) is None:
            yield Finding(place, 'stands on which carrier? Add on = "PART"')
        case "balls" if not {"on", "under"} & item.relations.keys():
            yield Finding(place, 'hang from which part, or stand on which? Write under = "PART" or on = "PART"')
        case "pads" if not {"on", "under"} & item.relations.keys():
            yield Finding(place, 'lie on which part\'s face? Write on = "PART" or under = "PART"')
        case "adhesive" if "on" not in item.relations:
            yield Finding(place, 'lies on which part? Write on = "PART"')
        case "chip" if "on" not in item.relations and (len(others) > 1 or item.relations or not complete):
            verb = "lies on its back on which part" if item.face == "up" else "is flipped onto which carrier"
            yield Finding(place, f'{verb}? Write on = "PART"')
        case "chip" if base is not None and base.kind == "encapsulant":
            yield Finding(place, f"stands on the moulding {quote(base.name)}; a chip needs a carrier")


def _lacks_bumps(item: Outline, base: Outline | None) -> bool:
    """Whether a chip looks down without bumps where nothing stands for them; silent where its base is not known."""
    if item.kind != "chip" or item.face == "up" or item.has_bumps:
        return False
    return item.base is None if base is None else base.kind not in STANDS_FOR_BUMPS


NO_BUMPS = (
    'missing: a chip that looks down stands on bumps; add them, or write face = "up", or lay it on a block or an '
    "adhesive that stands for its bumps"
)


def _misled(place: Place, item: Outline, others: Sequence[Outline]) -> Iterator[Finding]:
    """Names of parts where a part of another kind is wanted."""
    named = {other.name: other for other in others}
    for key, names in item.references.items():
        for other in (named[name] for name in names if name in named):
            if other.kind in PLACED_BY_NAMES:
                yield Finding((*place, key), f"{quote(other.name)} is of kind {other.kind}, which nothing leads to")
            elif key == "from" and item.kind == "wires":
                if other.kind != "chip":
                    yield Finding((*place, key), f"{quote(other.name)} is of kind {other.kind}; wires start on a chip")
                elif other.face != "up":
                    yield Finding(
                        (*place, key),
                        f'{quote(other.name)} looks down, so that no wire reaches its pads; write face = "up" there',
                    )
            elif key != "up_to" and other.kind not in (*CARRIERS, "board"):
                yield Finding(
                    (*place, key),
                    f"{quote(other.name)} is of kind {other.kind}; {item.kind} lead to carriers: "
                    f"{', '.join((*CARRIERS, 'board'))}",
                )


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
