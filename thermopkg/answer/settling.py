"""At which films, conductivities and powers does a package come to rest? The linear package that stands for it there.

Films follow from the temperatures of the faces, conductivities from those of the cells, leakage from those of the
active faces. A fixed point is sought: solve, read the temperatures, set everything by them, solve again. The means of
the faces are extrapolated from the last few rounds; the field that conductivities are read at goes as far as the last
two rounds advise. What comes out is an ordinary linear package, with a number for every film and every power, and its
bounds hold for it as for any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from thermopkg.air.film import FaceFilm
from thermopkg.air.properties import HIGHEST, LOWEST, pressure_at
from thermopkg.answer.answer import ACTIVE, corners_of, powers_of, reference_temperature, wanted_places
from thermopkg.answer.bracket import MOST_ITERATIONS, mean_matrix
from thermopkg.answer.faces import AirFace, air_faces, check_round_faces, follows_temperature, with_films
from thermopkg.answer.fixed_point import extrapolated, share_of_the_way
from thermopkg.answer.leakage import HOTTEST, at_rest, leaks_of, runaway_factor, share_at_rest
from thermopkg.answer.operating import CooledFace, LeakingChip, OperatingPoint
from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.case.case import Case
from thermopkg.case.environment import Environment
from thermopkg.case.parts import Chip
from thermopkg.errors import ConvergenceError, ModelError
from thermopkg.lattice import primal
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.package.package import Package, TemperatureField
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import NO_STARTS, Fields, Starts, SteadySolver

FIRST_RISE = 20.0  # K, of every face in the first round; another guess takes a round or two more
AT_REST = 3e-6  # of the largest rise: what no temperature may move by in the last round
LINEAR_TARGET = 1e-8  # relative residual of a round; what it leaves is far below AT_REST
MOST_ROUNDS = 60  # packages take 4 to 8
DEPTH = 1  # earlier rounds that the extrapolation looks back on; two and three take a round more here and there
LEAST_POWER = 1e-12  # W; a chip that leaks must go on with some, or it would be none of those that make heat


@dataclass(frozen=True, eq=False)
class Settled:
    """A package at rest, linear from here on, and the unit fields of its heated places on the grid, K."""

    package: Package
    point: OperatingPoint
    fields: Starts


def is_linear(case: Case) -> bool:
    """Whether nothing in a case follows the temperature."""
    return not (_in_air(case) or _leaks(case) or reads_temperature(case))


def reads_temperature(case: Case) -> bool:
    """Whether conductivities are those at the cells' temperatures: as asked, or wherever something else follows it."""
    asked = case.study.temperature_dependent
    return asked if asked is not None else (_in_air(case) or _leaks(case)) and not case.study.round


def _in_air(case: Case) -> bool:
    return any(map(follows_temperature, case.environment.conditions().values()))


def _leaks(case: Case) -> bool:
    return any(isinstance(part, Chip) and part.leakage is not None for part in case.part)


def settle(package: Package, grid: Grid, before: Package | None = None, starts: Starts = NO_STARTS) -> Settled:
    """The package at rest on one grid.

    Parameters
    ----------
    package : as the case has it
    before : a linear package that stood for it on another grid, to begin with
    starts : unit fields on this grid to begin with, K, by the name of the load
    Raises
    ------
    GeometryError : a round part has a face in air
    ModelError : the leakage runs away, or it gets hotter than anything is known to be
    ConvergenceError : a solve fails, or no rest is found
    """
    environment = package.case.environment
    pressure = pressure_at(environment.altitude)
    current = _told(package) if before is None else before
    model = paint(current, grid)
    faces, inside = air_faces(model, environment), corners_of(model.active)
    check_round_faces(current, faces)
    reads, reference = reads_temperature(current.case), reference_temperature(current.case)
    if not powers_of(current):
        return _idle(current, grid, environment, faces)
    guess = np.array([face.ambient + FIRST_RISE for face in faces])
    if starts.keys() & powers_of(current).keys():
        rise = _rise(current, starts, grid)
        guess = np.array([reference + face.mean(rise) for face in faces])
    read = None if current.temperature is None else current.temperature.at(grid.axes)
    guesses, gaps = list[FloatArray](), list[FloatArray]()
    missed, share, moved, rest, brink = None, 1.0, np.inf, 0.0, False
    for rounds in range(1, MOST_ROUNDS + 1):
        films = [face.film(float(at), pressure) for face, at in zip(faces, guess, strict=True)]
        current = _with_films(current, environment, faces, films)
        found = _solved(current, grid, starts)
        temperature = bearable(found.reference + found.rise)
        gap = np.array([face.mean(temperature) for face in faces]) - guess
        apart = _apart(temperature, read, inside) if reads else np.zeros(1)
        moved, rest = max(_largest(gap), _largest(apart)), AT_REST * _largest(inside * found.rise)
        if moved <= rest:
            _check_bearable(found, faces, guess, inside)
            cooled = tuple(map(_cooled, faces, guess, films))
            point = OperatingPoint(cooled, found.leaking, found.runaway, reads, rounds, moved)
            return Settled(found.solved, point, found.fields)
        guesses, gaps = [*guesses[-DEPTH:], guess], [*gaps[-DEPTH:], gap]
        guess, starts, current = extrapolated(guesses, gaps), found.fields, found.solved
        if reads and read is None:
            read = temperature
        elif read is not None:
            share = 1.0 if missed is None else share_of_the_way(share, missed, apart)
            read, missed = bearable(read + share * apart), apart
        if read is not None:
            current = replace(current, temperature=TemperatureField(grid.axes, read))
        brink = found.runaway < BRINK
        del found, temperature, apart  # room for the next round
    raise ConvergenceError(AT_REST * moved / rest, AT_REST, MOST_ROUNDS, ABOUT_TO_RUN_AWAY if brink else UNSETTLED)


