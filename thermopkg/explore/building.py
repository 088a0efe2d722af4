"""How is a reduced model made? From full solutions where it knows least, until fresh ones tell it little new.

Of every full solution the model keeps the field and the flux; the flux is first brought into balance to rounding, so
that what a solver leaves can spoil neither bound. New fields are made orthogonal to those that are there, in the energy
of the family's own model; fluxes are kept as one for each load and differences from it, which balance without a load.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

import numpy as np

from thermopkg.answer.answer import powers_of, reference_temperature, wanted_of, wanted_places
from thermopkg.answer.bracket import FIRST_TARGET, MOST_ITERATIONS, PIECE, from_below
from thermopkg.answer.metrics import Wanted
from thermopkg.answer.products import Fluxes, PrimalFields
from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.explore.budget import check_room, room
from thermopkg.explore.family import MOST_CORNERS, Family
from thermopkg.explore.parameters import Parameter, with_values
from thermopkg.explore.reduced import Asked, Ended, Quadratic, Range, ReducedModel
from thermopkg.explore.residual import imbalance, sketcher
from thermopkg.explore.terms import terms
from thermopkg.lattice import dual, primal
from thermopkg.lattice.fluxes import face_fluxes
from thermopkg.package.package import Package
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import NO_STARTS, Starts, SteadySolver

ENOUGH = 0.02  # of the mesh's own width, that a model may add at a fresh full solution, to be done
MOST_SNAPSHOTS = 32
N_CANDIDATES = 256  # designs, spread evenly over the ranges, of which the next snapshot is one
SAME_FIELD = 1e-9  # of its own size; a field of which less is new tells nothing


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One design solved in full: what it made of the model's width there."""

    design: FloatArray
    added: float  # to the mesh's own width, before the model knew this design, as a share of it
    width: float  # of the widest number asked for, half of it over its measure, with this design known


@dataclass(frozen=True, eq=False)
class _Space:
    """Fields, orthonormal in the energy of the family's model, and the numbers of every pair, (n_terms, r, r)."""

    fields: tuple[FloatArray, ...]
    numbers: FloatArray


def _joined(
    space: _Space, field: FloatArray, numbers_of: Callable[[FloatArray, FloatArray], FloatArray], energy: FloatArray
) -> tuple[_Space, FloatArray]:
    """The space with one more field, unless it holds that already, and how much of each of its fields that one is.

    `energy` weighs the terms of the family's own model.
    """
    size = np.sqrt(energy @ numbers_of(field, field))
    if size == 0.0:
        return space, np.zeros(len(space.fields))
    rest = field / size
    parts = np.array([float(energy @ numbers_of(other, rest)) for other in space.fields])
    for part, other in zip(parts, space.fields, strict=True):
        _subtract(rest, part, other)
    left = np.sqrt(energy @ numbers_of(rest, rest))
    if left <= SAME_FIELD:
        return space, size * parts
    rest /= left
    fields = (*space.fields, rest)
    new = np.stack([numbers_of(other, rest) for other in fields], axis=-1)  # (n_terms, r)
    n = len(fields)
    numbers = np.zeros((len(energy), n, n))
    numbers[:, :-1, :-1] = space.numbers
    numbers[:, -1, :], numbers[:, :, -1] = new, new
    return _Space(fields, numbers), size * np.append(parts, left)


def _subtract(field: FloatArray, factor: float, other: FloatArray) -> None:
    """field -= factor * other in place, in pieces that stay in the cache."""
    a, b = field.reshape(-1), other.reshape(-1)
    for start in range(0, a.size, PIECE):
        piece = slice(start, start + PIECE)
        a[piece] -= factor * b[piece]


@dataclass(frozen=True, eq=False)
class _Known:
    """What the solutions so far have given."""

    rises: _Space
    sketches: FloatArray  # of the rises, shape (r, n_terms, n_buckets)
    moves: _Space  # differences of fluxes
    starts: tuple[tuple[Starts, Starts], ...]  # the solutions' own fields on both lattices
    shares: tuple[tuple[FloatArray, ...], ...]  # of each solution, load by load: of the first fields in it
    first: tuple[FloatArray, ...]  # a flux for each load
    cross: FloatArray  # numbers of the moves with these, shape (n_terms, r, n)
    base: FloatArray  # and of these with each other, shape (n_terms, n, n)


