"""Are cells halved where they are marked, and is the mesh still the same package, without a gap?"""

import numpy as np
import pytest
from skfem import MeshTet

from tests.element_models import stack
from tests.exact.stack import Layer, isotropic
from tests.models import ends
from thermopkg.fem.fluxes import areas
from thermopkg.mesh.bisection import bisected
from thermopkg.mesh.quality import quality, volumes

LAYERS = (isotropic(0.5e-3, 20.0), Layer(20e-6, (400.0, 400.0, 0.5)), isotropic(1e-3, 150.0))  # one of them flat
X, Y = np.array([0.0, 0.7e-3, 2e-3]), np.array([0.0, 1e-3])  # m


def refined(rounds, seed=0):
    """The stack with a tenth of its cells marked at random, and always the last one, round after round."""
    model, random = stack(LAYERS, X, Y, ends(100.0, 400.0)), np.random.default_rng(seed)
    for _ in range(rounds):
        marked = random.random(model.n_cells) < 0.1
        marked[-1] = True
        model = bisected(model, marked).model
    return model


def outside(model):
    """Area of all faces with one cell alone, m^2: a gap between neighbours that disagree would be in it twice."""
    mesh = MeshTet(model.points, model.cells)
    return areas(model.points, mesh.facets[:, mesh.boundary_facets()]).sum()


@pytest.mark.parametrize("seed", range(3))
def test_a_refined_mesh_has_no_gaps(seed):
    model = refined(8, seed)
    assert model.n_cells > 300
    assert outside(model) == pytest.approx(2 * (2e-6 + 3e-3 * 1.52e-3), rel=1e-12)  # of the box, by its sides
    assert np.unique(np.sort(model.cells, axis=0), axis=1).shape == model.cells.shape


def test_solids_keep_their_volumes_and_faces_their_areas():
    before, after = refined(0), refined(8)
    assert quality(after).volumes == pytest.approx(dict(quality(before).volumes), rel=1e-12)
    for one, other in zip(before.exposed, after.exposed, strict=True):
        assert (one.part, one.face, one.surface) == (other.part, other.face, other.surface)
        assert areas(after.points, other.corners).sum() == pytest.approx(areas(before.points, one.corners).sum())
        assert other.corners.shape[1] > one.corners.shape[1]


def test_marked_cells_are_halved_and_children_know_their_parents():
    model = refined(3)
    marked = np.zeros(model.n_cells, bool)
    marked[[0, 7]] = True
    found = bisected(model, marked)
    size = np.bincount(found.parent, volumes(found.model), model.n_cells)
    assert size == pytest.approx(volumes(model), rel=1e-12)
    assert (np.bincount(found.parent)[marked] >= 2).all()
    assert (found.model.region == model.region[found.parent]).all()


def test_nothing_marked_is_nothing_done():
    model = refined(2)
    found = bisected(model, np.zeros(model.n_cells, bool))
    assert found.model.n_cells == model.n_cells
    assert found.ends == ()


def test_a_linear_field_is_carried_exactly():
    model = refined(0)
    found = bisected(model, np.ones(model.n_cells, bool))
    found = bisected(found.model, np.ones(found.model.n_cells, bool)).after(found)
    slope = np.array([3.0, -2.0, 5.0])  # K/m
    assert found.carried(slope @ model.points) == pytest.approx(slope @ found.model.points, rel=1e-12)
    assert found.parent.max() < model.n_cells


def test_cells_stay_in_shape_around_a_point():
    """Twenty rounds towards one corner: no angle is ever below a half of the smallest at the start."""
    model = stack((isotropic(1e-3, 1.0),), np.linspace(0, 1e-3, 3), np.linspace(0, 1e-3, 3), ends(1.0, 1.0), 2)
    least = quality(model).smallest_angle
    for _ in range(20):
        model = bisected(model, (model.points[:, model.cells] == 0).all(axis=0).any(axis=0)).model
    assert quality(model).smallest_angle > 0.5 * least
    assert volumes(model).min() < 1e-5 * volumes(model).max()
