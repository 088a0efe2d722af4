"""Do the pictures and sheets of networks say what the networks say, with units, and no more than is certain?"""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from rich.console import Console

from tests.exact.ladders import line_spectrum
from thermopkg.network.cauer import Cauer, foster, ladder
from thermopkg.network.fewer import fewer
from thermopkg.network.foster import Foster
from thermopkg.network.structure import Mark, layer, marks, stack_structure, structure_function
from thermopkg.report.drawing import picture
from thermopkg.report.impedance_plot import DUTIES, draw_pairs, draw_pulsed
from thermopkg.report.network_sheet import network_markdown, network_sheet, network_sheet_document
from thermopkg.report.structure_plot import draw_slopes, draw_structure


def line() -> Foster:
    return Foster(*line_spectrum(2.0, 0.5, 30), at_once=0.01)


LAYERS = [
    layer("die", 0.3e-3, 117.0, 1.66e6, 1e-4),
    layer("a rather thin layer of glue", 10e-6, 2.0, 2e6, 1e-4),
    layer("base", 2e-3, 390.0, 3.43e6, 1e-4),
]


def drawn(draw) -> Axes:
    found = []
    figure = picture(lambda ax: found.append(draw(ax)))
    figure.canvas.draw()
    (ax,) = found
    assert ax in figure.axes
    return ax


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_pulses_are_drawn_as_a_data_sheet_has_them():
    ax = drawn(lambda ax: draw_pulsed(line(), ax))
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("width of the pulse [s]", "Z_th [K/W]")
    curves = {curve.get_label(): curve for curve in ax.lines}
    assert list(curves) == [*(f"D = {duty:g}" for duty in DUTIES if duty), "single pulse"]
    widths, rises = curves["D = 0.1"].get_data()
    assert rises == pytest.approx(line().pulsed(widths, 0.1))
    assert np.log10(widths[-1] / widths[0]) <= 8.0 + 1e-9
    low, high = ax.get_ylim()
    assert low < min(curves["single pulse"].get_ydata())
    assert high > line().total
    # 2 K/W less what the pairs beyond the thirtieth hold, 16 / pi^2 / 120 = 0.0135, and 0.01 at once
    assert "1.996 K/W" in ax.get_title(loc="left")
    span = drawn(lambda ax: draw_pulsed(line(), ax, duties=(0.3,), span=(1e-3, 1.0)))
    assert span.get_xlim() == pytest.approx((1e-3, 1.0))


def test_pairs_are_drawn_but_for_those_too_small_to_see():
    network = Foster(np.array([1.0, 1e-7, 2.0]), np.array([1e-3, 1e-2, 1.0]))
    ax = drawn(lambda ax: draw_pairs(network, ax))
    times, resistances = ax.lines[0].get_data()
    assert (times.tolist(), resistances.tolist()) == ([1e-3, 1.0], [1.0, 2.0])
    assert ax.get_title(loc="left") == "2 of 3 pairs; dashed the sum of all, 3 K/W"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time constant [s]", "resistance [K/W]")
    assert drawn(lambda ax: draw_pairs(line(), ax)).get_title(loc="left").startswith("30 pairs;")


@pytest.mark.parametrize("draw", [draw_structure, draw_slopes])
def test_layers_are_marked_where_they_end(draw):
    exact = stack_structure(LAYERS)
    ax = drawn(lambda ax: draw(exact, ax, marks=marks(LAYERS), exact=exact, until=0.2))
    borders = [line.get_xdata()[0] for line in ax.lines if len(set(line.get_xdata())) == 1]
    assert borders == pytest.approx(exact.resistances[1:])
    assert words(ax)[::2] == ["die", "base"]
    assert words(ax)[1].startswith("a rather thin layer of")
    assert words(ax)[1].endswith("…")
    crowded = drawn(lambda ax: draw(exact, ax, marks=marks(LAYERS), exact=exact, until=1.0))
    assert [text.get_rotation() for text in crowded.texts] == [90.0, 90.0, 0.0]  # the short name fits
    assert ax.get_xlabel() == "resistance from the junction [K/W]"
    assert re.search(r"\[J/K\]$|\[J W/K²\]$", ax.get_ylabel())
    assert ax.get_yscale() == "log"
    assert ax.get_xlim() == (0.0, 0.2)


