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

USUAL_CELLS = 100_000  # tetrahedra that fields of first order and fluxes bound in some five seconds on two cores
ROUND_TIMES = 10  # times as many, that round joints may take: with more, they are left out and that is told
FINEST = 64.0  # of the meshes that are tried
MESHERS = ("layers", "gmsh")  # of round joints


def crosscheck(
    case: Case,
    most_cells: int = USUAL_CELLS,
    order: int = 1,
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
    CaseError : gmsh is not installed, the study asks for nothing, or an option is out of its range
    GeometryError : as of `tetrahedra`, before anything is solved on the voxels
    ModelError, ConvergenceError : as `simulate` and `element_bracket`
    """
    curved = mesher == "gmsh"
    sides = (ROUND if curved else SIDES) if sides is None else sides
    _check(order, sides, most_cells, mesher)
    plain = case.model_copy(update={"study": case.study.model_copy(update={"round": False})})
    rested = linearised(plain, progress)
    coarse = geometry(rested)
    package, places = coarse.package, wanted_places(coarse.package)
    if not wanted_of(package):
        raise CaseError([Fault("study.metrics", "nothing is asked for, and nothing makes heat")], case.title)
    progress("meshing with tetrahedra")
    models, left_out = [_finest(package, places, None, most_cells)], 0
    if curved and any(solid.discs is not None or solid.role == "wires" for solid in package.solids):
        models.append(curved_tetrahedra(package, places.values(), sides=sides, mirrored=mirrored_axes(package)))
    elif any(solid.discs is not None for solid in package.solids):
        models.append(_finest(package, places, sides, most_cells))
        left_out = models[1].n_cells if models[1].n_cells > ROUND_TIMES * most_cells else 0
    models = models[:1] if left_out else models
    progress("bounding with voxels, joints square")
    started = time.perf_counter()
    answer = bounded(coarse)
    seconds, part = time.perf_counter() - started, answer.model.grid.copies
    voxels = EngineRun("voxels", "square", answer.wanted, answer.model.grid.n_cells, seconds, 0, part)
    runs = [
        _bounded(package, places, model, joints, order, progress)
        for model, joints in zip(models, ("square", "curved" if curved else "round"), strict=False)
    ]
    return Crosscheck(case.title, voxels, runs[0], runs[1] if len(runs) == 2 else None, left_out)


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
    seconds = time.perf_counter() - started
    return EngineRun("tetrahedra", joints, metrics, model.n_cells, seconds, order, model.copies, quality(model))
