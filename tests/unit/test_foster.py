"""Is a curve of pairs the curve that it says: steps, pulses, several chips, and fewer pairs with their error?"""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exact import case
from tests.exact.ladders import line_spectrum
from thermopkg.errors import ModelError
from thermopkg.network.coupled import CoupledFoster, coupled_foster, neighbours
from thermopkg.network.fewer import difference, fewer, merged
from thermopkg.network.foster import Foster

ROUND_OFF = 1e-12  # relative; both sides are short sums in float64


def n01() -> Foster:
    inputs = case("N01").inputs
    return Foster(*(np.array([float(Fraction(x)) for x in inputs[key]]) for key in ("resistances", "time_constants")))


networks = st.lists(
    st.tuples(st.floats(1e-3, 1e2), st.floats(-7.0, 3.0)), min_size=1, max_size=12, unique_by=lambda pair: pair[1]
).map(lambda pairs: Foster(np.array([r for r, _ in pairs]), np.array([10.0**log for _, log in pairs])))


# ---------------------------------------------------------------- one source
@pytest.mark.parametrize("time", [1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0])
def test_curve_of_n01(time, book):
    found, truth = float(n01().impedance(np.array(time))), case("N01").values[f"impedance_{time:g}"]
    assert found == pytest.approx(truth, rel=ROUND_OFF)
    book.record("N01", f"Z after {time:g} s", "networks", "K/W", truth, cells=[4], value=[found], tolerance=ROUND_OFF)


@pytest.mark.parametrize("time", [1e-3, 1e-2, 0.1, 1.0])
def test_curve_of_a_uniform_line(time, book):
    # 20,000 terms leave out 8 R / (pi^2 2n) = 4e-5 of R at the earliest time, each of them with its whole resistance
    exact = case("N03")
    line = Foster(*line_spectrum(exact.inputs["resistance"], exact.inputs["capacity"], 20_000))
    left_out = exact.inputs["resistance"] - line.total
    assert line.impedance(np.array(time)) + left_out == pytest.approx(
        exact.values[f"impedance_{time:g}"], rel=exact.tolerance
    )
    book.record("N03", f"Z after {time:g} s", "networks", "K/W", exact.values[f"impedance_{time:g}"], cells=[20_000],
                value=[float(line.impedance(np.array(time))) + left_out], tolerance=exact.tolerance)  # fmt: skip


def test_spectrum_of_a_uniform_line():
    exact = case("N03")
    resistances, times = line_spectrum(exact.inputs["resistance"], exact.inputs["capacity"], 3)
    for n in range(3):
        assert resistances[n] == pytest.approx(exact.values[f"resistance_{n + 1}"], rel=ROUND_OFF)
        assert times[n] == pytest.approx(exact.values[f"time_constant_{n + 1}"], rel=ROUND_OFF)


def test_pulses_of_n01(book):
    exact = case("N01")
    power, period, duty = (exact.inputs[f"pulse_{key}"] for key in ("power", "period", "duty"))
    width = np.array(duty * period)
    assert power * n01().pulsed(width, duty) == pytest.approx(exact.values["pulse_peak"], rel=ROUND_OFF)
    book.record("N01", "pulse_peak", "networks", "K", exact.values["pulse_peak"], cells=[4],
                value=[float(power * n01().pulsed(width, duty))], tolerance=ROUND_OFF)  # fmt: skip
    assert power * n01().pulsed_least(width, duty) == pytest.approx(exact.values["pulse_least"], rel=ROUND_OFF)
    assert power * duty * n01().total == pytest.approx(exact.values["pulse_mean"], rel=ROUND_OFF)


def test_pulses_are_steps_on_and_off_added_up():
    # 200 periods of 0.5 s after the longest time constant of 10 s leave exp(-10) of its term
    network, period, duty = n01(), 0.5, 0.3
    on = np.arange(200) * period
    end = on[-1] + duty * period
    before = on[-1] + period
    peak = network.impedance(end - on).sum() - network.impedance(end - on[:-1] - duty * period).sum()
    least = network.impedance(before - on).sum() - network.impedance(before - on - duty * period).sum()
    missing = 2.0 * math.exp(-10.0)
    assert network.pulsed(np.array(duty * period), duty) == pytest.approx(peak, abs=missing)
    assert network.pulsed_least(np.array(duty * period), duty) == pytest.approx(least, abs=missing)


