"""Are slopes from one solution those of full solves, and are safe values safe?"""

import tomllib
from functools import lru_cache

import numpy as np
import pytest

from tests.small_case import TEXT
from tests.unit.test_reduced import PACKAGES, Made, small
from thermopkg import exploration, workflow
from thermopkg.answer.metrics import metric
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError
from thermopkg.explore.parameters import parameter, value_of, with_value
from thermopkg.explore.variation import variations

COARSE = {"tolerance": "10 %"}
STEP = 1e-3  # relative, either way
RANGES = {"still air": ["sink.gap", "mould.conductivity", "top.film", "chip.thickness", "carrier[1].through"],
          "cold plate": ["chip.bumps.height", "chip.bumps.conductivity", "sink.thickness"],
          "two chips": ["sink.gap", "mould.conductivity", "sides.film"]}  # fmt: skip


def coarse(document, **study):
    document = {**document, "study": {**document["study"], **COARSE, **study}}
    return from_document(document)


@lru_cache
def found(name):
    return exploration.find_levers(coarse(PACKAGES[name][0]))


def differences(case, name, n_numbers):
    """d ln / d ln p of each number, by full solves at both sides on the mesh of the levers, stretched."""
    model = workflow.search(workflow.mesh(workflow.geometry(case)), workflow.silent).model
    own = parameter(case, name)
    value = value_of(case, own)
    ends = [value * (1 - STEP), value * (1 + STEP)]
    made = Made.__new__(Made)
    made.family = exploration.family(model, [own], *(np.array([end]) for end in ends))
    values = []
    for end in ends:
        matrix, asked = made.full(np.array([end]))
        values.append([metric(item, matrix).bracket.value for item in asked[:n_numbers]])
    return np.diff(np.log(values), axis=0)[0] / np.log(ends[1] / ends[0])


