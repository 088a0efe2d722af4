"""How does a case run through time? By its reduced system, exactly along its powers; or step by step on its lattice."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from thermopkg import workflow
from thermopkg.answer.answer import ACTIVE, powers_of, reference_temperature
from thermopkg.answer.following import FollowedPackage, of_own_power, without_leakage
from thermopkg.answer.settling import is_linear
from thermopkg.answer.zth import Span
from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.errors import CaseError, Fault
from thermopkg.impedance import Impedance, TimedMesh, find_impedance, mesh_in_time, sources_in_time
from thermopkg.lattice import dual, primal
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.patch import Patch
from thermopkg.mesh.voxel import paint
from thermopkg.package.package import Package
from thermopkg.report.cautions import FOLLOWED, LINEARISED, cautions
from thermopkg.report.course_files import save_course, told_of, write_told
from thermopkg.report.courses import Row, Told, thinned, written
from thermopkg.report.envelope import read_columns
from thermopkg.report.film import Section, frame_times, save_film, save_strip, with_sections
from thermopkg.report.folder import check_writable, whole
from thermopkg.report.recording import LINES, kept_in, record
from thermopkg.report.result import ZERO_CELSIUS
from thermopkg.report.series import with_fields
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.schedule import Schedule, mean_powers, steps
from thermopkg.solve.tracing import follow
from thermopkg.solve.transient import Marching, march
from thermopkg.system import AMBIENT, ThermalSystem

REST_TARGET = 1e-8  # relative residual of what the coolants alone make
NO_TIMES = np.zeros(0)
STEP_ERROR = 0.05  # K; that no point may be off after one step
SHOWN = np.append(np.geomspace(1e-3, 1.0, 13)[:-1], np.linspace(0.0, 1.0, 9)[1:-1])  # shares of a stretch between jumps
MOST_SHOWN = 2000  # stretches that are looked into
MOST_STRETCHES = 1_000_000  # of powers, that a lattice meets step by step: weeks


@dataclass(frozen=True, eq=False)
class Course:
    """A package ready to be run: its reduced system, and its temperatures before any power is on.

    `rest` in K, of every source, on the primal and on the dual lattice, shape (2, n)
    """

    impedance: Impedance
    rest: FloatArray

    @property
    def names(self) -> tuple[str, ...]:
        """Of the sources."""
        return self.impedance.found.names

    def along(self, schedule: Schedule) -> Iterator[tuple[float, FloatArray]]:
        """Temperatures at every break of a schedule, K: the primal lattice's and the dual's, shape (2, n).

        The mean of the two is the value; powers go in straight lines between breaks.
        """
        found = self.impedance.found
        sides = (follow(side.system, schedule) for side in (found.primal, found.dual))
        for low, high in zip(*sides, strict=True):
            yield low.time, self.rest + np.stack([low.means, high.means])


def step_of(package: Package, times: FloatArray) -> Schedule:
    """The powers of a case, all switched on at nought, with breaks at some times, s."""
    powers = {name: amount for name, amount in powers_of(package).items() if name != AMBIENT}
    breaks = np.concatenate([[0.0], times])
    return steps(list(powers), breaks, np.tile(list(powers.values()), (breaks.size - 1, 1)))


def told_by(case: Case, package: Package, moments: FloatArray, until: float | None = None) -> Schedule | None:
    """The powers over time that the [transient] of a case tells; None where it has none.

    A part that it does not name makes its own power from nought on.

    Parameters
    ----------
    moments : times besides the jumps of the powers at which temperatures are wanted, s
    until : the end, s; by default that of the [transient]
    Raises
    ------
    CaseError : a file of powers cannot be read
    """
    if case.transient is None:
        return None
    until = case.transient.until if until is None else until
    traces = {entry.part: entry.trace(until) for entry in case.transient.power}
    own = {name: amount for name, amount in powers_of(package).items() if name != AMBIENT}
    names = [name for name in sources_in_time(package) if name in own or name.removesuffix(ACTIVE) in traces]
    jumps = [trace.jumps(until) for trace in traces.values()]
    inside = np.concatenate([np.array([0.0, until]), moments, *jumps])
    breaks = np.unique(inside[(inside >= 0.0) & (inside <= until)])
    middles = 0.5 * (breaks[1:] + breaks[:-1])  # powers are constant between jumps
    rows = [
        traces[part].at(middles)
        if (part := name.removesuffix(ACTIVE)) in traces
        else np.full(middles.size, own.get(name, 0.0))
        for name in names
    ]
    return steps(names, breaks, np.stack(rows, axis=1))


def until_of(case: Case, span: Span) -> Span:
    """The span, to the end that the [transient] of a case tells."""
    return span if case.transient is None else Span(min(span.first, 0.1 * case.transient.until), case.transient.until)


def find_course(case: Case, span: Span, progress: workflow.Progress = workflow.silent) -> Course:
    """The reduced system of a case, for powers of any course whose fastest and slowest times lie within a span.

    Raises
    ------
    CaseError, GeometryError, ModelError, ConvergenceError : as `thermopkg.impedance.find_impedance`
    """
    impedance = find_impedance(case, span, progress)
    model = impedance.mesh.model
    sources, reference = sources_in_time(model.package), reference_temperature(model.package.case)
    low = primal.emit(model.seen("conducting"), sources, reference)
    rest = [_at_rest(low, sources, reference)]
    rest.append(_at_rest(dual.emit(model.seen("insulating"), sources, reference), sources, reference))
    return Course(impedance, np.array(rest))


def _at_rest(system: ThermalSystem, sources: dict[str, Patch], reference: float) -> FloatArray:
    """Temperatures of all sources with all powers off, K."""
    if AMBIENT not in system.loads:
        return np.full(len(sources), reference)
    rise = _coolants_alone(system)
    return np.array([reference + system.mean(name, rise, {AMBIENT: 1.0}) for name in sources])


def _coolants_alone(system: ThermalSystem) -> FloatArray:
    """The rise that coolants of other temperatures make, K."""
    return ConjugateGradients(REST_TARGET).prepare(system.lattice).solve(system.loads[AMBIENT]).field


def course_of(
    case: Case,
    span: Span,
    folder: Path | None,
    progress: workflow.Progress = workflow.silent,
    schedule: Schedule | None = None,
) -> Told:
    """A case from rest by its reduced system; all moments go to course.csv in a folder, with a picture and JSON.

    Parameters
    ----------
    schedule : powers by source in straight lines between breaks; by default those that the [transient] of the case
        tells, or its powers, switched on at nought
    Raises
    ------
    CaseError, GeometryError, ModelError, ConvergenceError : as `find_course`
    OutputError : the folder cannot be written
    """
    span = until_of(case, span)
    found = find_course(case, span, progress)
    package = found.impedance.mesh.model.package
    jumps = schedule or told_by(case, package, NO_TIMES)
    powers = schedule or told_by(case, package, shown_between(jumps)) or step_of(package, span.times)
    slowest = found.impedance.found.slowest
    notes = list(cautions(float(powers.breaks[-1]), slowest, shortest_of(jumps), span.first))
    if found.impedance.linearised:
        notes.insert(0, LINEARISED)
    rows = (_both(time, sides - ZERO_CELSIUS) for time, sides in found.along(powers))
    if folder is None:
        return told_of(case.title, found.names, thinned(rows), powers, notes)
    with whole(folder) as scratch:
        shown = thinned(written(scratch / "course.csv", found.names, rows))
        told = told_of(case.title, found.names, shown, powers, notes)
        first = span.first if jumps is None else None
        write_told(scratch, "course", told)
        save_course(scratch / "course.png", scratch / "course.csv", found.names, powers, first)
    return told


def _both(time: float, sides: FloatArray) -> Row:
    value, half = 0.5 * (sides[0] + sides[1]), 0.5 * np.abs(sides[1] - sides[0])
    return Row(time, tuple(value.tolist()), tuple(half.tolist()))


def shown_between(schedule: Schedule | None) -> FloatArray:
    """Times inside the stretches of a schedule at which a curve turns, s; none where many of them tell enough."""
    if schedule is None or schedule.n_stretches > MOST_SHOWN:
        return NO_TIMES
    return np.asarray((schedule.breaks[:-1, None] + np.diff(schedule.breaks)[:, None] * SHOWN).ravel())


def shortest_of(schedule: Schedule | None) -> float | None:
    """The time between two jumps that follow one another, s; None where there are no two."""
    return None if schedule is None or schedule.n_stretches < 2 else float(np.diff(schedule.breaks).min())


def steps_of(
    case: Case,
    span: Span,
    folder: Path,
    error: float = STEP_ERROR,
    progress: workflow.Progress = workflow.silent,
    fields: bool = False,
    gif: bool = False,
    schedule: Schedule | None = None,
) -> Told:
    """A case from rest, step by step on the primal lattice, written as it goes.

    Films, conductivities and leakage that follow the temperature do so. A folder that holds the same run goes on where
    that was left.

    Parameters
    ----------
    span : the first time is what the cells at the active faces resolve
    error : K, that no point may be off after one step, by an estimate
    fields : whether to leave VTU files at half decades, a list of them, and some sections as a film strip
    gif : whether to leave the section, moving
    schedule : powers by source; by default as of `course_of`
    Raises
    ------
    CaseError, GeometryError, ModelError, ConvergenceError : as `find_course`; or the powers jump too often
    OutputError : the folder cannot be written
    """
    check_writable(folder)
    span = until_of(case, span)
    mesh = mesh_in_time(workflow.linearised(without_leakage(case), progress), span, progress)
    linear = is_linear(case)
    package = mesh.model.package if linear else of_own_power(workflow.geometry(case).package)
    sources, reference = sources_in_time(package), reference_temperature(package.case)
    system, start, has_coolants = _going(package, mesh.model.grid, sources)
    traced = schedule or told_by(case, package, NO_TIMES)
    own = traced or step_of(package, np.array([span.last]))
    check_steps(own, case.title)
    powers = with_coolants(own) if has_coolants else own
    folder.mkdir(parents=True, exist_ok=True)
    fingerprint = fingerprint_of(package, mesh.model.grid, error, powers)
    kept = kept_in(folder, fingerprint)
    offset = reference - ZERO_CELSIUS
    told = "going on with a run that was stopped" if kept else "going through time"
    progress(f"{told}, on {mesh.model.grid.n_cells:,} cells")
    moments = march(system, powers, Marching(error), start, kept.moment if kept else None)
    if fields:
        model, last = mesh.model.seen("conducting"), float(powers.breaks[-1])
        moments = with_fields(moments, folder, model, reference, last, fresh=kept is None)
    section = Section(mesh.model, _middle_of(package, hottest_of(own), mesh.model.grid))
    if fields or gif:
        due = frame_times(span.first, float(own.breaks[-1]), log=traced is None)
        moments = with_sections(moments, folder, section, offset, due, fresh=kept is None)
    for _ in record(moments, folder, fingerprint, dict.fromkeys(sources, offset), kept):
        pass  # each is written down on its way
    names = tuple(sources)
    rows = thinned(Row(time, tuple(values)) for time, values in read_columns(folder / LINES, len(names)))
    notes = list(cautions(float(own.breaks[-1]), _dwelling(mesh), shortest_of(traced), span.first))
    if not linear:
        notes.insert(0, FOLLOWED)
    shown = told_of(case.title, names, rows, own, notes)
    write_told(folder, "transient", shown)
    save_course(folder / "transient.png", folder / LINES, names, own, None if traced else span.first)
    if fields:
        save_strip(folder, section)
    if gif:
        save_film(folder, section)
    return shown


def hottest_of(schedule: Schedule) -> str:
    """The source that makes most heat over a schedule."""
    return max(zip(mean_powers(schedule).tolist(), schedule.names, strict=True), default=(0.0, ""))[1]


def _middle_of(package: Package, source: str, grid: Grid) -> float:
    """Where along y a section shows a source best, m: in the middle of its part."""
    part = package.parts.get(source.removesuffix(ACTIVE))
    middle = package.bounds[1].mean() if part is None else part.box[1].mean()
    return float(np.clip(middle, grid.y[0], grid.y[-1]))


def check_steps(schedule: Schedule, title: str) -> None:
    """Whether a lattice can meet all of the jumps in a lifetime.

    Raises
    ------
    CaseError : there are too many
    """
    if schedule.n_stretches > MOST_STRETCHES:
        told = (
            f"powers jump {schedule.n_stretches:,} times, and each takes a step of its own on the lattice; at most "
            f"{MOST_STRETCHES:,} are taken. Leave out --by-steps: the reduced system follows any number exactly; or "
            "take means of the trace over longer times"
        )
        raise CaseError([Fault("--by-steps", told)], title)


def _dwelling(mesh: TimedMesh) -> float | None:
    """How long heat stays in the package at rest, s: what a watt of the slowest source stores; None where unknown."""
    fields = [field for name, field in mesh.starts[0].items() if name != AMBIENT]
    stored = primal.capacitance(mesh.model)
    return max((float(np.vdot(stored, field)) for field in fields), default=None)


def _going(
    package: Package, grid: Grid, sources: dict[str, Patch]
) -> tuple[ThermalSystem | FollowedPackage, FloatArray | None, bool]:
    """What goes through time, the rises that it begins with, K, and whether coolants of other temperatures do that."""
    if not is_linear(package.case):
        followed = FollowedPackage(package, grid, sources)
        differ = AMBIENT in followed(None).system.loads
        return followed, followed.unpowered() if differ else None, differ
    system = primal.emit(paint(package, grid, "conducting"), sources, reference_temperature(package.case))
    differ = AMBIENT in system.loads
    return system, _coolants_alone(system) if differ else None, differ


def with_coolants(schedule: Schedule) -> Schedule:
    """The same with what coolants of other temperatures do, all the time."""
    return Schedule(
        (*schedule.names, AMBIENT),
        schedule.breaks,
        lambda stretch, time: np.append(schedule.amounts(stretch, time), 1.0),
    )


def fingerprint_of(package: Package, grid: Grid, error: float, schedule: Schedule) -> str:
    """What tells one run from another: case, grid, powers, and how it is run.

    Powers count as they are, whatever file or entry of the case they came from.
    """
    case = json.dumps(package.case.model_dump(mode="json", exclude={"transient"}), sort_keys=True, default=str)
    own = hashlib.sha256(case.encode())
    for ticks in grid.axes:
        own.update(ticks.tobytes())
    own.update(f"{error!r} {schedule.names}".encode())
    own.update(schedule.breaks.tobytes())
    for stretch, (begin, end) in enumerate(pairwise(schedule.breaks.tolist())):
        for at in (begin, 0.5 * (begin + end), end):
            own.update(schedule.amounts(stretch, at).tobytes())
    return own.hexdigest()
