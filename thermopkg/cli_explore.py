"""What does a user type to compare packages? One function per command; no physics."""

from pathlib import Path
from typing import Annotated

import typer

from thermopkg.terminal import MET, NOT_MET, AsJson, CaseFile, Quiet, paper, print_json, watched

# The modules that do the work are imported where a command needs them: `thermopkg --help` answers at once.


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
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Solve many packages, each on its own; a sweep that was interrupted or killed goes on where it stopped.

    Exit code 1 where a case fails.
    """
    from thermopkg import batch
    from thermopkg.errors import CaseError, Fault, Interrupted
    from thermopkg.report.variants import variants_sheet

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