@given(networks, st.floats(-8.0, 4.0), st.floats(0.01, 1.0))
def test_pulses_lie_between_the_single_pulse_and_the_end(network, log, duty):
    width = np.array(10.0**log)
    peak, least = network.pulsed(width, duty), network.pulsed_least(width, duty)
    slack = 1e-12 * network.total
    assert network.impedance(width) <= peak + slack
    assert duty * network.total <= peak + slack
    assert least <= duty * network.total + slack
    assert peak <= network.total + slack


def test_pulses_at_their_limits():
    network = Foster(np.array([1.0, 2.0]), np.array([1e-3, 1.0]), at_once=0.5)
    widths = np.array([0.0, 1e-9, 1e3])
    assert network.pulsed(widths, 0.0) == pytest.approx(network.impedance(widths))
    assert network.pulsed(widths, 0.1) == pytest.approx([0.5 + 0.3, 0.5 + 0.3, 3.5], rel=1e-5)  # mean, and full
    assert network.pulsed(widths, 1.0) == pytest.approx([3.5, 3.5, 3.5])
    assert network.pulsed_least(widths, 1.0) == pytest.approx([3.5, 3.5, 3.5])
    assert network.pulsed_least(widths, 0.1) == pytest.approx([0.3, 0.3, 0.0], rel=1e-5, abs=1e-12)


@given(networks)
def test_steps_begin_at_nothing_rise_and_end_at_the_total(network):
    times = np.append(0.0, np.geomspace(1e-9, 1e6, 400))
    curve = network.impedance(times)
    assert curve[0] == 0.0
    assert (np.diff(curve) >= 0.0).all()
    assert curve[-1] == pytest.approx(network.total, rel=ROUND_OFF)
    assert (network.slope(times) >= 0.0).all()


@given(networks, st.floats(-6.0, 3.0))
def test_slope_is_that_of_the_curve(network, log):
    step = 1e-4
    times = np.exp(np.array([-step, 0.0, step]) + log * math.log(10.0))
    curve = network.impedance(times)
    # the third derivative of 1 - exp(-x) over ln x is below 1, so the difference quotient is off by step^2 / 6 R
    assert network.slope(times)[1] == pytest.approx((curve[2] - curve[0]) / (2 * step), abs=1e-8 * network.total)


def test_transform_is_that_of_the_step():
    # at s: s times the Laplace integral of the step, by Gauss and Laguerre, exact for what decays like exp(-t)
    network = Foster(np.array([1.0, 3.0]), np.array([2.0, 5.0]), at_once=0.25)
    nodes, weights = np.polynomial.laguerre.laggauss(60)
    for s in (0.5, 2.0):
        assert network.transform(np.array(s)).real == pytest.approx(weights @ network.impedance(nodes / s), rel=1e-10)


@pytest.mark.parametrize(
    ("resistances", "times", "said"),
    [
        ([1.0], [1.0, 2.0], "1 resistances and 2 time constants"),
        ([], [], "at least one"),
        ([1.0, -1.0], [1.0, 2.0], r"resistance\[1\] is -1 K/W"),
        ([1.0, 1.0], [0.0, 2.0], r"time constant\[0\] is 0 s"),
        ([1.0, math.nan], [1.0, 2.0], r"resistance\[1\] is nan"),
    ],
)
def test_impossible_networks_are_refused(resistances, times, said):
    with pytest.raises(ModelError, match=said):
        Foster(np.array(resistances), np.array(times))


def test_impossible_duties_are_refused():
    with pytest.raises(ModelError, match="is no share of the period"):
        n01().pulsed(np.array(1.0), 1.5)
    with pytest.raises(ModelError, match="has no period"):
        n01().pulsed_least(np.array(1.0), 0.0)
    with pytest.raises(ModelError, match="at once"):
        Foster(np.array([1.0]), np.array([1.0]), at_once=-1.0)


