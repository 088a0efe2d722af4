"""What do `run` and `check-case` do with a case that brings its own mesh? The same, in fewer words; no physics."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from thermopkg.terminal import MET, NOT_CONVERGED, paper, print_json

if TYPE_CHECKING:
    from thermopkg.case.mesh_case import MeshCase

# The modules that do the work are imported where a command needs them: `thermopkg --help` answers at once.


def run_mesh(
    wanted: "MeshCase", case: Path, out: Path | None, strict: bool, as_json: bool, progress: Callable[[str], None]
) -> int:
    """Solve, write and print; the exit code."""
    from thermopkg.meshed import simulate_mesh, write_mesh_answer
    from thermopkg.report.meshed import mesh_document, mesh_sheet

    answer = simulate_mesh(wanted, case.parent, str(case), progress)
    if out is not None:
        write_mesh_answer(answer, out, progress)
    if as_json:
        print_json(mesh_document(answer))
    else:
        paper().print(mesh_sheet(answer))
        if out is not None:
            paper().print(f"\nWritten to {out}/")
    return NOT_CONVERGED if strict and not answer.reached else MET


def check_mesh(checked: "MeshCase", case: Path, as_json: bool) -> None:
    """Read the file and say what its mesh is like."""
    from dataclasses import asdict

    from thermopkg.mesh.imported import imported
    from thermopkg.mesh.quality import quality
    from thermopkg.report.meshed import quality_table

    found = quality(imported(checked, case.parent))
    if as_json:
        print_json({"case": str(case), "title": checked.title, "mesh": asdict(found)})
        return
    paper().print(f"{checked.title}: no fault found")
    paper().print(quality_table(found))
