"""Do bounds on Z(s) bound Z_th as they must? Sums of modes, whose both are known to the last digit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thermopkg.answer import step_bounds as module
from thermopkg.answer.step_bounds import step_bounds

SHIFTS = np.append(0.0, np.logspace(-4, 9, 27))  # two a decade, as Z_th has them
TIMES = np.logspace(-6, 3, 7)


def growing(weights, rates):
    """Z(s) of modes."""
    return np.array([(weights * rates / (rates + shift)).sum() for shift in SHIFTS])


def curve(weights, rates):
    """Z_th of modes."""
    return -np.expm1(-np.multiply.outer(TIMES, rates)) @ weights


def package():
    """As the modes of a package are: over twelve decades, ever less in the fast ones."""
    rates = np.geomspace(1e-3, 1e9, 400)
    weights = rates**-0.15 * np.exp(-(((np.log10(rates) - 1) / 5) ** 2))
    return weights / weights.sum(), rates


modes = st.lists(st.tuples(st.floats(-4, 1), st.floats(-5, 10)), min_size=1, max_size=6)


@settings(max_examples=10, deadline=None)
@given(modes, st.floats(0, 0.1), st.integers(0, 2**32 - 1))
def test_curves_of_any_modes_lie_between_their_bounds(drawn, width, seed) -> None:
    logs = np.array(drawn)
    weights, rates = 10 ** logs[:, 0], 10 ** logs[:, 1]
    exact, draw = growing(weights, rates), np.random.default_rng(seed)
    lower, upper = exact * (1 - width * draw.random(SHIFTS.size)), exact * (1 + width * draw.random(SHIFTS.size))
    low, high = step_bounds(TIMES, SHIFTS, lower, upper)
    true = curve(weights, rates)
    assert (low <= true * (1 + 1e-12)).all()
    assert (high >= true * (1 - 1e-12)).all()


@pytest.mark.parametrize(("width", "apart"), [(0.0, 0.02), (1e-3, 0.03), (1e-2, 0.09)])
def test_bounds_of_a_package_are_close(width, apart) -> None:
    """Measured at the widest, of the curve: 0.0176, 0.0279 and 0.0866."""
    weights, rates = package()
    exact = growing(weights, rates)
    low, high = step_bounds(TIMES, SHIFTS, exact * (1 - width), exact * (1 + width))
    assert ((high - low) / curve(weights, rates)).max() < apart


def test_inequality_holds_between_the_rates_that_it_is_checked_at(monkeypatch) -> None:
    """What is added for the room between is not less than what a mesh of rates ten times as fine finds missing."""
    weights, rates = package()
    time, exact = 1e-3, growing(weights, rates)
    coarse, pivot = 0.04, int(np.argmin(np.abs(np.log(np.maximum(SHIFTS, 1e-9) * time))))
    rows = np.geomspace(1e-7, 1e12, 400)
    factors = module._programme(time, 1.0, rows, SHIFTS, exact, exact, pivot)
    assert factors is not None

    def lift(step):
        monkeypatch.setattr(module, "FINE_STEP", step)
        fine = np.exp(np.arange(np.log(1e-7), np.log(1e12), step))
        return module._missing(time, 1.0, fine, SHIFTS, factors, pivot).max()

    dense = np.exp(np.arange(np.log(1e-7), np.log(1e12), coarse / 40))
    shares = module._shares(dense, SHIFTS)
    needed = ((-np.expm1(-dense * time) - shares @ factors) / shares[:, pivot]).max()
    assert needed <= lift(coarse / 10) <= lift(coarse)
    assert needed > 0  # or this would show nothing


def test_more_is_known_where_more_shifts_are() -> None:
    weights, rates = package()
    few = np.append(0, np.flatnonzero(SHIFTS)[::2])
    exact = growing(weights, rates)
    low, high = step_bounds(TIMES, SHIFTS, exact, exact)
    less_low, less_high = step_bounds(TIMES, SHIFTS[few], exact[few], exact[few])
    assert ((high - low) < 0.5 * (less_high - less_low)).all()


def test_late_times_are_bounded_by_the_end() -> None:
    weights, rates = np.array([2.0]), np.array([1.0])
    exact = growing(weights, rates)
    low, high = step_bounds(np.array([1e2, 1e3]), SHIFTS, 0.99 * exact, 1.01 * exact)
    assert high[-1] == pytest.approx(1.01 * 2.0, rel=1e-3)
    assert low[-1] == pytest.approx(0.99 * 2.0, rel=1e-2)


def test_a_shift_far_from_every_time_still_bounds() -> None:
    low, high = step_bounds(np.array([1e-9]), np.array([0.0, 1.0]), np.array([1.0, 0.5]), np.array([1.0, 0.5]))
    true = -np.expm1(-1e-9)  # one mode of 1 K/W and rate 1
    assert 0.0 <= low[0] <= true <= high[0] <= 1.0
