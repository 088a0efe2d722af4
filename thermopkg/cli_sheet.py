"""What does a user type for a data sheet? One command; no physics."""

from pathlib import Path
from typing import Annotated

import typer

from thermopkg.terminal import (
    MET,
    NOT_CONVERGED,
    AsJson,
    CaseFile,
    MaxCells,
    MaxMemory,
    Quiet,
    paper,
    print_json,
    read_case,
    watched,
)

# The modules that do the work are imported where a command needs them: `thermopkg --help` answers at once.


def sheet(
    case: CaseFile,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write datasheet.pdf, .png, .json and .md here.")
    ] = None,
    row: Annotated[
        list[str] | None, typer.Option("--row", metavar="NAME", help="Only this row, 'theta_jb'; repeatable.")
    ] = None,
    tolerance: Annotated[
        str | None, typer.Option("--tolerance", metavar="PERCENT", help="Half-width of every bracket, '1%'.")
    ] = None,
    max_cells: MaxCells = None,
    max_memory: MaxMemory = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 3 where a row misses the tolerance.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make the thermal data sheet of a package: θ_JA, θ_JMA, θ_JB, θ_JC, ψ_JT, ψ_JB on test boards, with bounds."""
    from thermopkg import datasheet
    from thermopkg.report.datasheet import datasheet_sheet
    from thermopkg.report.folder import check_writable

    with watched(quiet) as progress:
        if out is not None:
            check_writable(out)
        wishes = {"tolerance": tolerance, "max_cells": max_cells, "max_memory": max_memory}
        found = datasheet.data_sheet(read_case(case, wishes), row or [], progress)
        if out is not None:
            progress("drawing the page")
        written = datasheet.write(found, out) if out is not None else ()
    if as_json:
        print_json(found.document())
    else:
        paper().print(datasheet_sheet(found))
        for file in written:
            paper().print(f"Written: {file}")
    raise typer.Exit(NOT_CONVERGED if strict and not found.reached else MET)
