"""Do maps and levers show themselves, and do sliders move the number without a solve?"""

import builtins
import re
import tomllib

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.small_case import TEXT
from thermopkg import notebook
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError
from thermopkg.exploration import chart_map, find_levers
from thermopkg.explore.chart import Chart
from thermopkg.explore.levers import Levers
from thermopkg.report.model_plot import draw_cut


class Formatters(dict):
    def for_type(self, kind, shown):
        self[kind] = shown


class Shell:
    """What of a notebook's shell the extension asks for."""

    def __init__(self):
        self.display_formatter = self
        self.html = Formatters()
        self.formatters = {"text/html": self.html}


@pytest.fixture(scope="module")
def chart() -> Chart:
    document = tomllib.loads(TEXT)
    document["study"]["tolerance"] = "5 %"
    return chart_map(from_document(document), ["sink.gap=0.05mm:0.2mm:4", "mould.conductivity=1W/m/K:4W/m/K:3"])


@pytest.fixture(scope="module")
def shown() -> Formatters:
    shell = Shell()
    notebook.load_ipython_extension(shell)
    return shell.html


def test_a_map_shows_its_pictures_and_its_ends(chart, shown):
    html = shown[Chart](chart)
    assert html.count("<img ") == 1
    text = re.sub(r"<[^>]*>", "", html)
    assert "4 × 3 = 12 designs" in text


def test_levers_show_themselves(shown):
    document = tomllib.loads(TEXT)
    document["study"]["refine"] = 0
    html = shown[Levers](find_levers(from_document(document)))
    assert html.count("<img ") == 1
    assert "mould.conductivity" in re.sub(r"<[^>]*>", "", html)


def test_sliders_move_the_number_by_the_model_alone(chart):
    box = notebook.sliders(chart.model)
    *moved, picture = box.children
    assert [slider.description for slider in moved] == ["sink.gap [mm]", "mould.conductivity [W/m/K]"]
    assert (moved[0].min, moved[0].max) == pytest.approx((0.05, 0.2))
    before = picture.value
    moved[1].value = 4.0
    assert picture.value != before
    assert picture.value == notebook.cut_html(chart.model, np.array([moved[0].value * 1e-3, 4.0]))


def test_a_cut_has_the_brackets_of_the_model(chart):
    design = np.array([0.1e-3, 2.0])
    ax = draw_cut(chart.model, design, Figure().add_subplot())
    found = chart.model.bracket(design[None]).one(0)
    (marked,) = ax.containers
    (segment,) = marked[2][0].get_segments()
    assert segment[:, 1] == pytest.approx([found.lower, found.upper])
    assert ax.get_xlabel() == "sink.gap [mm]"
    assert f"{found.value:.1f}" in ax.get_title(loc="left")


def test_without_the_extra_the_error_names_it(chart, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name == "ipywidgets":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CaseError, match=r"thermopkg\[notebook\]"):
        notebook.sliders(chart.model)
