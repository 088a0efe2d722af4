"""How does a case become an answer? The whole program on one page."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from thermopkg.answer.adapt import Adapted, Step, adapt
from thermopkg.answer.answer import Answer, patches, planes_of, reference_temperature, solve, wanted_of, wanted_places
from thermopkg.answer.metrics import Metric
from thermopkg.answer.path import HeatPath, heat_path
from thermopkg.answer.unit_cell import homogenised
from thermopkg.case.case import Case
from thermopkg.case.load import load
from thermopkg.case.plausible import warnings
from thermopkg.claims.chart import ClaimVerdict, chart, claim_names
from thermopkg.claims.claims import documents
from thermopkg.claims.removal import environments, removals
from thermopkg.claims.rows import AnyLimitation
from thermopkg.claims.worth import Effect, Worth, differences
from thermopkg.errors import CaseError, Fault, GeometryError
from thermopkg.mesh.planning import affordable, fits, fixed_grid, starting_grid
from thermopkg.mesh.voxel import VoxelModel, check_circles, check_connected, paint
from thermopkg.package.placing import place
from thermopkg.report import charts
from thermopkg.report.result import ZERO_CELSIUS, Timing, document
from thermopkg.report.result import claim as claim_row
from thermopkg.report.sheet import claims as claims_sheet
from thermopkg.report.sheet import sheet
from thermopkg.report.worth import worth_document, worth_markdown, worth_sheet
from thermopkg.solve.steady import NO_STARTS

Progress = Callable[[str], None]


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
    ConvergenceError : a unit cell that the case asks for cannot be solved
    """
    package = homogenised(place(case))
    model = paint(package, starting_grid(package, case.study, []))
    check_connected(model)
    check_circles(model)
    return model


def mesh(coarse: VoxelModel) -> VoxelModel:
    """The same package on the grid that its study starts from, or on the one that it names.

    Raises
    ------
    GeometryError : the grid would not fit into memory
    """
    package = coarse.package
    places, study = patches(package), package.case.study
    grid = starting_grid(package, study, [planes_of(patch) for patch in places.values()])
    if study.refine is not None:
        grid = fixed_grid(package, study, grid, study.refine)
    return paint(package, grid)


def search(start: VoxelModel, progress: Progress) -> Adapted:
    """The grid on which everything that the study wants is within its tolerance, if the budget allows.

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
        study.tolerance / 100,
        partial(affordable, study=study),
        told,
    )


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
    fine = mesh(coarse)
    steps: tuple[Step, ...] = ()
    if case.study.refine is None and wanted_of(coarse.package):
        progress("finding the mesh")
        adapted = search(fine, progress)
        fine, steps = adapted.model, adapted.steps
        starts = adapted.starts
    else:
        starts = (NO_STARTS, NO_STARTS)
    meshed = time.perf_counter()
    every_part = fits(fine.grid, case.study, len(patches(fine.package)))
    progress(f"bounding {'every part' if every_part else 'what is asked for'} on {fine.grid.n_cells:,} cells")
    answer = solve(fine, starts, every_part)
    solved = time.perf_counter()
    verdicts: tuple[ClaimVerdict, ...] = ()
    if case.study.claims:
        progress("charting the claims")
        verdicts = chart(coarse, case.study.claims)
    timing = Timing(meshed - started, solved - meshed, time.perf_counter() - started)
    return Outcome(name, answer, steps, verdicts, warnings(case), timing)


def charted(case: Case, every: bool = False, valued: bool = False, progress: Progress = silent) -> Charted:
    """The claims that a case names, or every claim there is, limitation by limitation.

    Parameters
    ----------
    valued : whether to solve the case with and without each limitation, as `worth` does
    Raises
    ------
    GeometryError, ConvergenceError : as `geometry` and `worth`
    """
    verdicts = chart(geometry(case), claim_names() if every else case.study.claims)
    return Charted(case.title, verdicts, case.study.claims, worth(case, progress) if valued else None)


def worth(case: Case, progress: Progress = silent) -> Worth:
    """What each limitation of the case's claims does to its answers, in still air and under a cooler.

    Every limitation for which there is a change that takes it alone away is taken away; the changed package is solved
    beside the whole one, each to the study's tolerance.

    Raises
    ------
    GeometryError : the parts of the case itself do not fit together
    ConvergenceError : a solve of the case itself fails
    """
    model = geometry(case)
    verdicts = chart(model, case.study.claims)
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
                after = chart(geometry(removal.case), case.study.claims)
                changed = {
                    name: differences(whole[name], _numbers(variant, progress, f"{name}, {removal.change}"))
                    for name, variant in environments(removal.case).items()
                }
            except (CaseError, GeometryError) as error:
                effects.append(Effect(claim, limitation.text, removal.change, (), {}, str(error)))
            else:
                lost = tuple(v.name for v in after if v.verdict != "met" and v.name in met)
                effects.append(Effect(claim, limitation.text, removal.change, lost, changed))
    return Worth(whole, tuple(effects), tuple(kept))


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

    Raises
    ------
    GeometryError, ModelError, ConvergenceError : as `simulate`
    """
    fine = mesh(coarse)
    starts = (NO_STARTS, NO_STARTS)
    if coarse.package.case.study.refine is None and wanted_of(coarse.package):
        adapted = search(fine, silent)
        fine, starts = adapted.model, adapted.starts
    return solve(fine, starts, every_part=False)


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
