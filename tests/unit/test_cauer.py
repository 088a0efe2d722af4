"""Do ladders and pairs turn into one another to the last digits, and are they what fractions and Lanczos say?"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exact import case
from tests.exact.ladders import line_spectrum, rational_ladder
from thermopkg.errors import ModelError
from thermopkg.network.cauer import Cauer, foster, ladder
from thermopkg.network.coupled import coupled_foster
from thermopkg.network.foster import Foster

ROUND_OFF = 1e-12  # relative
THERE_AND_BACK = 1e-10  # relative, of 30 stages; measured: 1e-12 for random ladders, 1e-14 for evenly spaced ones

# The ladder that the tests of [pyrth] turn to and fro: 50 K/W in all
REFERENCE = Cauer(np.array([5.0, 15.0, 10.0, 10.0, 10.0]), np.array([1e-5, 1e-3, 1e-4, 1e-2, 1e-1]))


def matrix_of(steps: Cauer) -> tuple[np.ndarray, np.ndarray]:
    """Conductance of a ladder for fields of unit capacity, and the load of a watt at its head."""
    conductance, n = 1.0 / steps.resistances, len(steps)
    whole = np.diag(conductance + np.append(0.0, conductance[:-1]))
    whole -= np.diag(conductance[:-1], 1) + np.diag(conductance[:-1], -1)
    root = 1.0 / np.sqrt(steps.capacities)
    return whole * root[:, None] * root, root * np.eye(n)[0]


# ---------------------------------------------------------------- known ladders
def test_ladder_of_n01(book):
    exact = case("N01")
    given_as = [[Fraction(x) for x in exact.inputs[key]] for key in ("resistances", "time_constants")]
    in_fractions = rational_ladder(*given_as)
    steps = ladder(Foster(*(np.array([float(x) for x in row]) for row in given_as)))
    for i in range(4):
        for name, found, fraction in (
            ("resistance", steps.resistances[i], in_fractions[0][i]),
            ("capacity", steps.capacities[i], in_fractions[1][i]),
        ):
            assert float(fraction) == pytest.approx(exact.values[f"{name}_{i + 1}"], rel=ROUND_OFF)
            assert found == pytest.approx(float(fraction), rel=1e-15)
            unit = "K/W" if name == "resistance" else "J/K"
            book.record("N01", f"{name}_{i + 1}", "networks", unit, float(fraction), cells=[4], value=[found],
                        tolerance=1e-15)  # fmt: skip


def test_reference_ladder_comes_back():
    pairs = foster(REFERENCE)
    back = ladder(pairs)
    assert pairs.total == pytest.approx(50.0, rel=1e-15)
    assert back.resistances == pytest.approx(REFERENCE.resistances, rel=1e-14)
    assert back.capacities == pytest.approx(REFERENCE.capacities, rel=1e-14)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 10**6)), min_size=1, max_size=9, unique_by=lambda p: p[1]))
def test_ladders_are_those_in_fractions(pairs):
    resistances, times = [Fraction(r) for r, _ in pairs], [Fraction(t, 2**13) for _, t in pairs]  # floats
    exact = rational_ladder(resistances, times)
    steps = ladder(Foster(np.array([float(r) for r in resistances]), np.array([float(t) for t in times])))
    assert steps.resistances == pytest.approx([float(x) for x in exact[0]], rel=1e-13)
    assert steps.capacities == pytest.approx([float(x) for x in exact[1]], rel=1e-13)


def test_what_rises_at_once_stays_before_the_first_node():
    pairs = Foster(np.array([1.0, 2.0]), np.array([0.1, 1.0]), at_once=0.5)
    steps = ladder(pairs)
    assert steps.at_once == 0.5
    assert steps.total == pytest.approx(3.5)
    assert foster(steps).at_once == 0.5


def test_time_constants_that_are_one_make_one_stage():
    steps = ladder(Foster(np.array([1.0, 2.0, 4.0]), np.array([0.5, 0.5, 3.0])))
    twin = ladder(Foster(np.array([3.0, 4.0]), np.array([0.5, 3.0])))
    assert len(steps) == 2
    assert steps.resistances == pytest.approx(twin.resistances, rel=ROUND_OFF)


# ---------------------------------------------------------------- there and back
@st.composite
def spectra(draw, count):
    """Pairs whose time constants are even in the logarithm, each moved by up to a third of the way to the next."""
    decades = draw(st.floats(2.0, 12.0))
    shifts = np.array(draw(st.lists(st.floats(-0.33, 0.33), min_size=count, max_size=count)))
    logs = (np.arange(count) + shifts) * decades / count - 6.0
    shares = np.array(draw(st.lists(st.floats(-3.0, 0.0), min_size=count, max_size=count)))
    return Foster(10.0**shares, 10.0**logs)


@settings(deadline=None)
@given(spectra(30))
def test_thirty_pairs_come_back(pairs):
    back = foster(ladder(pairs))
    assert back.time_constants == pytest.approx(pairs.time_constants, rel=THERE_AND_BACK)
    assert back.resistances == pytest.approx(pairs.resistances, rel=THERE_AND_BACK)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0)), min_size=30, max_size=30))
def test_thirty_random_stages_come_back(stages):
    resistances, capacities = 10.0 ** np.array(stages).T
    steps = Cauer(resistances, capacities)
    pairs = foster(steps)
    assert pairs.total == pytest.approx(steps.total, rel=1e-13)
    back = foster(ladder(pairs))
    assert back.time_constants == pytest.approx(pairs.time_constants, rel=THERE_AND_BACK)
    told = pairs.resistances > 1e-20 * pairs.total  # less than that no curve could show
    assert back.resistances[told] == pytest.approx(pairs.resistances[told], rel=THERE_AND_BACK)


@pytest.mark.parametrize("n", [30, 60, 120])
@pytest.mark.parametrize("growth", [1.0, 1.1, 1.5])
def test_long_ladders_come_back_whole(n, growth):
    steps = Cauer(0.01 * growth ** np.arange(n), 1e-6 * growth ** np.arange(n))
    back = ladder(foster(steps))
    assert back.resistances == pytest.approx(steps.resistances, rel=1e-12)
    assert back.capacities == pytest.approx(steps.capacities, rel=1e-12)


def test_both_have_the_same_transform():
    pairs = foster(REFERENCE)
    s = 2j * np.pi * np.geomspace(1e-4, 1e6, 60)
    assert REFERENCE.transform(s) == pytest.approx(pairs.transform(s), rel=ROUND_OFF)


def test_pairs_are_the_modes_of_the_ladder():
    conductance, load = matrix_of(REFERENCE)
    modes = coupled_foster(conductance, load[:, None], ["junction"]).own("junction")
    pairs = foster(REFERENCE)
    assert pairs.time_constants == pytest.approx(modes.time_constants, rel=ROUND_OFF)
    assert pairs.resistances == pytest.approx(modes.resistances, rel=ROUND_OFF)


def test_nodes_that_the_junction_does_not_feel_are_left_out():
    # stages differ by decades at random: some fields stay deep inside, and the junction hears less than 1e-100 of them
    draw = np.random.default_rng(1)
    steps = Cauer(10.0 ** draw.uniform(-3.0, 1.0, 60), 10.0 ** draw.uniform(-6.0, 1.0, 60))
    pairs = foster(steps)
    assert 30 < len(pairs) < 60
    assert pairs.total == pytest.approx(steps.total, rel=1e-13)


# ---------------------------------------------------------------- Lanczos, another way to the same ladder
def by_lanczos(conductance: np.ndarray, load: np.ndarray) -> Cauer:
    """K in the basis that starts with the load is tridiagonal, and that is the ladder; fully orthogonalised, twice."""
    n = len(load)
    basis = [load / np.linalg.norm(load)]
    own, link = [], []
    for k in range(n):
        new = conductance @ basis[k]
        own.append(basis[k] @ new)
        if k + 1 == n:
            break
        for _ in range(2):
            for old in basis:
                new = new - (old @ new) * old
        link.append(np.linalg.norm(new))
        basis.append(new / link[-1])
    resistances, capacities = np.empty(n), np.empty(n)
    capacities[0] = 1.0 / (load @ load)
    before = 0.0
    for k in range(n):
        after = own[k] * capacities[k] - before
        resistances[k] = 1.0 / after
        if k + 1 < n:
            capacities[k + 1] = after**2 / (link[k] ** 2 * capacities[k])
        before = after
    return Cauer(resistances, capacities)


def test_lanczos_makes_the_same_ladder_where_it_keeps_its_digits():
    draw = np.random.default_rng(5)
    turn, _ = np.linalg.qr(draw.normal(size=(12, 12)))
    rates = np.geomspace(1.0, 1e4, 12)
    conductance, load = (turn * rates) @ turn.T, draw.normal(size=12)
    straight = by_lanczos(conductance, load)
    steps = ladder(coupled_foster(conductance, load[:, None], ["a"]).own("a"))
    # measured: 9e-13; K itself is known to 1e-16 of its largest rate, 1e-12 of its smallest
    assert steps.resistances == pytest.approx(straight.resistances, rel=1e-11)
    assert steps.capacities == pytest.approx(straight.capacities, rel=1e-11)


# ---------------------------------------------------------------- what cannot be
@pytest.mark.parametrize(
    ("resistances", "capacities", "said"),
    [
        ([1.0], [1.0, 1.0], "1 resistances and 2 capacities"),
        ([1.0, 0.0], [1.0, 1.0], r"resistance\[1\] is 0 K/W"),
        ([1.0], [np.inf], r"capacity\[0\] is inf J/K"),
    ],
)
def test_impossible_ladders_are_refused(resistances, capacities, said):
    with pytest.raises(ModelError, match=said):
        Cauer(np.array(resistances), np.array(capacities))
    with pytest.raises(ModelError, match="at once"):
        Cauer(np.array([1.0]), np.array([1.0]), at_once=-1.0)


def test_pairs_that_no_ladder_can_show_are_refused():
    with pytest.raises(ModelError, match="leave out pairs that hold next to nothing"):
        ladder(Foster(np.array([1.0, 1e-310, 1.0]), np.array([1.0, 2.0, 3.0])))


def test_ladder_of_a_line_of_two_hundred_pairs():
    exact = case("N03")
    pairs = Foster(*line_spectrum(exact.inputs["resistance"], exact.inputs["capacity"], 200))
    steps = ladder(pairs)
    assert len(steps) == 200
    assert steps.total == pytest.approx(pairs.total, rel=1e-14)
    assert foster(steps).resistances == pytest.approx(pairs.resistances, rel=1e-10)
