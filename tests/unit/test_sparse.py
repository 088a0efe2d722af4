"""Are sparse systems solved to their targets, by elimination and over aggregates, and is it told where not?"""

import numpy as np
import pytest
import scipy.sparse as sp

from tests.models import Coolant, even, matrix, painted
from thermopkg.errors import ConvergenceError
from thermopkg.lattice import primal
from thermopkg.solve import sparse
from thermopkg.solve.aggregation import FEWEST, aggregated
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.preparing import prepared
from thermopkg.solve.sparse import prepare_matrix

TARGET = 1e-10


def plate(steps=(30, 20, 8), thin=20e-6):
    """K of a board of 10 x 6 mm with a thin copper sheet in it, W/K, and a load in one corner, W."""
    ticks = even(0, 10e-3, parts=steps[0]), even(0, 6e-3, parts=steps[1]), even(0, thin, 1e-3, parts=[2, steps[2] - 2])
    region = np.ones([t.size - 1 for t in ticks], int)
    region[:, :, :2] = 0
    cooling = {"z+": Coolant(10.0), "x-": Coolant(200.0)}
    model = painted(ticks, region, np.array([[400.0, 400.0, 400.0], [0.8, 0.8, 0.3]]), cooling)
    conductance = matrix(primal.emit(model, {}, 0.0).conductance).tocsr()
    load = np.zeros(conductance.shape[0])
    load[5] = 1.0
    return conductance, load


def test_both_ways_give_one_field(monkeypatch):
    conductance, load = plate()
    method = ConjugateGradients(TARGET, 200)
    direct = prepare_matrix(conductance, method)
    monkeypatch.setattr(sparse, "ELIMINATED", 0)
    iterated = prepare_matrix(conductance, method)
    assert (direct.n_levels, iterated.n_levels > 1) == (1, True)
    first, second = direct.solve(load), iterated.solve(load)
    assert first.relative_residual <= TARGET
    assert second.relative_residual <= TARGET
    assert second.field == pytest.approx(first.field, rel=1e-6)
    assert second.iterations <= 40  # in such thin sheets, without a hierarchy, it takes hundreds
    again = iterated.solve(load, second.field)
    assert again.iterations == 0


def test_points_without_conductance_take_no_part():
    conductance, load = plate((6, 4, 4))
    n = conductance.shape[0]
    whole = sp.block_diag([conductance, sp.csr_matrix((3, 3))]).tocsr()
    found = prepare_matrix(whole, ConjugateGradients(TARGET)).solve(np.append(load, [1.0, 0.0, 2.0]))
    assert (found.field[n:] == 0).all()
    assert found.field[:n] == pytest.approx(prepare_matrix(conductance, ConjugateGradients(TARGET)).solve(load).field)


def test_nothing_warms_nothing():
    conductance, load = plate((6, 4, 4))
    found = prepare_matrix(conductance, ConjugateGradients(TARGET)).solve(0 * load, start=load)
    assert (found.field == 0).all()
    assert found.relative_residual == 0.0


def test_stopping_short_is_told(monkeypatch):
    conductance, load = plate()
    monkeypatch.setattr(sparse, "ELIMINATED", 0)
    with pytest.raises(ConvergenceError, match="after 3 iterations"):
        prepare_matrix(conductance, ConjugateGradients(TARGET, 3)).solve(load)


@pytest.mark.parametrize(("change", "told"), [("shape", "shape"), ("nan", "1 values that are not finite")])
def test_a_wrong_load_is_refused(change, told):
    conductance, load = plate((6, 4, 4))
    wrong = load[:-1] if change == "shape" else np.where(load > 0, np.nan, load)
    with pytest.raises(ValueError, match=told):
        prepare_matrix(conductance, ConjugateGradients(TARGET)).solve(wrong)


def test_the_cycle_is_symmetric_and_positive():
    """As a preconditioner of conjugate gradients has to be."""
    conductance, _ = plate()
    hierarchy = aggregated(conductance)
    assert hierarchy.levels[-1].matrix.shape[0] <= FEWEST
    rng = np.random.default_rng(3)
    a, b = rng.standard_normal((2, conductance.shape[0]))
    assert a @ hierarchy.cycle(b) == pytest.approx(b @ hierarchy.cycle(a), rel=1e-9)
    assert a @ hierarchy.cycle(a) > 0


def test_what_is_coarsened_keeps_the_constant():
    """A body that loses no heat is at one temperature on all levels: aggregates and their smoothing leave it alone."""
    conductance, _ = plate((16, 10, 6))
    loose = conductance - sp.diags(np.asarray(conductance.sum(axis=1)).ravel())
    floating = (loose + 1e-9 * sp.diags(conductance.diagonal())).tocsr()  # next to no way out
    hierarchy = aggregated(floating)
    prolongation = hierarchy.levels[0].prolongation
    coarse = np.linalg.lstsq(prolongation.toarray(), np.ones(prolongation.shape[0]), rcond=None)[0]
    inside = prolongation @ coarse
    assert inside == pytest.approx(np.ones(inside.size), rel=1e-6)


def test_a_lattice_keeps_its_own_solver():
    ticks = (even(0, 1.0, parts=4),) * 3
    model = painted(ticks, np.zeros((4, 4, 4), int), np.ones((1, 3)), {"z+": Coolant(1.0)})
    assert not isinstance(
        prepared(primal.emit(model, {}, 0.0).conductance, ConjugateGradients()), sparse.PreparedMatrix
    )
