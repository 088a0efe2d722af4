"""What does a user type? One function per command; no physics."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from thermopkg.cli_explore import crosscheck, homogenise, levers, sweep
from thermopkg.cli_mesh import check_mesh, run_mesh
from thermopkg.cli_network import interfaces
from thermopkg.cli_sheet import sheet
from thermopkg.cli_time import transient, zth
from thermopkg.terminal import (
    BAD_INPUT,
    INTERRUPTED,
    MET,
    NOT_CONVERGED,
    NOT_MET,
    AsJson,
    CaseFile,
    MaxCells,
    MaxMemory,
    Quiet,
    json_text,
    paper,
    print_json,
    read_any,
    read_case,
    watched,
)

# The modules that do the work are imported where a command needs them: `thermopkg --help` answers at once.

app = typer.Typer(
    help="How hot does the chip get, how sure are you, and which choice would cool it?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="Exit codes: 0 done, 1 a claim or a regression fails, 2 bad input, 3 no convergence, 130 interrupted.",
)

Refine = Annotated[
    int | None,
    typer.Option("--refine", metavar="N", help="Take the geometry's own grid, halved N times, instead of searching."),
]


@app.command()
def run(
    case: CaseFile,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write result.json, pictures and VTU here.")
    ] = None,
    tolerance: Annotated[
        str | None, typer.Option("--tolerance", metavar="PERCENT", help="Half-width of the bracket wanted, '0.5%'.")
    ] = None,
    max_cells: MaxCells = None,
    max_memory: MaxMemory = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 3 where the tolerance is not reached.")] = False,
    refine: Refine = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Solve a case: θ_JA with its bounds, temperatures, watts, claims."""
    from thermopkg import workflow
    from thermopkg.case.mesh_case import MeshCase
    from thermopkg.report.folder import check_writable
    from thermopkg.report.sheet import sheet as run_sheet

    with watched(quiet) as progress:
        if out is not None:
            check_writable(out)
        wishes = {"tolerance": tolerance, "max_cells": max_cells, "max_memory": max_memory, "refine": refine}
        wanted = read_any(case, wishes)
        if isinstance(wanted, MeshCase):
            raise typer.Exit(run_mesh(wanted, case, out, strict, as_json, progress))
        outcome = workflow.simulate(wanted, str(case), progress)
        if out is not None:
            workflow.write(outcome, out, progress)
    if as_json:
        print_json(outcome.document())
    else:
        paper().print(run_sheet(outcome.answer, outcome.steps, outcome.chart, outcome.warnings, outcome.timing))
        if out is not None:
            paper().print(f"\nWritten to {out}/")
    if strict and not outcome.tolerance_reached:
        raise typer.Exit(NOT_CONVERGED)
    raise typer.Exit(MET if outcome.all_claims_met else NOT_MET)


