"""Where did a package that follows its temperature come to rest? Its films, its leakage, and how settled they are."""

from dataclasses import dataclass

from thermopkg.air.film import FaceFilm


@dataclass(frozen=True)
class CooledFace:
    """An exposed face of a part in air: its area (m^2), mean temperature (K), emissivity, and the film found for it."""

    name: str
    area: float
    temperature: float
    ambient: float  # K
    emissivity: float
    film: FaceFilm

    @property
    def watts(self) -> float:
        """What it loses."""
        return self.film.film * self.area * (self.temperature - self.ambient)


@dataclass(frozen=True)
class LeakingChip:
    """A chip whose power grows with its temperature: W of its own, W of leakage, and K of its active face."""

    name: str
    own: float
    leakage: float
    temperature: float


@dataclass(frozen=True)
class OperatingPoint:
    """Where a package came to rest.

    `runaway` : how many times the chips' own powers would just run away; infinite where nothing leaks
    `reads_temperature` : whether conductivities are those at the cells' temperatures
    `moved` : K, the most that any temperature, of a face or where a conductivity was read, moved in the last of the
    `rounds`; these are none where nothing is warmer than what cools it
    """

    faces: tuple[CooledFace, ...]
    leaking: tuple[LeakingChip, ...]
    runaway: float
    reads_temperature: bool
    rounds: int
    moved: float