def test_layers_too_narrow_for_a_name_have_it_at_the_foot_apart_from_each_other():
    exact = stack_structure(LAYERS)
    thin = [Mark("first", 1e-4), Mark("second", 2e-4), Mark("third", 3e-4), Mark("base", 1.0)]
    ax = drawn(lambda ax: draw_structure(exact, ax, marks=thin, until=0.2))
    places = [text.get_position() for text in ax.texts if text.get_text() in ("first", "second", "third")]
    assert len(places) == 3
    assert all(y < 0.1 for _, y in places)
    assert (np.diff([x for x, _ in places]) > 0.002).all()  # 0.2 K/W over 400 points, and letters of 6.5


def test_what_two_lattices_make_of_it_is_shaded_and_what_is_of_no_place_is_faint():
    exact = stack_structure(LAYERS)
    sides = tuple(stack_structure([replace(one, resistance=f * one.resistance) for one in LAYERS]) for f in (0.9, 1.1))
    stored = 0.5 * exact.capacities[-1]
    ax = drawn(lambda ax: draw_structure(exact, ax, sides=sides, stored=stored))
    (shade,) = ax.collections
    reach = shade.get_datalim(ax.transData)
    assert (reach.x0, reach.x1) == pytest.approx((0.0, 1.1 * exact.total))
    assert "all that the package stores" in ax.get_title(loc="left")
    told = next(line for line in ax.lines if line.get_alpha() is None and len(line.get_xdata()) > 2)
    assert max(told.get_ydata()) <= stored
    (dashed,) = [line.get_ydata()[0] for line in ax.lines if len(line.get_xdata()) == 2 and line.get_alpha() is None]
    assert dashed == stored


def test_structure_of_a_ladder_ends_a_little_beyond_its_last_capacity():
    steps = Cauer(np.array([0.1, 0.1, 0.1, 50.0]), np.array([1.0, 1.0, 1.0, 1.0]))
    ax = drawn(lambda ax: draw_structure(structure_function(steps), ax))
    assert 0.35 < ax.get_xlim()[1] < 0.5  # 0.3 and half a stage
    assert ax.get_title(loc="left") == "Structure function; ends at 50.3 K/W"


def printed(block) -> str:
    console = Console(width=110, color_system=None)
    with console.capture() as capture:
        console.print(block)
    return capture.get()


def test_sheet_has_every_stage_and_an_error_that_holds_as_printed():
    found = fewer(line(), 3)
    text = printed(network_sheet(line(), 3))
    steps = ladder(found.network)
    assert "3 stages for 30: 1.9965 K/W, off by at most" in text
    for number in (*steps.resistances, *steps.capacities, *found.network.time_constants):
        assert f"{number:.5g}" in text
    assert "at once" in text
    (shown,) = re.findall(r"off by at most ([\d.]+) % of it", text)
    assert found.error <= float(shown) / 100 <= 1.1 * found.error
    errors = dict(re.findall(r"^ +(\d) +([\d.]+) %$", text, re.MULTILINE))
    assert list(errors) == ["1", "2", "3", "4", "5", "6", "8"]
    for count, percent in errors.items():
        assert fewer(line(), int(count)).error <= float(percent) / 100


def test_markdown_and_json_say_the_same_as_the_sheet():
    found = fewer(line(), 4)
    text = network_markdown(line(), 4)
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert [len(table) for table in tables] == [2 + 1 + 4, 2 + 4, 2 + 7]
    assert len({row.count("|") for row in tables[0]}) == 1
    read = json.loads(json.dumps(network_sheet_document(line(), 4)))
    assert read["error"] == found.error
    assert read["cauer"]["resistances"] == ladder(found.network).resistances.tolist()
    assert read["foster"]["time_constants"] == found.network.time_constants.tolist()
    assert read["errors"]["4"] == found.error


def test_a_network_that_is_small_enough_is_itself():
    network = foster(Cauer(np.array([1.0, 2.0]), np.array([0.1, 3.0])))
    assert "2 stages for 2: 3 K/W, off by at most 0 % of it" in printed(network_sheet(network, 6))
