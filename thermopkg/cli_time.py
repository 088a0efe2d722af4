"""What does a user type to follow a package through time? One function per command; no physics."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from thermopkg.terminal import AsJson, CaseFile, MaxCells, Quiet, json_text, paper, print_json, read_case, watched

if TYPE_CHECKING:
    from thermopkg.answer.zth import Span

# The modules that do the work are imported where a command needs them: `thermopkg --help` answers at once.

First = Annotated[str, typer.Option("--from", metavar="TIME", help="First time that the curves must resolve, '1 us'.")]
Last = Annotated[str, typer.Option("--to", metavar="TIME", help="Last time, '1000 s'.")]
Tolerance = Annotated[
    str | None, typer.Option("--tolerance", metavar="PERCENT", help="Half-width of the bracket in the end, '0.5%'.")
]


def zth(
    case: CaseFile,
    first: First = "1 us",
    last: Last = "1000 s",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write curves, networks, structure functions and pulses here."),
    ] = None,
    pairs: Annotated[
        int | None,
        typer.Option(
            "--pairs", metavar="N", help="Stages of the short networks, 4 if not given; given, they are printed."
        ),
    ] = None,
    duty: Annotated[
        list[float] | None,
        typer.Option("--duty", metavar="SHARE", help="Pulses on for this share of the period, 0.3; repeatable."),
    ] = None,
    growing: Annotated[
        bool, typer.Option("--growing", help="Print the bounds on Z(s), under powers that grow as exp(s t), as well.")
    ] = False,
    tolerance: Tolerance = None,
    max_cells: MaxCells = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find Z_th of every chip and what each does to the others, over nine decades in one go, and their networks.

    Every curve has guaranteed bounds, at every time and in the end, and beside them a closer estimate.
    """
    from thermopkg.answer.networks import PAIRS, networks
    from thermopkg.impedance import find_impedance
    from thermopkg.report.drawing import PICTURE_SIZE
    from thermopkg.report.folder import check_writable, whole
    from thermopkg.report.impedance_plot import DUTIES
    from thermopkg.report.network_files import write_networks
    from thermopkg.report.network_sheet import network_sheet
    from thermopkg.report.networks import networks_document, networks_sheet
    from thermopkg.report.pictures import save
    from thermopkg.report.zth import growing_sheet, write_zth_csv, zth_document, zth_sheet
    from thermopkg.report.zth_plot import draw_zth

    span, count = span_of(first, last, "zth"), PAIRS if pairs is None else pairs
    duties = tuple(dict.fromkeys(share for share in (duty or DUTIES) if share))  # the single pulse is always there
    _check_networks(count, duties)
    if out is not None:
        check_writable(out)
    with watched(quiet) as progress:
        read = read_case(case, {"tolerance": tolerance, "max_cells": max_cells})
        found = find_impedance(read, span, progress)
        progress("making networks")
        made = networks(found.found, found.passed, found.stored, count)
    told = found.title, found.found, found.mesh.resolved, found.linearised
    document, own = zth_document(*told), networks_document(found.title, made, count)
    if out is not None:
        with whole(out) as scratch:
            (scratch / "zth.json").write_text(json_text(document), encoding="utf-8")
            (scratch / "networks.json").write_text(json_text(own), encoding="utf-8")
            write_zth_csv(scratch / "zth.csv", found.found)
            save(scratch / "zth.png", lambda ax: draw_zth(found.found, ax), PICTURE_SIZE)
            write_networks(scratch, found.title, made, count, span, duties)
    if as_json:
        print_json({**document, "networks": own})
        return
    console = paper()
    console.print(zth_sheet(*told))
    if growing:
        console.print(growing_sheet(found.found.names, found.found.growing))
    console.print(networks_sheet(made))
    for one in made.own if pairs is not None else ():
        console.print(network_sheet(one.pairs, count))
    if out is not None:
        console.print(f"\nWritten to {out}/")


