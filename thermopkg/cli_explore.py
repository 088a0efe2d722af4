"""What does a user type to compare packages? One function per command; no physics."""

from pathlib import Path
from typing import Annotated

import typer

from thermopkg.terminal import MET, NOT_MET, AsJson, CaseFile, Quiet, paper, print_json, read_case, watched

# The modules that do the work are imported where a command needs them: `thermopkg --help` answers at once.


Number = Annotated[
    str | None, typer.Option("--of", metavar="NAME", help="Which number, of those the study asks for; else the first.")
]


def sweep(
    case: CaseFile,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary", metavar="NAME=VALUES", help="'sink.gap=0.03mm:0.2mm:6' or 'chip.bumps.pitch=0.2mm,0.3mm'."
        ),
    ] = None,
    cases: Annotated[
        list[Path] | None, typer.Option("--cases", metavar="FILE", help="A further case beside the first; repeatable.")
    ] = None,
    changes: Annotated[
        Path | None, typer.Option("--changes", metavar="FILE", help="TOML tables, each a change of the case by a name.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="PART", help="Also without this part; repeatable.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Keep finished cases, tables and plots here.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Solve on a dask cluster, 'tcp://HOST:8786'.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", help="Cases at once; by default one for each core.")
    ] = None,
    tolerance: Annotated[
        str | None, typer.Option("--tolerance", metavar="PERCENT", help="Half-width of every bracket, '2%'.")
    ] = None,
    one_by_one: Annotated[
        bool, typer.Option("--one-by-one", help="Every design a package with a mesh of its own, also over ranges.")
    ] = False,
    number: Number = None,
    model: Annotated[
        Path | None,
        typer.Option("--model", metavar="FILE", help="Of a map: use the reduced model kept here, or keep it here."),
    ] = None,
    exact: Annotated[
        int, typer.Option("--exact", metavar="N", help="Of a map: solve N of its designs again in full, and compare.")
    ] = 0,
    extrapolate: Annotated[
        bool, typer.Option("--extrapolate", help="Of a map: take designs outside the ranges of a kept model.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Map a package over ranges, with bounds at every design; or solve many packages, each on its own.

    Ranges of conductivities, films, heights and powers are mapped from a few solves. Anything else is solved package
    by package; what was interrupted or killed goes on where it stopped.

    Exit code 1 where a case fails, or a design solved again does not meet the map.
    """
    from thermopkg import batch
    from thermopkg.errors import CaseError, Fault, Interrupted
    from thermopkg.report.variants import variants_sheet

    apart = bool(cases or changes or without or scheduler or workers is not None or one_by_one)
    if _mapped(case, vary or [], tolerance, apart, bool(model or exact or extrapolate or number)):
        found_map = _map(case, vary or [], tolerance, out, number, model, exact, extrapolate, as_json, quiet)
        raise typer.Exit(MET if found_map else NOT_MET)
    if not (vary or cases or changes or without):
        raise CaseError([Fault("", "nothing varies; add --vary NAME=VALUES, --without, --cases or --changes")], "sweep")
    folder = out if out is not None else batch.folder_for(case)
    wishes = {"study": {"tolerance": tolerance}} if tolerance is not None else {}
    found = batch.packages(case, cases or [], changes, wishes)
    try:
        with watched(quiet) as progress:
            swept = batch.sweep_cases(found, folder, vary or [], without or [], scheduler, workers, progress)
    except KeyboardInterrupt as stop:
        raise Interrupted(f"interrupted; finished cases are kept in {folder}, where the same command goes on") from stop
    written = swept.write(folder)
    if as_json:
        print_json(swept.document())
    else:
        paper().print(variants_sheet(swept.table))
        for file in written:
            paper().print(f"Written: {file}")
    raise typer.Exit(MET if swept.all_solved else NOT_MET)


def _mapped(case: Path, vary: list[str], tolerance: str | None, apart: bool, wanted: bool) -> bool:
    """Whether a sweep is a map: over ranges of what one mesh can hold, and nothing else asked.

    Parameters
    ----------
    apart : something is asked for that only packages solved by themselves can give
    wanted : something is asked for that only a map can give
    """
    from thermopkg.errors import CaseError, Fault
    from thermopkg.explore.variation import variations

    if apart or not vary:
        if wanted:
            told = "go with a map of one case over ranges: leave the other options out"
            raise CaseError([Fault("--model, --exact, --extrapolate, --of", told)], "sweep")
        return False
    varied = variations(read_case(case, {"tolerance": tolerance}), vary)
    structural = [v.parameter.name for v in varied if v.parameter.structural]
    if wanted and structural:
        told = f"go with a map; {', '.join(structural)} needs a mesh for every value"
        raise CaseError([Fault("--model, --exact, --extrapolate, --of", told)], "sweep")
    return not structural and (wanted or any(v.spacing != "listed" for v in varied))


def _map(
    case: Path,
    vary: list[str],
    tolerance: str | None,
    out: Path | None,
    number: str | None,
    model: Path | None,
    exact: int,
    extrapolate: bool,
    as_json: bool,
    quiet: bool,
) -> bool:
    """Make a map, write it and show it; whether all that was solved again meets it."""
    from thermopkg import exploration
    from thermopkg.report.folder import check_file_writable, check_writable
    from thermopkg.report.sweep import map_document, map_sheet

    if out is not None:
        check_writable(out)
    if model is not None:
        check_file_writable(model)
    with watched(quiet) as progress:
        checked = read_case(case, {"tolerance": tolerance})
        chart = exploration.chart_map(checked, vary, model, exact, extrapolate, number, progress)
    written = exploration.write_map(chart, out) if out is not None else ()
    if as_json:
        print_json(map_document(chart))
    else:
        paper().print(map_sheet(chart))
        for file in written:
            paper().print(f"Written: {file}")
    return all(one.meet for one in chart.resolved)


def levers(
    case: CaseFile,
    number: Number = None,
    spread: Annotated[
        list[str] | None,
        typer.Option("--spread", metavar="NAME=PERCENT", help="What tolerances make of it, 'sink.gap=20%'."),
    ] = None,
    limit: Annotated[
        str | None, typer.Option("--limit", metavar="TEMPERATURE", help="Of every junction, '125 degC'.")
    ] = None,
    solve_for: Annotated[
        str | None,
        typer.Option("--solve-for", metavar="NAME=LOW:HIGH", help="Which values keep the limit for certain."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write levers.json and the pictures here.")
    ] = None,
    tolerance: Annotated[
        str | None, typer.Option("--tolerance", metavar="PERCENT", help="Half-width of the bracket wanted, '0.5%'.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show what moves the answer, where it is spent, and which values of one parameter keep a limit."""
    from thermopkg import exploration
    from thermopkg.errors import CaseError, Fault
    from thermopkg.report.folder import check_writable
    from thermopkg.report.levers import levers_sheet, safe_sheet, spread_sheet

    if limit is not None and solve_for is None:
        raise CaseError([Fault("--limit", "is a question only with --solve-for NAME=LOW:HIGH")], "levers")
    if out is not None:
        check_writable(out)
    with watched(quiet) as progress:
        checked = read_case(case, {"tolerance": tolerance})
        found = exploration.find_levers(checked, number, progress)
        spread_found = exploration.find_spread(checked, spread, found, progress) if spread else None
        limited = read_case(case, {"tolerance": tolerance, "junction_limit": limit})
        safe = exploration.find_safe(limited, solve_for, progress) if solve_for is not None else None
    written = exploration.write_levers(found, spread_found, safe, out) if out is not None else ()
    if as_json:
        print_json(exploration.levers_document_of(found, spread_found, safe))
        return
    paper().print(levers_sheet(found))
    if spread_found is not None:
        paper().print(spread_sheet(spread_found))
    if safe is not None:
        paper().print(safe_sheet(safe))
    for file in written:
        paper().print(f"Written: {file}")


def homogenise(
    case: CaseFile,
    model: Annotated[
        str | None, typer.Option("--model", metavar="MODEL", help="Only 'effective' (a formula) or 'unit-cell'.")
    ] = None,
    tolerance: Annotated[
        str | None, typer.Option("--tolerance", metavar="PERCENT", help="Half-width of every bracket, '1%'.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show what it costs to model grids of bumps, balls, pads and vias as one medium, beside each by itself."""
    from thermopkg.errors import CaseError, Fault
    from thermopkg.homogenising import BOTH, homogenisation_cost
    from thermopkg.report.homogenising import cost_document, cost_sheet

    models = [known for known in BOTH if model in (None, known)]
    if not models:
        raise CaseError([Fault("--model", f"'{model}' is not allowed; write {' or '.join(BOTH)}")], "homogenise")
    with watched(quiet) as progress:
        found = homogenisation_cost(read_case(case, {"tolerance": tolerance}), models, progress)
    if as_json:
        print_json(cost_document(found))
    else:
        paper().print(cost_sheet(found))


def crosscheck(
    case: CaseFile,
    cells: Annotated[
        int, typer.Option("--cells", metavar="N", help="Most tetrahedra of a mesh finer than the geometry's own.")
    ] = 100_000,
    order: Annotated[int, typer.Option("--order", metavar="N", help="Of the fields on tetrahedra, 1 or 2.")] = 1,
    sides: Annotated[
        int | None, typer.Option("--sides", metavar="N", help="Of the polygon in place of a circle: 8, by gmsh 24.")
    ] = None,
    mesher: Annotated[
        str,
        typer.Option("--mesher", metavar="NAME", help="'layers', or 'gmsh' for curved balls and wires (an extra)."),
    ] = "layers",
    tolerance: Annotated[
        str,
        typer.Option("--tolerance", metavar="PERCENT", help="Half-width of the voxels' brackets, whatever the case's."),
    ] = "1 %",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hold voxels against tetrahedra, each with bounds of its own, and square joints against round ones.

    Exit code 1 where the two engines disagree on one and the same model.
    """
    from thermopkg.crosschecking import crosscheck as compared
    from thermopkg.report.crosscheck import crosscheck_document, crosscheck_sheet

    with watched(quiet) as progress:
        found = compared(read_case(case, {"tolerance": tolerance}), cells, order, sides, progress, mesher)
    if as_json:
        print_json(crosscheck_document(found))
    else:
        paper().print(crosscheck_sheet(found))
    raise typer.Exit(MET if found.agree else NOT_MET)