class _Maker:
    """A family, and all that is made once for it."""

    def __init__(self, family: Family) -> None:
        model, package = family.model, family.model.package
        self.family, self.terms = family, terms(family)
        self.places, self.reference = wanted_places(package), reference_temperature(package.case)
        self.names = tuple(self.places)
        self.primal, self.dual = PrimalFields(model), Fluxes(model, self.places)
        self.weights = self.terms.weights.at(family.base[None])[:, 0]
        system = primal.emit(model, self.places, self.reference)
        self.loads = system.loads
        self.sketcher = sketcher(self.primal, self.terms, system)

    def rise_numbers(self, u: FloatArray, v: FloatArray) -> FloatArray:
        return self.terms.primal(self.primal.products(u, v))

    def flux_numbers(self, u: FloatArray, v: FloatArray) -> FloatArray:
        return self.terms.dual(self.dual.products(u, v))

    def with_solution(self, known: _Known | None, design: FloatArray, starts: tuple[Starts, Starts]) -> _Known:
        """Solve a design in full and keep what it gives."""
        model = self.family.model_at(design)
        places = wanted_places(model.package)
        below = from_below(primal.emit(model, places, self.reference), None, starts[0]).responses
        fields = below.only(self.names)
        rises = [self.primal.vector(fields.rise({name: 1.0})) for name in self.names]
        del below
        system = dual.emit(model, places, self.reference)
        solver = SteadySolver(system, ConjugateGradients(FIRST_TARGET, MOST_ITERATIONS))
        above = solver.respond(dict.fromkeys(self.names, FIRST_TARGET), starts=starts[1]).only(self.names)
        del solver, starts  # the lattice's levels have done their work, and what it began with
        fluxes = []
        for name in self.names:
            found = face_fluxes(model, system, above.by_load[name], places, {name: 1.0}, self.reference)
            fluxes.append(self.dual.balanced(self.dual.vector(found), name))
        solution = fields.by_load, above.by_load
        n_terms = len(self.weights)
        if known is None:
            empty = _Space((), np.zeros((n_terms, 0, 0)))
            base = np.array([[self.flux_numbers(a, b) for b in fluxes] for a in fluxes])
            sketches = np.zeros((0, n_terms, self.sketcher.loads.shape[1]))
            nothing = np.zeros((n_terms, 0, len(fluxes)))
            known = _Known(empty, sketches, empty, (), (), tuple(fluxes), nothing, np.moveaxis(base, -1, 0))
        space, moves = known.rises, known.moves
        shares = []
        for rise in rises:
            space, share = _joined(space, rise, self.rise_numbers, self.weights)
            shares.append(share)
        for flux, first in zip(fluxes, known.first, strict=True):
            if flux is not first:
                _subtract(flux, 1.0, first)
                moves, _ = _joined(moves, flux, self.flux_numbers, 1 / self.weights)
        new_sketches = [self.sketcher.of_field(field) for field in space.fields[len(known.rises.fields) :]]
        cross = [
            [self.flux_numbers(move, first) for first in known.first] for move in moves.fields[known.cross.shape[1] :]
        ]
        return replace(
            known,
            rises=space,
            sketches=np.concatenate([known.sketches, *(sketch[None] for sketch in new_sketches)]),
            moves=moves,
            starts=(*known.starts, solution),
            shares=(*known.shares, tuple(shares)),
            cross=np.concatenate([known.cross, *(np.array(row).T[:, None] for row in cross)], axis=1),
        )

    def start_at(self, known: _Known, model: ReducedModel, design: FloatArray) -> tuple[Starts, Starts]:
        """The fields that the model expects at a design: the same mixture of known ones on both lattices."""
        best = model.field(design)
        starts: tuple[dict[str, FloatArray], dict[str, FloatArray]] = {}, {}
        for i, name in enumerate(self.names):
            solved = np.zeros((len(best), len(known.shares)))
            for column, own in zip(solved.T, known.shares, strict=True):
                column[: len(own[i])] = own[i]
            shares = np.linalg.lstsq(solved, best[:, i], rcond=None)[0]
            for side in (0, 1):
                mixed = np.zeros(known.starts[0][side][name].shape)
                for share, solution in zip(shares, known.starts, strict=True):
                    _subtract(mixed, -float(share), solution[side][name])
                starts[side][name] = mixed
        return starts

    def model(self, known: _Known, snapshots: Sequence[Snapshot], ended: Ended = "most") -> ReducedModel:
        """The reduced model of what is known."""
        family, package = self.family, self.family.model.package
        values = [self.primal.views(field)[0] for field in known.rises.fields]
        loads = np.array([[float(np.vdot(self.loads[name], rise)) for name in self.names] for rise in values])
        powers = np.zeros((len(self.names), len(family.parameters) + 1))
        for name, slopes, constant in zip(powers_of(package), family.power.slopes, family.power.constant, strict=True):
            powers[self.names.index(name)] = [*slopes, constant]
        return ReducedModel(
            title=package.case.title,
            fingerprint=fingerprint(package.case, family.parameters),
            ranges=tuple(
                _range(*one) for one in zip(family.parameters, family.low, family.high, family.base, strict=True)
            ),
            weights=self.terms.weights,
            fields=known.rises.numbers,
            loads=loads,
            fluxes=Quadratic(known.moves.numbers, known.cross, known.base),
            names=self.names,
            powers=powers,
            asked=tuple(_asked(item, package, self.names) for item in wanted_of(package)),
            n_cells=family.model.grid.n_cells,
            snapshots=np.array([snapshot.design for snapshot in snapshots]),
            added=np.array([snapshot.added for snapshot in snapshots]),
            ended=ended,
        )


