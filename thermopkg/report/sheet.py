"""What does an engineer read? The answer as a sheet of text."""

import math
from collections.abc import Callable, Iterable, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from thermopkg.answer.account import HeatAccount
from thermopkg.answer.adapt import Step
from thermopkg.answer.allowed_power import AllowedPower, Polygon
from thermopkg.answer.answer import ACTIVE, Answer, PartTemperature
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.metrics import Metric
from thermopkg.claims.chart import ClaimVerdict
from thermopkg.claims.finding import Verdict
from thermopkg.errors import Fault
from thermopkg.report.charts import STYLES, parent
from thermopkg.report.digits import decimals, down, interval, up
from thermopkg.report.heat import paths_table, shares_table
from thermopkg.report.operating import operating_rows
from thermopkg.report.result import SYMBOLS, ZERO_CELSIUS, Timing, modelling_notes
from thermopkg.report.streams import told


def sheet(
    answer: Answer,
    steps: Sequence[Step],
    chart: Sequence[ClaimVerdict],
    warnings: Sequence[Fault],
    timing: Timing,
) -> Group:
    """Metrics with bounds, temperatures, watts and kelvins, mesh, solver and claims, in that order."""
    blocks: list[RenderableType] = [Text(answer.model.package.case.title, style="bold")]
    if metrics := _metrics(answer):
        blocks += ["", *metrics]
    blocks += [
        heading("Temperatures in °C", "means with guaranteed bounds; highest and lowest are estimates"),
        _temperatures(answer),
    ]
    if len(answer.sources) > 1:
        blocks += [
            heading("Resistance matrix in K/W", "mean rise of the row per watt in the column, with guaranteed bounds"),
            _matrix(answer),
        ]
    if answer.allowed is not None:
        limit = answer.allowed.limit + answer.reference - ZERO_CELSIUS
        remark = "the mean over each chip's active face; guaranteed"
        remark += "" if answer.point is None else " for the linear package at rest"
        blocks += [heading(f"Allowed power, no junction above {limit:g} °C", remark), _allowed(answer.allowed)]
    blocks += [heading("Where the watts leave", ""), _watts(answer)]
    if answer.point is not None:
        blocks += [heading("Where films, conductivities and powers came to rest", "")]
        blocks += [indented(operating_rows(answer.point))]
    if answer.heat is not None and answer.heat.flows.exits:
        blocks += heat_blocks(answer.heat)
    if steps:
        blocks += [heading("How the mesh was found", "half-width of the widest number asked for"), story(steps)]
    blocks += [heading("Mesh and solver", ""), _figures(answer, timing)]
    blocks += [heading("The model", ""), *(indented(Text(f"· {note}")) for note in modelling_notes(answer))]
    if chart:
        blocks += [heading("Claims", ""), claims(chart)]
    if warnings:
        blocks += [heading("Worth a second look", "")]
        blocks += [indented(Text(f"{w.path}: {w.message}", style="yellow")) for w in warnings]
    return Group(*blocks)


def claims(chart: Iterable[ClaimVerdict]) -> RenderableType:
    """The claim chart: every limitation with its verdict and the evidence."""
    table = _table()
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=2)
    table.add_column(ratio=3)
    for verdict in chart:
        table.add_row(
            Text(verdict.name, style="bold"), _verdict(verdict.verdict, bold=True),
            Text(parent(verdict), style="dim"), "",
        )  # fmt: skip
        for row in verdict.limitations:
            table.add_row("", _verdict(row.verdict), row.text, Text(row.evidence, style="dim"))
    return indented(table)


def _metrics(answer: Answer) -> list[RenderableType]:
    blocks: list[RenderableType] = []
    wanted = answer.model.package.case.study.tolerance
    for metric in answer.metrics:
        b = metric.bracket
        n = decimals(b.half_width)
        line = Text("  ")
        line.append(f"{SYMBOLS[metric.name]} = {b.value:.{n}f} {metric.unit}", style="bold")
        line.append(f"   within {interval(b, n)}   ±{_measured(metric)}, guaranteed")
        blocks += [line, Text(f"         {metric.definition}", style="dim")]
        if 100 * metric.relative_half_width > wanted:
            text = f"         wider than the ±{wanted:g} % wanted: {_why_wide(answer)}"
            blocks.append(Text(text, style="yellow"))
    if not answer.metrics and 100 * answer.widest > wanted:
        missed = f"  the widest mean is within ±{100 * answer.widest:.2g} %, and ±{wanted:g} % is wanted: "
        blocks.append(Text(missed + _why_wide(answer), style="yellow"))
    return blocks