BRINK = 1.01  # of the own powers that run away; nearer than this a hair moves all
ABOUT_TO_RUN_AWAY = "the leakage is about to run away; cool better, or lower power or leakage"
UNSETTLED = (
    "films, conductivities and powers find no rest together; temperature_dependent = false leaves out one of them"
)


def bearable(temperature: FloatArray) -> FloatArray:
    """The same, K, without what only a round on the way can have: nothing is known of materials that hot."""
    return np.minimum(temperature, HOTTEST)


def _apart(temperature: FloatArray, read: FloatArray | None, inside: BoolArray) -> FloatArray:
    """What conductivities were not read at, K; at first all of it."""
    return np.full(1, np.inf) if read is None else np.asarray(inside * (temperature - read))


def _largest(values: FloatArray) -> float:
    return max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))  # without another array


def _idle(package: Package, grid: Grid, environment: Environment, faces: Sequence[AirFace]) -> Settled:
    """Where nothing makes heat and everything that cools has one temperature, the package has it too."""
    pressure, reads = pressure_at(environment.altitude), reads_temperature(package.case)
    films = [face.film(face.ambient, pressure) for face in faces]
    cooled = tuple(_cooled(face, face.ambient, own) for face, own in zip(faces, films, strict=True))
    found = _with_films(package, environment, faces, films)
    if reads:
        everywhere = np.full([ticks.size for ticks in grid.axes], reference_temperature(package.case))
        found = replace(found, temperature=TemperatureField(grid.axes, everywhere))
    return Settled(found, OperatingPoint(cooled, (), np.inf, reads, 0, 0.0), NO_STARTS)


def _check_bearable(found: "_Round", faces: Sequence[AirFace], at: FloatArray, inside: BoolArray) -> None:
    """Whether what was found is a package at all.

    Raises
    ------
    ModelError : leakage runs away, or it is hotter than anything is known to be
    """
    if found.runaway < 1:
        raise ModelError(_runs_away(found))
    if found.reference + float(found.rise[inside].max()) > HOTTEST:
        raise ModelError(
            f"it gets hotter than {HOTTEST:g} K, and no package is one there; cool better, or lower the power"
        )
    if beyond := [face.name for face, own in zip(faces, at, strict=True) if not face.is_known_at(float(own))]:
        raise ModelError(
            f"{', '.join(beyond)}: beyond {LOWEST:g} to {HIGHEST:g} K, where air is known; cool better, lower the "
            "power, or give these faces a film"
        )


def moved_on(package: Package, model: VoxelModel, fields: Fields) -> Package:
    """A package one round further: films and conductivities as one more field says.

    Parameters
    ----------
    package : as the case has it
    model : of the linear package that was solved
    fields : primal, on the grid of that model
    """
    rise = _rise(model.package, fields.by_load, model.grid)
    environment, reference = package.case.environment, reference_temperature(model.package.case)
    faces, pressure = air_faces(model, environment), pressure_at(environment.altitude)
    temperature = bearable(reference + rise)
    films = [face.film(face.mean(temperature), pressure) for face in faces]
    warmed = model.package
    if reads_temperature(warmed.case):
        warmed = replace(warmed, temperature=TemperatureField(model.grid.axes, temperature))
    return _with_films(warmed, environment, faces, films)