def build(
    family: Family,
    starts: tuple[Starts, Starts] = (NO_STARTS, NO_STARTS),
    progress: Callable[[Snapshot], None] = lambda _: None,
    most: int = MOST_SNAPSHOTS,
    enough: float = ENOUGH,
) -> ReducedModel:
    """A reduced model of a family of packages, of as many full solutions as it takes and as the memory holds.

    Parameters
    ----------
    starts : fields of the family's own model to begin with on either lattice, by the name of the load
    most : full solutions, at most
    enough : of the mesh's own width, that the model may add at the last of them
    Raises
    ------
    ConvergenceError : a solve fails
    GeometryError : a design between the ends of the ranges does not fit together, or the memory holds no model
    """
    package, grid = family.model.package, family.model.grid
    study, n_loads = package.case.study, len(wanted_places(package))
    check_room(grid, study, n_loads, package.case.title)
    maker, design = _Maker(family), family.base
    known = maker.with_solution(None, design, starts)
    snapshots = [Snapshot(design, np.inf, 0.0)]
    model = maker.model(known, snapshots)
    candidates = _candidates(family.low, family.high)
    progress(snapshots[0])
    ended: Ended = "most"
    while len(snapshots) < most:
        if not room(grid, study, n_loads, len(snapshots) + 1, len(snapshots)):
            ended = "memory"
            break
        design = candidates[int(imbalance(model, maker.sketcher, known.sketches, candidates).argmax())]
        before = _widths(model, design[None])
        known = maker.with_solution(known, design, maker.start_at(known, model, design))
        model = maker.model(known, snapshots)
        after = _widths(model, design[None])
        snapshots.append(Snapshot(design, float((before / after - 1).max()), float(after.max())))
        progress(snapshots[-1])
        if snapshots[-1].added <= enough:
            ended = "enough"
            break
    return maker.model(known, snapshots, ended)


def widest(model: ReducedModel) -> tuple[FloatArray, float]:
    """The design at which something asked for has the widest bracket, and half of that over its measure.

    Of the corners of the ranges, and of designs spread between them.
    """
    low, high = (np.array([getattr(one, end) for one in model.ranges]) for end in ("low", "high"))
    designs = _candidates(low, high)
    widths = _widths(model, designs).max(axis=0)
    return designs[widths.argmax()], float(widths.max())


def _widths(model: ReducedModel, designs: FloatArray) -> FloatArray:
    """Of everything asked for, half-width over measure at some designs, shape (n_asked, m)."""
    matrices = model.matrices(designs)
    return np.array([model.read(designs, one, *matrices).relative_half_width for one in model.asked])


def _candidates(low: FloatArray, high: FloatArray) -> FloatArray:
    """Corners of the ranges, and designs spread evenly between them on logarithmic scales, shape (m, n_parameters)."""
    from scipy.stats import qmc  # takes a third of a second to import, which a stored model does not need

    corners = np.array(list(islice(product(*zip(low, high, strict=True)), MOST_CORNERS)))
    spread = qmc.Halton(len(low), scramble=False).random(N_CANDIDATES)
    return np.concatenate([corners, low * (high / low) ** spread])


def _range(parameter: Parameter, low: float, high: float, base: float) -> Range:
    return Range(parameter.name, float(low), float(high), float(base), parameter.unit, parameter.in_unit(1.0))


def _asked(item: Wanted, package: Package, names: Sequence[str]) -> Asked:
    def vector(amounts: object) -> FloatArray:
        return np.array([dict(amounts).get(name, 0.0) for name in names])  # type: ignore[call-overload]

    powers = powers_of(package)
    junction = next(iter(powers)) if item.scale != 1.0 or item.name in package.case.study.metrics else None
    return Asked(
        name=item.name,
        unit=item.unit,
        definition=item.definition,
        first=vector(item.first),
        second=None if item.second == powers else vector(item.second),
        against=vector(item.against),
        per_watt=None if junction is None else names.index(junction),
    )


def fingerprint(case: Case, parameters: Sequence[Parameter]) -> str:
    """What tells two families apart: all that a case says of its package and its mesh but what is varied."""
    level = with_values(case, {p: 1e-3 if p.dimension is not None else 0.5 for p in parameters})
    said = level.model_dump(by_alias=True, exclude_none=True, mode="json")
    said = {key: value for key, value in said.items() if key not in ("title", "description")}
    said["study"] = {key: value for key, value in said["study"].items() if key != "claims"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
