"""Is a field of temperatures the same wherever it is read? Trilinear between its corners."""

import numpy as np
import pytest

from thermopkg.package.package import TemperatureField

X, Y, Z = np.array([0.0, 1.0, 4.0]), np.array([0.0, 2.0]), np.array([-1.0, 0.0, 0.5, 3.0])


def trilinear(x, y, z):
    """A field that trilinear interpolation holds exactly."""
    x, y, z = np.meshgrid(x, y, z, indexing="ij")
    return 300 + 2 * x - 3 * y + 5 * z + x * y - 0.5 * y * z + 0.25 * x * y * z


FIELD = TemperatureField((X, Y, Z), trilinear(X, Y, Z))


def test_what_is_trilinear_is_read_exactly_anywhere():
    places = np.array([0.0, 0.3, 1.0, 3.9, 4.0]), np.array([0.0, 1.7, 2.0]), np.array([-1.0, -0.2, 0.1, 2.9, 3.0])
    np.testing.assert_allclose(FIELD.at(places), trilinear(*places), rtol=1e-14)


def test_a_grid_with_all_ticks_keeps_the_very_field():
    assert FIELD.at((X, Y, Z)).tolist() == FIELD.values.tolist()
    finer = tuple(np.sort(np.append(ticks, 0.5 * (ticks[1:] + ticks[:-1]))) for ticks in (X, Y, Z))
    again = TemperatureField(finer, FIELD.at(finer)).at((X, Y, Z))
    assert again.tolist() == FIELD.values.tolist()


def test_the_middle_of_a_cell_is_the_mean_of_its_corners():
    field = TemperatureField((X, Y, Z), np.random.default_rng(7).uniform(250, 400, (3, 2, 4)))
    middle = tuple(0.5 * (ticks[1:] + ticks[:-1]) for ticks in (X, Y, Z))
    corners = [field.values[a : a + 2, b : b + 1, c : c + 3] for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    np.testing.assert_allclose(field.at(middle), np.mean(corners, axis=0), rtol=1e-14)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_every_axis_has_its_own_ticks(axis):
    values = np.zeros((3, 2, 4))
    ticks = (X, Y, Z)[axis]
    np.moveaxis(values, axis, -1)[...] = ticks
    places = tuple(np.array([0.4]) for _ in range(3))
    assert TemperatureField((X, Y, Z), values).at(places) == pytest.approx(0.4, rel=1e-14)
