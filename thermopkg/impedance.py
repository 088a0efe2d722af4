"""How does a case become a Z_th curve? Its linear package at rest, a mesh for the first moments, a dozen solves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from thermopkg import workflow
from thermopkg.answer.adapt import Step, carried
from thermopkg.answer.answer import ACTIVE, heat_everywhere, junctions_of, patches
from thermopkg.answer.layers import Passed, passed
from thermopkg.answer.path import heat_path
from thermopkg.answer.settling import is_linear
from thermopkg.answer.zth import Span, ThermalImpedance, bytes_needed, thermal_impedance
from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.errors import CaseError, Fault
from thermopkg.mesh.grid import SAME_PLANE, Grid
from thermopkg.mesh.patch import FacePatch, Patch, check_same
from thermopkg.mesh.planning import affordable, memory_of
from thermopkg.mesh.resolving import Resolved, resolved
from thermopkg.mesh.storage import cell_capacitance, check_storage
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.package.package import Package
from thermopkg.solve.steady import Starts

FIRST_CELLS = 600_000  # that a grid may have once it resolves the first moments
MORE_CELLS = 3  # times those of the study's own grid, where that has more


@dataclass(frozen=True, eq=False)
class TimedMesh:
    """A package on the grid that it needs in time, with steady fields to go on from."""

    model: VoxelModel
    steps: tuple[Step, ...]
    resolved: Resolved
    starts: tuple[Starts, Starts]


@dataclass(frozen=True, eq=False)
class Impedance:
    """Everything that one run found of Z_th."""

    title: str
    found: ThermalImpedance
    mesh: TimedMesh
    linearised: bool  # whether the case follows its temperature, and its linear package at rest was taken instead
    passed: Mapping[str, Passed]  # layers on the way of the heat of every chip, by the source's name
    stored: float  # of the whole package, J/K


def sources_in_time(package: Package) -> dict[str, Patch]:
    """The places whose power may change: every active face, heated or not, and every part that makes heat throughout.

    Raises
    ------
    CaseError : there are none
    """
    names = [*junctions_of(package), *(name for name in package.volume_powers if name not in junctions_of(package))]
    if not names:
        told = "nothing can make heat: Z_th is that of a chip, or of a part with a power"
        raise CaseError([Fault("part", told)], package.case.title)
    everywhere = patches(package)
    return {name: everywhere[name] for name in names}


def mesh_in_time(
    case: Case, span: Span, progress: workflow.Progress = workflow.silent, like: TimedMesh | None = None
) -> TimedMesh:
    """The grid of a linear case: that of the study's own tolerance, and cells for the first moments.

    Parameters
    ----------
    like : a package whose grid is taken instead, where it has all planes of this one and ends where this one does
    Raises
    ------
    CaseError : a material does not tell what it stores, or nothing can make heat
    GeometryError, ModelError, ConvergenceError : as `thermopkg.workflow.meshed`
    """
    progress("placing the parts")
    coarse = workflow.geometry(case)
    package, study = coarse.package, case.study
    check_storage(package)
    sources = sources_in_time(package)
    if like is not None and has_planes_of(like.model.grid, workflow.mesh(coarse, whole=False).grid):
        return replace(like, model=paint(package, like.model.grid), steps=())

    def room(grid: Grid) -> bool:
        return bytes_needed(grid.n_cells, len(sources), span) <= memory_of(study)

    found = workflow.meshed(coarse, progress, whole=False)
    grid, most = found.model.grid, max(FIRST_CELLS, MORE_CELLS * found.model.grid.n_cells)
    faces = [patch for patch in sources.values() if isinstance(patch, FacePatch)]

    def wanted(finer: Grid) -> bool:
        return finer.n_cells <= most and affordable(finer, study) and room(finer)

    fine = resolved(found.model, faces, span.first, wanted)
    starts = carried(found, fine.grid) if fine.grid.shape != grid.shape else found.starts
    return TimedMesh(paint(package, fine.grid), found.steps, fine, starts)


def has_planes_of(grid: Grid, other: Grid) -> bool:
    """Whether one grid is another with more cells in it: all ticks of the other are its own, and both end alike."""

    def holds(own: FloatArray, wanted: FloatArray) -> bool:
        near = own[np.clip(np.searchsorted(own, wanted - SAME_PLANE), 0, own.size - 1)]
        return (
            own[0] >= wanted[0] - SAME_PLANE
            and own[-1] <= wanted[-1] + SAME_PLANE
            and bool((np.abs(near - wanted) <= SAME_PLANE).all())
        )

    return grid.mirrored == other.mirrored and all(map(holds, grid.axes, other.axes))


def find_impedance(
    case: Case,
    span: Span | None = None,
    progress: workflow.Progress = workflow.silent,
    like: TimedMesh | None = None,
) -> Impedance:
    """Z_th of every chip of a case, and what each does to the others.

    Where the case follows its temperature, its linear package at rest is taken: films, conductivities and all.

    Parameters
    ----------
    like : as of `mesh_in_time`
    Raises
    ------
    CaseError, GeometryError, ModelError, ConvergenceError : as `mesh_in_time`
    """
    asked = Span() if span is None else span
    linear = workflow.linearised(case, progress)
    mesh = mesh_in_time(linear, asked, progress, like)
    model, sources = mesh.model, sources_in_time(mesh.model.package)
    sides = model.seen("conducting"), model.seen("insulating")
    check_same(*sides, sources)
    starts = tuple({name: field for name, field in own.items() if name in sources} for own in mesh.starts)
    progress(f"solving on {model.grid.n_cells:,} cells")
    guard = partial(heat_everywhere, sides[1])
    found = thermal_impedance(sides, sources, guard, asked, (starts[0], starts[1]), progress)
    layers = {name: _passed(model, found, name) for name in junctions_of(model.package)}
    stored = float(cell_capacitance(model).sum())
    return Impedance(case.title, found, mesh, not is_linear(case), layers, stored)


def _passed(model: VoxelModel, found: ThermalImpedance, name: str) -> Passed:
    """Where the layers end for a watt in one chip alone; rises over coolants that are all at nought."""
    field = found.at_rest[name]
    path = heat_path(model, field.rise, name.removesuffix(ACTIVE), 0.0, field.leaving)
    return passed(path, found.steady.entry(name, name).value)
