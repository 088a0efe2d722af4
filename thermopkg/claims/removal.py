"""What would the package be without this limitation, and all else as it is? A case changed in one thing alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.case.environment import FilmCondition
from thermopkg.case.material import IsotropicConductivity, Material, library
from thermopkg.case.model import part_of
from thermopkg.case.part import PlacedModel
from thermopkg.case.parts import Adhesive, Encapsulant, Part, Traces, Vias, Wires
from thermopkg.case.relations import outline
from thermopkg.case.study import Study
from thermopkg.claims import rows as asked
from thermopkg.package.package import PlacedPart

BEYOND = 1.2  # an interval's upper end is left by this factor, its lower end by the inverse
COVER = 1e-4  # m of compound over a sink that is buried
VOID = "air"  # what stands in a gap that no compound fills
TOUCHING = 1e-9  # m; gaps below this are none

STILL = "10 W/m^2/K"  # convection in still air and radiation together, for a package by itself
COOLED = "2000 W/m^2/K"  # fins and a fan, as seen from the base on which they stand


@dataclass(frozen=True, eq=False)
class Removal:
    """A case that lacks one thing, and what was changed, in words."""

    change: str
    case: Case


def environments(case: Case) -> Mapping[str, Case]:
    """The case in still air, and with a cooler on everything that looks up; all faces at the case's ambient."""
    still, cooled = FilmCondition(film=STILL), FilmCondition(film=COOLED)
    around = {"top": still, "bottom": still, "sides": still, "faces": {}, "region": ()}

    def in_(**conditions: object) -> Case:
        environment = case.environment.model_copy(update=conditions)
        return case.model_copy(update={"environment": environment})

    return {"still air": in_(**around), "cooled top": in_(**{**around, "top": cooled})}


def removals(
    case: Case, placed: Mapping[str, PlacedPart], limitation: asked.AnyLimitation, parts: Sequence[str]
) -> Iterator[Removal]:
    """Every way that is known to take a limitation away and leave the others; none where there is no such way.

    Parameters
    ----------
    placed : the case's parts with their boxes
    parts : those that play the limitation's elements, in the order of `limitation.elements`
    """
    match limitation:
        case asked.Distance():
            yield from _other_gaps(case, limitation, parts)
        case asked.ConductivityAbove():
            yield from _at_threshold(case, limitation, *parts)
        case asked.Exposed():
            yield from _buried(case, placed, parts[0])
        case asked.Fills():
            yield from _unfilled(case, placed, parts[1], parts[2])
        case asked.Over():
            yield from _left_out(case, placed, parts[0])
        case asked.BallArray() | asked.SitsOn():
            yield from _left_out(case, placed, parts[0])
        case asked.OfClass():
            yield from _of_another_class(case, limitation, *parts)
        case asked.Wires():
            yield from _all_left_out(case, "wires", parts[0])
        case asked.ThroughVias():
            yield from _all_left_out(case, "vias", *parts[:2])
        case asked.Traces():
            yield from _all_left_out(case, "traces", *parts[:2])
        case asked.Insulating() | asked.ModulusAtMost():
            yield from _of_another_adhesive(case, limitation, *parts)
        case _:
            return


# ---------------------------------------------------------------- one change each
def _other_gaps(case: Case, limitation: asked.Distance, parts: Sequence[str]) -> Iterator[Removal]:
    """The part that stands over another is moved, below the interval and beyond it."""
    for name, other in (parts, parts[::-1]):
        part = case.part_named(name)
        if isinstance(part, PlacedModel) and part.over == other:
            for gap in (limitation.low / BEYOND, limitation.high * BEYOND):
                yield Removal(f"{name} {_mm(gap)} over {other}", _with(case, name, gap=gap))


def _at_threshold(case: Case, limitation: asked.ConductivityAbove, name: str) -> Iterator[Removal]:
    part = case.part_named(name)
    if not isinstance(part, Encapsulant):
        return
    own = part.material
    material = case.material_named(own)
    value = IsotropicConductivity.model_construct(
        value=limitation.above, source="the limit of the claim", confidence="stated", note="", range=None
    )
    changed = _with(case, name, material=f"{own}-at-the-limit")
    materials = {**case.materials, f"{own}-at-the-limit": material.model_copy(update={"conductivity": value})}
    yield Removal(f"{name} conducts {limitation.above:g} W/m/K", changed.model_copy(update={"materials": materials}))


def _buried(case: Case, placed: Mapping[str, PlacedPart], name: str) -> Iterator[Removal]:
    for part in case.part:
        if isinstance(part, Encapsulant) and name in map(part_of, part.exposes):
            height = _height(placed, part) + COVER
            yield Removal(f"{_mm(COVER)} of {part.name} over {name}", _with_height(case, part, height))


