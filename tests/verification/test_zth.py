"""Does a junction warm as it must? Z_th of stacks against transfer lines inverted in time."""

import numpy as np
import pytest

from tests.book import limit, observed
from tests.exact import case
from tests.timed import curve_of, timed
from thermopkg.answer.zth import Span

# T07 on 15,000 and 120,000 cells: 0.15 % and 0.038 % measured. Halving cells makes a quarter of it, and 0.96 million
# cells 0.010 % (benchmarks/zth.py); the mean of one lattice with itself would miss by 1.4 % and 0.35 %.
COARSE, FINE = 2e-3, 5e-4
ONE_DIMENSION = 3e-4  # T06 on 48 cells: 1.7e-4 measured, and 1.6e-3 of either lattice alone


APART = 0.08  # of the curve, that its guaranteed bounds are on the coarser mesh: 0.070 and 0.066 measured


def recorded(book, exact, times, values, found) -> None:
    """The curve at every moment: its bounds, the mean on both meshes, and what they tend to, within the tolerance."""
    sides = [own.bounds(times, "die", "die") for own in found]
    for low, high in sides:
        assert (low <= values).all()
        assert (high >= values).all()
    assert ((sides[0][1] - sides[0][0]) / values).max() < APART
    for i, (time, truth) in enumerate(zip(times, values, strict=True)):
        means = [float(own.curves(times).value[i, 0, 0]) for own in found]
        tended = limit(means, 2.0)
        assert tended == pytest.approx(truth, rel=exact.tolerance)
        book.record(exact.name, f"Z after {time:g} s", "lattice", "K/W", truth, cells=[own.n_cells for own in found],
                    value=means, lower=[low[i] for low, _ in sides], upper=[high[i] for _, high in sides], limit=tended,
                    tolerance=exact.tolerance)  # fmt: skip


def test_a_small_source_on_a_stack_warms_as_it_must(book) -> None:
    exact = case("T07")
    times, values = curve_of(exact)
    errors, meshes = [], []
    for halvings, most in ((0, COARSE), (1, FINE)):
        found = timed(exact, 1e-3, 5e-3, Span(1e-6, 1e3), halvings)
        curves = found.curves(times)
        misses = curves.value[:, 0, 0] / values - 1
        assert np.abs(misses).max() < most
        assert (curves.primal[:, 0, 0] < values).all()  # no theorem, but so it is in every case that is known
        assert (curves.dual[:, 0, 0] > values).all()
        end = found.steady.entry("die", "die")
        assert end.lower <= exact.values["end"] <= end.upper
        assert end.lower <= found.system.end[0, 0] <= end.upper
        assert found.reduction_error < 1e-4
        errors.append(np.abs(misses).max())
        meshes.append(found)
    assert errors[1] < 0.35 * errors[0]
    recorded(book, exact, times, values, meshes)
    ends = [found.steady.entry("die", "die") for found in meshes]
    book.record("T07", "end", "lattice", "K/W", exact.values["end"], cells=[found.n_cells for found in meshes],
                lower=[end.lower for end in ends], upper=[end.upper for end in ends],
                order=observed([end.half_width for end in ends]), theory=2.0)  # fmt: skip


def test_a_stack_in_one_dimension_warms_as_it_must(book) -> None:
    exact = case("T06")
    times, values = curve_of(exact)
    found = timed(exact, 5e-3, 5e-3, Span(1e-6, 1e2), 1)
    np.testing.assert_allclose(found.curves(times).value[:, 0, 0], values, rtol=ONE_DIMENSION)
    assert found.system.end[0, 0] == pytest.approx(exact.values["end"], rel=1e-9)  # both lattices are exact at rest
    modes = found.primal.system.modes
    assert 1 / modes.rates[0] == pytest.approx(exact.values["slowest_time"], rel=1e-4)  # of one lattice alone
    assert found.slowest == pytest.approx(exact.values["slowest_time"], rel=1e-4)
    recorded(book, exact, times, values, [timed(exact, 5e-3, 5e-3, Span(1e-6, 1e2)), found])
    assert modes.weights[0, 0, 0] == pytest.approx(exact.values["slowest_share"], rel=1e-4)


def test_a_curve_rises_ever_more_slowly_to_its_end() -> None:
    """Z(0) = 0 on the primal lattice, Z grows, and its slope falls: its derivative is completely monotone."""
    found = timed(case("T07"), 1e-3, 5e-3, Span(1e-5, 1e2))
    times = np.linspace(0.0, 20.0, 4001)
    for system in (found.primal.system, found.dual.system):
        curve = system.step(times)[:, 0, 0]
        assert curve[0] == pytest.approx(system.at_once[0, 0], abs=1e-12)
        slopes = np.diff(curve)
        assert (slopes > -1e-12).all()
        assert (np.diff(slopes) < 1e-12).all()
    assert found.primal.system.step(np.zeros(1))[0, 0, 0] == pytest.approx(0.0, abs=1e-12)
    assert found.system.end[0, 0] == pytest.approx(found.curves(np.array([1e3])).value[0, 0, 0], rel=1e-9)
