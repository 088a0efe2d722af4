"""Which bounds hold at a design? A few small matrices that know, without a mesh and without a solve.

Lower: the best field among a few that are known, which no field can beat. Upper: the best flux among a few that are in
balance, of which none is better than the best. Both are guaranteed at every design of the family, on its own mesh.
Source: [hesthaven2016] for reduced bases; both bounds by [pragersynge1947].
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from thermopkg.answer.bracket import Bracket
from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.errors import CaseError, Fault
from thermopkg.explore.frames import Columns, frame, headed, values_in
from thermopkg.explore.terms import Weights

if TYPE_CHECKING:
    import pandas

# Why no further design was solved in full: the last one told little new, there were as many as a model may have, or the
# memory had no room for another.
Ended = Literal["enough", "most", "memory"]

PORTION = 512  # designs at once; their matrices stay in the cache
SLACK = 1e-9  # relative, by which bounds are widened: planes of a package are told apart no better, and sums round


@dataclass(frozen=True)
class Range:
    """What is varied, SI, and between which ends the model was made."""

    name: str
    low: float
    high: float
    base: float
    unit: str  # that a user would write
    factor: float  # number of that unit for one in SI

    def shown(self, value: float) -> str:
        """A value in the user's unit."""
        return f"{value * self.factor:.4g} {self.unit}".strip()

    def beyond(self, values: FloatArray) -> BoolArray:
        """Which values (SI) lie outside; one that is not a number does not."""
        return np.asarray((values < self.low * (1 - SLACK)) | (values > self.high * (1 + SLACK)))

    def outside(self, values: FloatArray) -> tuple[Fault, ...]:
        """What is to be said of values outside, if there are any."""
        wild = values[self.beyond(values)]
        if not wild.size:
            return ()
        told = (
            f"{self.shown(float(wild[0]))} is outside the model's range of {self.shown(self.low)} to "
            f"{self.shown(self.high)}; add --extrapolate (bounds hold there too, and are wider)"
        )
        return (Fault(self.name, told),)


@dataclass(frozen=True, eq=False)
class Asked:
    """A number that is asked for, as in `thermopkg.answer.metrics.Wanted`, with the loads as vectors, shape (n,).

    `second` None stands for the powers of the design; `per_watt` is the load whose power it is divided by.
    """

    name: str
    unit: str
    definition: str
    first: FloatArray
    second: FloatArray | None
    against: FloatArray
    per_watt: int | None


@dataclass(frozen=True, eq=False)
class Brackets:
    """The same number at many designs: value, bounds and half-width over what it is measured by, shape (n,)."""

    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    relative_half_width: FloatArray

    def one(self, i: int) -> Bracket:
        """That of one design."""
        return Bracket(float(self.value[i]), float(self.lower[i]), float(self.upper[i]))


@dataclass(frozen=True, eq=False)
class Quadratic:
    """An energy's small matrices, one for every term: of r fields, n loads.

    `own` shape (n_terms, r, r), `cross` with the loads, shape (n_terms, r, n), `base` of the loads alone, shape
    (n_terms, n, n).
    """

    own: FloatArray
    cross: FloatArray
    base: FloatArray


