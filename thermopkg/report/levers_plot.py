"""How do levers look? A tornado of slopes beside the shares, and the junction along one parameter under its limit."""

from functools import partial
from pathlib import Path

from matplotlib.axes import Axes

from thermopkg.explore.frames import headed
from thermopkg.explore.inverse import Safe
from thermopkg.explore.levers import Levers
from thermopkg.report.drawing import FAINT, INK, TEXT_SIZE, dress, name_axes
from thermopkg.report.palette import kind_colour
from thermopkg.report.pictures import save
from thermopkg.report.result import ZERO_CELSIUS
from thermopkg.report.variants import symbol
from thermopkg.report.variants_plot import COLOURS

COOLER, HOTTER = COLOURS[0], COLOURS[1]
MOST_BARS = 18
LEAST_SHARE = 5e-3  # of the answer; parts below are drawn together
SIZE, SAFE_SIZE = (95.0, 100.0), (110.0, 80.0)  # mm


def draw_levers(levers: Levers, ax: Axes) -> Axes:
    """Slopes, strongest at the top, and beside them where the answer is spent."""
    draw_shares(levers, ax.inset_axes((1.55, 0.0, 0.75, 1.0)))
    return draw_tornado(levers, ax)


def draw_tornado(levers: Levers, ax: Axes) -> Axes:
    """By how many per cent the answer changes with one per cent more of each parameter."""
    shown = levers.levers[:MOST_BARS][::-1]
    slopes = [lever.slope for lever in shown]
    ax.barh(range(len(shown)), slopes, color=[COOLER if slope < 0 else HOTTER for slope in slopes], lw=0, height=0.7)
    ax.set_yticks(range(len(shown)), [lever.name for lever in shown])
    most = max((abs(slope) for slope in slopes), default=1.0) or 1.0
    for row, slope in enumerate(slopes):
        ax.annotate(
            f"{slope:+.2g}".replace("-", "\N{MINUS SIGN}"), (slope, row), (3 if slope >= 0 else -3, 0),
            textcoords="offset points", ha="left" if slope >= 0 else "right", va="center", fontsize=TEXT_SIZE,
        )  # fmt: skip
    ax.axvline(0.0, color=INK, lw=0.6)
    low, high = min([0.0, *slopes]), max([0.0, *slopes])
    ax.set_xlim(low - 0.28 * most, high + 0.28 * most)
    dress(ax)
    title = f"{symbol(levers.metric.name)}: what moves it"
    name_axes(ax, "change of the answer for 1 % more [%]", "", title)
    return ax


def draw_shares(levers: Levers, ax: Axes) -> Axes:
    """Share of the answer that is spent in each part and film, largest at the top."""
    large = [(name, share) for name, share in levers.shares.items() if abs(share) >= LEAST_SHARE]
    rest = sum(levers.shares.values()) - sum(share for _, share in large)
    rows = [*large, ("all others", rest)] if len(large) < len(levers.shares) else large
    rows = rows[::-1]
    ax.barh(range(len(rows)), [100 * share for _, share in rows], color=kind_colour("film"), lw=0, height=0.7)
    ax.set_yticks(range(len(rows)), [name for name, _ in rows])
    for row, (_, share) in enumerate(rows):
        ax.annotate(f"{100 * share:.2g} %", (100 * share, row), (3, 0), textcoords="offset points", va="center",
                    fontsize=TEXT_SIZE)  # fmt: skip
    ax.set_xlim(min(0.0, *(100 * share for _, share in rows)), 130 * max(share for _, share in rows))
    dress(ax)
    name_axes(ax, "share of the answer [%]", "", "where it is spent")
    return ax


def draw_safe(safe: Safe, ax: Axes) -> Axes:
    """The hottest junction along a parameter with its band, the limit, and which values keep it for certain."""
    one = safe.range
    x = safe.values * one.factor
    found_at = safe.hottest
    lower, value, upper = (v - ZERO_CELSIUS for v in (found_at.lower, found_at.value, found_at.upper))
    ax.fill_between(x, lower, upper, color=kind_colour("film"), lw=0, label="bracket")
    ax.plot(x, value, color=INK, lw=1, label="hottest junction")
    limit = safe.limit - ZERO_CELSIUS
    ax.axhline(limit, color=HOTTER, lw=1, ls=(0, (4, 3)), label=f"limit {limit:.6g} °C")
    for found, colour, name in ((safe.safe, COLOURS[2], "safe"), (safe.unsafe, HOTTER, "unsafe")):
        for i, values in enumerate(found):
            ends = values.low * one.factor, values.high * one.factor
            ax.axvspan(*ends, ymax=0.03, color=colour, lw=0, label=name if i == 0 else None)
    dress(ax)
    ax.grid(visible=True, axis="y", color=FAINT, alpha=0.25, lw=0.5)
    ax.legend(fontsize=TEXT_SIZE, frameon=False)
    name_axes(ax, headed(one.name, one.unit), "temperature [°C]", f"{one.name} under a limit of the junctions")
    return ax


def save_levers(folder: Path, levers: Levers, safe: Safe | None) -> None:
    """Write levers.png and, where a limit was solved for, safe.png."""
    save(folder / "levers.png", partial(draw_levers, levers), SIZE)
    if safe is not None:
        save(folder / "safe.png", partial(draw_safe, safe), SAFE_SIZE)
