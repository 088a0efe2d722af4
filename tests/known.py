"""Does what was found hold a known case? Every mesh's bounds, the order, and the limit, asserted and then recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse.linalg import spsolve

from tests.book import Book, Engine, limit, observed
from tests.exact import ExactCase
from thermopkg.answer.bracket import Bracket
from thermopkg.arraytypes import FloatArray
from thermopkg.fem import assemble
from thermopkg.lattice import primal
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.patch import Patch
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver
from thermopkg.system import AMBIENT, ThermalSystem

ORDER = 0.15  # |observed - theory|
TARGET = 1e-11  # relative residual of a field
NONE: Mapping[str, Patch] = {}
COOLANTS = {AMBIENT: 1.0}


def recorded_point(
    book: Book,
    exact: ExactCase,
    quantity: str,
    engine: Engine,
    unit: str,
    cells: Sequence[int],
    values: Sequence[float],
    theory: float | None,
) -> None:
    """A value without bounds: its error falls at an order, and what it tends to is within the case's tolerance."""
    truth = exact.values[quantity]
    errors = np.array(values) - truth
    tended = values[-1] if theory is None else limit(values, theory)
    if theory is not None:
        assert observed(errors) == pytest.approx(theory, abs=ORDER)
    assert tended == pytest.approx(truth, rel=exact.tolerance)
    book.record(exact.name, quantity, engine, unit, truth, cells=cells, value=values,
                order=None if theory is None else observed(errors), theory=theory,
                limit=None if theory is None else tended, tolerance=exact.tolerance)  # fmt: skip


def recorded_bounds(
    book: Book,
    exact: ExactCase,
    quantity: str,
    engine: Engine,
    unit: str,
    cells: Sequence[int],
    brackets: Sequence[Bracket],
    theory: float,
    settles: float = 2.0,
) -> None:
    """Bounds that hold the truth on every mesh and close at an order; their middles tend to it, at one of their own."""
    truth = exact.values[quantity]
    widths = [b.upper - b.lower for b in brackets]
    assert all(b.lower <= truth <= b.upper for b in brackets)
    tended = limit([b.value for b in brackets], settles)
    assert observed(widths) == pytest.approx(theory, abs=ORDER)
    assert tended == pytest.approx(truth, rel=exact.tolerance)
    book.record(exact.name, quantity, engine, unit, truth, cells=cells, lower=[b.lower for b in brackets],
                upper=[b.upper for b in brackets], order=observed(widths), theory=theory, limit=tended,
                tolerance=exact.tolerance)  # fmt: skip


def lattice_rise(system: ThermalSystem, load: FloatArray) -> FloatArray:
    """What a load of one's own makes of the points of a lattice, K; solved as the program does."""
    alone = replace(system, loads={"own": load}, constants=np.zeros((1, 1)))
    return SteadySolver(alone, ConjugateGradients(TARGET, 500)).respond({"own": TARGET}).rises[0].reshape(load.shape)


def lattice_field(
    model: VoxelModel, patches: Mapping[str, Patch] = NONE, loads: Mapping[str, float] = COOLANTS
) -> FloatArray:
    """Rises at the corners of cells under amounts of loads, K."""
    system = primal.emit(model, patches, 0.0)
    load = sum(amount * system.loads[name] for name, amount in loads.items())
    rise = lattice_rise(system, load)
    rise.ravel()[system.held_points] = loads.get(AMBIENT, 0.0) * system.held_rises
    return rise


def element_field(
    model: ElementModel, patches: Mapping[str, Patch] = NONE, loads: Mapping[str, float] = COOLANTS, order: int = 2
) -> FloatArray:
    """Rises at the corners of the mesh under amounts of loads, K."""
    system = assemble.emit(model, patches, 0.0, order)
    load = sum(amount * system.loads[name] for name, amount in loads.items())
    a = system.conductance.matrix.tocsc()
    free = np.flatnonzero(a.diagonal())
    rise = np.zeros(load.size)
    rise[free] = spsolve(a[free][:, free], load[free])
    rise[system.held_points] = loads.get(AMBIENT, 0.0) * system.held_rises
    return rise[: model.n_points]


def at(model: ElementModel, field: FloatArray, point: Sequence[float]) -> float:
    return float(field[np.argmin(np.abs(model.points - np.array(point)[:, None]).sum(axis=0))])