def transient(
    case: CaseFile,
    first: First = "1 ms",
    last: Last = "1000 s",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write the temperatures here, as they come.")
    ] = None,
    by_steps: Annotated[
        bool, typer.Option("--by-steps", help="Step by step on the lattice; a killed run goes on where it stopped.")
    ] = False,
    periodic: Annotated[
        bool, typer.Option("--periodic", help="Highest, lowest and mean once powers have repeated for ever.")
    ] = False,
    fields: Annotated[
        bool, typer.Option("--fields", help="With --by-steps: VTU files, fields.pvd, and sections as a film strip.")
    ] = False,
    gif: Annotated[bool, typer.Option("--gif", help="With --by-steps: the section, moving.")] = False,
    step_error: Annotated[
        str, typer.Option("--step-error", metavar="KELVIN", help="With --by-steps: of any point after one step.")
    ] = "0.05 K",
    tolerance: Tolerance = None,
    max_cells: MaxCells = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Follow the junctions from rest under the powers that the case has over time, or after all powers are switched on.

    Or find between what they swing once these powers have repeated for ever.
    """
    from thermopkg import course
    from thermopkg.periodic import find_period
    from thermopkg.report.courses import course_document, course_sheet
    from thermopkg.report.folder import check_writable
    from thermopkg.report.period import period_document, period_sheet

    asked = {"--fields": fields, "--gif": gif, "--periodic": periodic}
    span, error = _run(first, last, step_error, by_steps, out, [name for name, wish in asked.items() if wish])
    if out is not None:
        check_writable(out)
    with watched(quiet) as progress:
        read = read_case(case, {"tolerance": tolerance, "max_cells": max_cells})
        if periodic:
            period = find_period(read, span, out, progress)
            shown, document = period_sheet(period), period_document(period)
        else:
            if by_steps and out is not None:
                found = course.steps_of(read, span, out, error, progress, fields, gif)
            else:
                found = course.course_of(read, span, out, progress)
            shown, document = course_sheet(found), course_document(found)
    if as_json:
        print_json(document)
        return
    paper().print(shown)
    if out is not None:
        paper().print(f"\nWritten to {out}/")


def _check_networks(pairs: int, duties: tuple[float, ...]) -> None:
    """Raises CaseError with everything that is wrong with the wishes of `zth`."""
    from thermopkg.errors import CaseError, Fault

    faults = [] if pairs > 0 else [Fault("--pairs", f"{pairs} pairs are no network; ask for 1 or more")]
    for share in duties:
        if not 0.0 < share <= 1.0:
            told = f"{share:g} is no share of the period; give a number above 0, at most 1, or 0 for the single pulse"
            faults.append(Fault("--duty", told))
    if faults:
        raise CaseError(faults, "zth")


def _run(
    first: str, last: str, step_error: str, by_steps: bool, out: Path | None, asked: Sequence[str]
) -> "tuple[Span, float]":
    """The times of a run and what a step may be off by, K.

    Raises
    ------
    CaseError : with everything that is wrong with the options
    """
    from thermopkg.errors import CaseError, Fault
    from thermopkg.units import WARMING, parse

    faults = []
    for name in ("--fields", "--gif"):
        if name in asked and not by_steps:
            faults.append(Fault(name, "shows a run on the lattice: add --by-steps"))
    if "--periodic" in asked and by_steps:
        faults.append(Fault("--periodic", "is found by the reduced system, in one go: leave out --by-steps"))
    if by_steps and out is None:
        faults.append(Fault("--by-steps", "writes its moments as they come: name a folder with --out"))
    try:
        error = parse(step_error, WARMING)
    except ValueError as wrong:
        faults.append(Fault("--step-error", str(wrong)))
    try:
        span = span_of(first, last, "transient")
    except CaseError as wrong:
        faults += wrong.faults
    if faults:
        raise CaseError(faults, "transient")
    return span, error


def span_of(first: str, last: str, command: str) -> "Span":
    """Both times of a command.

    Raises
    ------
    CaseError : with both, where both are wrong
    """
    from thermopkg.answer.zth import Span
    from thermopkg.errors import CaseError, Fault
    from thermopkg.units import DURATION, parse

    faults, times = [], []
    for name, value in (("--from", first), ("--to", last)):
        try:
            times.append(parse(value, DURATION))
        except ValueError as error:
            faults.append(Fault(name, str(error)))
    if not faults and times[0] >= times[1]:
        faults.append(Fault("--from", f"{first} does not come before --to {last}"))
    if faults:
        raise CaseError(faults, command)
    return Span(times[0], times[1])
