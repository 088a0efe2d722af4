"""Does a reduced system follow its powers exactly? Against its own steps, and against the lattice step by step."""

import tracemalloc

import numpy as np
import pytest

from tests.unit.test_krylov import block, found
from tests.verification.test_transient import chip_on_a_plate
from thermopkg.lattice import primal
from thermopkg.solve.krylov import reduce, shifts_for
from thermopkg.solve.reduced import ReducedSystem
from thermopkg.solve.schedule import piecewise_linear, steps
from thermopkg.solve.tracing import follow
from thermopkg.solve.transient import Marching, march

ONE = ReducedSystem(("die",), np.array([[4.0]]), np.array([[2.0]]), np.array([[0.25]]))  # Z = 1/4 + 1 - exp(-4 t)


def test_a_constant_watt_gives_the_step() -> None:
    reduced = found(primal.emit)[1].system
    times = np.array([0.0, 1e-3, 0.1, 0.5, 20.0])
    on = steps(["chip"], times, np.ones((4, 1)))
    for moment in follow(reduced, on):
        np.testing.assert_allclose(moment.means, reduced.step(np.array([moment.time]))[0, :, 0], rtol=1e-9, atol=1e-12)
    assert block().grid.n_cells == 486


def test_a_ramp_is_followed_exactly() -> None:
    ramp = piecewise_linear(
        ["die"], np.array([0.0, 0.5, 0.5 + 1e-7]), np.array([[0.0], [2.0]]), np.array([[1.0], [4.0]])
    )
    _, middle, end = follow(ONE, ramp)
    # du/dt = 2: rise = the integral of Z at double height, 2 (t / 4 + t - (1 - exp(-4 t)) / 4)
    assert middle.means[0] == pytest.approx(2 * (0.125 + 0.5 - (1 - np.exp(-2.0)) / 4), rel=1e-12)
    assert end.means[0] == pytest.approx(middle.means[0] + 0.25 * 3.0, abs=1e-5)


def test_stretches_may_be_cut_without_any_change() -> None:
    zigzag = piecewise_linear(["die"], np.array([0.0, 0.3, 1.0]), np.array([[1.0], [0.0]]), np.array([[3.0], [2.0]]))
    whole, cut = list(follow(ONE, zigzag)), list(follow(ONE, zigzag, inside=7))
    assert len(cut) == 2 * 7 + 1
    for own, other in zip(whole, cut[::7], strict=True):
        assert own.means == pytest.approx(other.means, rel=1e-12)
    again = list(
        follow(
            ONE, piecewise_linear(["die"], np.array([0.3, 1.0]), np.array([[0.0]]), np.array([[2.0]])), whole[1].state
        )
    )
    assert again[-1].means == pytest.approx(whole[-1].means, rel=1e-12)


def test_a_trace_is_what_the_lattice_makes_of_it_step_by_step() -> None:
    system = primal.emit(*chip_on_a_plate(), 0.0)
    reduced = reduce(system, shifts_for(1e-3, 10.0)).system
    times = np.array([0.0, 0.1, 0.15, 0.4, 1.0])
    pulses = piecewise_linear(
        ["chip"], times, np.array([[5.0], [0.0], [2.0], [1.0]]), np.array([[5.0], [0.0], [4.0], [0.0]])
    )
    by_steps = {m.time: m.means["chip"] for m in march(system, pulses, Marching(1e-4))}
    for moment in follow(reduced, pulses):
        assert moment.means[0] == pytest.approx(by_steps[moment.time], abs=1e-3)  # of 10 K; ten tolerances of a step


def test_a_long_trace_takes_no_more_memory_than_a_short_one() -> None:
    reduced = found(primal.emit)[1].system
    rng, peaks = np.random.default_rng(1), []
    for count in (100, 10_000):
        trace = steps(["chip"], np.arange(count + 1) * 1e-2, rng.uniform(0, 5, (count, 1)))
        tracemalloc.start()
        for moment in follow(reduced, trace):
            assert np.isfinite(moment.means).all()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0] + 4096


def test_a_source_must_be_known() -> None:
    with pytest.raises(ValueError, match="no source is called chip; there are die"):
        list(follow(ONE, steps(["chip"], np.array([0.0, 1.0]), np.ones((1, 1)))))