@pytest.mark.parametrize(("package", "name"), [(p, n) for p, names in RANGES.items() for n in names])
def test_slopes_are_those_of_full_solves(package, name):
    (difference,) = differences(coarse(PACKAGES[package][0]), name, 1)
    assert found(package).lever(name).slope == pytest.approx(difference, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", PACKAGES)
def test_slopes_of_all_conductivities_and_films_are_minus_one(name):
    levers = found(name)
    assert levers.total == pytest.approx(-1, abs=1e-6)
    named = [lever.slope for lever in levers.levers if lever.kind in ("conductivity", "film")]
    if name != "cold plate":  # it holds a temperature, which no film stands for; its other films are there
        assert sum(named) == pytest.approx(-1, abs=1e-6)


@pytest.mark.parametrize("name", PACKAGES)
def test_shares_of_parts_and_films_are_the_whole(name):
    shares = found(name).shares
    assert sum(shares.values()) == pytest.approx(1, abs=1e-6)
    if name in ("still air", "cold plate"):  # elsewhere two sources: the product of two fields may have any sign
        assert min(shares.values()) >= 0


def test_levers_are_ranked_and_what_has_no_slope_says_why():
    levers = found("still air")
    sizes = [abs(lever.slope) for lever in levers.levers]
    assert sizes == sorted(sizes, reverse=True)
    flush = small(part=lambda parts: [*parts[:5], {**parts[5], "size": ["0.6 mm", "0.3 mm", "0.4 mm"]}])
    found_flush = exploration.find_levers(coarse(flush))
    assert "no slab that spans" in found_flush.left_out["capacitor.thickness"]


def test_a_difference_of_two_places_has_slopes_too():
    case = coarse(small(), metrics=["theta_ja", "psi_jt"])
    levers = exploration.find_levers(case, "psi_jt")
    assert levers.total == pytest.approx(-1, abs=1e-6)
    assert levers.lever("mould.conductivity").slope == pytest.approx(
        differences(case, "mould.conductivity", 2)[1], rel=1e-3, abs=1e-5
    )


def test_what_is_not_asked_for_is_refused():
    with pytest.raises(CaseError, match="'psi_jt' is not asked for; there are theta_ja"):
        exploration.find_levers(coarse(small()), "psi_jt")


# ---------------------------------------------------------------- spread
def test_a_narrow_spread_is_the_linear_one():
    case = coarse(small())
    spread = exploration.find_spread(case, ["mould.conductivity=1%", "top.film=1%"], found("still air"))
    slopes = [found("still air").lever(name).slope for name in spread.tolerances]
    assert spread.linear_most == pytest.approx(0.01 * spread.value * np.abs(slopes).sum(), rel=0.05)
    assert spread.deviation == pytest.approx(spread.linear_deviation, rel=0.02)
    assert spread.least <= spread.low < spread.mean < spread.high <= spread.most


@pytest.mark.parametrize(
    ("text", "said"),
    [("sink.gap", "not a number"), ("sink.gap=0%", "is no tolerance"), ("sink.gap=2 mm", "a share is wanted"),
     ("nothing=1%", "is no parameter")],
)  # fmt: skip
def test_tolerances_that_are_none_are_refused(text, said):
    with pytest.raises(CaseError, match=said):
        exploration.find_spread(coarse(small()), [text], found("still air"))


# ---------------------------------------------------------------- safe values
@lru_cache
def hottest(name, value):
    """Bounds on the junction of a full solution, °C, on the mesh that its own search finds."""
    case = with_value(coarse(small()), parameter(coarse(small()), name), value)
    (theta,) = workflow.bounded(workflow.geometry(case)).wanted
    return 25 + theta.bracket.lower, 25 + theta.bracket.upper


@pytest.mark.parametrize(("name", "ends"), [("mould.conductivity", "0.3W/m/K:6W/m/K"), ("sink.gap", "0.02mm:0.5mm")])
def test_safe_values_are_safe_and_unsafe_ones_are_not(name, ends):
    low, high = (parameter(coarse(small()), name).read(end) for end in ends.split(":"))
    middle = sum(hottest(name, float(np.sqrt(low * high)))) / 2
    case = coarse(small(), tolerance="1 %", junction_limit=f"{middle} degC")
    safe = exploration.find_safe(case, f"{name}={ends}")
    (good,), (bad,) = safe.safe, safe.unsafe
    assert (good.high if name == "mould.conductivity" else bad.high) == high  # more conductivity, less gap is cooler
    assert good.low > bad.high if name == "mould.conductivity" else good.high < bad.low
    for edge in (good.low, good.high):
        assert hottest(name, edge)[0] <= middle  # its truth is within the limit, so its lower bound is
    for edge in (bad.low, bad.high):
        assert hottest(name, edge)[1] > middle
    inside = (safe.values >= good.low) & (safe.values <= good.high)
    assert (safe.hottest.upper[inside] <= safe.limit).all()
    assert (safe.hottest.upper[~inside] > safe.limit).all()


def test_a_limit_that_nothing_or_everything_keeps_is_told_so():
    nothing = exploration.find_safe(coarse(small(), junction_limit="26 degC"), "sink.gap=0.05mm:0.2mm")
    assert nothing.safe == ()
    assert [(i.low, i.high) for i in nothing.unsafe] == [(5e-5, 2e-4)]
    everything = exploration.find_safe(coarse(small(), junction_limit="400 degC"), "sink.gap=0.05mm:0.2mm")
    assert everything.unsafe == ()
    assert [(i.low, i.high) for i in everything.safe] == [(5e-5, 2e-4)]


@pytest.mark.parametrize(
    ("study", "text", "said"),
    [({}, "sink.gap=0.05mm:0.2mm", "junction_limit.*missing"),
     ({"junction_limit": "99 degC"}, "sink.gap", "write NAME=LOW:HIGH"),
     ({"junction_limit": "99 degC"}, "sink.gap=0.2mm:0.1mm", "reversed")],
)  # fmt: skip
def test_questions_without_a_limit_or_a_range_are_refused(study, text, said):
    with pytest.raises(CaseError, match=said):
        exploration.find_safe(coarse(small(), **study), text)


# ---------------------------------------------------------------- maps
def test_a_map_holds_the_claims_window_and_full_solutions_meet_it(tmp_path):
    case = coarse(tomllib.loads(TEXT) | {"study": {}}, tolerance="5 %")
    file = tmp_path / "model.npz"
    vary = ["sink.gap=0.03mm:0.2mm:5", "mould.conductivity=0.6W/m/K:6W/m/K:4:log"]
    made = exploration.chart_map(case, vary, file, exact=3)
    assert made.brackets.value.shape == (20,)
    assert all(one.meet for one in made.resolved)
    assert len(made.resolved) == 3
    gap, conductivity = made.windows
    assert (gap.claim, gap.parameter, conductivity.parameter) == ("heat-sink/2", "sink.gap", "mould.conductivity")
    assert (gap.low, gap.high) == (pytest.approx(3e-5), pytest.approx(2e-4))
    assert (conductivity.claim, conductivity.low, conductivity.high) == ("heat-sink/3", 1.2, None)
    again = exploration.chart_map(case, vary, file, progress=lambda text: pytest.fail(text))  # nothing is solved
    np.testing.assert_array_equal(again.brackets.lower, made.brackets.lower)


def test_a_stored_model_is_for_its_own_case_and_ranges(tmp_path):
    case, file = coarse(small()), tmp_path / "model.npz"
    exploration.chart_map(case, ["sink.gap=0.05mm:0.2mm:5"], file)
    other = with_value(case, parameter(case, "top.film"), 77.0)
    with pytest.raises(CaseError, match="was made for another case"):
        exploration.chart_map(other, ["sink.gap=0.05mm:0.2mm:5"], file)
    with pytest.raises(CaseError, match=r"varies sink.gap, not top.film"):
        exploration.chart_map(case, ["top.film=5W/m^2/K:20W/m^2/K:5"], file)
    with pytest.raises(CaseError, match="outside the model's range"):
        exploration.chart_map(case, ["sink.gap=0.05mm:0.3mm:5"], file)
    wide = exploration.chart_map(case, ["sink.gap=0.05mm:0.3mm:6"], file, extrapolate=True)
    assert wide.outside == 2


def test_a_map_of_nothing_or_of_one_value_is_refused():
    case = coarse(small())
    with pytest.raises(CaseError, match="--vary  is missing"):
        exploration.chart_map(case, [])
    with pytest.raises(CaseError, match="takes one value only"):
        exploration.reduced(case, variations(case, ["sink.gap=0.1mm"]))
    with pytest.raises(CaseError, match="-1 designs cannot be solved"):
        exploration.chart_map(case, ["sink.gap=0.1mm,0.2mm"], exact=-1)
