"""Are corners of 270 degrees what conformal maps say, and do both engines close there at the rate of theory?"""

import numpy as np
import pytest
from scipy.sparse.linalg import spsolve
from skfem import Basis, MeshTet

from tests import element_models
from tests.book import limit, observed
from tests.exact import case
from tests.known import ORDER, recorded_bounds
from tests.models import Coolant, bounded, even, matrix, painted
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.referee import element_bracket
from thermopkg.fem import assemble
from thermopkg.fem.places import Places
from thermopkg.lattice import primal
from thermopkg.mesh.voxel import NOTHING
from thermopkg.system import AMBIENT


# ---------------------------------------------------------------- corners of 270 degrees
def step_model(engine: str, n: int, arms, depth: float, conductivity: float):
    """A strip that widens in one step, `n` cells a narrow width, one kelvin between its far ends."""
    (narrow, short), (wide, long) = arms
    step = narrow / n
    x = even(0.0, short, short + long, parts=[round(short / step), round(long / step)])
    z = even(0.0, narrow, wide, parts=[n, round((wide - narrow) / step)])
    if engine == "lattice":
        region = np.zeros((x.size - 1, 1, z.size - 1), int)
        cut = round(short / step)
        region[:cut, :, n:] = NOTHING
        region[cut:] = 1  # so that the step, which looks towards x-, is not the held end
        cooling = {("x-", 0): Coolant(np.inf, 1.0), ("x+", 1): Coolant(np.inf, 0.0)}
        return painted((x, even(0.0, depth), z), region, np.full((2, 3), conductivity), cooling)
    mesh = MeshTet.init_tensor(x, even(0.0, step), z)
    middle = mesh.p[:, mesh.t].mean(axis=1)
    mesh = mesh.remove_elements(np.flatnonzero((middle[0] < short) & (middle[2] > narrow)))
    cooling = {"x-": Coolant(np.inf, 1.0), "x+": Coolant(np.inf, 0.0)}
    return element_models.elements(mesh, np.full((1, 3), conductivity), np.zeros(mesh.t.shape[1], int), cooling)


@pytest.mark.parametrize("engine", ["lattice", "elements"])
def test_resistance_of_a_strip_that_widens(engine, book) -> None:
    exact = case("B04")
    inputs = exact.inputs
    brackets, cells = [], []
    for n in (4, 8, 16) if engine == "lattice" else (2, 4, 8):
        model = step_model(engine, n, (inputs["narrow"], inputs["wide"]), inputs["depth"], inputs["conductivity"])
        found = bounded(model, {}) if engine == "lattice" else element_bracket(model, {}, 0.0)
        depth = inputs["depth"] if engine == "lattice" else inputs["narrow"][0] / n
        own = found.entry(AMBIENT, AMBIENT)  # minus the conductance
        resistances = sorted(-1.0 / end * depth / inputs["depth"] for end in (own.lower, own.upper))
        brackets.append(Bracket(0.5 * sum(resistances), *resistances))
        cells.append(model.grid.n_cells if engine == "lattice" else model.n_cells)
    recorded_bounds(book, exact, "resistance", engine, "K/W", cells, brackets, 4 / 3, settles=4 / 3)


@pytest.mark.parametrize(("engine", "order"), [("lattice", 1), ("elements", 2)])
def test_energy_of_a_singular_field(engine, order, book) -> None:
    """S01: u = r^(2/3) sin(2 θ/3) given on the boundary of an L, one cell deep. The energy falls short by h^(4/3)."""
    exact = case("S01")
    truth = exact.values["energy_norm_squared"]

    def field(x, z):
        angle = np.mod(np.arctan2(z, x), 2 * np.pi)
        return np.hypot(x, z) ** (2 / 3) * np.sin(2 * angle / 3)

    energies, cells = [], []
    for n in (16, 32, 64) if engine == "lattice" else (6, 12, 24):
        ticks = even(-1.0, 0.0, 1.0, parts=n)
        if engine == "lattice":
            middles = 0.5 * (ticks[1:] + ticks[:-1])
            region = np.where((middles[:, None] > 0) & (middles[None, :] < 0), NOTHING, 0)[:, None, :]
            model = painted((ticks, even(0.0, 1.0), ticks), region, np.ones((1, 3)), {})
            a, depth = matrix(primal.emit(model, {}, 0.0).conductance), 1.0
            places = [p.ravel() for p in np.meshgrid(ticks, np.array([0.0, 1.0]), ticks, indexing="ij")]
            cells.append(int((region != NOTHING).sum()))
        else:
            depth = 1.0 / n
            mesh = MeshTet.init_tensor(ticks, np.array([0.0, depth]), ticks)
            middle = mesh.p[:, mesh.t].mean(axis=1)
            mesh = mesh.remove_elements(np.flatnonzero((middle[0] > 0) & (middle[2] < 0)))
            model = element_models.elements(mesh, np.ones((1, 3)), np.zeros(mesh.t.shape[1], int), {})
            element = assemble.ELEMENTS[4, order]()
            a = assemble.conduction_matrix(Places(model), element, order).tocsc()
            places = Basis(Places(model).mesh, element, intorder=1).doflocs
            cells.append(model.n_cells)
        x, z = places[0], places[2]
        u = field(x, z)
        near = 1e-9
        edge = (np.abs(np.abs(x) - 1) < near) | (np.abs(np.abs(z) - 1) < near)
        edge |= ((np.abs(x) < near) & (z < near)) | ((np.abs(z) < near) & (x > -near))
        inside = np.flatnonzero(~edge & (a.diagonal() > 0))
        u[inside] = spsolve(a[np.ix_(inside, inside)].tocsc(), -(a[inside] @ np.where(edge, u, 0.0)))
        energies.append(float(u @ (a @ u)) / depth)
    errors = np.array(energies) - truth
    rate, tended = observed(errors), limit(energies, 4 / 3)
    if order == 1:  # what is left falls with the square of the step
        tended = limit([limit(energies[:2], 4 / 3), tended], 2.0)
    assert rate == pytest.approx(2 * exact.values["rate_of_energy_norm"], abs=ORDER)
    assert tended == pytest.approx(truth, rel=exact.tolerance)
    book.record("S01", "energy_norm_squared", engine, "", truth, cells=cells, value=energies, order=rate, theory=4 / 3,
                limit=tended, tolerance=exact.tolerance)  # fmt: skip