def _measured(metric: Metric) -> str:
    """The half-width in percent, and of what if not of the value itself."""
    percent = f"{100 * metric.relative_half_width:.2g} %"
    return percent if not metric.name.startswith("psi_") else f"{percent} of the junction's rise per watt"


def _why_wide(answer: Answer) -> str:
    if answer.model.package.case.study.refine is not None:
        return "the study names its mesh; refine once more, or leave refine out"
    return "the next grid would be beyond the budget of cells or memory"


def story(steps: Sequence[Step]) -> RenderableType:
    """One line a grid: its cells, the bounds there, and who makes their width."""
    table = _table()
    for name in ("cells", *(SYMBOLS.get(m.name, m.name) for m in steps[0].metrics), "half-width", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("the width is made in", style="dim")
    for step in steps:
        parts = sorted(step.parts.items(), key=lambda item: -item[1])[:3]
        made = ", ".join(f"{name} {100 * share:.0f} %" for name, share in parts if share >= 0.01)
        numbers = [interval(m.bracket, decimals(m.bracket.half_width)) for m in step.metrics]
        table.add_row(f"{step.n_cells:,}", *numbers, f"{100 * step.widest:.2g} %", f"{step.seconds:.2f}", made)
    return indented(table)


def _temperatures(answer: Answer) -> RenderableType:
    table = _table()
    table.add_column("", no_wrap=True)
    for name in ("mean", "within", "highest", "lowest", "power, W"):
        table.add_column(name, justify="right", no_wrap=True)
    for part in answer.parts:
        _add_temperature(table, part, part.name)
    for reading in answer.readings:
        name = reading.name
        _add_temperature(table, reading, f"{name.removesuffix(ACTIVE)}, active face" if name.endswith(ACTIVE) else name)
    return indented(table)


def _add_temperature(table: Table, part: PartTemperature, name: str) -> None:
    mean = part.mean.scaled(1.0, -ZERO_CELSIUS)
    bounded = math.isfinite(mean.half_width)
    n = max(1, min(decimals(mean.half_width), 3)) if bounded else 1
    table.add_row(
        name,
        f"{mean.value:.{n}f}",
        interval(mean, n) if bounded else "no bound",
        f"{part.highest - ZERO_CELSIUS:.{n}f}",
        f"{part.lowest - ZERO_CELSIUS:.{n}f}",
        f"{part.power:g}" if part.power else "",
    )


def _matrix(answer: Answer) -> RenderableType:
    table = _table()
    table.add_column("", no_wrap=True)
    for name in answer.sources:
        table.add_column(name.removesuffix(ACTIVE), justify="right", no_wrap=True)
    for row in answer.sources:
        table.add_row(
            row.removesuffix(ACTIVE), *(_entry(answer.matrix.entry(row, column)) for column in answer.sources)
        )
    return indented(table)


def _entry(bracket: Bracket) -> str:
    n = decimals(bracket.half_width)
    return f"{bracket.value:.{n}f} {interval(bracket, n)}"


def _allowed(allowed: AllowedPower) -> RenderableType:
    names = [place.removesuffix(ACTIVE) for place in allowed.chips]
    if too_hot := [name for name, left in zip(names, allowed.headroom, strict=True) if left.lower <= 0]:
        text = f"no power is sure to be allowed: {', '.join(too_hot)} may pass the limit with all chips off"
        return indented(Text(text, style="yellow"))
    table = _table(header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    for name, most in zip(names, allowed.alone, strict=True):
        n = decimals(most.half_width)
        table.add_row(f"{name}, the others off", f"{most.value:.{n}f} W", f"within {interval(most, n)}")
    if allowed.factor is not None:
        n = decimals(allowed.factor.half_width)
        table.add_row(
            "all chips, times the case's powers",
            f"{allowed.factor.value:.{n}f}",
            f"within {interval(allowed.factor, n)}",
        )
    if allowed.safe:
        n = min(decimals(most.half_width) for most in allowed.alone)
        inner = _corners(allowed.safe, lambda value: down(value, n))
        outer = _corners(allowed.optimistic, lambda value: up(value, n))
        table.add_row("together, surely allowed up to", "", inner)
        table.add_row("together, surely not beyond", "", outer)
    return indented(table)


def _corners(polygon: Polygon, told: Callable[[float], str]) -> str:
    """The corners of a polygon but the origin, W."""
    return ", ".join(f"{told(first)} + {told(second)}" for first, second in polygon[1:]) + " W"


def _watts(answer: Answer) -> RenderableType:
    account = answer.balance
    table = _table(header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    total = account.generated or 1.0
    for surface, heat in sorted(account.by_surface.items(), key=lambda item: -abs(item[1])):
        share = f"{100 * heat / total:.1f} %" if account.generated else ""
        table.add_row(surface, f"{heat:.4f} W", share, Text(_faces_of(answer, surface), style="dim"))
    left = sum(account.by_surface.values())
    balance = f"made {account.generated:.4f} W, relative error {account.relative_error:.1e}"
    table.add_row("all", f"{left:.4f} W", "", Text(balance, style="dim"))
    return indented(table)


def _faces_of(answer: Answer, surface: str) -> str:
    """The exposed faces that look the way of a general condition, with their watts."""
    ending = surface if surface in ("top", "bottom", "sides") else surface.partition(".")[2]
    faces = {
        name: heat
        for name, heat in answer.balance.by_face.items()
        if name == surface
        or (surface == ending and name.endswith(f".{ending}") and name not in answer.balance.by_surface)
    }
    return ", ".join(f"{name} {heat:.4f} W" for name, heat in sorted(faces.items(), key=lambda item: -abs(item[1])))


def heat_blocks(account: HeatAccount) -> list[RenderableType]:
    """Which way the watts go, and where the kelvins are."""
    remark = "by the balanced fluxes of the upper bound; each list adds up to what is made"
    blocks = [heading("Which way the watts go", remark), indented(paths_table(account.flows))]
    if account.shares is not None:
        sources = [told(node) for node in account.flows.nodes if node.made]
        whose = sources[0] if len(sources) == 1 else "all sources, each weighing by its power"
        remark = f"of {account.shares.rise:.4g} K, the mean rise of {whose}"
        blocks += [heading("Where the kelvins are", remark), indented(shares_table(account, account.shares))]
    return blocks


def _figures(answer: Answer, timing: Timing) -> RenderableType:
    nx, ny, nz = answer.model.grid.shape
    table = _table(header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_row(
        "grid", f"{nx} × {ny} × {nz} = {answer.model.grid.n_cells:,} cells, {answer.model.n_active:,} of them active"
    )
    for name, s in (("primal lattice (lower bounds)", answer.primal), ("dual lattice (upper bounds)", answer.dual)):
        counts = sorted(s.iterations.values())
        seconds = s.setup_seconds + s.solve_seconds
        table.add_row(
            name,
            f"{s.n_points:,} unknowns, {s.n_levels} levels, {_loads(counts)} iterations, "
            f"residual {s.residual:.0e}, {seconds:.1f} s",
        )
    table.add_row("time", f"mesh {timing.mesh:.1f} s, solve {timing.solve:.1f} s, all {timing.total:.1f} s")
    return indented(table)


def _loads(counts: Sequence[int]) -> str:
    """How many loads took how many iterations, fewest first."""
    span = f"{counts[0]}" if counts[0] == counts[-1] else f"{counts[0]} to {counts[-1]}"
    return f"{len(counts)} loads in {span}" if len(counts) > 1 else f"1 load in {span}"


def heading(text: str, remark: str) -> Text:
    """Of a block of the sheet."""
    line = Text(f"\n{text}", style="bold")
    if remark:
        line.append(f"   {remark}", style="dim not bold")
    return line


def _verdict(verdict: Verdict, bold: bool = False) -> Text:
    style = STYLES[verdict]
    return Text(verdict, style=f"bold {style}" if bold and "bold" not in style else style)


def _table(header: bool = True) -> Table:
    return Table(box=None, show_header=header, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))


def indented(block: RenderableType) -> RenderableType:
    """What stands under a heading."""
    return Padding(block, (0, 0, 0, 2))
