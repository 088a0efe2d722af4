"""How do maps and levers show themselves in a notebook, and move under sliders? `%load_ext thermopkg.notebook`"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import CaseError, Fault
from thermopkg.explore.chart import Chart
from thermopkg.explore.inverse import Safe
from thermopkg.explore.levers import Levers
from thermopkg.explore.reduced import ReducedModel
from thermopkg.explore.spread import Spread
from thermopkg.report.html import html_of, picture_of
from thermopkg.report.levers import levers_sheet, safe_sheet, spread_sheet
from thermopkg.report.levers_plot import SIZE, draw_levers
from thermopkg.report.model_plot import draw_cut
from thermopkg.report.sweep import map_sheet
from thermopkg.report.sweep_plot import LINE_SIZE, MAP_SIZE, draw_line, draw_maps

CUT = (110.0, 70.0)  # mm
STEPS = 60  # of a slider
EXTRA = "thermopkg[notebook]"


def load_ipython_extension(ipython: Any) -> None:
    """Tell a notebook how to show what exploring finds; IPython calls this on `%load_ext thermopkg.notebook`."""
    html = ipython.display_formatter.formatters["text/html"]
    html.for_type(Chart, _chart_html)
    html.for_type(Levers, _levers_html)
    html.for_type(Spread, _sheet(spread_sheet))
    html.for_type(Safe, _sheet(safe_sheet))


def sliders(model: ReducedModel, name: str | None = None) -> Any:
    """A slider for every parameter of a reduced model, and the number along the first one as they move; no solve.

    Parameters
    ----------
    name : of the number; by default the first that the model was made for
    Raises
    ------
    CaseError : the extra that has the sliders is not installed
    """
    try:
        import ipywidgets
    except ImportError as error:
        reason = f"sliders are ipywidgets, which are not installed: pip install '{EXTRA}'"
        raise CaseError([Fault("", reason)], "notebook") from error
    moved = [
        ipywidgets.FloatSlider(
            value=np.sqrt(one.low * one.high) * one.factor, min=one.low * one.factor, max=one.high * one.factor,
            step=(one.high - one.low) * one.factor / STEPS, description=f"{one.name} [{one.unit}]",
            readout_format=".4g", style={"description_width": "initial"}, layout={"width": "28em"},
        )
        for one in model.ranges
    ]  # fmt: skip
    shown = ipywidgets.HTML()

    def update(_: object = None) -> None:
        design = np.array([slider.value / one.factor for slider, one in zip(moved, model.ranges, strict=True)])
        shown.value = cut_html(model, design, name)

    for slider in moved:
        slider.observe(update, names="value")
    update()
    return ipywidgets.VBox([*moved, shown])


def cut_html(model: ReducedModel, design: FloatArray, name: str | None = None) -> str:
    """The number along the first parameter, the others as in the design, with the design marked.

    Parameters
    ----------
    design : SI, shape (n_parameters,)
    """
    return picture_of(partial(draw_cut, model, design, name=name), CUT, "along the first parameter")


def _sheet(sheet: Callable[[Any], Any]) -> Callable[[Any], str]:
    return lambda found: html_of(sheet(found))


def _levers_html(found: Levers) -> str:
    return picture_of(partial(draw_levers, found), SIZE, "levers") + html_of(levers_sheet(found))


def _chart_html(chart: Chart) -> str:
    if len(chart.varied) > 1:
        picture = picture_of(partial(draw_maps, chart), MAP_SIZE, "the map and the width of its brackets")
    else:
        picture = picture_of(partial(draw_line, chart, parameter=chart.varied[0].parameter.name), LINE_SIZE, "the band")
    return picture + html_of(map_sheet(chart))
