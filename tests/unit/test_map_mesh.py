"""Is a map's mesh fine enough at every design, does its model fit into the memory, and is it told where not?"""

import io
import tomllib
import tracemalloc

import numpy as np
import pytest
from rich.console import Console

from tests.small_case import TEXT
from tests.unit.test_reduced import two_chips
from thermopkg import exploration, workflow
from thermopkg.answer.bracket import ROUNDING
from thermopkg.case.load import from_document
from thermopkg.errors import GeometryError
from thermopkg.explore import storing
from thermopkg.explore.budget import USUAL_SNAPSHOTS, bytes_at_peak, room
from thermopkg.explore.building import build, widest
from thermopkg.explore.chart import MISSED
from thermopkg.explore.family import family
from thermopkg.explore.parameters import parameter, with_values
from thermopkg.mesh.planning import affordable
from thermopkg.report.sweep import map_document, map_sheet

RANGES = {"sink.gap": (3e-5, 2e-4), "mould.conductivity": (0.6, 6.0)}
VARY = ["sink.gap=0.03mm:0.2mm:4", "mould.conductivity=0.6W/m/K:6W/m/K:5"]
LOW, HIGH = (np.array([ends[i] for ends in RANGES.values()]) for i in (0, 1))
MIDDLE = np.sqrt(LOW * HIGH)
TOLERANCE = 2.0  # %


def case_of(part=None, environment=None, **study):
    document = tomllib.loads(TEXT)
    document["study"] = {"tolerance": f"{TOLERANCE} %", **study}
    if part is not None:
        document["part"] = part(document["part"])
    document["environment"].update(environment or {})
    return from_document(document)


def family_of(case):
    """In the middle of the ranges, on the mesh that its study starts from."""
    own = [parameter(case, name) for name in RANGES]
    middle = with_values(case, dict(zip(own, MIDDLE.tolist(), strict=True)))
    return family(workflow.mesh(workflow.geometry(middle)), own, LOW, HIGH)


def sheet_of(chart):
    page = Console(width=1000, file=io.StringIO(), markup=False)
    page.print(map_sheet(chart))
    return page.file.getvalue()


# ---------------------------------------------------------------- fine enough
def test_a_map_keeps_its_tolerance_at_the_corners_too():
    found = family_of(case_of())
    adapted = workflow.search(found.model, workflow.silent)
    of_middle = build(family(adapted.model, found.parameters, LOW, HIGH), adapted.starts)
    assert 100 * widest(of_middle)[1] > 1.2 * TOLERANCE  # a mesh for the middle would not do
    chart = exploration.chart_map(case_of(), VARY)
    assert 100 * widest(chart.model)[1] <= TOLERANCE
    assert not chart.beyond.any()
    assert "Wider than" not in sheet_of(chart)


def test_the_search_goes_on_where_another_design_turns_out_to_need_it(monkeypatch):
    """Told that the middle needs it most, it finds out for itself."""
    answers = iter([(MIDDLE, 1.0)])
    monkeypatch.setattr(exploration, "widest", lambda model: next(answers, None) or widest(model))
    told = []
    chart = exploration.chart_map(case_of(), VARY, progress=told.append)
    places = [text for text in told if text.startswith("finding the mesh")]
    assert len(places) == 2
    assert places[1].endswith("at sink.gap 0.2 mm, mould.conductivity 0.6 W/m/K")
    assert 100 * widest(chart.model)[1] <= (1 + MISSED) * TOLERANCE


@pytest.mark.parametrize(
    ("study", "why"),
    [({"max_cells": 8000}, "beyond the budget"), ({"refine": 0}, "names its mesh")],
    ids=["budget", "refine"],
)
def test_a_tolerance_that_is_not_kept_is_told_with_the_place(study, why):
    chart = exploration.chart_map(case_of(**study, tolerance="1 %"), VARY)
    beyond = chart.brackets.relative_half_width > 0.01
    assert 0 < beyond.sum() < len(beyond)
    text = sheet_of(chart)
    assert f"Wider than the ±1 % wanted at {beyond.sum()} of 20 designs, most at sink.gap 0.2 mm, mould" in text
    assert why in text
    told = map_document(chart)["tolerance"]
    assert (told["wanted"], told["beyond"]) == (0.01, beyond.sum())
    assert told["widest"] == chart.brackets.relative_half_width.max()
    assert told["widest_at"] == pytest.approx([0.2, 0.6])


def test_designs_outside_the_ranges_are_told_as_such(tmp_path):
    file = tmp_path / "model.npz"
    exploration.chart_map(case_of(), ["sink.gap=0.05mm:0.1mm:3"], file)
    chart = exploration.chart_map(case_of(), ["sink.gap=0.05mm:3mm:3"], file, extrapolate=True)
    assert chart.outside == chart.beyond.sum() == 2
    assert "at sink.gap 3 mm: it is outside the model's ranges" in sheet_of(chart)