def test_pairs_are_kept_fastest_first():
    network = Foster(np.array([1.0, 2.0, 3.0]), np.array([3.0, 1.0, 2.0]))
    assert network.resistances.tolist() == [2.0, 3.0, 1.0]
    assert network.time_constants.tolist() == [1.0, 2.0, 3.0]
    assert network.capacities == pytest.approx([0.5, 2.0 / 3.0, 3.0])


# ---------------------------------------------------------------- several sources
def two_masses() -> tuple[np.ndarray, np.ndarray]:
    """Two unit capacities, each with 1 W/K to ambient and 2 W/K between them: rates 1 (together) and 5 (apart)."""
    return np.array([[3.0, -2.0], [-2.0, 3.0]]), np.eye(2)


def test_two_masses_warm_each_other():
    found = coupled_foster(*two_masses(), names=["a", "b"])
    times = np.array([0.0, 0.1, 1.0, 10.0])
    together, apart = 0.5 * (1 - np.exp(-times)), 0.1 * (1 - np.exp(-5 * times))
    curve = found.impedance(times)
    assert curve[:, 0, 0] == pytest.approx(together + apart, rel=ROUND_OFF)
    assert curve[:, 0, 1] == pytest.approx(together - apart, rel=ROUND_OFF)
    assert found.total == pytest.approx(np.linalg.inv(two_masses()[0]), rel=ROUND_OFF)
    assert found.own("a").impedance(times) == pytest.approx(curve[:, 0, 0], rel=ROUND_OFF)
    s = np.array([1j, 2.0 + 3j])
    exact = [np.linalg.inv(two_masses()[0] + x * np.eye(2)) for x in s]
    assert found.transform(s) == pytest.approx(np.array(exact), rel=ROUND_OFF)


def test_what_a_place_does_not_feel_is_left_out():
    found = coupled_foster(two_masses()[0], np.array([[1.0, 1.0], [1.0, 0.0]]), names=["both", "one"])
    assert len(found.own("both")) == 1
    assert len(found.own("one")) == 2
    with pytest.raises(KeyError, match="no place 'c'; there are both, one"):
        found.own("c")


def test_slow_fields_keep_their_digits_beside_fast_ones():
    # D A D with A well-conditioned and D from 1 to 1e7: rates apart by 1e14. The steady resistance is what an inverse
    # in fractions says; eigenvalues to the precision of the largest one are wrong in the ninth digit.
    scale = np.array([1.0, 1e2, 1e4, 1e7])
    inner = np.array([[2.0, 0.5, 0.25, 0.125], [0.5, 2.0, 0.5, 0.25], [0.25, 0.5, 2.0, 0.5], [0.125, 0.25, 0.5, 2.0]])
    conductance = scale[:, None] * inner * scale
    load = np.array([1.0, 1.0, 1.0, 1.0])
    exact = [[Fraction(x) for x in row] for row in conductance]
    rise = solved(exact, [Fraction(1)] * 4)
    found = coupled_foster(conductance, load[:, None], ["a"]).total[0, 0]
    assert found == pytest.approx(float(sum(rise)), rel=1e-14)
    rates, fields = np.linalg.eigh(conductance)
    assert np.sum((fields.T @ load) ** 2 / rates) != pytest.approx(float(sum(rise)), rel=1e-10)


def solved(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """Elimination and substitution in fractions."""
    n = len(matrix)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for k in range(n):
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    found = [Fraction(0)] * n
    for k in reversed(range(n)):
        found[k] = (rows[k][n] - sum(rows[k][j] * found[j] for j in range(k + 1, n))) / rows[k][k]
    return found


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 4))
def test_any_small_matrix_becomes_networks_with_its_steady_resistances(seed, size, places):
    draw = np.random.default_rng(seed)
    root = draw.normal(size=(size, size))
    conductance = root @ root.T + np.eye(size)
    loads = draw.normal(size=(size, places))
    found = coupled_foster(conductance, loads, [f"p{i}" for i in range(places)])
    assert found.total == pytest.approx(loads.T @ np.linalg.solve(conductance, loads), rel=1e-9, abs=1e-11)
    assert (np.linalg.eigvalsh(found.residues) >= -1e-12 * np.abs(found.residues).max()).all()
    assert (np.diff(found.time_constants) >= 0.0).all()
    few = found.merged(3.0)
    assert few.total == pytest.approx(found.total, rel=1e-12, abs=1e-12)
    assert len(few.time_constants) <= len(found.time_constants)


