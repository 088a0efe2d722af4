"""How does a run through time look? Junctions over time, and below them the powers that made them."""

import numpy as np
from matplotlib.axes import Axes

from thermopkg.report.drawing import FAINT, INK, TEXT_SIZE, dress, name_axes
from thermopkg.report.envelope import Envelope
from thermopkg.report.zth import short, told_time
from thermopkg.report.zth_plot import COLOURS

SHARE, GAP = 0.27, 0.06  # of the height: the powers', and what lies between them and the temperatures
SIZE = (160.0, 105.0)  # mm
ROOM = 0.06  # of what is shown, above and below


def draw_course(
    temperatures: Envelope,
    names: tuple[str, ...],
    powers: Envelope,
    heated: tuple[str, ...],
    log: bool,
    ax: Axes,
) -> Axes:
    """Temperatures above, powers below, on one time axis.

    Parameters
    ----------
    temperatures : degC, a curve for each of the names
    powers : W, a curve for each of those heated
    log : whether decades of time are as wide as one another, as after a step; else seconds are
    """
    place = ax.get_position(original=True)
    below = ax.figure.add_axes((place.x0, place.y0, place.width, SHARE * place.height))
    upper = (1 - SHARE - GAP) * place.height
    ax.set_position((place.x0, place.y0 + place.height - upper, place.width, upper))
    for panel, curves, own in ((ax, temperatures, names), (below, powers, heated)):
        for i, name in enumerate(own):
            colour = COLOURS[(names.index(name) if name in names else i) % len(COLOURS)]
            _draw(panel, curves, i, colour, short(name))
        panel.set_xscale("log" if log else "linear")
        panel.set_xlim(float(temperatures.times[0]), float(temperatures.times[-1]))
        dress(panel)
        panel.grid(visible=True, which="major", color=FAINT, alpha=0.25, lw=0.5, zorder=0)
    _limit(ax, temperatures, float(np.min(temperatures.low)))
    _limit(below, powers, 0.0)
    ax.tick_params(labelbottom=False)
    if len(names) > 1 or heated != names:
        ax.legend(fontsize=TEXT_SIZE, frameon=False, loc="best", labelcolor=INK)
    at, hottest = np.unravel_index(int(temperatures.high.argmax()), temperatures.high.shape)
    value, time = float(temperatures.high[at, hottest]), float(temperatures.times[at])
    title = f"{short(names[hottest])} highest with {value:.1f} °C, at {told_time(time)}"
    name_axes(ax, "", "temperature [°C]", title)
    name_axes(below, "time [s]", "power [W]", "")
    return ax


def _draw(panel: Axes, curves: Envelope, number: int, colour: str, label: str) -> None:
    low, high = curves.low[:, number], curves.high[:, number]
    panel.plot(curves.times, high, color=colour, lw=1.2 if curves.is_whole else 0.6, label=label, zorder=3)
    if not curves.is_whole:
        panel.plot(curves.times, low, color=colour, lw=0.6, zorder=3)
        panel.fill_between(curves.times, low, high, color=colour, alpha=0.35, lw=0, zorder=2)


def _limit(panel: Axes, curves: Envelope, low: float) -> None:
    """From a low value to the highest, with room above and below."""
    high = float(np.max(curves.high))
    room = ROOM * (high - low) or 1.0
    panel.set_ylim(low - room, high + room)