@dataclass(frozen=True, eq=False)
class ReducedModel:
    """Bounds on the thermal resistances of a family of packages."""

    title: str
    fingerprint: str  # of the case whose family it is
    ranges: tuple[Range, ...]
    weights: Weights
    fields: FloatArray  # energies of the primal fields, shape (n_terms, r, r)
    loads: FloatArray  # what each load does on them, shape (r, n)
    fluxes: Quadratic
    names: tuple[str, ...]  # of the loads
    powers: FloatArray  # W of every load, slopes and constant, shape (n, n_parameters + 1)
    asked: tuple[Asked, ...]
    n_cells: int
    snapshots: FloatArray  # designs that were solved in full, shape (m, n_parameters)
    added: FloatArray  # what the model added to the width there before it knew them, as a share of the mesh's own
    ended: Ended

    def matrices(self, designs: FloatArray, extrapolate: bool = False) -> tuple[FloatArray, FloatArray]:
        """Bounds in the order of matrices on the rise of every place per watt in every other, K/W.

        Parameters
        ----------
        designs : SI, shape (m, n_parameters)
        extrapolate : take designs outside the ranges too; the bounds hold there and grow apart
        Returns
        -------
        lower and upper, shape (m, n, n)
        Raises
        ------
        CaseError : a design lies outside the ranges, or is no package
        """
        designs = np.atleast_2d(np.asarray(designs, float))
        self._check(designs, extrapolate)
        n = len(self.names)
        lower, upper = np.empty((len(designs), n, n)), np.empty((len(designs), n, n))
        for start in range(0, len(designs), PORTION):
            piece = slice(start, start + PORTION)
            weights = self._weights(designs[piece])
            below = _best(_mixed(self.fields, weights), np.repeat(self.loads[..., None], weights.shape[1], -1))
            inverse = 1 / weights
            own, cross, base = (_mixed(m, inverse) for m in (self.fluxes.own, self.fluxes.cross, self.fluxes.base))
            lower[piece] = np.moveaxis(below, -1, 0)
            upper[piece] = np.moveaxis(base - _best(own, cross), -1, 0)
        diagonal = np.arange(n)
        lower[:, diagonal, diagonal] *= 1 - SLACK
        upper[:, diagonal, diagonal] *= 1 + SLACK
        return lower, upper

    def bracket(self, designs: FloatArray, name: str | None = None, extrapolate: bool = False) -> Brackets:
        """Bounds on a number that is asked for, by its name; the first by default. As `matrices`."""
        designs = np.atleast_2d(np.asarray(designs, float))
        return self.read(designs, self.asked_for(name), *self.matrices(designs, extrapolate))

    def frame(self, designs: Columns, name: str | None = None, extrapolate: bool = False) -> "pandas.DataFrame":
        """Bounds on a number for the designs in the rows of a frame, in a frame with the same rows.

        Parameters
        ----------
        designs : a column for each parameter: `sink.gap [mm]` with numbers of that unit, or `sink.gap` with values such
            as "0.1 mm"; a frame, or a mapping of names to columns
        name : of the number; by default the first that the model was made for
        Raises
        ------
        CaseError : with everything that is wrong with the columns and their values, or pandas is not installed
        """
        asked = self.asked_for(name)
        found, faults = values_in(designs, {one.name: one.unit for one in self.ranges})
        if not extrapolate:
            faults += [fault for one in self.ranges if one.name in found for fault in one.outside(found[one.name])]
        if faults:
            raise CaseError(faults, self.title)
        values = np.stack([found[one.name] for one in self.ranges], axis=1)
        return frame(self.columns(values, asked, self.bracket(values, asked.name, extrapolate)), designs)

    def columns(self, designs: FloatArray, asked: Asked, brackets: Brackets) -> dict[str, FloatArray]:
        """Designs and what is known of them as a table, units in the names of its columns.

        Parameters
        ----------
        designs : SI, shape (m, n_parameters)
        """
        found = {
            headed(one.name, one.unit): one.factor * values for one, values in zip(self.ranges, designs.T, strict=True)
        }
        sides = (asked.name, brackets.value), (f"{asked.name} lower", brackets.lower)
        for own, values in (*sides, (f"{asked.name} upper", brackets.upper)):
            found[headed(own, asked.unit)] = values
        return {**found, "half-width [%]": 100 * brackets.relative_half_width}

    def read(self, designs: FloatArray, asked: Asked, lower: FloatArray, upper: FloatArray) -> Brackets:
        """Bounds on a number from those on the matrices of designs."""
        powers = designs @ self.powers[:, :-1].T + self.powers[:, -1]
        second = powers if asked.second is None else np.broadcast_to(asked.second, powers.shape)
        scale = 1.0 if asked.per_watt is None else 1 / powers[:, asked.per_watt]
        if len(self.names) == 1:  # bounds come as they are
            factor = asked.first[0] * second[:, 0] * scale
            low, high = lower[:, 0, 0] * factor, upper[:, 0, 0] * factor
            value = 0.5 * (low + high)
            return Brackets(value, low, high, 0.5 * (high - low) / value)
        middle, spread = 0.5 * (lower + upper), upper - lower
        value = scale * np.einsum("i,mij,mj->m", asked.first, middle, second)
        measure = np.abs(scale * np.einsum("i,mij,mj->m", asked.against, middle, second))
        first_own = np.einsum("i,mij,j->m", asked.first, spread, asked.first)
        second_own = np.einsum("mi,mij,mj->m", second, spread, second)
        half = 0.5 * np.abs(scale) * np.sqrt(np.maximum(first_own, 0.0) * np.maximum(second_own, 0.0))
        return Brackets(value, value - half, value + half, half / measure)

    def asked_for(self, name: str | None) -> Asked:
        """The number of that name; the first without one.

        Raises
        ------
        CaseError : there is none
        """
        for asked in self.asked:
            if name is None or asked.name == name:
                return asked
        listed = ", ".join(asked.name for asked in self.asked)
        raise CaseError([Fault("", f"'{name}' is not in this model; there are {listed}")], self.title)

    def outside(self, designs: FloatArray) -> BoolArray:
        """Whether a design lies outside the ranges, shape (m,)."""
        beyond = [one.beyond(values) for one, values in zip(self.ranges, designs.T, strict=True)]
        return np.asarray(np.any(beyond, axis=0))

    def field(self, design: FloatArray) -> FloatArray:
        """How much of every primal field the best one holds, for each load, shape (r, n)."""
        weights = self._weights(np.atleast_2d(design))[:, 0]
        return np.asarray(np.linalg.solve(np.tensordot(weights, self.fields, 1), self.loads))

    def _weights(self, designs: FloatArray) -> FloatArray:
        try:
            return self.weights.at(designs)
        except ValueError as error:
            raise CaseError([Fault("", str(error))], self.title) from error

    def _check(self, designs: FloatArray, extrapolate: bool) -> None:
        if designs.shape[1] != len(self.ranges):
            told = f"{designs.shape[1]} values a design; this model takes {', '.join(one.name for one in self.ranges)}"
            raise CaseError([Fault("", told)], self.title)
        if not np.isfinite(designs).all():
            raise CaseError([Fault("", "a design holds a value that is not finite")], self.title)
        pairs = zip(self.ranges, designs.T, strict=True)
        if not extrapolate and (faults := [fault for one, values in pairs for fault in one.outside(values)]):
            raise CaseError(faults, self.title)


def _mixed(matrices: FloatArray, weights: FloatArray) -> FloatArray:
    """Sums over the terms, matrices (n_terms, a, b) and weights (n_terms, m), shape (a, b, m)."""
    n_terms, a, b = matrices.shape
    return (matrices.reshape(n_terms, a * b).T @ weights).reshape(a, b, weights.shape[1])


def _best(own: FloatArray, loads: FloatArray) -> FloatArray:
    """loads' own^-1 loads for many matrices side by side, by elimination; both arrays are used up.

    Parameters
    ----------
    own : symmetric, positive definite, shape (r, r, m); loads : shape (r, n, m)
    Returns
    -------
    shape (n, n, m)
    """
    n, m = loads.shape[1:]
    found = np.zeros((n, n, m))
    for k in range(len(own)):
        inverse = 1 / own[k, k]
        column, row = own[k + 1 :, k] * inverse, loads[k]
        own[k + 1 :, k + 1 :] -= column[:, None] * own[None, k, k + 1 :]
        loads[k + 1 :] -= column[:, None] * row
        found += row[:, None] * (row * inverse)
    return found
