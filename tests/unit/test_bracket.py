"""Do the bounds hold whatever the solver returns, and does a combination of loads get the bounds it may have?"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exact import case
from tests.exact.spreading import spreading_matrix
from tests.models import (
    Coolant,
    ends,
    even,
    everything,
    fields,
    matrix,
    on_interface,
    painted,
    resistances,
    stacked,
    taken_up,
)
from thermopkg.answer import bracket as module
from thermopkg.answer.bracket import (
    ALGEBRAIC_SHARE,
    Bracket,
    ResistanceMatrix,
    bracket,
    from_below,
    own_matrix,
    remainder_bound,
)
from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ConvergenceError
from thermopkg.lattice import dual, primal
from thermopkg.mesh.patch import FacePatch
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver, UnitResponses
from thermopkg.system import AMBIENT, ThermalSystem

ROUNDING = 1e-9  # of the largest entry; eigenvalues of a difference of two matrices cannot be told from zero below


def chips(parts: int = 2) -> tuple[VoxelModel, dict[str, FacePatch]]:
    """FC05: three sources on one die."""
    exact = case("FC05")
    x = np.unique([0.0, 12e-3, *(value for source in exact.sources for value in source.x)])
    y = np.unique([0.0, 12e-3, *(value for source in exact.sources for value in source.y)])
    films = exact.inputs["film_bottom"], exact.inputs["film_top"]
    model = stacked(exact.layers, even(*x, parts=parts), even(*y, parts=parts), [2, 1, 2], ends(*films))
    return model, {
        name: on_interface(model, exact.layers, source.interface, source.x, source.y)
        for name, source in zip("abc", exact.sources, strict=True)
    }


def exact_chips() -> FloatArray:
    exact = case("FC05")
    films = exact.inputs["film_bottom"], exact.inputs["film_top"]
    return spreading_matrix(exact.layers, *films, tuple(exact.inputs["footprint"]), exact.sources)


@cache
def emitted() -> tuple[ThermalSystem, ThermalSystem]:
    model, patches = chips()
    places = {**patches, "everything": everything(model)}
    return primal.emit(model, places, 0.0), dual.emit(model, places, 0.0)


def responses_of(system: ThermalSystem, rises: Sequence[FloatArray]) -> UnitResponses:
    """What a solver would have left, had it returned these fields."""
    shape = system.conductance.shape
    loads = list(system.loads.values())
    left = [load - taken_up(system.conductance, rise).reshape(shape) for load, rise in zip(loads, rises, strict=True)]
    n = len(loads)
    return UnitResponses(system, tuple(system.loads), tuple(rises), tuple(left), (1.0,) * n, (1,) * n, 0.0, 0.0, 1)


@cache
def exact_fields(system: ThermalSystem) -> tuple[FloatArray, ...]:
    return tuple(rise.reshape(system.conductance.shape) for rise in fields(system))


def assert_not_above(lower: FloatArray, upper: FloatArray) -> None:
    assert np.linalg.eigvalsh(upper - lower).min() >= -ROUNDING * np.abs(upper).max()


# ---------------------------------------------------------------- whatever the solver returns
@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(-3.0, 1.0))
def test_own_matrix_is_never_above_the_lattice_s_own_for_any_fields_at_all(seed: int, decades: float) -> None:
    system = emitted()[0]
    rng = np.random.default_rng(seed)
    noisy = [rise + 10**decades * rng.standard_normal(rise.shape) for rise in exact_fields(system)]
    assert_not_above(own_matrix(responses_of(system, noisy)), resistances(system))


def upper_matrix(responses: UnitResponses, barrier: list[str]) -> tuple[FloatArray, FloatArray]:
    weights = remainder_bound(responses, barrier)
    fields = np.stack([residual.ravel() for residual in responses.residuals])
    remainder = fields * weights.ravel() @ fields.T
    return own_matrix(responses) + remainder, remainder


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(-5.0, -3.0))
def test_upper_matrix_is_never_below_the_lattice_s_own_for_any_fields_it_takes(seed: int, decades: float) -> None:
    system = emitted()[1]
    rng = np.random.default_rng(seed)
    noisy = [rise * (1 + 10**decades * rng.standard_normal(rise.shape)) for rise in exact_fields(system)]
    noisy[-1] = exact_fields(system)[-1]  # the barrier itself
    upper, remainder = upper_matrix(responses_of(system, noisy), ["everything"])
    own = resistances(system)
    assert_not_above(own, upper)
    without = upper - remainder
    assert np.linalg.eigvalsh(own - without).max() > ROUNDING * np.abs(own).max()  # what is left had to be added


def test_exact_fields_give_the_lattice_s_own_matrices() -> None:
    below, above = emitted()
    assert own_matrix(responses_of(below, exact_fields(below))) == pytest.approx(resistances(below), rel=1e-9)
    upper, remainder = upper_matrix(responses_of(above, exact_fields(above)), ["everything"])
    assert upper == pytest.approx(resistances(above), rel=1e-9)
    assert np.abs(remainder).max() < 1e-12 * np.abs(upper).max()


@pytest.mark.parametrize("target", [0.9, 0.5, 0.2, 0.1, 1e-2, 1e-3, 1e-4])
def test_bounds_hold_after_one_two_or_three_iterations(target: float) -> None:
    """Against the exact series; the upper bound may refuse fields that are too rough, but not be wrong."""
    below, above = emitted()
    method = ConjugateGradients(relative_residual=target)
    rough = [SteadySolver(system, method).respond(dict.fromkeys(system.loads, target)) for system in (below, above)]
    truth, n = exact_chips(), 3
    assert_not_above(own_matrix(rough[0])[:n, :n], truth)
    try:
        upper, _ = upper_matrix(rough[1], ["everything"])
    except ConvergenceError:
        assert target > 1e-3
    else:
        assert_not_above(truth, upper[:n, :n])


def test_loosest_targets_stop_after_the_first_iterations() -> None:
    """So that the test above tries what its name says."""
    system = emitted()[0]
    solver = SteadySolver(system, ConjugateGradients())
    counts = {max(solver.respond(dict.fromkeys(system.loads, t)).iterations) for t in (0.9, 0.5, 0.2, 0.1, 1e-2, 1e-3)}
    assert {1, 2, 3} <= counts


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_remainder_weights_are_above_the_inverse(seed: int) -> None:
    """diag(w / A w) - A^-1 has no negative eigenvalue; cells that hold nothing weigh nothing."""
    rng = np.random.default_rng(seed)
    ticks = tuple(np.cumsum(10 ** rng.uniform(-1, 1, n)) for n in (4, 3, 4))
    region = np.where(rng.random((3, 2, 3)) < 0.2, NOTHING, 0)
    region[:, :, 0] = 0
    model = painted(ticks, region, 10 ** rng.uniform(-1, 2, (1, 3)), {"z-": Coolant(0.3)})
    system = dual.emit(model, {"everything": everything(model)}, 0.0)
    a = matrix(system.conductance).toarray()
    at_work = np.flatnonzero(np.diag(a))
    rise = np.zeros(a.shape[0])
    inverse = np.linalg.inv(a[np.ix_(at_work, at_work)])
    rise[at_work] = inverse @ system.loads["everything"].ravel()[at_work]
    weights = remainder_bound(responses_of(system, [rise.reshape(region.shape)]), ["everything"]).ravel()
    assert (weights[at_work] > 0).all()
    assert np.count_nonzero(weights) == at_work.size
    assert_not_above(inverse, np.diag(weights[at_work]))


@pytest.mark.parametrize("factor", [-1.0, 0.5, 2.0])
def test_fields_that_bound_nothing_are_refused(factor: float) -> None:
    """One point of the barrier moved far from its neighbours: there, or beside it, A w is no longer positive."""
    system = emitted()[1]
    *others, barrier = exact_fields(system)
    spoilt = barrier.copy()
    spoilt[3, 4, 2] *= factor
    with pytest.raises(ConvergenceError, match="too rough"):
        remainder_bound(responses_of(system, [*others, spoilt]), ["everything"])


def test_products_do_not_depend_on_the_pieces_they_are_made_in(monkeypatch: pytest.MonkeyPatch) -> None:
    systems = emitted()
    below, above = (responses_of(system, [0.9 * rise for rise in exact_fields(system)]) for system in systems)
    whole = own_matrix(below), *upper_matrix(above, ["everything"])
    monkeypatch.setattr(module, "PIECE", 7)
    pieces = own_matrix(below), *upper_matrix(above, ["everything"])
    for ours, theirs in zip(pieces, whole, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-12)


# ---------------------------------------------------------------- the whole bracket
def test_solver_adds_no_more_than_its_share_to_any_width() -> None:
    below, above = emitted()
    found = bracket(below, above, barrier=["everything"])
    width = np.diag(resistances(above)) - np.diag(resistances(below))
    assert (np.diag(found.upper - found.lower) <= width * (1 + 3 * ALGEBRAIC_SHARE)).all()
    assert_not_above(found.lower, resistances(below))
    assert_not_above(resistances(above), found.upper)


def test_brackets_are_symmetric() -> None:
    """Reciprocity: the rise of i by a watt in j is that of j by a watt in i."""
    found = bracket(*emitted(), barrier=["everything"])
    for side in (found.lower, found.upper):
        assert side == pytest.approx(side.T, rel=1e-9)


def test_a_bracket_without_width_is_closed_to_rounding() -> None:
    """In one dimension both lattices are exact, and the remainder has no width to hide in."""
    layers = case("A01").layers
    side = case("A01").inputs["area"] ** 0.5
    model = stacked(layers, even(0.0, side), even(0.0, side), 1, ends(15.0, 500.0))
    places = {"face": on_interface(model, layers, 2, (0.0, side), (0.0, side)), "everything": everything(model)}
    found = bracket(primal.emit(model, places, 0.0), dual.emit(model, places, 0.0), barrier=["everything"])
    assert found.entry("face", "face").relative_half_width < 1e-9


@pytest.mark.parametrize("first", [0.9, 0.1, 1e-2, 1e-3, 1e-4])
def test_rough_start_is_solved_deeper_until_it_hardly_shows(monkeypatch: pytest.MonkeyPatch, first: float) -> None:
    monkeypatch.setattr(module, "FIRST_TARGET", first)
    monkeypatch.setattr(module, "UNBALANCED", 1e9)  # so that the widths alone have to ask for more
    below, above = emitted()
    found = bracket(below, above, barrier=["everything"])
    width = np.diag(resistances(above)) - np.diag(resistances(below))
    assert (np.diag(found.upper - found.lower) <= width * (1 + 3 * ALGEBRAIC_SHARE)).all()


@pytest.mark.parametrize("first", [0.1, 1e-3])
def test_no_field_loses_more_than_a_share_of_the_heat_that_crosses(
    monkeypatch: pytest.MonkeyPatch, first: float
) -> None:
    """What the primal fields leave adds up to what fails to arrive: a run between two ambients must balance too."""
    monkeypatch.setattr(module, "FIRST_TARGET", first)
    monkeypatch.setattr(module, "INVISIBLE", 1e3)  # so that the remainders alone would be content
    layers = case("A01").layers
    side = case("A01").inputs["area"] ** 0.5
    ticks = even(0.0, side, parts=5)
    model = stacked(layers, ticks, ticks, 2, ends(15.0, 500.0, 85.0, 84.9))
    span = (0.0, float(ticks[2]))
    places = {"face": on_interface(model, layers, 2, span, span), "everything": everything(model)}
    found = from_below(primal.emit(model, places, 0.0), ["everything"]).responses
    through = case("A01").values["power_up"] * (85.0 - 84.9) / (85.0 - 25.0)
    crossing = {"face": 1.0, "everything": 1.0, AMBIENT: through}  # W
    for name, residual in zip(found.names, found.residuals, strict=True):
        assert abs(residual.sum()) <= 3.1e-7 * crossing[name]


def test_barrier_that_never_bounds_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source on one face heats no other cell of the dual lattice by itself: A w is rounding there."""
    monkeypatch.setattr(module, "DEEPEST_TARGET", 1e-5)
    with pytest.raises(ConvergenceError):
        bracket(*emitted(), barrier=["a"])


