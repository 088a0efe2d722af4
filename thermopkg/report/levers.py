"""How do levers, spreads and safe values read? On the terminal and as JSON."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from thermopkg import __version__
from thermopkg.explore.inverse import Interval, Safe
from thermopkg.explore.levers import Levers
from thermopkg.explore.reduced import Range
from thermopkg.explore.spread import Spread
from thermopkg.report.digits import decimals, interval
from thermopkg.report.result import ZERO_CELSIUS
from thermopkg.report.variants import symbol

SCHEMA = 1  # version of the JSON's layout
MOST_LEVERS = 25  # on a terminal
LEAST_SHARE = 5e-4  # of the answer; parts below are told together
SAFE_DIGITS = 4  # of a value that keeps a limit, rounded to the safe side


# ---------------------------------------------------------------- levers
def levers_sheet(levers: Levers) -> RenderableType:
    """Slopes, strongest first, and where the answer is spent."""
    bracket, n = levers.metric.bracket, decimals(levers.metric.bracket.half_width)
    number = f"{symbol(levers.metric.name)} = {bracket.value:.{n}f} {levers.metric.unit}, within {interval(bracket, n)}"
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("parameter")
    table.add_column("value", justify="right")
    table.add_column("% of the answer for 1 % more", justify="right")
    for lever in levers.levers[:MOST_LEVERS]:
        colour = "green" if lever.slope < 0 else "yellow"
        table.add_row(lever.name, f"{lever.shown:.4g} {lever.unit}", Text(f"{lever.slope:+.4f}", style=colour))
    lines: list[RenderableType] = [Text(number, style="bold"), table]
    if len(levers.levers) > MOST_LEVERS:
        lines.append(Text(f"and {len(levers.levers) - MOST_LEVERS} weaker ones", style="dim"))
    lines.append(
        Text(f"All conductivities and films together: {levers.total:+.8f}; what must come out is -1", style="dim")
    )
    lines += _noted(levers.note)
    lines += [Text("\nwhere it is spent", style="dim"), _shares_table(levers)]
    lines += [Text(f"{name}: {why}", style="dim") for name, why in levers.left_out.items()]
    return Group(*lines)


def _noted(note: str) -> list[Text]:
    return [Text(note, style="dim")] if note else []


def _shares_table(levers: Levers) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    rest = 0.0
    for name, share in levers.shares.items():
        if abs(share) < LEAST_SHARE:
            rest += share
            continue
        table.add_row(name, f"{100 * share:.2f} %")
    if rest:
        table.add_row("all others", f"{100 * rest:.2f} %")
    return table


def levers_document(levers: Levers) -> dict[str, Any]:
    """Everything as JSON types."""
    bracket = levers.metric.bracket
    return {
        "thermopkg": __version__,
        "schema": SCHEMA,
        "number": {
            "name": levers.metric.name,
            "unit": levers.metric.unit,
            "value": bracket.value,
            "lower": bracket.lower,
            "upper": bracket.upper,
        },
        "levers": [
            {"name": x.name, "kind": x.kind, "value": x.shown, "unit": x.unit or None, "slope": x.slope}
            for x in levers.levers
        ],
        "shares": dict(levers.shares),
        "sum": levers.total,
        "note": levers.note or None,
        "left_out": dict(levers.left_out),
    }


# ---------------------------------------------------------------- tolerances
def spread_sheet(spread: Spread) -> RenderableType:
    """What tolerances make of the answer, by slopes and by samples."""
    given = ", ".join(f"{name} ±{100 * share:g} %" for name, share in spread.tolerances.items())
    n = decimals(spread.deviation) + 1
    unit = spread.unit
    return Group(
        Text(f"\n{symbol(spread.name)} where {given}, evenly and one without the other", style="bold"),
        Text(
            f"  by slopes   {spread.value:.{n}f} ± {spread.linear_deviation:.{n}f} {unit} (standard deviation), "
            f"± {spread.linear_most:.{n}f} at the worst ends"
        ),
        Text(f"  by samples  {spread.mean:.{n}f} ± {spread.deviation:.{n}f} {unit}"),
        Text(
            f"  mesh error included: 90 % within [{spread.low:.{n}f}, {spread.high:.{n}f}], "
            f"all within [{spread.least:.{n}f}, {spread.most:.{n}f}] {unit}"
        ),
        *_noted(spread.note),
    )


def spread_document(spread: Spread) -> dict[str, Any]:
    """Everything as JSON types."""
    return {
        "name": spread.name,
        "unit": spread.unit,
        "note": spread.note or None,
        "tolerances": dict(spread.tolerances),
        "linear": {"value": spread.value, "deviation": spread.linear_deviation, "most": spread.linear_most},
        "samples": {
            "mean": spread.mean,
            "deviation": spread.deviation,
            "low": spread.low,
            "high": spread.high,
            "least": spread.least,
            "most": spread.most,
        },
    }


# ---------------------------------------------------------------- safe values
def safe_sheet(safe: Safe) -> RenderableType:
    """Which values certainly keep the limit, and which certainly do not."""
    one = safe.range
    limit = f"{safe.limit - ZERO_CELSIUS:.6g} °C"
    lines = [Text(f"\n{one.name} that keeps every junction within {limit}", style="bold")]
    if not safe.safe:
        lines.append(
            Text(f"  none between {one.shown(one.low)} and {one.shown(one.high)} does for certain", style="red")
        )
    for values in safe.safe:
        lines.append(Text(f"  safe    {_inside(values, one)}: the upper bound keeps the limit", style="green"))
    for values in safe.unsafe:
        lines.append(Text(f"  unsafe  {_inside(values, one)}: the lower bound is beyond the limit", style="yellow"))
    if not _whole(safe):
        lines.append(
            Text("  between them the mesh is too coarse to tell: a smaller --tolerance narrows it", style="dim")
        )
    return Group(*lines, *_noted(safe.note))


def safe_document(safe: Safe) -> dict[str, Any]:
    """Everything as JSON types, in the parameter's unit and in °C."""

    def ends(found: tuple[Interval, ...]) -> list[list[float]]:
        return [[one.low * safe.range.factor, one.high * safe.range.factor] for one in found]

    return {
        "limit": safe.limit - ZERO_CELSIUS,
        "note": safe.note or None,
        "parameter": {"name": safe.range.name, "unit": safe.range.unit or None},
        "safe": ends(safe.safe),
        "unsafe": ends(safe.unsafe),
    }


def _inside(values: Interval, one: Range) -> str:
    """Both ends in the user's unit, rounded inwards, so that what is printed still holds."""
    low, high = values.low * one.factor, values.high * one.factor
    if values.low <= one.low and values.high >= one.high:
        return f"from {one.shown(one.low)} to {one.shown(one.high)}, all that was asked for"
    if values.high >= one.high:
        return f"from {_rounded(low, ROUND_CEILING)} {one.unit} upwards"
    if values.low <= one.low:
        return f"up to {_rounded(high, ROUND_FLOOR)} {one.unit}"
    return f"from {_rounded(low, ROUND_CEILING)} to {_rounded(high, ROUND_FLOOR)} {one.unit}"


def _rounded(value: float, way: str) -> str:
    number = Context(prec=SAFE_DIGITS, rounding=way).create_decimal(Decimal(value))
    return f"{number:f}"


def _whole(safe: Safe) -> bool:
    """Whether every value is known to be one or the other."""
    covered = sum(one.high - one.low for one in (*safe.safe, *safe.unsafe))
    return covered >= (1 - 1e-9) * (safe.range.high - safe.range.low)
