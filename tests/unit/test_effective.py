"""Do formulas for many joints give what is known of them? Exact arrays, limits, bounds, and sums done by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exact import case
from thermopkg.case.load import from_document
from thermopkg.package import effective
from thermopkg.workflow import geometry

shares = st.floats(0.0, 1.0)
conductivities = st.floats(0.01, 500.0)
ROUND_OFF = 1e-12


def test_round_columns_are_maxwell_and_garnetts_in_the_square_array_of_bumps():
    exact = case("H03")
    share = math.pi * exact.inputs["diameter"] ** 2 / (4 * exact.inputs["pitch"] ** 2)
    column, fill = exact.inputs["bump_conductivity"], exact.inputs["matrix_conductivity"]
    assert share == pytest.approx(exact.values["area_fraction"], rel=ROUND_OFF)
    found = effective.round_columns(share, column, fill)
    assert found == pytest.approx(exact.values["maxwell_garnett"], rel=ROUND_OFF)
    # the docstring says how far the exact array lies above it
    assert 0.0011 < exact.values["in_plane"] / found - 1 < 0.0012
    through = effective.in_parallel([share, 1 - share], [column, fill])
    assert through == pytest.approx(exact.values["vertical"], rel=ROUND_OFF)


@pytest.mark.parametrize(
    ("name", "share", "ratio", "short"),
    [
        ("ratio_half_perfect", 0.5, 1e12, 0.026),
        ("ratio_seven_tenths_perfect", 0.7, 1e12, 0.238),
        ("ratio_half_ten", 0.5, 10.0, 0.0128),
    ],
)
def test_round_columns_fall_short_by_what_the_docstring_says(name, share, ratio, short):
    """The exact values agree with the tables of [perrins1979] in their four figures."""
    exact = case("H03").values[name]
    assert 1 - effective.round_columns(share, ratio, 1.0) / exact == pytest.approx(short, abs=5e-4)


@given(conductivities, conductivities)
def test_a_share_of_nothing_is_the_fill_and_one_of_all_the_joint(column, fill):
    for formula in (effective.round_columns, lambda *a: effective.wiener(*a)[0], lambda *a: effective.wiener(*a)[1]):
        assert formula(0.0, column, fill) == pytest.approx(fill, rel=ROUND_OFF)
        assert formula(1.0, column, fill) == pytest.approx(column, rel=ROUND_OFF)


@given(shares, conductivities)
def test_equal_materials_conduct_as_one(share, conductivity):
    pair = (share, 1 - share), (conductivity, conductivity)
    for found in (
        effective.round_columns(share, conductivity, conductivity),
        effective.in_parallel(*pair),
        effective.in_series(*pair),
        *effective.laminate((1.0, 2.0), (conductivity, conductivity)),
    ):
        assert found == pytest.approx(conductivity, rel=ROUND_OFF)


@given(shares, conductivities, conductivities)
def test_bounds_lie_in_one_another(share, column, fill):
    lowest, highest = effective.wiener(share, column, fill)
    low, high = effective.hashin_shtrikman(share, column, fill)
    found = effective.round_columns(share, column, fill)
    slack = 1 + ROUND_OFF
    assert lowest <= low * slack
    assert low <= found * slack
    assert found <= high * slack
    assert high <= highest * slack
    # the more of the two bounds is the other's image under Keller's exchange of the materials, [keller1964]
    swapped = effective.round_columns(share, fill, column)
    assert found * swapped == pytest.approx(column * fill, rel=1e-10)


def test_the_checkerboard_lies_between_the_bounds():
    exact = case("H01")
    k = exact.values["effective"]
    for low, high in (effective.wiener(0.5, 390.0, 1.0), effective.hashin_shtrikman(0.5, 390.0, 1.0)):
        assert low < k < high


def test_laminate_by_hand():
    # 0.1 mm of 400 W/m/K on 0.3 mm of 0.5 W/m/K: (40 + 0.15) / 0.4 in the plane, 0.4 / (0.00025 + 0.6) through it
    in_plane, through = effective.laminate([0.1e-3, 0.3e-3], [400.0, 0.5])
    assert in_plane == pytest.approx(40.15 / 0.4, rel=ROUND_OFF)
    assert through == pytest.approx(0.4 / 0.60025, rel=ROUND_OFF)


def test_directions_go_side_by_side():
    found = effective.in_parallel([0.25, 0.75], [[4.0, 4.0, 8.0], [1.0, 1.0, 2.0]])
    np.testing.assert_allclose(found, [1.75, 1.75, 3.5], rtol=ROUND_OFF)


def test_plated_via_of_a_board():
    """0.3 mm with a wall of 25 um: pi 0.275 0.025 = 0.0216 mm^2; along 1.6 mm of copper at 390 W/m/K 190 K/W."""
    wall, hole = effective.plated_areas(0.3e-3, 25e-6)
    assert wall == pytest.approx(math.pi * 0.275e-3 * 0.025e-3, rel=ROUND_OFF)
    assert wall + hole == pytest.approx(math.pi * 0.15e-3**2, rel=ROUND_OFF)
    assert 1.6e-3 / (390 * wall) == pytest.approx(190, abs=0.5)
    with pytest.raises(ValueError, match="make no tube"):
        effective.plated_areas(0.3e-3, 0.15e-3)


# ---------------------------------------------------------------- single joints
def test_a_joint_by_itself_is_a_disc_on_a_half_space():
    # 1 / (4 k a), [carslawjaeger1959] 8.2: with k = 2 and a = 0.1 mm 1250 K/W
    assert effective.constriction(0.2e-3, 0.0, 2.0) == pytest.approx(1250.0, rel=ROUND_OFF)


def test_joints_that_stand_closer_meet_less():
    found = [effective.constriction(0.1e-3, share, 1.0) for share in (0.0, 0.1, 0.3, 0.5)]
    assert found == sorted(found, reverse=True)
    assert found[-1] > 0
    with pytest.raises(ValueError, match="that take 0"):
        effective.constriction(0.1e-3, 0.7, 1.0)


def test_a_further_resistance_is_in_series():
    # 80 um at 16 W/m/K are 5 mm^2 K/W; 100 K/W on 0.0625 mm^2 are 6.25 mm^2 K/W more: 80e-6 / 11.25e-6
    assert effective.with_resistance(16.0, 80e-6, 0.0625e-6, 100.0) == pytest.approx(80 / 11.25, rel=ROUND_OFF)


def by_slices(height, radius, conductivity, n=200_001):
    """The integral of dz / (k pi r^2) by Simpson's rule."""
    z = np.linspace(-height / 2, height / 2, n)
    weights = np.ones(n)
    weights[1:-1:2], weights[2:-1:2] = 4, 2
    return float((weights / (conductivity * math.pi * radius(z) ** 2)).sum() * (z[1] - z[0]) / 3)