# ---------------------------------------------------------------- combinations
@st.composite
def ordered(draw: st.DrawFn) -> tuple[FloatArray, FloatArray, FloatArray]:
    """lower <= between <= upper in the order of symmetric matrices."""
    n = draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    root, rotation = rng.standard_normal((n, n)), np.linalg.qr(rng.standard_normal((n, n)))[0]
    lower = rng.standard_normal((n, n))
    lower = lower @ lower.T
    share = rotation @ np.diag(rng.choice([0.0, 1.0, rng.random()], n)) @ rotation.T
    return lower, lower + root @ share @ root.T, lower + root @ root.T


@settings(max_examples=100)
@given(ordered(), st.integers(0, 2**32 - 1))
def test_every_matrix_between_the_two_lies_in_every_combination(
    matrices: tuple[FloatArray, FloatArray, FloatArray], seed: int
) -> None:
    lower, between, upper = matrices
    rng = np.random.default_rng(seed)
    names = tuple("wxyz"[: len(lower)])
    a, b = rng.standard_normal((2, len(lower)))
    found = ResistanceMatrix(names, lower, upper).combination(
        dict(zip(names, a, strict=True)), dict(zip(names, b, strict=True))
    )
    slack = 1e-12 * (np.abs(upper).max() + 1) * (1 + np.abs(a).sum()) * (1 + np.abs(b).sum())
    assert found.lower - slack <= a @ between @ b <= found.upper + slack
    assert found.value == pytest.approx(0.5 * (found.lower + found.upper))


