"""What does a run find? Bounds on every part or on what is asked for, and estimates that agree with them."""

import json
import tomllib
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from tests.small_case import TEXT
from thermopkg import workflow
from thermopkg.answer.answer import ACTIVE, solve
from thermopkg.case.load import from_document
from thermopkg.report.sheet import sheet


def model(**study):
    document = tomllib.loads(TEXT)
    document["study"] |= {"refine": 0, **study}
    return workflow.mesh(workflow.geometry(from_document(document)))


def printed(outcome):
    page = Console(width=118, file=StringIO())
    page.print(sheet(outcome.answer, outcome.steps, outcome.chart, outcome.warnings, outcome.timing))
    return page.file.getvalue()


@pytest.fixture(scope="module")
def full():
    return solve(model())


@pytest.fixture(scope="module")
def lean():
    return solve(model(), every_part=False)


def test_what_is_asked_for_does_not_depend_on_what_else_is_bounded(full, lean):
    ours, theirs = lean.metrics[0].bracket, full.metrics[0].bracket
    # each bound holds for itself; they differ by the solver's remainders, at most a hundredth of the width each
    assert ours.value == pytest.approx(theirs.value, abs=0.02 * theirs.half_width)
    assert ours.half_width == pytest.approx(theirs.half_width, rel=0.03)


def test_means_without_bounds_lie_within_the_bounds_that_a_full_run_finds(full, lean):
    assert all(np.isinf(part.mean.half_width) for part in lean.parts)
    for estimate, bounded in zip(lean.parts, full.parts, strict=True):
        assert bounded.mean.lower <= estimate.mean.value <= bounded.mean.upper


def test_highest_is_above_the_mean_and_lowest_below(full, lean):
    for answer in (full, lean):
        for part in (*answer.parts, *answer.readings):
            assert part.lowest <= part.mean.value <= part.highest


def test_field_has_the_junction_s_mean(full):
    """The field that is drawn is lifted to the middle of the bracket over the source."""
    junction = next(r for r in full.readings if r.name == "chip" + ACTIVE)
    face = full.model.package.active_faces[0]
    plane = full.model.grid.index_of(2, face.z)
    on_chip = full.temperature[:, :, plane]
    assert np.nanmin(on_chip) < junction.mean.value < np.nanmax(on_chip) + 1e-9


def test_short_of_memory_a_run_bounds_what_is_asked_for_and_says_so():
    outcome = workflow.simulate(model(max_memory="2 MB").package.case)
    document = json.loads(json.dumps(outcome.document(), allow_nan=False))
    assert document["metrics"]["theta_ja"]["lower"] < document["metrics"]["theta_ja"]["upper"]
    assert document["parts"]["mould"]["mean"]["lower"] is None
    assert any("without bounds" in note for note in document["modelling"])
    assert "no bound" in printed(outcome)


@pytest.mark.parametrize("metrics", [["theta_ja"], []])
def test_missed_tolerance_is_told_whether_metrics_are_asked_for_or_not(metrics):
    missed = printed(workflow.simulate(model(metrics=metrics, tolerance="0.01 %").package.case))
    reached = printed(workflow.simulate(model(metrics=metrics, tolerance="50 %").package.case))
    assert "±0.01 %" in missed
    assert "wanted: the study names its mesh" in missed
    assert "wanted: the study" not in reached


def test_limit_on_the_junction_is_told_in_watts_with_bounds(full):
    outcome = workflow.simulate(model(junction_limit="110 degC").package.case)
    theta, most = outcome.answer.metrics[0].bracket, outcome.answer.allowed.alone[0]
    # of one chip: (110 - 25) K over θ_JA, whose bounds change sides
    assert (most.lower, most.upper) == pytest.approx((85.0 / theta.upper, 85.0 / theta.lower), rel=1e-9)
    allowed = json.loads(json.dumps(outcome.document(), allow_nan=False))["allowed_power"]
    assert allowed["junction_limit"] == {"value": pytest.approx(110.0), "unit": "degC"}
    assert allowed["alone"]["chip"]["lower"] == most.lower
    assert allowed["case"] == [1.0]
    assert "Allowed power, no junction above 110 °C" in printed(outcome)
    assert full.allowed is None


def test_limit_that_coolants_pass_by_themselves_is_told():
    document = tomllib.loads(TEXT)
    document["study"] |= {"refine": 0, "metrics": [], "junction_limit": "40 degC"}
    document["environment"]["top"]["ambient"] = "90 degC"
    outcome = workflow.simulate(from_document(document))
    assert outcome.answer.allowed.headroom[0].upper < 0
    assert "no power is sure to be allowed: chip may pass the limit with all chips off" in printed(outcome)


def test_heat_that_leaves_is_told_by_condition_and_by_face(full):
    account = full.balance
    assert sum(account.by_surface.values()) == pytest.approx(account.generated, rel=1e-6)
    assert sum(account.by_face.values()) == pytest.approx(account.generated, rel=1e-6)
    assert set(account.by_surface) == {"top", "bottom", "sides"}
    assert account.by_face["sink.top"] > 0.5 * account.by_surface["top"]  # the sink is most of the top


@pytest.mark.parametrize("thickness", [1e-9, 2e-9])
def test_thinnest_layers_are_cells_of_their_own(thickness):
    """Two copper blocks on a layer of air, heat in the lower one; series: film, copper, air, a third of the source."""

    def block(name, height, material, **more):
        size = ["5 mm", "5 mm", f"{height!r} m"]
        return {"kind": "block", "name": name, "size": size, "material": material, **more}

    parts = [
        block("heated", 1e-3, "copper", power="1 W"),
        block("film", thickness, "air", on="heated"),
        block("lid", 1e-3, "copper", on="film"),
    ]
    environment = {"ambient": "0 degC", "top": {"film": "1000 W/m^2/K"}}
    case = from_document({"title": "t", "part": parts, "environment": environment, "study": {"metrics": []}})
    found = workflow.simulate(case).answer
    copper, air = (case.material_named(name).conductivity.along()[2] for name in ("copper", "air"))
    exact = (1 / 1000 + 1e-3 / copper + thickness / air + 1e-3 / (3 * copper)) / 25e-6
    mean = next(part.mean for part in found.parts if part.name == "heated")
    assert found.model.grid.shape[2] == 3
    assert mean.lower - 273.15 <= exact <= mean.upper - 273.15
