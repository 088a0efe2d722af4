"""How does a case that brings its own mesh become an answer? The whole way on one page."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from thermopkg.answer.meshed import MeshAnswer
from thermopkg.answer.metrics import Wanted
from thermopkg.answer.refining import Balanced, MeshStep, balanced_bracket, refined_to
from thermopkg.arraytypes import FloatArray
from thermopkg.case.mesh_case import MeshCase
from thermopkg.mesh.imported import imported
from thermopkg.mesh.patch import Patch, VolumePatch
from thermopkg.mesh.quality import quality
from thermopkg.system import AMBIENT
from thermopkg.workflow import Progress, silent

ONE, SEVERAL = "theta_ja", "theta_{}"  # names of what one heated region has, and each of several


def wanted_on(case: MeshCase) -> tuple[Wanted, ...]:
    """The mean rise of every heated region for each watt that is made in it alone."""
    names = list(case.powers)
    told = "mean rise of {} over what cools it, for each watt that is made in it, evenly"
    return tuple(
        Wanted(
            ONE if len(names) == 1 else SEVERAL.format(name),
            {name: 1.0},
            {name: 1.0},
            {name: 1.0},
            1.0,
            "K/W",
            told.format(name),
        )
        for name in names
    )


def simulate_mesh(case: MeshCase, folder: Path, name: str = "case", progress: Progress = silent) -> MeshAnswer:
    """Read the mesh, halve its cells until the bounds are as narrow as the study wants, and bound all means.

    Parameters
    ----------
    folder : of the case, which its mesh is named from
    Raises
    ------
    GeometryError : with everything that is wrong with the mesh, or it does not fit into the memory
    ModelError : held temperatures meet in one point, or a cell has no way for its heat to leave
    ConvergenceError : a solve fails
    """
    started = time.perf_counter()
    progress("reading the mesh")
    model, study, wanted = imported(case, folder), case.study, wanted_on(case)
    heated: dict[str, Patch] = {region: VolumePatch(frozenset({region})) for region in case.powers}

    def told(step: MeshStep) -> None:
        progress(f"{step.n_cells:,} tetrahedra: within ±{100 * step.widest:.2g} %")

    fine = refined_to(
        *(model, heated, wanted, case.ambient, study.tolerance / 100, study.order),
        *(study.max_cells, study.max_memory, told),
    )
    progress(f"bounding every region on {fine.model.n_cells:,} tetrahedra")
    everything: dict[str, Patch] = {region: VolumePatch(frozenset({region})) for region in case.region}
    found = balanced_bracket(fine.model, everything, case.ambient, study.order, study.max_memory)
    amounts = {**case.powers, **({AMBIENT: 1.0} if AMBIENT in found.matrix.names else {})}
    means = {
        region: found.matrix.combination({region: 1.0}, amounts).scaled(1.0, case.ambient) for region in case.region
    }
    return MeshAnswer(
        case,
        name,
        fine.model,
        quality(model),
        fine.steps,
        fine.reached,
        fine.steps[-1].metrics,
        means,
        _leaving(found, amounts),
        _mixed(found.fields, found.matrix.names, amounts)[: fine.model.n_points],
        time.perf_counter() - started,
    )


def _mixed(fields: tuple[FloatArray, ...], names: tuple[str, ...], amounts: Mapping[str, float]) -> FloatArray:
    """The sum of what amounts of all loads make."""
    parts = [amounts.get(name, 0.0) * field for name, field in zip(names, fields, strict=True)]
    return np.asarray(np.sum(parts, axis=0))


def _leaving(found: Balanced, amounts: Mapping[str, float]) -> dict[str, float]:
    """Heat through every face that takes some, W: of the balanced fluxes, so that all of it adds up."""
    flux, places = _mixed(found.fluxes, found.matrix.names, amounts), found.space.places
    return {
        facets.part: float(flux[places.facets(facets.corners)].sum())
        for facets in places.model.exposed
        if facets.surface >= 0
    }


def write_mesh_answer(answer: MeshAnswer, folder: Path, progress: Progress = silent) -> None:
    """Write result.json, pictures and the VTU file, all of them or none.

    Raises
    ------
    OutputError : the folder cannot be written
    """
    from thermopkg.report.folder import whole
    from thermopkg.report.meshed import mesh_document, write_mesh_vtu
    from thermopkg.report.meshed_plot import draw_mesh_temperature, draw_mesh_widths
    from thermopkg.report.pictures import SQUARE, WIDE, save

    with whole(folder) as scratch:
        progress("drawing")
        save(
            scratch / "temperature.png", lambda ax: draw_mesh_temperature(answer.model, answer.temperature, ax), SQUARE
        )
        if len(answer.steps) > 1:
            save(scratch / "refinement.png", lambda ax: draw_mesh_widths(answer.steps, ax), WIDE)
        write_mesh_vtu(scratch / "field.vtu", answer.model, answer.temperature)
        text = json.dumps(mesh_document(answer), indent=1, ensure_ascii=False, allow_nan=False)
        (scratch / "result.json").write_text(text + "\n", encoding="utf-8")
