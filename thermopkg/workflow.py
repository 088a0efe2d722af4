"""How does a case become an answer? The whole program on one page."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
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
    powers_of,
    reference_temperature,
    solve,
    wanted_of,
    wanted_places,
)
from thermopkg.answer.linearised import linear_case
from thermopkg.answer.metrics import Metric
from thermopkg.answer.path import HeatPath, heat_path
from thermopkg.answer.settling import is_linear, moved_on, settle
from thermopkg.case.case import Case
from thermopkg.case.load import load
from thermopkg.case.plausible import warnings
from thermopkg.claims.chart import ClaimVerdict, chart, claim_names
from thermopkg.claims.claims import documents
from thermopkg.claims.removal import environments, removals
from thermopkg.claims.rows import AnyLimitation
from thermopkg.claims.worth import Effect, Worth, differences
from thermopkg.errors import CaseError, Fault, ThermopkgError
from thermopkg.mesh.planning import affordable, fits, fixed_grid, starting_grid
from thermopkg.mesh.voxel import VoxelModel, check_circles, check_connected, paint
from thermopkg.package.package import Package
from thermopkg.package.placing import place
from thermopkg.report import charts
from thermopkg.report.result import ZERO_CELSIUS, Timing, document
from thermopkg.report.result import claim as claim_row
from thermopkg.report.sheet import claims as claims_sheet
from thermopkg.report.sheet import sheet
from thermopkg.report.worth import worth_document, worth_markdown, worth_sheet
from thermopkg.solve.steady import NO_STARTS, Fields, Starts

Progress = Callable[[str], None]

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


@dataclass(frozen=True)
class Charted:
    """The verdicts on claims, and what their limitations are worth where that was asked."""

    title: str
    verdicts: tuple[ClaimVerdict, ...]
    asked: tuple[str, ...]  # claims that the case names
    worth: Worth | None = None

    @property
    def all_met(self) -> bool:
        """Whether every claim that the case names is met."""
        return all(verdict.verdict == "met" for verdict in self.verdicts if verdict.name in self.asked)

    def document(self) -> dict[str, Any]:
        """As JSON types."""
        rows = {"claims": [claim_row(verdict) for verdict in self.verdicts]}
        return rows if self.worth is None else {**rows, "worth": worth_document(self.worth)}

    def markdown(self) -> str:
        """As a page of Markdown."""
        chart_page = charts.markdown(self.title, self.verdicts)
        return chart_page if self.worth is None else f"{chart_page}\n{worth_markdown(self.worth)}"

    def _repr_html_(self) -> str:
        """The chart and the worth of its limitations, as a notebook shows them by itself."""
        from thermopkg.report.html import html_of

        return html_of(claims_sheet(self.verdicts)) + ("" if self.worth is None else html_of(worth_sheet(self.worth)))


def read(path: Path | str, overrides: dict[str, Any] | None = None) -> Case:
    """A case file as a checked case.

    Raises
    ------
    CaseError : with every fault of the file
    """
    return load(path, claims=claim_names(), overrides=overrides)


def geometry(case: Case) -> VoxelModel:
    """The package on the planes of its own geometry, put together and found to hang together.

    Raises
    ------
    GeometryError : with every overlap, overhang and floating part, or the planes are too many for the memory
    """
    package = place(case)
    model = paint(package, starting_grid(package, case.study, []))
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
) -> Adapted:
    """The grid on which everything that the study wants is within its tolerance, if the budget allows.

    Parameters
    ----------
    starts : fields to begin with on either lattice
    relinearised : as of `adapt`

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
        partial(affordable, study=study),
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
    if is_linear(package.case) or not powers_of(package):
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
    adapted = search(found.model, progress, starts, partial(moved_on, package))
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


def charted(case: Case, every: bool = False, valued: bool = False, progress: Progress = silent) -> Charted:
    """The claims that a case names, or every claim there is, limitation by limitation.

    Parameters
    ----------
    valued : whether to solve the case with and without each limitation, as `worth` does
    Raises
    ------
    GeometryError, ConvergenceError : as `geometry` and `worth`
    """
    model, asked = geometry(case), case.study.claims
    verdicts = chart(model, claim_names() if every else asked)
    own = [verdict for verdict in verdicts if verdict.name in asked]
    return Charted(case.title, verdicts, asked, worth(model, own, progress) if valued else None)


def worth(model: VoxelModel, verdicts: Sequence[ClaimVerdict], progress: Progress = silent) -> Worth:
    """What each limitation of some claims does to what a case asks for, in still air and under a cooler.

    Every limitation for which there is a change that takes it alone away is taken away; the changed package is solved
    beside the whole one, each to the study's tolerance. A changed package that cannot be solved is told, and the rest
    goes on.

    Parameters
    ----------
    model : of the geometry alone, on which the verdicts were found
    Raises
    ------
    CaseError : there is no claim, or nothing whose worth could be told in kelvins
    ConvergenceError : a solve of the case itself fails
    """
    case = model.package.case
    if faults := [*_worthless(model, verdicts)]:
        raise CaseError(faults, case.title)
    met = [verdict.name for verdict in verdicts if verdict.verdict == "met"]
    whole = {
        name: _numbers(changed, progress, f"{name}, the case as it stands")
        for name, changed in environments(case).items()
    }
    effects, kept = [], []
    for claim, limitation, parts in _limitations(verdicts):
        changes = tuple(removals(case, model.package.parts, limitation, parts))
        if not changes:
            kept.append((claim, limitation.text))
        for removal in changes:
            try:
                after = chart(geometry(removal.case), [verdict.name for verdict in verdicts])
                changed = {
                    name: differences(whole[name], _numbers(variant, progress, f"{name}, {removal.change}"))
                    for name, variant in environments(removal.case).items()
                }
            except ThermopkgError as error:
                effects.append(Effect(claim, limitation.text, removal.change, (), {}, str(error)))
            else:
                lost = tuple(v.name for v in after if v.verdict != "met" and v.name in met)
                effects.append(Effect(claim, limitation.text, removal.change, lost, changed))
    return Worth(whole, tuple(effects), tuple(kept))


def _worthless(model: VoxelModel, verdicts: Sequence[ClaimVerdict]) -> Iterator[Fault]:
    """Why nothing can be said of what limitations are worth."""
    if not verdicts:
        yield Fault("study.claims", 'names no claims, so there is nothing to take away; add claims = ["heat-sink/1"]')
    if not wanted_of(model.package):
        yield Fault("part", "none makes heat, so that no temperature would change; give a chip some power")


def _limitations(verdicts: Sequence[ClaimVerdict]) -> Iterator[tuple[str, AnyLimitation, list[str]]]:
    """Claim, limitation and the parts that play its elements, each once, where all of these are there."""
    seen = set()
    for verdict in verdicts:
        for claim in documents()[verdict.document].chain(verdict.claim):
            for limitation in claim.limitation:
                parts = [part for element in limitation.elements if (part := verdict.parts[element]) is not None]
                key = limitation, *parts
                if len(parts) == len(limitation.elements) and key not in seen:
                    seen.add(key)
                    yield f"{verdict.document}/{claim.number}", limitation, parts


def _numbers(case: Case, progress: Progress, title: str) -> tuple[Metric, ...]:
    """What the study asks for, bounded; no more than that."""
    progress(title)
    return bounded(geometry(case)).wanted


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