def test_bounds_of_an_off_diagonal_entry_are_reached() -> None:
    """Width d on both diagonals lets the other entry move by d/2 either way, as the matrix d/2 [1 1; 1 1] does."""
    lower, d = np.array([[2.0, 1.0], [1.0, 3.0]]), 0.4
    found = ResistanceMatrix(("i", "j"), lower, lower + d * np.eye(2))
    entry = found.entry("i", "j")
    assert (entry.lower, entry.value, entry.upper) == pytest.approx((1.0 - d / 2, 1.0, 1.0 + d / 2))
    diagonal = found.entry("j", "j")
    assert (diagonal.lower, diagonal.upper) == pytest.approx((3.0, 3.0 + d))
    drop = found.combination({"i": 1.0, "j": -1.0}, {"i": 2.0})
    assert drop.value == pytest.approx(2.0 * (2.2 - 1.0))
    assert drop.half_width == pytest.approx(0.5 * np.sqrt(2 * d * 4 * d))


def test_ambient_is_a_load_like_any_other_in_combinations() -> None:
    """A mean between two ambients: value and bounds come from both columns."""
    names = ("part", AMBIENT)
    found = ResistanceMatrix(names, np.array([[1.0, 4.0], [4.0, -50.0]]), np.array([[3.0, 4.0], [4.0, -48.0]]))
    mean = found.combination({"part": 1.0}, {"part": 5.0, AMBIENT: 1.0})
    assert mean.value == pytest.approx(5.0 * 2.0 + 4.0)
    assert mean.half_width == pytest.approx(0.5 * np.sqrt(2.0 * (25 * 2.0 + 2.0)))


def test_scaled_bracket_keeps_its_order() -> None:
    assert Bracket(2.0, 1.5, 2.5).scaled(3.0, 10.0) == Bracket(16.0, 14.5, 17.5)
    assert Bracket(2.0, 1.5, 2.5).half_width == 0.5
    assert Bracket(2.0, 1.5, 2.5).relative_half_width == 0.25
    assert Bracket(0.0, -1.0, 1.0).relative_half_width == np.inf


def test_unknown_place_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        ResistanceMatrix(("i",), np.eye(1), np.eye(1)).entry("i", "k")