def _rise(package: Package, fields: Starts, grid: Grid) -> FloatArray:
    """What the powers of a package make of unit fields, as far as these are known, K at the grid's corners."""
    nothing = np.zeros([ticks.size for ticks in grid.axes])
    return sum((amount * fields[name] for name, amount in powers_of(package).items() if name in fields), nothing)


# ---------------------------------------------------------------- one round
@dataclass(frozen=True, eq=False)
class _Round:
    """What one round found.

    `solved` : the package with the powers that it was found to have
    `rise` : at the grid's corners, K; `fields` : for a watt of each load, K
    """

    solved: Package
    reference: float  # K
    rise: FloatArray
    fields: Starts
    leaking: tuple[LeakingChip, ...]
    runaway: float


def _solved(package: Package, grid: Grid, starts: Starts) -> _Round:
    reference, powers = reference_temperature(package.case), powers_of(package)
    places = {name: patch for name, patch in wanted_places(package).items() if name in powers}
    system = primal.emit(paint(package, grid), places, reference)
    solver = SteadySolver(system, ConjugateGradients(LINEAR_TARGET, MOST_ITERATIONS))
    responses = solver.respond(dict.fromkeys(system.loads, LINEAR_TARGET), starts=starts)
    names = responses.names
    amounts = np.array([powers[name] for name in names])
    leaking, runaway = _leaked(package.case, names, mean_matrix(responses), amounts, reference)
    own = {name: float(amount) for name, amount in zip(names, amounts, strict=True)}
    faces = tuple(replace(face, power=own.get(face.part + ACTIVE, face.power)) for face in package.active_faces)
    solved, rise = replace(package, active_faces=faces), responses.rise(own)
    return _Round(solved, reference, rise, responses.only(names).by_load, leaking, runaway)


def _leaked(
    case: Case, names: Sequence[str], resistance: FloatArray, amounts: FloatArray, reference: float
) -> tuple[tuple[LeakingChip, ...], float]:
    """Set the powers of chips that leak (in place, W) to what they are at rest; who leaks, and the runaway factor."""
    chips = {part.name + ACTIVE: part for part in case.part if isinstance(part, Chip)}
    if not any(chip.leakage is not None for chip in chips.values()):
        return (), np.inf
    own = [i for i, name in enumerate(names) if name in chips]
    leaks = leaks_of([chips[names[i]] for i in own])
    rest = amounts.copy()
    rest[own] = 0.0
    cold, among = reference + (resistance @ rest)[own], resistance[np.ix_(own, own)]
    runaway = runaway_factor(leaks, among, cold)
    # where it runs away with these films, go on with as much of it as does not: that is warmer than any state at rest,
    # so that better films are not missed; with less of the chips' own power they would be
    held = leaks.scaled(share_at_rest(leaks, among, cold))
    temperature = at_rest(held, among, cold)
    if temperature is None:  # too hot without any leakage; chips go on as what makes heat
        temperature, held = cold + among @ leaks.own, leaks.scaled(0.0)
    made = np.maximum(held.power(temperature), LEAST_POWER)
    amounts[own] = made
    return tuple(
        LeakingChip(chips[names[i]].name, chips[names[i]].power, float(watts) - chips[names[i]].power, float(at))
        for i, watts, at in zip(own, made, temperature, strict=True)
        if chips[names[i]].leakage is not None
    ), runaway


def _runs_away(found: _Round) -> str:
    names = ", ".join(f"'{chip.name}'" for chip in found.leaking)
    own = sum(chip.own for chip in found.leaking)
    if found.runaway == 0:
        return f"thermal runaway: the leakage of {names} grows without end even with no power of their own; cool better"
    return (
        f"thermal runaway: the leakage of {names} grows without end; the package holds about {found.runaway:.3g} times "
        f"their own power ({found.runaway * own:.3g} W of {own:.3g} W) and no more; cool better, or lower power or "
        "leakage"
    )


def _cooled(face: AirFace, temperature: float, film: FaceFilm) -> CooledFace:
    return CooledFace(face.name, face.area, float(temperature), face.ambient, face.emissivity, film)


def _told(package: Package) -> Package:
    """With what the study leaves open written into it, for the films that tell it will be numbers."""
    study = package.case.study.model_copy(update={"temperature_dependent": reads_temperature(package.case)})
    return replace(package, case=package.case.model_copy(update={"study": study}))


def _with_films(
    package: Package, environment: Environment, faces: Sequence[AirFace], films: Sequence[FaceFilm]
) -> Package:
    if not faces:
        return package
    found = with_films(environment, faces, films)
    return replace(package, case=package.case.model_copy(update={"environment": found}))