def _unfilled(case: Case, placed: Mapping[str, PlacedPart], first: str, second: str) -> Iterator[Removal]:
    """Air in the gap, as far as the two face each other in plan."""
    lower, upper = sorted((placed[first], placed[second]), key=lambda part: float(part.box[2].mean()))
    low, high = _common(lower.box, upper.box)
    gap = float(upper.box[2, 0] - lower.box[2, 1])
    if gap <= TOUCHING or (high - low <= TOUCHING).any():
        return
    centre = 0.5 * (low + high) - lower.box[:2].mean(axis=1)
    void = Encapsulant(
        name="unfilled-gap",
        on=lower.name,
        material=VOID,
        size=(_metres(high[0] - low[0]), _metres(high[1] - low[1])),
        height=_metres(gap),
        at=(_metres(centre[0]), _metres(centre[1])),
    )
    yield Removal(f"{VOID} between {lower.name} and {upper.name}", case.model_copy(update={"part": (*case.part, void)}))


def _left_out(case: Case, placed: Mapping[str, PlacedPart], name: str) -> Iterator[Removal]:
    if can_be_left_out(case, name):
        yield Removal(f"no {name}", left_out(case, placed, name))


def can_be_left_out(case: Case, name: str) -> bool:
    """Whether no other part is placed from it or leads to it."""
    outlines = [outline(part) for part in case.part]
    own = next(item for item in outlines if item.name == name)
    leaning = [i.name for i in outlines if i.base == name or any(name in names for names in i.references.values())]
    return own.base is not None and not leaning


def left_out(case: Case, placed: Mapping[str, PlacedPart], name: str) -> Case:
    """The case without a part and what is asked of it; a moulding that was flush with it keeps its height."""
    changed = case
    for other in case.part:
        if isinstance(other, Encapsulant) and name in map(part_of, other.exposes):
            changed = _with_height(changed, other, _height(placed, other))
    return _without(changed, name)


def _all_left_out(case: Case, kind: str, *between: str) -> Iterator[Removal]:
    """All wires from a chip, or all vias or traces that lead from the one carrier to the other, are gone."""
    found = [part.name for part in case.part if _leads(part, kind, set(between))]
    if found:
        changed = case
        for name in found:
            changed = _without(changed, name)
        yield Removal(f"no {kind}", changed)


def _leads(part: Part, kind: str, between: set[str]) -> bool:
    match part:
        case Wires():
            return kind == "wires" and part.from_ in between
        case Vias():
            return kind == "vias" and between <= {*(part.through or ()), *(part.between or ())}
        case Traces():
            return kind == "traces" and {part.from_, part.to} == between
        case _:
            return False


def _of_another_adhesive(
    case: Case, limitation: asked.Insulating | asked.ModulusAtMost, name: str
) -> Iterator[Removal]:
    """The best conductor of heat among the adhesives of the library that fail this."""
    part = case.part_named(name)
    if not isinstance(part, Adhesive):
        return
    known = {
        other: material
        for other, material in library().items()
        if material.class_ == "adhesive" and _fails(material, limitation)
    }
    if known:
        best = max(known, key=lambda other: float(known[other].conductivity.along().max()))
        yield Removal(f"{name} of {best}", _with(case, name, material=best))


def _fails(material: Material, limitation: asked.Insulating | asked.ModulusAtMost) -> bool:
    """Whether a material fails the limitation; a stiff one that conducts besides would fail both."""
    match limitation:
        case asked.Insulating():
            return material.electrical == "conductor"
        case asked.ModulusAtMost(most=most):
            modulus = material.modulus
            return material.electrical == "insulator" and modulus is not None and modulus.value > most


def _of_another_class(case: Case, limitation: asked.OfClass, name: str) -> Iterator[Removal]:
    """The same part of a material that is surely not of the class; only where the claim wants a metal."""
    if "metal" in limitation.any_of:
        yield Removal(f"{name} of alumina", _with(case, name, material="alumina"))


# ---------------------------------------------------------------- changing a case
def _with(case: Case, name: str, **changes: object) -> Case:
    parts = tuple(part.model_copy(update=changes) if part.name == name else part for part in case.part)
    return case.model_copy(update={"part": parts})


def _with_height(case: Case, part: Encapsulant, height: float) -> Case:
    return _with(case, part.name, exposes=(), up_to=None, height=height)


def _without(case: Case, name: str) -> Case:
    """Without a part, its contacts, and what is asked of it."""
    study: Study = case.study
    readings = tuple(r for r in study.reading if name not in (r.part, part_of(r.face or "")))
    faces = {face: condition for face, condition in case.environment.faces.items() if part_of(face) != name}
    regions = tuple(region for region in case.environment.region if part_of(region.face) != name)
    return case.model_copy(
        update={
            "part": tuple(part for part in case.part if part.name != name),
            "contact": tuple(contact for contact in case.contact if name not in contact.between),
            "study": study.model_copy(update={"reading": readings}),
            "environment": case.environment.model_copy(update={"faces": faces, "region": regions}),
        }
    )


def _height(placed: Mapping[str, PlacedPart], part: Part) -> float:
    """Of a moulding over what it stands on, m."""
    box = placed[part.name].box
    return float(box[2, 1] - box[2, 0])


def _common(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The low and high corner of what two boxes share in plan, m, shape (2,) each."""
    return np.maximum(first[:2, 0], second[:2, 0]), np.minimum(first[:2, 1], second[:2, 1])


def _metres(length: float) -> str:
    return f"{float(length)!r} m"


def _mm(length: float) -> str:
    return f"{length * 1e3:.4g} mm"