def test_a_ball_cut_by_two_pads_is_the_integral_over_its_slices():
    # a sphere of 0.6 mm between pads of 0.4 mm: 2 sqrt(0.3^2 - 0.2^2) = 0.4472 mm high
    height = 2 * math.sqrt(0.3e-3**2 - 0.2e-3**2)
    found = effective.barrel(height, 0.4e-3, 0.6e-3, 50.0)
    assert found == pytest.approx(by_slices(height, lambda z: np.sqrt(0.3e-3**2 - z**2), 50.0), rel=1e-10)
    # for a sphere the integral is ln((R + a) / (R - a)) / (pi k R), a half the height
    half, radius = height / 2, 0.3e-3
    by_hand = math.log((radius + half) / (radius - half)) / (math.pi * 50.0 * radius)
    assert found == pytest.approx(by_hand, rel=1e-10)


def test_a_barrel_without_a_bulge_is_a_column_and_every_barrel_has_one_like_it():
    assert effective.barrel(1e-3, 0.5e-3, 0.5e-3, 2.0) == pytest.approx(1e-3 / (2 * math.pi * 0.25e-3**2), rel=1e-12)
    d = effective.diameter_of_column(0.4e-3, 0.6e-3)
    assert 0.4e-3 < d < 0.6e-3
    same = effective.barrel(0.3e-3, d, d, 50.0)
    assert same == pytest.approx(effective.barrel(0.3e-3, 0.4e-3, 0.6e-3, 50.0), rel=1e-12)
    with pytest.raises(ValueError, match="make no barrel"):
        effective.barrel(0.3e-3, 0.6e-3, 0.4e-3, 50.0)


# ---------------------------------------------------------------- copper in the plane
def test_patterns_of_half_covered_copper():
    """Shares 195.9; holes 391 (1.5 0.8 + 0.5 391) / (0.5 0.8 + 1.5 391); islands with both exchanged; lines by hand."""
    copper, laminate = np.full(3, 391.0), np.full(3, 0.8)
    found = {p: effective.patterned(p, 0.5, copper, laminate) for p in ("smeared", "plane", "traces", "islands")}
    assert {p: k[0] for p, k in found.items()} == pytest.approx(
        {
            "smeared": 0.5 * 391 + 0.5 * 0.8,
            "plane": 391 * (1.5 * 0.8 + 0.5 * 391) / (0.5 * 0.8 + 1.5 * 391),
            "traces": 0.5 * (0.5 * 391 + 0.5 * 0.8) + 0.5 / (0.5 / 391 + 0.5 / 0.8),
            "islands": 0.8 * (1.5 * 391 + 0.5 * 0.8) / (0.5 * 391 + 1.5 * 0.8),
        },
        rel=ROUND_OFF,
    )
    assert all(k[2] == found["smeared"][2] and k[1] == k[0] for k in found.values())


@given(shares, conductivities, conductivities)
def test_patterns_lie_between_wieners_bounds_in_their_order(share, metal, fill):
    pair = np.full(3, metal), np.full(3, fill)
    low, high = effective.wiener(share, metal, fill)
    islands, plane = (effective.patterned(p, share, *pair)[0] for p in ("islands", "plane"))
    for pattern in ("smeared", "plane", "traces", "islands"):
        found = effective.patterned(pattern, share, *pair)[0]
        assert low * (1 - ROUND_OFF) <= found <= high * (1 + ROUND_OFF)
    assert islands <= plane * (1 + ROUND_OFF)


def test_a_layer_conducts_as_its_pattern_says():
    part = {
        "name": "board", "kind": "board", "size": ["10 mm", "10 mm"],
        "layers": [
            {"material": "metal", "thickness": "50 um", "coverage": 0.5, "pattern": "traces"},
            {"material": "resin", "thickness": "1 mm"},
        ],
    }  # fmt: skip
    document = {
        "title": "layers", "part": [part], "environment": {"ambient": "25 degC", "top": {"film": "10 W/m^2/K"}},
        "study": {"metrics": []},
        "materials": {
            name: {"class": "metal", "electrical": "conductor", "conductivity": k}
            for name, k in (("metal", "391 W/m/K"), ("resin", "0.8 W/m/K"))
        },
    }  # fmt: skip
    model = geometry(from_document(document, "layers"))
    expected = effective.patterned("traces", 0.5, np.full(3, 391.0), np.full(3, 0.8))
    assert model.regions[0].conductivity == pytest.approx(expected, rel=ROUND_OFF)