@pytest.mark.parametrize(
    ("conductance", "said"),
    [
        ([[1.0, 0.5], [0.0, 1.0]], "not symmetric"),
        ([[1.0, 2.0], [2.0, 1.0]], "not positive definite"),
        ([[1.0, -1.0], [-1.0, 1.0]], "no way out"),
        ([[1.0, 0.0]], "want a square conductance"),
    ],
)
def test_impossible_matrices_are_refused(conductance, said):
    with pytest.raises(ModelError, match=said):
        coupled_foster(np.array(conductance), np.ones((len(conductance), 1)), ["a"])


def test_impossible_coupled_networks_are_refused():
    tau, none = np.array([1.0, 2.0]), np.zeros((2, 2))
    good = np.array([np.eye(2), np.eye(2)])
    with pytest.raises(ModelError, match=r"want residues of shape \(2, 2, 2\)"):
        CoupledFoster(("a", "b"), good[:1], tau, none)
    with pytest.raises(ModelError, match="ascending"):
        CoupledFoster(("a", "b"), good, tau[::-1], none)
    with pytest.raises(ModelError, match="not symmetric"):
        CoupledFoster(("a", "b"), good + np.array([[0.0, 1.0], [0.0, 0.0]]), tau, none)


# ---------------------------------------------------------------- fewer pairs
def test_neighbours_are_no_wider_than_the_ratio():
    assert neighbours(np.array([1.0, 1.05, 1.09, 1.2, 5.0]), 1.1) == [0, 3, 4]
    with pytest.raises(ModelError, match="at least 1"):
        neighbours(np.array([1.0]), 0.9)


@given(networks, st.floats(1.0, 10.0))
def test_merging_keeps_the_end_and_the_area_above(network, ratio):
    few = merged(network, ratio)
    assert few.total == pytest.approx(network.total, rel=ROUND_OFF)
    area = few.resistances @ few.time_constants
    assert area == pytest.approx(network.resistances @ network.time_constants, rel=ROUND_OFF)
    # two pairs made one move a curve by less than what the curve rises within the ratio: a slope of 1/e over ln t
    assert difference(network, few) <= math.log(ratio) / math.e + 2e-5


@given(networks, networks)
def test_difference_is_never_below_what_any_time_shows(first, second):
    times = np.geomspace(1e-12, 1e6, 3001)
    shown = np.abs(first.impedance(times) - second.impedance(times)).max() / first.total
    assert shown <= difference(first, second)


def test_difference_of_two_that_are_known():
    # 1 - exp(-t) against 1 - exp(-t/2): exp(-t/2) - exp(-t) is largest, 1/4, where exp(-t/2) is one half
    one, other = Foster(np.array([1.0]), np.array([1.0])), Foster(np.array([1.0]), np.array([2.0]))
    assert difference(one, other) == pytest.approx(0.25, abs=2e-5)


@pytest.mark.parametrize(
    ("count", "at_most"),
    [(1, 0.09), (2, 0.015), (3, 3.5e-3), (4, 9e-4), (6, 6e-5)],  # measured: 0.084, 0.0140, 3.2e-3, 7.9e-4, 5.4e-5
)
def test_a_line_of_forty_pairs_in_a_few(count, at_most):
    line = Foster(*line_spectrum(2.0, 0.5, 40), at_once=0.1)
    few = fewer(line, count)
    assert len(few.network) == count
    assert few.network.total == pytest.approx(line.total, rel=ROUND_OFF)
    assert few.error == difference(line, few.network) <= at_most
    assert few.network.at_once == line.at_once


@given(networks, st.integers(1, 6))
def test_fewer_pairs_are_positive_and_end_where_all_do(network, count):
    few = fewer(network, count)
    assert len(few.network) <= max(count, 1)
    assert few.network.total == pytest.approx(network.total, rel=1e-9)
    assert (few.error == 0.0) == (len(few.network) == len(network))


def test_no_pairs_are_refused():
    with pytest.raises(ModelError, match="ask for at least 1"):
        fewer(n01(), 0)
