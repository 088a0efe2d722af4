"""How does a case become an answer? The whole program on one page."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thermopkg.answer.answer import Answer, patches, planes_of, solve
from thermopkg.answer.path import HeatPath, heat_path
from thermopkg.case.case import Case
from thermopkg.case.load import load
from thermopkg.case.plausible import warnings
from thermopkg.claims.chart import ClaimVerdict, chart, claim_names
from thermopkg.errors import Fault
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.planning import plan
from thermopkg.mesh.voxel import VoxelModel, check_connected, paint
from thermopkg.package.placing import place
from thermopkg.report.result import ZERO_CELSIUS, Timing, document

Progress = Callable[[str], None]


def silent(_: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """Everything that one run found, ready to be reported."""

    name: str
    answer: Answer
    chart: tuple[ClaimVerdict, ...]
    warnings: tuple[Fault, ...]
    timing: Timing

    @property
    def all_claims_met(self) -> bool:
        """Whether every claim that the case asks for is met; true where it asks for none."""
        return all(verdict.verdict == "met" for verdict in self.chart)

    def document(self) -> dict[str, Any]:
        """The content of result.json."""
        return document(self.answer, self.chart, self.warnings, self.name, self.timing)


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
    GeometryError : with every overlap, overhang and floating part
    """
    package = place(case)
    model = paint(package, geometry_grid(package))
    check_connected(model)
    return model


def mesh(coarse: VoxelModel) -> VoxelModel:
    """The same package on the grid that its study asks for.

    Raises
    ------
    GeometryError : the grid would not fit into memory
    """
    package = coarse.package
    places = patches(package)
    grid = plan(package, package.case.study, [planes_of(patch) for patch in places.values()], len(places))
    return paint(package, grid)


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
    meshed = time.perf_counter()
    progress(f"solving {fine.grid.n_cells:,} cells on two lattices")
    answer = solve(fine)
    solved = time.perf_counter()
    verdicts: tuple[ClaimVerdict, ...] = ()
    if case.study.claims:
        progress("charting the claims")
        verdicts = chart(coarse, case.study.claims)
    timing = Timing(meshed - started, solved - meshed, time.perf_counter() - started)
    return Outcome(name, answer, verdicts, warnings(case), timing)


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
        save_pictures(scratch, answer, heat_paths(answer))
        progress("writing the field for ParaView")
        write_vtu(scratch / "field.vtu", answer.model, answer.temperature, answer.model.package.case.study.refine)
        text = json.dumps(outcome.document(), indent=1, ensure_ascii=False, allow_nan=False)
        (scratch / "result.json").write_text(text + "\n", encoding="utf-8")
