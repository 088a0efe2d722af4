"""Are few time constants of several chips still a circuit, and never further off than they say?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import circuit
from tests.exact.ladders import line_spectrum
from tests.unit.test_export import several
from thermopkg.errors import ModelError
from thermopkg.network.coupled import CoupledFoster, coupled_foster, coupled_of
from thermopkg.network.fewer import fewer
from thermopkg.network.fewer_coupled import FewerCoupled, fewer_coupled
from thermopkg.network.foster import Foster
from thermopkg.network.netlist import subcircuit


def worst(whole: CoupledFoster, few: FewerCoupled) -> float:
    """By many times, and none of the program's own."""
    times = np.geomspace(1e-9, 1e6, 20011)
    own = np.diag(whole.total)
    apart = np.abs(whole.impedance(times) - few.network.impedance(times)).max(axis=0)
    return float((apart / np.sqrt(np.outer(own, own))).max())


@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.integers(1, 3), st.integers(1, 5))
def test_errors_told_are_never_exceeded_and_ends_are_kept(seed, size, places, count):
    draw = np.random.default_rng(seed)
    root = draw.normal(size=(size, size)) * 10.0 ** draw.uniform(-1.5, 1.5, size)
    whole = coupled_foster(root.T @ root + 1e-3 * np.eye(size), draw.normal(size=(size, places)), list("abc"[:places]))
    few = fewer_coupled(whole, count)
    assert len(few.network.time_constants) <= max(count, 1)
    assert worst(whole, few) <= few.error
    assert few.network.total == pytest.approx(whole.total, rel=1e-12, abs=1e-12 * whole.total.max())
    for matrix in few.network.residues:
        assert np.linalg.eigvalsh(matrix).min() >= -1e-12 * whole.total.max()


def test_more_pairs_are_less_off_and_the_bound_is_near():
    network = several()
    errors = [fewer_coupled(network, count).error for count in range(1, 6)]
    assert errors == sorted(errors, reverse=True)
    assert errors[2] < 0.1 * errors[0]  # measured: 1.4 of 21 %
    few = fewer_coupled(network, 2)
    assert worst(network, few) >= 0.99 * few.error
    assert fewer_coupled(network, len(network.time_constants)).error == 0.0


def test_few_pairs_of_several_are_a_netlist():
    few = fewer_coupled(several(), 3).network
    found = circuit.read(subcircuit(few, "package"))
    assert found.step(0.3) == pytest.approx(few.impedance(np.array([0.3]))[0], abs=1e-11 * few.total.max())


def test_one_source_of_a_line_is_nearly_as_well_told_as_by_a_fit_of_its_own():
    line = Foster(*line_spectrum(2.0, 0.5, 30))
    assert fewer_coupled(coupled_of(line, "junction"), 4).error < 4.0 * fewer(line, 4).error  # measured: 2.3


def test_no_pairs_are_no_network():
    with pytest.raises(ModelError, match="ask for at least 1"):
        fewer_coupled(several(), 0)
