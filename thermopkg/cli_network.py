"""What does a user type to see where a package ends? One package on two interfaces; no physics."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from thermopkg.cli_time import First, Last, Tolerance, span_of
from thermopkg.terminal import AsJson, CaseFile, MaxCells, Quiet, json_text, paper, print_json, read_case, watched

# The modules that do the work are imported where a command needs them: `thermopkg --help` answers at once.


def interfaces(
    case: CaseFile,
    other: Annotated[
        Path, typer.Argument(metavar="OTHER", help="The same package on another interface.", show_default=False)
    ],
    first: First = "1 us",
    last: Last = "1000 s",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write interfaces.json, curves and pictures here.")
    ] = None,
    tolerance: Tolerance = None,
    max_cells: MaxCells = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find θ_JC from where the curves of a package on two interfaces part, in the style of jesd51-14.

    Every threshold's number is told, beside what the layers say at rest.
    """
    from thermopkg.interfaces import find_interfaces
    from thermopkg.report.drawing import PICTURE_SIZE
    from thermopkg.report.folder import check_writable, whole
    from thermopkg.report.interfaces import interfaces_document, interfaces_sheet, write_interfaces_csv
    from thermopkg.report.interfaces_plot import draw_parting, draw_two_structures
    from thermopkg.report.pictures import save
    from thermopkg.report.zth import short

    span = span_of(first, last, "interfaces")
    if out is not None:
        check_writable(out)
    with watched(quiet) as progress:
        wishes = {"tolerance": tolerance, "max_cells": max_cells}
        found = find_interfaces(read_case(case, wishes), read_case(other, wishes), span, progress)
    both = found.first.found, found.second.found
    stored = max(found.first.stored, found.second.stored)
    told = (found.first.title, found.second.title), both, found.differing, found.one_grid, found.sources
    if out is not None:
        with whole(out) as scratch:
            (scratch / "interfaces.json").write_text(json_text(interfaces_document(*told)), encoding="utf-8")
            write_interfaces_csv(scratch / "interfaces.csv", both, found.sources)
            for one in found.sources:
                name = short(one.name)
                structures = partial(draw_two_structures, one, stored=stored)
                save(scratch / f"interfaces-{name}.png", structures, PICTURE_SIZE)
                save(scratch / f"parting-{name}.png", partial(draw_parting, one), PICTURE_SIZE)
    if as_json:
        print_json(interfaces_document(*told))
        return
    paper().print(interfaces_sheet(*told))
    if out is not None:
        paper().print(f"\nWritten to {out}/")