# ---------------------------------------------------------------- within the memory
@pytest.mark.parametrize(
    ("part", "n_loads"), [(None, 1), (two_chips, 2)], ids=["one place that makes heat", "two places"]
)
def test_a_model_takes_no_more_memory_than_its_grid_tells(part, n_loads):
    """On a thin grid, much of which is cooled; and most of what is told is taken, so that it is no mere guess."""
    found = family_of(case_of(part=part, refine=0, largest_step=["0.06 mm", "1 mm"], metrics=[]))
    build(found, most=2)  # loops are compiled
    for most in (2, 4):
        tracemalloc.start()
        try:
            build(found, most=most)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        told = bytes_at_peak(found.model.grid, n_loads, most)
        assert 0.75 * told < peak <= told


def test_building_stops_where_the_memory_ends_and_bounds_hold_all_the_same(tmp_path):
    found = family_of(case_of(refine=0))
    whole = build(found)
    assert len(whole.snapshots) > 3
    most = bytes_at_peak(found.model.grid, 1, 3)
    told = []
    case = case_of(refine=0, max_memory=f"{most + 1} byte")
    chart = exploration.chart_map(case, VARY, tmp_path / "model.npz", progress=told.append)
    assert (chart.model.ended, len(chart.model.snapshots)) == ("memory", 3)
    assert whole.ended == "enough"
    first, second = (model.bracket(chart.designs) for model in (whole, chart.model))
    # of fewer of the same fields no better one can be made; where both have solved a design they are one number, whose
    # sums are good to 1e-12 each (`bracket.ROUNDING`): 1.7e-12 apart measured
    assert (second.lower <= first.lower * (1 + 4 * ROUNDING)).all()
    assert (second.upper >= first.upper * (1 - 4 * ROUNDING)).all()
    assert (second.relative_half_width > 1.5 * first.relative_half_width).any()
    assert "the memory has no room for a further full solution" in told
    assert "the memory had no room for a further full solution: brackets may be wider" in sheet_of(chart)
    assert map_document(chart)["model"]["ended"] == "memory"
    assert storing.load(tmp_path / "model.npz").ended == "memory"


def test_as_many_solutions_as_a_model_may_have_is_told_too():
    found = build(family_of(case_of(refine=0)), most=2)
    assert found.ended == "most"


def test_free_memory_is_what_is_left_beside_the_solutions_that_are_there(monkeypatch):
    found = family_of(case_of(refine=0))
    grid, study = found.model.grid, found.model.package.case.study
    each = bytes_at_peak(grid, 1, 4) - bytes_at_peak(grid, 1, 3)
    needed = bytes_at_peak(grid, 1, 1) - bytes_at_peak(grid, 1, 0) + bytes_at_peak(grid, 1, 0)
    monkeypatch.setattr("thermopkg.explore.budget.free_memory", lambda: needed)
    assert room(grid, study, 1, 1)
    assert not room(grid, study, 1, 2)
    assert room(grid, study, 1, 2, n_kept=1)  # the first one is no longer counted
    monkeypatch.setattr("thermopkg.explore.budget.free_memory", lambda: bytes_at_peak(grid, 1, 0) + 0.99 * each)
    assert not room(grid, study, 1, 5, n_kept=4)


@pytest.mark.parametrize("study", [{}, {"refine": 0}], ids=["a mesh to be found", "a mesh that is named"])
def test_a_model_that_does_not_fit_at_all_is_refused_with_numbers(study):
    told = []
    with pytest.raises(GeometryError) as error:
        exploration.chart_map(case_of(max_memory="2 MB", **study), VARY, progress=told.append)
    (fault,) = error.value.faults
    assert fault.path == "study.max_memory"
    for words in ("cells, with one place that makes heat, needs about 0.0", "0.002 GB are free", "cells fit"):
        assert words in fault.message
    assert not told  # before any solve


def test_the_search_leaves_room_for_the_model():
    """A mesh that fits, but not with a model of the usual size, is not taken."""
    free = exploration.chart_map(case_of(), VARY).model
    start = family_of(case_of()).model.grid
    assert start.n_cells < free.n_cells
    memory = bytes_at_peak(start, 1, USUAL_SNAPSHOTS)
    case = case_of(max_memory=f"{memory + 1} byte")
    assert affordable(start.halved(1), case_of(max_memory="1 GB").study)
    chart = exploration.chart_map(case, VARY)
    assert chart.model.n_cells == start.n_cells
    assert chart.model.ended == "enough"
    assert chart.beyond.any()
