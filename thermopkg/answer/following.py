"""What does a package do otherwise once it is warm? Films, conductivities and leakage through time.

A linear system is made near a field of temperatures: films from the means of faces there, conductivities from those of
the cells, and heat capacities with them. What films and leakage are beyond it at any other field is told exactly, so
that a run comes to rest where the package does, wherever its system was made. Conductivities and capacities stay as
they were read until the middle of a step is `READ_APART` from there for any cell, and then all is made anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from thermopkg.air.properties import HIGHEST, LOWEST, pressure_at
from thermopkg.answer.answer import ACTIVE, reference_temperature
from thermopkg.answer.faces import LEAST_FILM, AirFace, air_faces, check_round_faces, with_films
from thermopkg.answer.leakage import HOTTEST, Leaks, leaks_of
from thermopkg.answer.settling import bearable, reads_temperature, settle
from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.case.parts import Chip
from thermopkg.errors import ModelError
from thermopkg.lattice import primal
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.patch import Patch
from thermopkg.mesh.voxel import paint
from thermopkg.package.package import Package, TemperatureField
from thermopkg.solve.following import Beyond
from thermopkg.system import AMBIENT, Outlet, ThermalSystem

READ_APART = 0.5  # K, that a cell may be from where it was read: 0.2 % of silicon's conductivity, 0.005 % of copper's
FILM_APART = 0.1  # of a film that a face may be from it; beyond it the passes of a step would become many
MOST_LEAKAGE = 1e4  # W; no chip gives off so much, and one that does is a blink from having no temperature


def without_leakage(case: Case) -> Case:
    """The same case with chips that do not leak: its mesh does for both, and it has a rest even where they run away."""
    parts = tuple(p.model_copy(update={"leakage": None}) if isinstance(p, Chip) else p for p in case.part)
    return case.model_copy(update={"part": parts})


def of_own_power(package: Package) -> Package:
    """A package as the case has it, less the leakage that its chips are placed with."""
    own = {part.name: part.power for part in package.case.part if isinstance(part, Chip)}
    faces = tuple(replace(face, power=own[face.part]) for face in package.active_faces)
    return replace(package, active_faces=faces)


@dataclass(frozen=True, eq=False)
class FollowedPackage:
    """A package on a grid whose system is made anew wherever it goes; called with rises, K, it makes one there.

    `package` of its own power alone; `sources` the places that may make heat
    """

    package: Package
    grid: Grid
    sources: dict[str, Patch]

    @cached_property
    def faces(self) -> tuple[AirFace, ...]:
        """In air.

        Raises
        ------
        GeometryError : a round part has a face in air
        """
        found = air_faces(paint(self.package, self.grid, "conducting"), self.package.case.environment)
        check_round_faces(self.package, found)
        return found

    @cached_property
    def leaking(self) -> tuple[tuple[str, ...], Leaks]:
        """Chips whose power grows with their temperature: names of their active faces, and by how much."""
        chips = [part for part in self.package.case.part if isinstance(part, Chip) and part.leakage is not None]
        return tuple(chip.name + ACTIVE for chip in chips), leaks_of(chips)

    def __call__(self, rise: FloatArray | None) -> "StandingPackage":
        case, reference = self.package.case, reference_temperature(self.package.case)
        read = np.zeros([ticks.size for ticks in self.grid.axes]) if rise is None else rise
        pressure = pressure_at(case.environment.altitude)
        temperature = bearable(reference + read)
        films = [face.film(face.mean(temperature), pressure) for face in self.faces]
        linear = self.package
        if self.faces:
            environment = with_films(case.environment, self.faces, films)
            linear = replace(linear, case=case.model_copy(update={"environment": environment}))
        if reads_temperature(case):
            linear = replace(linear, temperature=TemperatureField(self.grid.axes, temperature))
        system = primal.emit(paint(linear, self.grid, "conducting"), self.sources, reference)
        own = np.array([max(film.film, LEAST_FILM) for film in films])
        return StandingPackage(self, system, read, reference, pressure, own)

    def unpowered(self) -> FloatArray:
        """Rises at rest with all powers off, leakage too, K: what coolants of other temperatures make alone.

        Raises
        ------
        ModelError, ConvergenceError : as `settle`
        """
        case = without_leakage(self.package.case)
        faces = tuple(replace(face, power=0.0) for face in self.package.active_faces)
        off = replace(self.package, case=case, active_faces=faces, volume_powers={})
        return settle(off, self.grid).fields[AMBIENT]


@dataclass(frozen=True, eq=False)
class StandingPackage:
    """A linear system that stands for a package near the rises at which it was made, K; films in W/m^2/K by face."""

    followed: FollowedPackage
    system: ThermalSystem
    read: FloatArray
    reference: float  # K
    pressure: float  # Pa
    films: FloatArray

    def beyond(self, rise: FloatArray) -> Beyond:
        """What faces give off otherwise than by their films here, and what leaks."""
        seen = self._means(rise)
        load, left = np.zeros(self.system.lattice.shape), 0.0
        flat, felt = load.reshape(-1), rise.reshape(-1)
        for face, missing in zip(self.followed.faces, self._missing(seen), strict=True):
            for outlet in self._outlets_of(face):
                heat = missing * outlet.conductance * (felt[outlet.points] - outlet.rise)
                np.subtract.at(flat, outlet.points, heat)
                left += float(heat.sum())
        names, leaks = self.followed.leaking
        if not names:
            return Beyond(load, left, {}, seen)
        junctions = np.array([self._junction(name, rise) for name in names])
        made = leaks.power(junctions, 0.0)
        for name, watts in zip(names, made, strict=True):
            load += watts * self.system.loads[name]
        return Beyond(load, left, dict(zip(names, made.tolist(), strict=True)), np.append(seen, junctions))

    def is_near(self, rise: FloatArray) -> bool:
        """Whether cells conduct as they were read to, nearly, and faces have nearly the same films."""
        return bool(np.abs(self._missing(self._means(rise))).max(initial=0.0) <= FILM_APART) and self.is_read_at(rise)

    def is_read_at(self, rise: FloatArray) -> bool:
        """Whether every cell conducts, and stores, as it does at a temperature near its own."""
        reads = reads_temperature(self.followed.package.case)
        return not reads or float(np.abs(rise - self.read).max()) <= READ_APART

    def check(self, rise: FloatArray, time: float) -> None:
        """Whether it is a package at all at a time, s.

        Raises
        ------
        ModelError : its leakage runs away, it is hotter than anything is known to be, or air is not known there
        """
        for name, watts in self.beyond(rise).amounts.items():
            if watts > MOST_LEAKAGE:
                raise ModelError(
                    f"thermal runaway: after {time:.4g} s the leakage of '{name.removesuffix(ACTIVE)}' is {watts:.3g} "
                    "W and grows without end; cool better, or lower power or leakage"
                )
        if self.reference + float(rise.max()) > HOTTEST:
            raise ModelError(
                f"after {time:.4g} s it gets hotter than {HOTTEST:g} K, and no package is one there; cool better, or "
                "lower the power"
            )
        seen = self._means(rise)
        named = zip(self.followed.faces, seen.tolist(), strict=True)
        if beyond := [face.name for face, at in named if not face.is_known_at(at)]:
            raise ModelError(
                f"{', '.join(beyond)}: after {time:.4g} s beyond {LOWEST:g} to {HIGHEST:g} K, where air is known; cool "
                "better, lower the power, or give these faces a film"
            )

    def _means(self, rise: FloatArray) -> FloatArray:
        """Mean temperatures of the faces in air, K."""
        found = np.array([self.reference + face.mean(rise) for face in self.followed.faces], float)
        return np.asarray(np.minimum(found, HOTTEST))

    def _missing(self, seen: FloatArray) -> FloatArray:
        """What the films at mean temperatures are above those of the system, as a share of these."""
        named = zip(self.followed.faces, seen.tolist(), strict=True)
        found = np.array([face.film(at, self.pressure).film for face, at in named], float)
        return np.asarray(found / self.films - 1)

    def _outlets_of(self, face: AirFace) -> Sequence[Outlet]:
        return [outlet for outlet in self.system.outlets if outlet.surface == face.name]

    def _junction(self, name: str, rise: FloatArray) -> float:
        """Mean temperature of an active face, K."""
        amounts = {AMBIENT: 1.0} if AMBIENT in self.system.loads else {}
        return min(self.reference + self.system.mean(name, rise, amounts), HOTTEST)