@app.command()
def claims(
    case: CaseFile,
    every: Annotated[
        bool, typer.Option("--all", help="Try every claim of both documents and sort them by their verdicts.")
    ] = False,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", metavar="FILE", help="Write the chart here as Markdown.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json-file", metavar="FILE", help="Write the chart here as JSON.")
    ] = None,
    worth: Annotated[
        bool,
        typer.Option("--worth", help="Solve the case with each limitation taken away, in still air and cooled."),
    ] = False,
    tolerance: Annotated[
        str | None, typer.Option("--tolerance", metavar="PERCENT", help="With --worth: half-width of every bracket.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Chart the claims that a case names, limitation by limitation, with the evidence. No solve but for --worth.

    Exit code 1 where a claim that the case names is not met.
    """
    from thermopkg import charting
    from thermopkg.errors import CaseError, Fault
    from thermopkg.report import charts
    from thermopkg.report import sheet as sheets
    from thermopkg.report.folder import check_file_writable, whole_file
    from thermopkg.report.worth import worth_sheet

    if tolerance is not None and not worth:
        raise CaseError(
            [Fault("--tolerance", "is a question only with --worth; without it nothing is solved")], "claims"
        )
    for file in filter(None, (markdown, json_file)):
        check_file_writable(file)
    with watched(quiet) as progress:
        found = charting.charted(read_case(case, {"tolerance": tolerance}), every, worth, progress)
    for path, text in ((markdown, found.markdown()), (json_file, json_text(found.document()))):
        if path is not None:
            with whole_file(path) as scratch:
                scratch.write_text(text, encoding="utf-8")
    if as_json:
        print_json(found.document())
    elif not found.verdicts:
        paper().print('This case names no claims; add claims = ["heat-sink/1"] to its [study], or try --all.')
    else:
        paper().print(charts.sorted_chart(found.verdicts) if every else sheets.claims(found.verdicts))
        if found.worth is not None:
            paper().print(worth_sheet(found.worth))
    raise typer.Exit(MET if found.all_met else NOT_MET)


@app.command("check-case")
def check_case(case: CaseFile, refine: Refine = None, as_json: AsJson = False) -> None:
    """Read a case and place its parts; say what is wrong or suspicious, and what everything weighs. No solve."""
    from rich.padding import Padding

    from thermopkg import workflow
    from thermopkg.case.mesh_case import MeshCase
    from thermopkg.case.plausible import warnings
    from thermopkg.mesh.contact import touching_areas
    from thermopkg.mesh.contents import contents
    from thermopkg.report.contents import contact_lines, contacts_document, contents_document, contents_table

    checked = read_any(case, {"refine": refine})
    if isinstance(checked, MeshCase):
        check_mesh(checked, case, as_json)
        return
    coarse = workflow.geometry(checked)
    model = workflow.mesh(coarse)
    found, held = warnings(checked), contents(coarse)
    touching = touching_areas(coarse.package, coarse.grid, coarse.whole.region)
    nx, ny, nz = model.grid.shape
    if as_json:
        print_json(
            {
                "case": str(case),
                "title": checked.title,
                "parts": [part.name for part in checked.part],
                "cells": model.grid.n_cells,
                "contents": contents_document(held),
                "contacts": contacts_document(checked, touching),
                "warnings": [{"path": fault.path, "text": fault.message} for fault in found],
            }
        )
        return
    console = paper()
    console.print(f"{checked.title}: no fault found")
    low, high = model.package.bounds[:, 0], model.package.bounds[:, 1]
    size = " × ".join(f"{1e3 * v:.4g}" for v in high - low)
    console.print(f"  {len(checked.part)} parts in {size} mm, {nx} × {ny} × {nz} = {model.grid.n_cells:,} cells")
    console.print(Padding(contents_table(held), (0, 0, 0, 2)))
    for line in contact_lines(checked, touching):
        console.print(f"  {line}")
    for fault in found:
        console.print(f"  worth a second look: {fault.path}: {fault.message}")


@app.command()
def regress(
    cases: Annotated[
        list[Path],
        typer.Argument(metavar="CASES", help="Case files, or folders of */case.toml.", show_default=False),
    ],
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML for a build server.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", metavar="FILE", help="Write the differences for a review.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Keep what is found now as what is expected from now on.")
    ] = False,
    tolerance: Annotated[
        str | None,
        typer.Option(
            "--tolerance", metavar="PERCENT", help="Half-width; '2%', or '0.5%' with --update; 'own' for each case's."
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Run cases again and hold them against their expected.json: did the physics change, or only the mesh?"""
    from thermopkg import suite
    from thermopkg.regress.record import EXPECTED
    from thermopkg.report.folder import check_file_writable
    from thermopkg.report.junit import junit as junit_text
    from thermopkg.report.regression import markdown as markdown_text
    from thermopkg.report.regression import table

    wanted = suite.checked_tolerance(tolerance or (suite.TO_KEEP if update else suite.TO_COMPARE))
    paths = suite.find_cases(cases)
    records = [path.with_name(EXPECTED) for path in paths] if update else []
    for file in (*filter(None, (junit, markdown)), *records):
        check_file_writable(file)
    with watched(quiet) as progress:
        reruns = suite.rerun_all(paths, wanted, progress, keep=update)
    reports = [rerun.report for rerun in reruns]
    files = [(file, text(reports)) for file, text in ((junit, junit_text), (markdown, markdown_text)) if file]
    written = suite.write_all(reruns if update else [], files)
    paper().print(table(reports))
    for file in written:
        paper().print(f"Written: {file}")
    raise typer.Exit(MET if all(r.passed or (update and r.fault is None) for r in reports) else NOT_MET)


app.command()(sheet)
app.command()(sweep)
app.command()(levers)
app.command()(homogenise)
app.command()(zth)
app.command()(transient)
app.command()(interfaces)
app.command()(crosscheck)


@app.command()
def mesh(
    case: CaseFile,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="VTU file to write.")] = Path("mesh.vtu"),
    refine: Refine = None,
) -> None:
    """Write the voxels of a case for ParaView: part and material of every cell. No solve."""
    from thermopkg import workflow
    from thermopkg.report.folder import whole_file
    from thermopkg.report.result import legend
    from thermopkg.report.vtu import write_vtu

    checked = read_case(case, {"refine": refine})
    model = workflow.mesh(workflow.geometry(checked))
    with whole_file(out) as scratch:
        write_vtu(scratch, model, None)
    console = paper()
    console.print(f"{model.grid.n_cells:,} cells, written to {out}")
    for kind, names in legend(model).items():
        console.print(f"  {kind}: " + ", ".join(f"{i} {name}" for i, name in enumerate(names)))


