"""How do several chips warm one another over time? From small matrices to a matrix of Foster networks.

The matrices come from a projection of the package onto fields whose capacity matrix is the unit matrix.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import ComplexArray, FloatArray
from thermopkg.errors import ModelError
from thermopkg.network.foster import Foster, positive
from thermopkg.network.rates import ASYMMETRY, rates_and_fields

UNSEEN = (
    1e-14  # a field that overlaps less with a load (relative) does not feel it, as by symmetry; rounding leaves that
)


@dataclass(frozen=True, eq=False)
class CoupledFoster:
    """Z(t) = at_once + sum over k of  R_k (1 - exp(-t / tau_k)),  each R_k a matrix: symmetric, no eigenvalue negative.

    Entry (i, j) is the rise of place i per watt that sets in at place j. Off the diagonal a term may be negative: far
    from a source warming begins late. The matrices as they are here keep every sum of them physical.

    Raises
    ------
    ModelError : shapes that do not go together, a time constant that is not positive, a matrix that is not symmetric
    """

    names: tuple[str, ...]  # of the places, n of them
    residues: FloatArray  # R, K/W, shape (m, n, n)
    time_constants: FloatArray  # tau, s, shape (m,), ascending
    at_once: FloatArray  # K/W, shape (n, n)

    def __post_init__(self) -> None:
        n, times = len(self.names), positive(self.time_constants, "time constant", "s")
        if self.residues.shape != (len(times), n, n) or self.at_once.shape != (n, n):
            raise ModelError(
                f"{n} places and {len(times)} time constants want residues of shape {(len(times), n, n)} and a "
                f"matrix of shape {(n, n)}; got {self.residues.shape} and {self.at_once.shape}"
            )
        if (np.diff(times) < 0.0).any():
            raise ModelError("time constants are to be given in ascending order")
        if not np.allclose(self.residues, self.residues.swapaxes(1, 2), rtol=ASYMMETRY, atol=0.0):
            raise ModelError("a residue is not symmetric: what a chip does to another, the other does to it")

    @property
    def total(self) -> FloatArray:
        """Z after all time, K/W, shape (n, n): the matrix of steady resistances."""
        return np.asarray(self.at_once + self.residues.sum(axis=0))

    def own(self, name: str) -> Foster:
        """The network of one place that warms itself; terms that it does not feel are left out.

        Raises
        ------
        KeyError : there is no such place
        """
        i = self._number(name)
        residues = self.residues[:, i, i]
        felt = residues > 0.0
        return Foster(residues[felt], self.time_constants[felt], float(self.at_once[i, i]))

    def impedance(self, times: FloatArray) -> FloatArray:
        """Z(t), K/W, shape (n_times, n, n); times in s, shape (n_times,), not negative."""
        shares = -np.expm1(-np.asarray(times)[:, None] / self.time_constants)
        return np.asarray(self.at_once + np.tensordot(shares, self.residues, 1))

    def transform(self, s: ComplexArray) -> ComplexArray:
        """Z(s), K/W, shape (n_s, n, n); s in 1/s, shape (n_s,)."""
        shares = 1.0 / (1.0 + np.asarray(s)[:, None] * self.time_constants)
        return np.asarray(self.at_once + np.tensordot(shares, self.residues, 1))

    def merged(self, ratio: float) -> "CoupledFoster":
        """The same with time constants that lie within a ratio of one another made one; totals stay as they are.

        What is made one keeps the mean of its time constants, weighed by the sum of the resistances on the diagonal.
        """
        groups = neighbours(self.time_constants, ratio)
        weights = np.maximum(np.trace(self.residues, axis1=1, axis2=2), np.finfo(float).tiny)
        held = np.add.reduceat(weights, groups)
        return CoupledFoster(
            self.names,
            np.add.reduceat(self.residues, groups, axis=0),
            np.add.reduceat(weights * self.time_constants, groups) / held,
            self.at_once,
        )

    def _number(self, name: str) -> int:
        if name not in self.names:
            raise KeyError(f"no place {name!r}; there are {', '.join(self.names)}")
        return self.names.index(name)


def coupled_foster(
    conductance: FloatArray, loads: FloatArray, names: Sequence[str], at_once: FloatArray | None = None
) -> CoupledFoster:
    """The networks of  du/dt + K u = F p,  rises = F^T u + at_once p.

        K w_k = lambda_k w_k;   tau_k = 1 / lambda_k;   R_k = (F^T w_k) (F^T w_k)^T / lambda_k

    K is factored and its triangle, not K itself, turned into eigenvalues by rotations: the slowest fields keep their
    digits beside fields that are ten decades faster ([demmelveselic1992]).

    Parameters
    ----------
    conductance : K, 1/s, symmetric and positive definite, shape (r, r), for fields of unit capacity
    loads : F, K per J of a watt in each place, shape (r, n)
    at_once : K/W, shape (n, n); by default nothing
    Raises
    ------
    ModelError : K is not symmetric or not positive definite, or shapes that do not go together
    """
    conductance, loads = np.asarray(conductance, float), np.asarray(loads, float)
    r, n = len(conductance), len(names)
    if conductance.shape != (r, r) or loads.shape != (r, n):
        raise ModelError(
            f"{n} places want a square conductance and loads of shape (r, {n}); got {conductance.shape}, {loads.shape}"
        )
    rates, fields = rates_and_fields(conductance)
    seen = loads.T @ fields  # (n, r)
    size = np.sqrt(np.sum(loads**2, axis=0))
    seen[np.abs(seen) <= UNSEEN * size[:, None]] = 0.0
    residues = np.einsum("ik,jk,k->kij", seen, seen, 1.0 / rates)
    felt = np.any(seen != 0.0, axis=0)
    constants = np.zeros((n, n)) if at_once is None else np.asarray(at_once, float)
    return CoupledFoster(tuple(names), residues[felt], 1.0 / rates[felt], constants)


def coupled_of(network: Foster, name: str) -> CoupledFoster:
    """The network of a single source as a matrix of one row."""
    at_once = np.array([[network.at_once]])
    return CoupledFoster((name,), network.resistances[:, None, None], network.time_constants, at_once)


def neighbours(time_constants: FloatArray, ratio: float) -> list[int]:
    """Where groups of ascending time constants begin, none of them wider than a ratio; [0, ...].

    Raises
    ------
    ModelError : the ratio is below 1
    """
    if not ratio >= 1.0:
        raise ModelError(f"time constants within a ratio of {ratio:g} are merged; give a number of at least 1")
    starts = [0]
    for k, tau in enumerate(time_constants):
        if tau > ratio * time_constants[starts[-1]]:
            starts.append(k)
    return starts
