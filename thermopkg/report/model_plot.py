"""What does a reduced model say along one parameter? The bracket's band, and one design on it."""

import numpy as np
from matplotlib.axes import Axes

from thermopkg.arraytypes import FloatArray
from thermopkg.explore.frames import headed
from thermopkg.explore.reduced import ReducedModel
from thermopkg.report.digits import decimals, interval
from thermopkg.report.drawing import FAINT, dress, name_axes
from thermopkg.report.variants import symbol

BAND, POINT = "#0072b2", "#d55e00"
POINTS = 121  # of a line


def draw_cut(model: ReducedModel, design: FloatArray, ax: Axes, *, name: str | None = None, parameter: int = 0) -> Axes:
    """A number along one parameter with its guaranteed band; the others as in the design, which is marked.

    Parameters
    ----------
    design : SI, shape (n_parameters,)
    name : of the number; by default the first that the model was made for
    parameter : which of the model's
    """
    own, asked = model.ranges[parameter], model.asked_for(name)
    along = np.tile(design, (POINTS, 1))
    along[:, parameter] = np.linspace(own.low, own.high, POINTS)
    band, here = model.bracket(along, name), model.bracket(design[None], name).one(0)
    x = along[:, parameter] * own.factor
    ax.fill_between(x, band.lower, band.upper, color=BAND, alpha=0.3, lw=0)
    ax.plot(x, band.value, color=BAND, lw=1.0)
    ax.errorbar(
        design[parameter] * own.factor, here.value, yerr=[[here.value - here.lower], [here.upper - here.value]],
        fmt="o", ms=4, color=POINT, capsize=3, zorder=3,
    )  # fmt: skip
    dress(ax)
    ax.grid(visible=True, color=FAINT, alpha=0.25, lw=0.5)
    n = decimals(here.half_width)
    told = f"{symbol(asked.name)} = {here.value:.{n}f} {asked.unit} within {interval(here, n)}"
    name_axes(ax, headed(own.name, own.unit), headed(symbol(asked.name), asked.unit), told)
    return ax
