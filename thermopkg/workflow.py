"""How does a case become an answer? The whole program on one page."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from thermopkg.answer.adapt import Adapted, Step, adapt, carried
from thermopkg.answer.answer import (
    Answer,
    mirrored_axes,
    patches,
    planes_of,
    reference_temperature,
    solve,
    wanted_of,
    wanted_places,
)
from thermopkg.answer.linearised import linear_case
from thermopkg.answer.path import HeatPath, heat_path
from thermopkg.answer.settling import is_linear, moved_on, settle
from thermopkg.answer.unit_cell import homogenised
from thermopkg.case.case import Case
from thermopkg.case.load import load, load_any
from thermopkg.case.mesh_case import MeshCase
from thermopkg.case.plausible import warnings
from thermopkg.claims.chart import ClaimVerdict, chart, claim_names
from thermopkg.errors import Fault
from thermopkg.mesh.contact import check_contacts
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.planning import affordable, fits, fixed_grid, starting_grid
from thermopkg.mesh.voxel import VoxelModel, check_circles, check_connected, paint
from thermopkg.package.package import Package
from thermopkg.package.placing import place
from thermopkg.report.result import ZERO_CELSIUS, Timing, document
from thermopkg.report.sheet import sheet
from thermopkg.solve.steady import NO_STARTS, Fields, Starts

Progress = Callable[[str], None]

AT_REST_KEEPS = 2  # fields more than a search: what conductivities were read at, and what that missed; 33 bytes a cell
LAST_STEP = 0.97  # of the tolerance, that a search aims at where films move once more on the last grid


def silent(_: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """Everything that one run found, ready to be reported."""

    name: str
    answer: Answer
    steps: tuple[Step, ...]  # grids on the way to the last one; none where the study names its mesh
    chart: tuple[ClaimVerdict, ...]
    warnings: tuple[Fault, ...]
    timing: Timing

    @property
    def all_claims_met(self) -> bool:
        """Whether every claim that the case asks for is met; true where it asks for none."""
        return all(verdict.verdict == "met" for verdict in self.chart)

    @property
    def tolerance_reached(self) -> bool:
        """Whether everything wanted is within the study's tolerance."""
        return bool(self.answer.widest <= self.answer.model.package.case.study.tolerance / 100)

    def document(self) -> dict[str, Any]:
        """The content of result.json."""
        return document(self.answer, self.steps, self.chart, self.warnings, self.name, self.timing)

    def _repr_html_(self) -> str:
        """The sheet and the temperatures in section, as a notebook shows them by itself."""
        from thermopkg.report.html import html_of, picture_of
        from thermopkg.report.pictures import WIDE
        from thermopkg.report.plots import draw_temperature

        shown = sheet(self.answer, self.steps, self.chart, self.warnings, self.timing)
        draw = partial(draw_temperature, self.answer.model, self.answer.temperature - ZERO_CELSIUS)
        return picture_of(draw, WIDE, "temperatures in section") + html_of(shown)


def read(path: Path | str, overrides: dict[str, Any] | None = None) -> Case:
    """A case file as a checked case.

    Raises
    ------
    CaseError : with every fault of the file
    """
    return load(path, claims=claim_names(), overrides=overrides)


def read_any(path: Path | str, overrides: dict[str, Any] | None = None) -> Case | MeshCase:
    """A case file as a checked case, be it of parts or of a mesh of its own.

    Raises
    ------
    CaseError : with every fault of the file
    """
    return load_any(path, claims=claim_names(), overrides=overrides)


def geometry(case: Case) -> VoxelModel:
    """The package on the planes of its own geometry, put together and found to hang together.

    Raises
    ------
    GeometryError : with every overlap, overhang and floating part, and every contact of parts that do not touch, or
        the planes are too many for the memory
    ConvergenceError : a unit cell that the case asks for cannot be solved
    """
    package = homogenised(place(case))
    model = paint(package, starting_grid(package, case.study, []))
    check_contacts(package, model.grid, model.whole.region)
    check_connected(model)
    check_circles(model)
    return model


def mesh(coarse: VoxelModel, whole: bool = True) -> VoxelModel:
    """The same package on the grid that its study starts from, or on the one that it names.

    Parameters
    ----------
    whole : without it, of what is its own mirror image only the half or quarter that tells all
    Raises
    ------
    GeometryError : the grid would not fit into memory
    """
    package = coarse.package
    places, study = patches(package), package.case.study
    mirrored = (False, False) if whole else mirrored_axes(package)
    grid = starting_grid(package, study, [planes_of(patch) for patch in places.values()], mirrored)
    if study.refine is not None:
        grid = fixed_grid(package, study, grid, study.refine)
    return paint(package, grid)


def search(
    start: VoxelModel,
    progress: Progress,
    starts: tuple[Starts, Starts] = (NO_STARTS, NO_STARTS),
    relinearised: Callable[[VoxelModel, Fields], Package] | None = None,
    room: Callable[[Grid], bool] = lambda _: True,
) -> Adapted:
    """The grid on which everything that the study wants is within its tolerance, if the budget allows.

    Parameters
    ----------
    starts : fields to begin with on either lattice
    relinearised : as of `adapt`
    room : whether a grid leaves room for what comes after the search
    Raises
    ------
    ConvergenceError : a solve fails
    """
    package, study = start.package, start.package.case.study

    def told(step: Step) -> None:
        progress(f"{step.n_cells:,} cells: within ±{100 * step.widest:.2g} %")

    return adapt(
        package,
        start.grid,
        wanted_places(package),
        wanted_of(package),
        reference_temperature(package.case),
        study.tolerance / 100 * (1.0 if relinearised is None else LAST_STEP),
        lambda grid: affordable(grid, study) and room(grid),
        told,
        starts,
        relinearised,
    )


