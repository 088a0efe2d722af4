"""Do both engines agree on a case? Lattices of voxels against tetrahedra, and square joints against round ones."""

import time
from collections.abc import Mapping

from thermopkg.answer.answer import mirrored_axes, reference_temperature, wanted_of, wanted_places
from thermopkg.answer.metrics import metric
from thermopkg.answer.referee import element_bracket
from thermopkg.case.case import Case
from thermopkg.errors import CaseError, Fault
from thermopkg.explore.engines import Crosscheck, EngineRun
from thermopkg.mesh.curved import ROUND, curved_tetrahedra, gmsh_faults
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.patch import Patch
from thermopkg.mesh.quality import quality
from thermopkg.mesh.tetra import SIDES, tetrahedra
from thermopkg.package.package import Package
from thermopkg.workflow import Progress, bounded, geometry, linearised, silent

USUAL_CELLS = 300_000  # tetrahedra that fields of second order and fluxes bound in about a minute on two cores
FINEST = 64.0  # of the meshes that are tried
MESHERS = ("layers", "gmsh")  # of round joints


def crosscheck(
    case: Case,
    most_cells: int = USUAL_CELLS,
    order: int = 2,
    sides: int | None = None,
    progress: Progress = silent,
    mesher: str = "layers",
) -> Crosscheck:
    """Bound what a case asks for with both engines, and with joints of both shapes.

    A package that follows its temperature is solved as the linear one that stands for it at rest.

    Parameters
    ----------
    most_cells : tetrahedra of a mesh that is finer than the geometry asks for
    order : of the fields on tetrahedra, 1 or 2
    sides : of the polygon in place of every circle; by default 8 in layers, 24 by gmsh
    mesher : "layers", or "gmsh" for circles, balls that bulge and wires that slant in place of the round joints
    Raises
    ------
    CaseError : gmsh is not installed, the study asks for nothing, there are contacts, or an option is out of its range
    GeometryError, ModelError, ConvergenceError : as `simulate` and `element_bracket`
    """
    usual = ROUND if mesher == "gmsh" else SIDES
    sides = usual if sides is None else sides
    _check(order, sides, most_cells, mesher)
    if case.contact:
        told = "tetrahedra have no bound from above for contacts; leave [[contact]] out to compare"
        raise CaseError([Fault("contact", told)], case.title)
    plain = case.model_copy(update={"study": case.study.model_copy(update={"round": False})})
    rested = linearised(plain, progress)
    progress("bounding with voxels, joints square")
    started = time.perf_counter()
    coarse = geometry(rested)
    answer = bounded(coarse)
    seconds = time.perf_counter() - started
    if not answer.wanted:
        raise CaseError([Fault("study.metrics", "nothing is asked for, and nothing makes heat")], case.title)
    package, places = coarse.package, wanted_places(coarse.package)
    voxels = EngineRun("voxels", "square", answer.wanted, answer.model.grid.n_cells, seconds)
    model = _finest(package, places, None, most_cells)
    square = _bounded(package, places, model, "square", order, progress)
    if all(solid.discs is None and (mesher != "gmsh" or solid.role != "wires") for solid in package.solids):
        return Crosscheck(case.title, voxels, square, None)
    if mesher == "gmsh":
        model = curved_tetrahedra(package, places.values(), sides=sides, mirrored=mirrored_axes(package))
        return Crosscheck(case.title, voxels, square, _bounded(package, places, model, "curved", order, progress))
    model = _finest(package, places, sides, most_cells)
    return Crosscheck(case.title, voxels, square, _bounded(package, places, model, "round", order, progress))


def _check(order: int, sides: int, most_cells: int, mesher: str) -> None:
    faults = []
    if mesher not in MESHERS:
        faults.append(Fault("--mesher", f"'{mesher}' is not allowed; write {' or '.join(MESHERS)}"))
    elif mesher == "gmsh":
        faults += gmsh_faults()
    if order not in (1, 2):
        faults.append(Fault("--order", f"{order} is not allowed; write 1 or 2"))
    if sides < 8 or sides % 4:
        faults.append(Fault("--sides", f"{sides} is not allowed; write a multiple of 4 from 8 on"))
    if most_cells < 1:
        faults.append(Fault("--cells", f"{most_cells} is not allowed; write a number of cells, as 300000"))
    if faults:
        raise CaseError(faults, "crosscheck")


def _finest(package: Package, places: Mapping[str, Patch], sides: int | None, most_cells: int) -> ElementModel:
    """The finest mesh within the number of cells; the geometry's own where that has more already."""
    finer = 1.0
    mirrored = mirrored_axes(package)
    model = tetrahedra(package, places.values(), finer, sides, mirrored)
    while finer < FINEST and model.n_cells < most_cells:
        finer *= 2
        following = tetrahedra(package, places.values(), finer, sides, mirrored)
        if following.n_cells > most_cells:
            break
        model = following
    return model


def _bounded(
    package: Package, places: Mapping[str, Patch], model: ElementModel, joints: str, order: int, progress: Progress
) -> EngineRun:
    """What the study asks for, on one mesh."""
    progress(f"bounding with {model.n_cells:,} tetrahedra, joints {joints}")
    started = time.perf_counter()
    matrix = element_bracket(model, places, reference_temperature(package.case), order)
    metrics = tuple(metric(item, matrix) for item in wanted_of(package))
    return EngineRun("tetrahedra", joints, metrics, model.n_cells, time.perf_counter() - started, quality(model))
