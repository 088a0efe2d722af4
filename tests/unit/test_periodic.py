"""Is the state that repeats the one that a long run comes to? One pole in closed form, several by following them."""

import numpy as np
import pytest

from thermopkg.solve.periodic import pieces, swings
from thermopkg.solve.reduced import ReducedSystem
from thermopkg.solve.schedule import Schedule, piecewise_linear, steps
from thermopkg.solve.tracing import follow, within

RESISTANCE, TIME_CONSTANT = 5.0, 0.5  # K/W, s


def one_pole(time_constant: float = TIME_CONSTANT) -> ReducedSystem:
    rate = 1 / time_constant
    return ReducedSystem(("chip",), np.array([[rate]]), np.array([[np.sqrt(RESISTANCE * rate)]]), np.zeros((1, 1)))


def several(n: int = 2, seed: int = 3) -> ReducedSystem:
    """Rates over seven decades, and two places that warm one another."""
    random = np.random.default_rng(seed)
    rates = np.geomspace(1e-2, 1e5, 12)
    loads = np.sqrt(rates)[:, None] * random.uniform(0.2, 1.0, (12, n))
    return ReducedSystem(("one", "two")[:n], np.diag(rates), loads, np.diag(np.full(n, 0.01)))


def found_of(system: ReducedSystem, schedule: Schedule, rest: float = 0.0):
    low = np.full((1, len(system.names)), rest)
    return swings([system], schedule, low, pieces([system], schedule, low))


@pytest.mark.parametrize("period", [1e-6, 0.05, 0.4, 2.0, 500.0])
def test_pulses_into_one_pole_swing_as_the_closed_form_says(period: float) -> None:
    """On for the share d: highest R P (1 - exp(-d T/tau)) / (1 - exp(-T/tau)), lowest exp(-(1 - d) T/tau) of that."""
    power, duty = 3.0, 0.25
    pulses = steps(["chip"], np.array([0.0, duty * period, period]), np.array([[power], [0.0]]))
    (swing,) = found_of(one_pole(), pulses, rest=25.0)
    top = RESISTANCE * power * np.expm1(-duty * period / TIME_CONSTANT) / np.expm1(-period / TIME_CONSTANT)
    assert swing.highest.value - 25.0 == pytest.approx(top, rel=1e-9)
    if period < 100.0:  # longer ones are flat there to rounding
        assert swing.highest.time == pytest.approx(duty * period)
    assert swing.lowest.value - 25.0 == pytest.approx(top * np.exp(-(1 - duty) * period / TIME_CONSTANT), abs=1e-9)
    assert swing.mean[0] - 25.0 == pytest.approx(RESISTANCE * power * duty, rel=1e-12)


def test_several_states_settle_where_a_long_run_comes_to() -> None:
    """600 s are six of the slowest time constants: exp(-6) of its share is left, and made up for by a second run."""
    breaks, powers = np.array([0.0, 0.3, 0.35, 1.0]), np.array([[2.0, 0.0], [9.0, 1.0], [0.0, 3.0]])
    system, n_periods = several(), 3000
    period = steps(["one", "two"], breaks, powers)
    times = (np.arange(n_periods)[:, None] + breaks[:-1]).ravel()
    long = steps(["one", "two"], np.append(times, float(n_periods)), np.tile(powers, (n_periods, 1)))
    last = list(follow(system, long))[-4:]
    found = list(pieces([system], period, np.zeros((1, 2))))
    for moment, piece in zip(last[:-1], found, strict=True):
        np.testing.assert_allclose(piece.states[0], moment.state, rtol=1e-9)
    for moment, piece in zip(last[1:], found, strict=True):
        np.testing.assert_allclose(piece.means[0, -1], moment.means, rtol=1e-9)


def test_extremes_inside_a_stretch_are_found() -> None:
    """What the other place feels of a pulse comes after it: highest between breaks, where the slope is none."""
    system = ReducedSystem(
        ("one", "two"), np.diag([1.0, 10.0]), np.array([[1.0, 1.0], [3.0, -2.9]]), np.zeros((2, 2))
    )  # two starts with what the fast state takes away
    pulse = steps(["one"], np.array([0.0, 0.1, 4.0]), np.array([[1.0], [0.0]]))
    _, swing = found_of(system, pulse)
    begin = pieces([system], pulse, np.zeros((1, 2)))
    _, after = list(begin)
    times = np.linspace(0.0, 3.9, 400_001)
    curve = within(system, pulse, 1, after.states[0], times)[:, 1]
    assert 0.1 < swing.highest.time < 3.9
    assert swing.highest.value == pytest.approx(curve.max(), abs=1e-10)
    assert swing.highest.time == pytest.approx(0.1 + times[curve.argmax()], abs=1e-4)


def test_ramps_are_seen_inside_as_at_their_ends() -> None:
    system = several()
    ramp = piecewise_linear(["one"], np.array([0.0, 0.2, 1.0]), np.array([[0.0], [4.0]]), np.array([[4.0], [1.0]]))
    moments = list(follow(system, ramp))
    for stretch in (0, 1):
        length = float(np.diff(ramp.breaks)[stretch])
        seen = within(system, ramp, stretch, moments[stretch].state, np.array([0.0, length]))
        np.testing.assert_allclose(seen[1], moments[stretch + 1].means, rtol=1e-12)


def test_both_lattices_are_told_and_their_mean_is_the_value() -> None:
    pulses = steps(["chip"], np.array([0.0, 0.1, 0.4]), np.array([[2.0], [0.0]]))
    sides, rest = [one_pole(0.5), one_pole(0.6)], np.array([[25.0], [26.0]])
    (both,) = swings(sides, pulses, rest, pieces(sides, pulses, rest))
    (own,) = found_of(one_pole(0.5), pulses, 25.0)
    assert both.highest.sides[0] == pytest.approx(own.highest.value)
    assert both.highest.value == pytest.approx(np.mean(both.highest.sides))
