"""Which powers are allowed? Corners by hand, and the promise: what is called safe is, whatever the truth between."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thermopkg.answer.allowed_power import allowed_power
from thermopkg.answer.bracket import ResistanceMatrix
from thermopkg.report.allowed import draw_allowed_power
from thermopkg.report.drawing import picture

EXACT = np.array([[4.0, 1.0], [1.0, 2.0]])  # K/W
SLACK = 1e-9  # relative; the corners are quotients of sums


def known(entries, names=("a", "b", "c", "d")):
    """A matrix without any doubt."""
    entries = np.asarray(entries, float)
    return ResistanceMatrix(names[: len(entries)], entries, entries)


def approx(corners):
    return [pytest.approx(corner, rel=SLACK, abs=SLACK) for corner in corners]


# ---------------------------------------------------------------- by hand
def test_corners_of_two_chips_are_those_of_the_two_lines():
    """4 p + q = 10 and p + 2 q = 10 meet at (10/7, 30/7); the axes are met at 10/4 and at 10/2."""
    found = allowed_power(known(EXACT), {"a": 1.0, "b": 1.0}, {}, 10.0)
    corners = [(0, 0), (2.5, 0), (10 / 7, 30 / 7), (0, 5)]
    for polygon in (found.safe, found.middle, found.optimistic):
        assert list(polygon) == approx(corners)
    assert [most.value for most in found.alone] == pytest.approx([2.5, 5.0], rel=SLACK)
    assert found.factor.value == pytest.approx(2.0, rel=SLACK)  # 4 + 1 = 5 K of the case's powers, half of 10 K


def test_limit_that_the_other_chip_never_reaches_has_no_corner():
    found = allowed_power(known([[4.0, 3.0], [3.0, 3.0]]), {"a": 1.0, "b": 1.0}, {}, 12.0)
    assert list(found.safe) == approx([(0, 0), (3, 0), (0, 4)])


def test_chip_alone_is_held_back_by_a_neighbour_that_it_heats_more_than_itself():
    """No such pair is passive, yet the bounds of a coarse grid may cross like this."""
    found = allowed_power(known([[1.0, 0.0], [2.0, 4.0]]), {"a": 1.0, "b": 0.0}, {}, 8.0)
    assert found.alone[0].value == pytest.approx(4.0, rel=SLACK)


def test_other_sources_take_their_share_of_the_limit():
    """A third place with 2 W raises the chips by 2 and 1 K: 8 and 9 K are left of 10."""
    entries = [[4.0, 1.0, 1.0], [1.0, 2.0, 0.5], [1.0, 0.5, 3.0]]
    found = allowed_power(known(entries), {"a": 1.0, "b": 1.0}, {"c": 2.0}, 10.0)
    assert [left.value for left in found.headroom] == pytest.approx([8.0, 9.0], rel=SLACK)
    assert [most.value for most in found.alone] == pytest.approx([2.0, 4.5], rel=SLACK)
    assert found.factor.value == pytest.approx(8.0 / 5.0, rel=SLACK)


@pytest.mark.parametrize("limit", [-3.0, 0.0])
def test_nothing_is_allowed_where_the_limit_is_passed_without_any_power(limit):
    found = allowed_power(known(EXACT), {"a": 1.0, "b": 1.0}, {}, limit)
    assert found.safe == found.middle == found.optimistic == ()
    assert {most.upper for most in (*found.alone, found.factor)} == {0.0}


def test_one_chip_and_three_have_limits_and_no_polygon():
    one = allowed_power(known([[4.0]]), {"a": 2.0}, {}, 10.0)
    assert (one.alone[0].value, one.factor.value, one.safe) == (pytest.approx(2.5), pytest.approx(1.25), ())
    three = allowed_power(known(np.diag([1.0, 2.0, 4.0]) + 1.0), dict.fromkeys("abc", 1.0), {}, 10.0)
    assert [most.value for most in three.alone] == pytest.approx([5.0, 10 / 3, 2.0])
    assert three.factor.value == pytest.approx(10.0 / 7.0)  # of the third chip: 1 + 1 + 5
    assert three.safe == ()


def test_no_common_factor_without_power():
    assert allowed_power(known(EXACT), {"a": 0.0, "b": 0.0}, {}, 10.0).factor is None


def test_no_chip_cools_another_however_coarse_the_grid():
    """Between -1 and 1 K/W by the bounds, the coupling is at least none: 10 / 4 and 10 / 2 are a rectangle."""
    matrix = ResistanceMatrix(("a", "b"), np.array([[4.0, -1.0], [-1.0, 2.0]]), np.array([[6.0, 1.0], [1.0, 4.0]]))
    assert matrix.entry("a", "b").lower == pytest.approx(-1.0)
    found = allowed_power(matrix, {"a": 1.0, "b": 1.0}, {}, 10.0)
    assert list(found.optimistic) == approx([(0, 0), (2.5, 0), (2.5, 5), (0, 5)])


# ---------------------------------------------------------------- the promise
positive = st.floats(0.1, 5.0)


@st.composite
def doubtful(draw):
    """Bounds on the matrix of two chips and one other source, and a truth between them with no negative entry."""

    def square(scale):
        return scale * np.array(draw(st.lists(st.floats(-1.0, 1.0), min_size=9, max_size=9))).reshape(3, 3)

    root = square(1.0)
    truth = np.abs(root @ root.T) + np.diag([draw(positive) for _ in range(3)]) + 3.0 * np.diag([1.0, 1.0, 1.0])
    below, above = square(0.3), square(0.3)
    return ResistanceMatrix(("a", "b", "other"), truth - below @ below.T, truth + above @ above.T), truth


@given(doubtful(), st.floats(0.0, 2.0), st.floats(5.0, 30.0), st.data())
def test_safe_powers_keep_the_true_limit_and_truly_allowed_ones_lie_inside_the_optimistic_polygon(
    bounds, other, limit, data
):
    matrix, truth = bounds
    powers = {"a": 1.0, "b": 0.3}
    found = allowed_power(matrix, powers, {"other": other}, limit)
    within = limit * (1 + SLACK)

    def true_rises(p):
        return truth[:2] @ np.array([*p, other])

    def mixture(polygon):
        weights = np.array(data.draw(st.lists(st.floats(0.0, 1.0), min_size=len(polygon), max_size=len(polygon))))
        weights = weights / weights.sum() if weights.sum() > 0 else np.full(len(polygon), 1 / len(polygon))
        return weights @ np.array(polygon)

    if found.safe:
        for point in (*found.safe, mixture(found.safe)):
            loads = {"a": point[0], "b": point[1], "other": other}
            assert (true_rises(point) <= within).all()
            assert all(matrix.combination({place: 1.0}, loads).upper <= within for place in powers)
        assert (true_rises([found.alone[0].lower, 0.0]) <= within).all()
        assert (true_rises(found.factor.lower * np.array(list(powers.values()))) <= within).all()
    if found.optimistic:
        for corner in found.optimistic[1:]:
            beyond = (1 + 1e-6) * np.array(corner)
            assert (true_rises(beyond) > limit).any()
            loads = {"a": beyond[0], "b": beyond[1], "other": other}
            if any(matrix.entry(row, column).lower < 0 for row in powers for column in loads):
                continue  # there the polygon knows more: heat cools nothing
            assert any(matrix.combination({place: 1.0}, loads).lower > limit for place in powers)
    for most in (*found.alone, found.factor):
        assert most.lower <= most.value <= most.upper


@given(doubtful(), st.floats(5.0, 30.0))
def test_ray_of_the_case_ends_on_the_side_of_the_polygon(bounds, limit):
    matrix, _ = bounds
    found = allowed_power(matrix, {"a": 1.0, "b": 0.3}, {}, limit)
    end = found.factor.lower * np.array([1.0, 0.3])
    x, y = np.array([*found.safe, found.safe[0]]).T
    turns = np.diff(x) * (end[1] - y[:-1]) - np.diff(y) * (end[0] - x[:-1])  # not negative inside, 0 on a side
    assert turns.min() == pytest.approx(0.0, abs=1e-6 * limit**2)


# ---------------------------------------------------------------- the picture
def test_picture_shows_both_regions_the_case_and_the_corners_in_watts():
    lower, upper = EXACT - 0.05 * np.eye(2), EXACT + 0.05 * np.eye(2)
    matrix = ResistanceMatrix(("hot.active", "warm.active"), lower, upper)
    found = allowed_power(matrix, {"hot.active": 1.0, "warm.active": 0.5}, {}, 10.0)
    figure = picture(lambda ax: draw_allowed_power(found, 25.0, ax))
    figure.draw_without_rendering()
    ax = figure.axes[0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("power of hot [W]", "power of warm [W]")
    assert "35 °C" in ax.get_title(loc="left")
    assert {text.get_text() for text in ax.get_legend().get_texts()} == {
        "surely allowed", "surely not beyond", "the case's powers",
    }  # fmt: skip
    labels = {text.get_text() for text in ax.texts}
    assert labels >= {"2.46 W", "4.87 W"}  # 10 / 4.05 and 10 / 2.05, rounded down
    assert any(text.startswith("×") for text in labels)
    filled = next(patch for patch in ax.patches if patch.get_label() == "surely allowed")
    assert np.allclose(filled.get_xy()[:-1], found.safe)