@app.command()
def materials(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One material in full.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the built-in materials, or show one with its sources."""
    from thermopkg.case.material import library, library_names
    from thermopkg.case.model import closest
    from thermopkg.errors import CaseError, Fault
    from thermopkg.report.materials import material_sheet, material_table

    known = library()
    if name is None:
        names = library_names()
        if as_json:
            print_json({n: known[n].model_dump(by_alias=True, exclude_none=True) for n in names})
        else:
            paper().print(material_table({n: known[n] for n in names}))
        return
    if name not in known:
        raise CaseError([Fault("", f"'{name}' is not in the library{closest(name, list(known))}")], "materials")
    if as_json:
        print_json({name: known[name].model_dump(by_alias=True, exclude_none=True)})
    else:
        paper().print(material_sheet(name, known[name]))


@app.command()
def schema(
    mesh: Annotated[bool, typer.Option("--mesh", help="Of a case that brings its own mesh.")] = False,
) -> None:
    """Print the JSON Schema of a case, for editors that complete and check."""
    from thermopkg.case.case import Case
    from thermopkg.case.mesh_case import MeshCase

    print_json((MeshCase if mesh else Case).model_json_schema(by_alias=True))


@app.command()
def new(
    template: Annotated[str | None, typer.Argument(metavar="[TEMPLATE]", help="Which one; none lists them.")] = None,
    file: Annotated[Path, typer.Argument(metavar="[FILE]", help="Where to write it.")] = Path("case.toml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Write a commented case to start from."""
    from thermopkg.case.template import template_text, templates
    from thermopkg.errors import Fault, OutputError
    from thermopkg.report.folder import whole_file

    console = paper()
    if template is None:
        for name, purpose in templates().items():
            console.print(f"  {name:<12} {purpose}")
        return
    text = template_text(template)
    if file.exists() and not force:
        raise OutputError([Fault("", "exists already; name another file, or add --force to overwrite it")], file)
    with whole_file(file) as scratch:
        scratch.write_text(text, encoding="utf-8")
    console.print(f"Written to {file}; next: thermopkg run {file}")


def main() -> None:
    """Run the command line; every foreseen failure is a message and an exit code, never a traceback."""
    from thermopkg.errors import ConvergenceError, Interrupted, ThermopkgError

    try:
        app()
    except (KeyboardInterrupt, SystemExit) as stop:
        code = INTERRUPTED if isinstance(stop, KeyboardInterrupt) else stop.code
        if code == INTERRUPTED:
            _fail("interrupted; nothing was written", INTERRUPTED)
        sys.exit(code)
    except Interrupted as stop:
        _fail(str(stop), INTERRUPTED)
    except ConvergenceError as error:
        _fail(str(error), NOT_CONVERGED)
    except ThermopkgError as error:
        _fail(str(error), BAD_INPUT)
    except MemoryError:
        _fail("out of memory; refine less, or ask for fewer readings", BAD_INPUT)
    except BrokenPipeError:  # the reader of a pipe has gone, as `head` does; what is buffered has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(MET)


def _fail(message: str, code: int) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    sys.exit(code)