def meshed(coarse: VoxelModel, progress: Progress = silent, whole: bool = True, like: Adapted | None = None) -> Adapted:
    """The grid that the study asks for: found by the search, or the one that it names, with fields to go on from.

    A package that follows its temperature comes to rest on the first grid, goes on with every other, and comes to rest
    again on the last.

    Parameters
    ----------
    whole : as of `mesh`
    like : a package whose mesh and fields are to begin with, where most of it is the same
    Raises
    ------
    GeometryError : the grid would not fit into memory
    ModelError : leakage runs away
    ConvergenceError : a solve fails
    """
    start, study, package = mesh(coarse, whole), coarse.package.case.study, coarse.package
    starts: tuple[Starts, Starts] = (NO_STARTS, NO_STARTS)
    if like is not None:
        grid = start.grid.joined(like.model.grid)
        start, starts = paint(package, grid), carried(like, grid)
    fixed = study.refine is not None or not wanted_of(package)
    if is_linear(package.case):
        if fixed:
            return Adapted(start, (), True, starts)
        progress("finding the mesh")
        return search(start, progress, starts)
    progress("letting films and temperatures come to rest")
    last = settle(package, start.grid, starts=starts[0])
    starts = {**starts[0], **last.fields}, starts[1]
    found = Adapted(paint(last.package, start.grid), (), True, starts, last.point)
    if fixed:
        return found
    progress("finding the mesh")
    room = partial(fits, study=study, n_loads=1 + AT_REST_KEEPS)
    adapted = search(found.model, progress, starts, partial(moved_on, package), room)
    if len(adapted.steps) == 1:  # on the grid on which they have come to rest
        return replace(adapted, point=last.point)
    progress(f"letting them come to rest on {adapted.model.grid.n_cells:,} cells")
    last = settle(package, adapted.model.grid, adapted.model.package, adapted.starts[0])
    starts = {**adapted.starts[0], **last.fields}, adapted.starts[1]
    return replace(adapted, model=paint(last.package, adapted.model.grid), starts=starts, point=last.point)


def linearised(case: Case, progress: Progress = silent) -> Case:
    """The case itself where it is linear, or else the linear one that stands for it at rest, on the mesh that it wants.

    Raises
    ------
    GeometryError, ModelError, ConvergenceError : as `meshed`
    """
    return case if is_linear(case) else linear_case(meshed(geometry(case), progress, whole=False).model)


def simulate(case: Case, name: str = "case", progress: Progress = silent) -> Outcome:
    """Place, mesh, solve on both lattices, and hold the result against the claims that the case names.

    Raises
    ------
    GeometryError : the parts do not fit together, or the grid does not fit into memory
    ModelError : the model is unphysical
    ConvergenceError : a solve or the energy balance fails
    """
    started = time.perf_counter()
    progress("placing the parts")
    coarse = geometry(case)
    adapted = meshed(coarse, progress)
    fine, found = adapted.model, time.perf_counter()
    every_part = fits(fine.grid, case.study, len(patches(fine.package)))
    progress(f"bounding {'every part' if every_part else 'what is asked for'} on {fine.grid.n_cells:,} cells")
    answer = replace(solve(fine, adapted.starts, every_part), point=adapted.point)
    solved = time.perf_counter()
    verdicts: tuple[ClaimVerdict, ...] = ()
    if case.study.claims:
        progress("charting the claims")
        verdicts = chart(coarse, case.study.claims)
    timing = Timing(found - started, solved - found, time.perf_counter() - started)
    return Outcome(name, answer, adapted.steps, verdicts, warnings(case), timing)


def bounded(coarse: VoxelModel) -> Answer:
    """What the study asks for, on the mesh that it asks for: bounds on that alone, which takes the least work.

    Of a package that is its own mirror image only a half or a quarter is solved; its field is that of the whole.

    Raises
    ------
    GeometryError, ModelError, ConvergenceError : as `simulate`
    """
    adapted = meshed(coarse, whole=False)
    return replace(solve(adapted.model, adapted.starts, every_part=False), point=adapted.point)


def heat_paths(answer: Answer) -> dict[str, HeatPath]:
    """The way of the heat from every heated chip, by the chip's name."""
    balance = answer.balance
    return {
        face.part: heat_path(
            answer.model,
            answer.temperature - ZERO_CELSIUS,
            face.part,
            answer.reference - ZERO_CELSIUS,
            balance.by_surface,
        )
        for face in answer.model.package.active_faces
        if face.power > 0
    }


def write(outcome: Outcome, folder: Path, progress: Progress = silent) -> None:
    """Write result.json, the pictures and the VTU file, all of them or none.

    Raises
    ------
    OutputError : the folder cannot be written
    """
    from thermopkg.report.folder import whole
    from thermopkg.report.pictures import save_pictures
    from thermopkg.report.vtu import write_vtu

    answer = outcome.answer
    with whole(folder) as scratch:
        progress("drawing")
        save_pictures(scratch, answer, heat_paths(answer), outcome.steps)
        progress("writing the field for ParaView")
        write_vtu(scratch / "field.vtu", answer.model, answer.temperature)
        text = json.dumps(outcome.document(), indent=1, ensure_ascii=False, allow_nan=False)
        (scratch / "result.json").write_text(text + "\n", encoding="utf-8")
