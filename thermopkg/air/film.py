"""What does air take from one face? The film of a face of a box: risen, blown and radiated together."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Literal, get_args

from thermopkg.air.correlation import Confidence, Stream
from thermopkg.air.forced import forced
from thermopkg.air.natural import Way, driving, natural
from thermopkg.air.properties import GRAVITY, SEA_LEVEL, pressure_faults, properties, temperature_faults
from thermopkg.air.radiation import radiative_film

Face = Literal["top", "bottom", "sides"]
Family = Literal["plate", "small-part"]

WAYS: dict[Face, Way] = {"top": "up", "bottom": "down", "sides": "vertical"}
MIXING_POWER = 3  # of Churchill's rule for natural and forced convection together
FORCED_ALONE, NATURAL_ALONE = 0.1, 10.0  # Richardson numbers between which the flow is called mixed
TRUST: tuple[Confidence, ...] = get_args(Confidence)  # from the most to the least


@dataclass(frozen=True)
class Extent:
    """The box of the body that a face belongs to, m. The air moves along x."""

    length_x: float
    length_y: float
    height: float


@dataclass(frozen=True)
class Air:
    """The air around a body: still, or moving along x.

    `family` : the laws for natural convection, of plates for boards, of small parts for packages
    `tripped` : turbulent from the leading edge on, as behind other parts
    """

    speed: float = 0.0  # m/s
    family: Family = "plate"
    tripped: bool = False


@dataclass(frozen=True)
class FaceFilm:
    """The film of one face and what it is made of.

    film = convective + radiative, in W/m^2/K. `length` is the one of `nusselt` and `richardson`: along the flow where
    the air moves, else that of the natural law, which is also the one of `rayleigh`. `reynolds` is at the trailing
    edge. `caution` is empty where the laws hold, else says where they do not. `uncertainty` is relative, of the
    convective part.
    """

    film: float
    convective: float
    radiative: float
    length: float  # m
    nusselt: float
    rayleigh: float
    reynolds: float | None  # None in still air
    richardson: float | None
    regime: str
    source: tuple[str, ...]  # keys of the bibliography
    confidence: Confidence
    uncertainty: float
    caution: str

    @property
    def in_range(self) -> bool:
        """Whether all laws at work hold here."""
        return not self.caution


def film(
    face: Face,
    extent: Extent,
    surface: float,
    ambient: float,
    air: Air,
    emissivity: float,
    pressure: float = SEA_LEVEL,
    upstream: float = 0.0,
) -> FaceFilm:
    """The film that a face of a box gives its heat through; continuous in every number that it depends on.

    Natural and forced convection act together, each as if alone,

        h^3 = h_natural^3 + h_forced^3                                        [churchill1977]

    Sides in moving air take the mean over a plate as long as the body: the two that lie along the flow are such plates,
    and the mean over all four of a square prism across the flow, 0.304 Re^0.59 Pr^(1/3) ([incropera2011] table 7.3), is
    the same to a percent at Re = 6000, where it begins to hold, and a quarter more at 60000, where it ends.

    Parameters
    ----------
    face : top looks up, bottom down; sides are all four, vertical
    surface, ambient : mean temperature of the face and of the air far away, K
    emissivity : of the face, 0 to 1
    pressure : Pa
    upstream : length of unheated wall ahead of the face, flush with it, m
    Raises
    ------
    ValueError : names everything that is out of its range
    """
    faults = list(_faults(face, extent, air, upstream))
    faults += [*temperature_faults("surface", surface), *temperature_faults("ambient", ambient)]
    faults += pressure_faults(pressure)
    if not 0 <= emissivity <= 1:
        faults.append(f"emissivity: {emissivity:g} lies outside 0 to 1")
    if faults:
        raise ValueError("; ".join(faults))

    state = properties(0.5 * (surface + ambient), pressure)
    difference, small = surface - ambient, air.family == "small-part"
    length = _natural_length(face, extent)
    streams = [risen := natural(WAYS[face], difference, length, state, small)]
    convective, richardson, blown = risen.film, None, None
    if air.speed > 0:
        length = extent.length_x
        box = small or face == "sides"
        blown = forced(air.speed, length, state, upstream, air.tripped, box)
        convective = float((risen.film**MIXING_POWER + blown.film**MIXING_POWER) ** (1 / MIXING_POWER))
        richardson = GRAVITY * state.expansion * driving(difference) * length / air.speed / air.speed  # slow: infinite
        streams = _at_work(risen, blown, richardson)
    radiative = radiative_film(surface, ambient, emissivity)
    return FaceFilm(
        film=convective + radiative,
        convective=convective,
        radiative=radiative,
        length=length,
        nusselt=convective * length / state.conductivity,
        rayleigh=risen.number,
        reynolds=blown.number if blown else None,
        richardson=richardson,
        regime=streams[0].regime if len(streams) == 1 else f"mixed: {'; '.join(stream.regime for stream in streams)}",
        source=tuple(dict.fromkeys([key for stream in streams for key in stream.correlation.source] + _rule(blown))),
        confidence=max((stream.correlation.confidence for stream in streams), key=TRUST.index),
        uncertainty=_uncertainty(risen, blown, convective),
        caution="; ".join(stream.caution for stream in streams if stream.caution),
    )


def _natural_length(face: Face, extent: Extent) -> float:
    """The area over the perimeter of the top and the bottom, m; of the sides the height, and no less than that.

    The layer of air at a thin edge is that of the large faces, which flows around it.
    """
    across = extent.length_x * extent.length_y / (2.0 * (extent.length_x + extent.length_y))
    return max(extent.height, across) if face == "sides" else across


def _at_work(risen: Stream, blown: Stream, richardson: float) -> list[Stream]:
    """The streams that are worth a word; both are always in the film."""
    if richardson < FORCED_ALONE:
        return [blown]
    return [risen] if richardson > NATURAL_ALONE else [risen, blown]


def _rule(blown: Stream | None) -> list[str]:
    """The source of the rule by which two streams are joined."""
    return ["churchill1977"] if blown else []


def _uncertainty(risen: Stream, blown: Stream | None, convective: float) -> float:
    """Of both streams together, were both wrong the same way: each counts by its share in the sum of cubes."""
    if blown is None:
        return risen.uncertainty
    share = float((blown.film / convective) ** MIXING_POWER)
    return share * blown.uncertainty + (1.0 - share) * risen.uncertainty


def _faults(face: str, extent: Extent, air: Air, upstream: float) -> Iterator[str]:
    """What is wrong with a body and the air around it, in words that mend it."""
    if face not in get_args(Face):
        yield f"face: {face!r} is none of {', '.join(get_args(Face))}"
    if air.family not in get_args(Family):
        yield f"family: {air.family!r} is none of {', '.join(get_args(Family))}"
    for name, length in vars(extent).items():
        if not (isfinite(length) and length > 0):
            yield f"{name}: {length:g} m is not positive and finite"
    for name, value, unit in (("speed", air.speed, "m/s"), ("upstream", upstream, "m")):
        if not (isfinite(value) and value >= 0):
            yield f"{name}: {value:g} {unit} is below zero or not finite"
