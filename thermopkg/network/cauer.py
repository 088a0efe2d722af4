"""Which ladder does the heat climb down? Foster to Cauer and back, without a difference that could lose digits.

A ladder is a tridiagonal matrix in its qd form, q_k = 1 / (R_k C_k) and e_k = 1 / (R_k C_k+1), which are its rates. All
steps here multiply, divide and add positive numbers, so every resistance and capacity keeps its own digits however many
there are; polynomials in s, whose coefficients explode, do not occur. In the manner of [laurie1999].
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import svd

from thermopkg.arraytypes import ComplexArray, FloatArray
from thermopkg.errors import ModelError
from thermopkg.network.fewer import merged
from thermopkg.network.foster import Foster, positive

SAME = 1.0 + 1e-12  # ratio of time constants that no curve tells apart, and that a ladder makes one of
UNMET = (
    1e-100  # what a pivot of zero is taken for, over the largest rate: it changes nothing, and its square is a number
)
VANISHING = 1e-100  # share of the whole below which a pair is not told: deep nodes that the junction never feels


@dataclass(frozen=True, eq=False)
class Cauer:
    """A ladder from the junction to ambient: node k holds C_k, and R_k leads to the next; the last one to ambient.

    Heat that rises `at_once` passes that resistance before the first node.

    Raises
    ------
    ModelError : not as many resistances as capacities, or one that is not positive
    """

    resistances: FloatArray  # R, K/W, shape (n,)
    capacities: FloatArray  # C, J/K, shape (n,)
    at_once: float = 0.0  # K/W

    def __post_init__(self) -> None:
        resistances = positive(self.resistances, "resistance", "K/W")
        capacities = positive(self.capacities, "capacity", "J/K")
        if len(resistances) != len(capacities):
            raise ModelError(
                f"{len(resistances)} resistances and {len(capacities)} capacities; a stage has one of each"
            )
        if not 0.0 <= self.at_once < np.inf:
            raise ModelError(f"{self.at_once:g} K/W cannot rise at once; give 0 or a positive number")
        object.__setattr__(self, "resistances", resistances)
        object.__setattr__(self, "capacities", capacities)

    def __len__(self) -> int:
        return len(self.resistances)

    @property
    def total(self) -> float:
        """Sum of the resistances, K/W: the steady thermal resistance."""
        return float(self.at_once + self.resistances.sum())

    def transform(self, s: ComplexArray) -> ComplexArray:
        """Z(s), K/W, from ambient up the ladder: Z = 1 / (s C_k + 1 / (R_k + Z)); s in 1/s, of any shape."""
        found = np.zeros(np.shape(s), complex)
        for resistance, capacity in zip(self.resistances[::-1], self.capacities[::-1], strict=True):
            found = 1.0 / (np.asarray(s) * capacity + 1.0 / (resistance + found))
        return np.asarray(self.at_once + found)


# ---------------------------------------------------------------- Foster to Cauer
def ladder(network: Foster) -> Cauer:
    """The ladder with the same curve: as many stages as the network has different time constants.

    Pairs go in one by one, fastest first, with Z(s) = sum of w / (s + lambda), w = R / tau, lambda = 1 / tau: all rates
    so far are counted from the new one's, so that it stands at zero, and then moved up to where the next one is zero.

    Raises
    ------
    ModelError : a stage is too large or too small for a floating-point number
    """
    distinct = merged(network, SAME)
    times = distinct.time_constants
    weights = distinct.resistances / times
    down = np.append(np.diff(times) / (times[:-1] * times[1:]), 1.0 / times[-1])  # from each rate to the next, and zero
    n = len(times)
    q, e = [float(down[0])], list[float]()
    total = float(weights[0])
    for j in range(1, n):
        _join(q, e, float(weights[j]) / total)
        total += float(weights[j])
        _lift(q, e, float(down[j]))
    resistances, capacities = np.empty(n), np.empty(n)
    capacities[0] = 1.0 / total
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        for k in range(n):
            resistances[k] = 1.0 / (np.float64(q[k]) * capacities[k])
            if k + 1 < n:
                capacities[k + 1] = 1.0 / (resistances[k] * np.float64(e[k]))
    if not (np.isfinite(resistances).all() and np.isfinite(capacities).all() and (capacities > 0.0).all()):
        raise ModelError(
            "a stage of the ladder is beyond floating-point numbers; leave out pairs that hold next to nothing"
        )
    return Cauer(resistances, capacities, network.at_once)


def _join(q: list[float], e: list[float], share: float) -> None:
    """Put one more rate into a ladder, at zero; `share` is its weight over that of all others.

    Multiplied by the rate, old and new weights are the same, for the new one stands at zero: one step of the qd
    algorithm makes one ladder of both. Undone with the new total weight, it gives the new ladder. `more` is what the
    undone step lacks against the old one, and is a product in every stage.
    """
    more = q[0] * (share / (1.0 + share))
    q[0] /= 1.0 + share
    for k, link in enumerate(e):
        e[k] = link + more
        q[k + 1], more = q[k + 1] * (link / e[k]), more * (q[k + 1] / e[k])
    e.append(more)
    q.append(0.0)


def _lift(q: list[float], e: list[float], by: float) -> None:
    """Add the same to all rates of a ladder: the stationary qd algorithm, where every term is positive."""
    more = by
    for k, link in enumerate(e):
        raised = q[k] + more
        e[k] = link * (q[k] / raised)
        more = by + link * (more / raised)
        q[k] = raised
    q[-1] += more


# ---------------------------------------------------------------- Cauer to Foster
def foster(network: Cauer) -> Foster:
    """The pairs with the same curve: time constants from the ladder's rates, resistances from its fields.

        lambda = squares of the singular values of a matrix of two diagonals, sqrt(q) and sqrt(e)
        R = w / lambda,  w = v_1^2 / C_1,  v the field of the rate, of length 1

    Small rates keep their digits ([demmelkahan1990]), and fields are products from where they are largest
    ([parlettdhillon1997]), so that the first value does however small it is. Pairs that hold less than VANISHING of
    the whole are left out.
    """
    q = 1.0 / (network.resistances * network.capacities)
    e = 1.0 / (network.resistances[:-1] * network.capacities[1:])
    roots = svd(np.diag(np.sqrt(q)) + np.diag(np.sqrt(e), 1), compute_uv=False, lapack_driver="gesvd")
    rates = np.asarray(roots**2)
    resistances = _first_values(q, e, rates) / (network.capacities[0] * rates)
    told = resistances > VANISHING * resistances.sum()
    return Foster(resistances[told], 1.0 / rates[told], network.at_once)


def _first_values(q: FloatArray, e: FloatArray, rates: FloatArray) -> FloatArray:
    """Square of the first value of each field of length 1, shape (n,).

    The matrix less a rate is split from the top into pivots, and from the bottom. Where what the two leave of a
    diagonal is least, a field is largest; from there its values are products of ratios, up and down.
    """
    n, least = len(q), UNMET * float(q.max())
    from_top, from_bottom = np.empty((n, n)), np.empty((n, n))  # what is left beside the pivots; (stage, rate)
    up, down = np.empty((n - 1, n)), np.empty((n - 1, n))  # value of a stage over that of the next, and the reverse
    coupling = np.sqrt(q[:-1] * e)
    from_top[0] = -rates
    for k in range(n - 1):
        pivot = _not_zero(q[k] + from_top[k], least)
        up[k] = -coupling[k] / pivot
        from_top[k + 1] = from_top[k] * (e[k] / pivot) - rates
    from_bottom[-1] = q[-1] - rates
    for k in range(n - 2, -1, -1):
        pivot = _not_zero(e[k] + from_bottom[k + 1], least)
        down[k] = -coupling[k] / pivot
        from_bottom[k] = from_bottom[k + 1] * (q[k] / pivot) - rates
    largest = np.argmin(np.abs(from_top + from_bottom + rates), axis=0)
    found = np.empty(n)
    for i, place in enumerate(largest):
        above = np.cumprod(up[:place, i][::-1])  # ends with the first value, over that of the place
        below = np.cumprod(down[place:, i])
        first = above[-1] if place else 1.0
        found[i] = first**2 / (1.0 + np.sum(above**2) + np.sum(below**2))
    return found


def _not_zero(pivots: FloatArray, least: float) -> FloatArray:
    return np.where(pivots == 0.0, least, pivots)  # where a rate is met exactly
