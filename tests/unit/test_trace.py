"""Is a trace the power that it says, whatever is asked of it, and does resampling keep its energy?"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thermopkg.errors import ModelError
from thermopkg.network.trace import Trace

ROUND_OFF = 1e-12  # relative


def bursts(period: float | None = None) -> Trace:
    """Nothing, 2 W from 1 s, 5 W from 1.5 s, nothing from 2 s on."""
    return Trace(np.array([1.0, 1.5, 2.0]), np.array([2.0, 5.0, 0.0]), period)


traces = st.builds(
    lambda steps, powers, period: Trace(
        np.cumsum(steps)[: len(powers)], np.array(powers), float(np.sum(steps)) if period else None
    ),
    st.lists(st.floats(0.01, 10.0), min_size=9, max_size=9),
    st.lists(st.just(0.0) | st.floats(1e-6, 100.0), min_size=1, max_size=8),
    st.booleans(),
)


def test_power_is_that_of_the_last_time_before():
    assert bursts().at(np.array([0.0, 0.99, 1.0, 1.4, 1.5, 1.99, 2.0, 99.0])).tolist() == [0, 0, 2, 2, 5, 5, 0, 0]
    assert bursts(3.0).at(np.array([3.5, 4.0, 4.6, 5.5, 31.6])).tolist() == [0, 2, 5, 0, 5]


def test_energy_by_hand():
    # 2 W for 0.5 s and 5 W for 0.5 s
    assert bursts().energy(np.array([0.0, 1.0, 1.25, 1.5, 2.0, 50.0])) == pytest.approx([0, 0, 0.5, 1.0, 3.5, 3.5])
    assert bursts(3.0).energy(np.array([3.0, 4.25, 30.0])) == pytest.approx([3.5, 4.0, 35.0])
    assert Trace(np.array([0.0]), np.array([3.0])).energy(np.array([0.0, 2.0])) == pytest.approx([0.0, 6.0])


def test_mean_and_rms_by_hand():
    assert bursts(3.0).mean() == pytest.approx(3.5 / 3.0)
    assert bursts(3.0).rms() == pytest.approx(math.sqrt((4.0 * 0.5 + 25.0 * 0.5) / 3.0))
    assert bursts().mean(2.0) == pytest.approx(1.75)
    assert bursts().rms(1.0) == 0.0
    for ask in (bursts().mean, bursts().rms):
        with pytest.raises(ModelError, match="until an end"):
            ask()
    with pytest.raises(ModelError, match="above 0 s"):
        bursts(3.0).mean(0.0)


def test_jumps_are_where_the_power_changes():
    assert bursts().jumps(10.0).tolist() == [1.0, 1.5, 2.0]
    assert bursts().jumps(1.5).tolist() == [1.0, 1.5]
    assert bursts(3.0).jumps(5.0).tolist() == [1.0, 1.5, 2.0, 4.0, 4.5, 5.0]
    assert Trace(np.array([0.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0])).jumps(9.0).tolist() == [0.0]
    assert Trace(np.array([0.0, 1.0]), np.array([1.0, 2.0]), 3.0).jumps(4.0).tolist() == [0.0, 1.0, 3.0, 4.0]
    # what a period ends with ends where the next one begins with nothing
    assert Trace(np.array([1.0]), np.array([4.0]), 2.0).jumps(5.0).tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert Trace(np.array([0.0, 1.0]), np.array([0.0, 0.0]), 2.0).jumps(5.0).tolist() == []
    with pytest.raises(ModelError, match="ask for fewer"):
        Trace(np.array([0.0, 1e-9]), np.array([1.0, 0.0]), 2e-9).jumps(1.0)


@given(traces, st.floats(0.1, 200.0), st.integers(1, 50))
def test_resampling_keeps_the_energy_of_every_interval(trace, until, count):
    edges = np.linspace(0.0, until, count + 1)
    coarse = trace.resampled(edges)
    scale = 100.0 * until
    assert coarse.energy(edges) == pytest.approx(trace.energy(edges), rel=ROUND_OFF, abs=1e-12 * scale)
    assert coarse.rms(until) <= trace.rms(until) * (1.0 + 1e-9) + 1e-9  # means can only be calmer


@given(traces, st.floats(0.1, 60.0))
def test_energy_is_the_sum_between_the_jumps(trace, until):
    corners = np.unique(np.concatenate([[0.0], trace.jumps(until), [until]]))
    energy = np.sum(trace.at(0.5 * (corners[:-1] + corners[1:])) * np.diff(corners))
    assert trace.energy(np.array(until)) == pytest.approx(energy, rel=1e-9, abs=1e-9)
    assert trace.mean(until) * until == pytest.approx(energy, rel=1e-9, abs=1e-9)
    assert trace.rms(until) >= trace.mean(until) * (1.0 - 1e-9)


@pytest.mark.parametrize(
    ("times", "powers", "period", "said"),
    [
        ([], [], None, "as many times as powers"),
        ([0.0, 1.0], [1.0], None, "as many times as powers"),
        ([0.0, 0.0], [1.0, 2.0], None, "times of a trace increase"),
        ([-1.0], [1.0], None, "from 0 s or later"),
        ([0.0], [-1.0], None, "is negative"),
        ([0.0], [math.nan], None, "not finite"),
        ([math.inf], [1.0], None, "not finite"),
        ([0.0, 2.0], [1.0, 0.0], 2.0, "does not reach behind the last time"),
    ],
)
def test_impossible_traces_are_refused(times, powers, period, said):
    with pytest.raises(ModelError, match=said):
        Trace(np.array(times), np.array(powers), period)
