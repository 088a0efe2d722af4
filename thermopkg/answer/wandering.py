"""How far do the inputs let an answer wander? Ranges of conductivities and the errors of films, by the answer's slopes.

To first order in the logarithms: a conductivity that changes by a factor r changes the answer by r to the minus its
share. Materials are independent of one another, so their squares add up. Films of one law are wrong together, so theirs
add up as they are. Neither has anything to do with the bracket, which is about the mesh.
"""

import math
from dataclasses import dataclass

from thermopkg.answer.examination import Examined, by_material, by_nothing_named
from thermopkg.answer.operating import OperatingPoint
from thermopkg.case.material import Material, OrthotropicConductivity, PowerLawConductivity


@dataclass(frozen=True)
class Wander:
    """What one material's range does to an answer: relative changes at its low and at its high end."""

    material: str
    at_low: float
    at_high: float

    @property
    def half(self) -> float:
        """Half of the way between the two, without sign."""
        return 0.5 * abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Wandering:
    """How far an answer may lie off, relative, one of three kinds apart from the bracket's own.

    `materials` : each that has a range, most first; `unranged` : what has none, by its share of the answer
    `films` : by the stated uncertainties of the laws of air
    """

    materials: tuple[Wander, ...]
    unranged: tuple[tuple[str, float], ...]
    films: float

    @property
    def by_materials(self) -> float:
        """Root of the sum of squares."""
        return math.sqrt(sum(one.half**2 for one in self.materials))


def wandering(examined: Examined, number: int, point: OperatingPoint | None) -> Wandering:
    """Of one answer that the study wants.

    Parameters
    ----------
    number : of the answer, in the order of what the study wants
    point : where films come from laws of air
    """
    found, unranged = [], list(by_nothing_named(examined, number).items())
    case = examined.model.package.case
    for name, (in_plane, through) in by_material(examined, number).items():
        material = case.material_named(name)
        ends = _factors(material)
        if ends is None:
            unranged.append((name, in_plane + through))
            continue
        (plane_low, plane_high), (through_low, through_high) = ends
        low = plane_low**-in_plane * through_low**-through - 1
        high = plane_high**-in_plane * through_high**-through - 1
        found.append(Wander(name, low, high))
    return Wandering(
        tuple(sorted(found, key=lambda one: -one.half)),
        tuple(sorted(unranged, key=lambda one: -abs(one[1]))),
        0.0 if point is None else _by_films(examined, number, point),
    )


Ends = tuple[float, float]  # of a range, over the value


def _factors(material: Material) -> tuple[Ends, Ends] | None:
    """Ends of the ranges in plane and through, over the values; None where the record has none."""
    record = material.conductivity
    if isinstance(record, OrthotropicConductivity):
        pairs = (record.in_plane, record.in_plane_range), (record.through, record.through_range)
        if all(span is None for _, span in pairs):
            return None
        plane, through = (
            (span[0] / value, span[1] / value) if span is not None else (1.0, 1.0) for value, span in pairs
        )
        return plane, through
    if record.range is None:
        return None
    value = record.value if isinstance(record, PowerLawConductivity) else float(record.along()[0])
    ends = record.range[0] / value, record.range[1] / value
    return ends, ends


def _by_films(examined: Examined, number: int, point: OperatingPoint) -> float:
    shares = examined.shares[number]
    by_surface = shares.sides.sum(axis=1) + shares.flats
    own = {s.name: float(share) for s, share in zip(examined.model.surfaces, by_surface, strict=True)}
    return sum(
        abs(own.get(face.name, 0.0)) * face.film.convective / face.film.film * face.film.uncertainty
        for face in point.faces
        if face.film.film > 0
    )
