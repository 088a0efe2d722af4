"""Do the regions of faces go together? Whose face they lie on, what holds there already, and which of two it is."""

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import combinations

from thermopkg.case.environment import AirCondition, Environment, FaceRegion, FilmCondition, FixedTemperature
from thermopkg.case.model import FACES, Finding, Place, not_a_part, part_of
from thermopkg.units import quote


def region_findings(environment: Environment, names: Collection[str]) -> Iterator[Finding]:
    """Everything that is wrong with the regions of an environment but what only a placed package shows.

    Parameters
    ----------
    names : of all parts
    """
    taken = Counter(region.name for region in environment.region)
    for number, region in enumerate(environment.region):
        place: Place = ("environment", "region", number)
        if taken[region.name] > 1 or region.name in FACES:
            yield Finding((*place, "name"), f"{quote(region.name)} is taken; each condition has a name of its own")
        if part_of(region.face) not in names:
            yield Finding((*place, "face"), not_a_part(part_of(region.face), names))
        yield from _condition_findings(place, region, environment)
    for (_, first), (number, second) in combinations(enumerate(environment.region), 2):
        if first.meets(second) and first.condition != second.condition:
            yield Finding(
                ("environment", "region", number),
                f"{quote(second.name)} and {quote(first.name)} have a part of {quote(second.face)} in common, and "
                "different conditions; make them smaller, or move one",
            )


def _condition_findings(place: Place, region: FaceRegion, environment: Environment) -> Iterator[Finding]:
    own, side = region.condition, region.face.rpartition(".")[2]
    if isinstance(own, AirCondition) or (isinstance(own, FilmCondition) and own.emissivity):
        yield Finding(
            (*place, "condition"),
            "follows the mean temperature of a whole face; a region takes a film without emissivity, a temperature, or "
            "adiabatic = true",
        )
    whole = environment.faces.get(region.face, getattr(environment, side))
    if isinstance(own, FilmCondition) and isinstance(whole, FixedTemperature):
        yield Finding(
            (*place, "condition"),
            f"is a film where all of {quote(region.face)} is held at {whole.temperature - 273.15:g} degC; hold a "
            "region instead, and let the film cool the rest",
        )
