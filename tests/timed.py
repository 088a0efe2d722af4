"""Which models do the tests of time solve? Quarters of the stacks T06 and T07, cut for their first moments."""

from collections.abc import Callable
from functools import partial

import numpy as np

from tests.exact import ExactCase
from tests.exact.stack import Layer
from tests.models import Coolant, everything, interfaces, painted, solid
from thermopkg.answer.zth import Span, ThermalImpedance, thermal_impedance
from thermopkg.arraytypes import FloatArray
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.patch import FacePatch, volume_shares
from thermopkg.mesh.resolving import resolved
from thermopkg.mesh.voxel import VoxelModel


def quarter(exact: ExactCase, grid: Grid) -> VoxelModel:
    """A quarter of a stack on a grid that has its interfaces."""
    layers = [layer for layer in exact.layers if isinstance(layer, Layer)]
    middles = 0.5 * (grid.z[1:] + grid.z[:-1])
    column = np.searchsorted(interfaces(layers)[1:-1], middles)
    region = np.broadcast_to(column, grid.shape).copy()
    conductivity = np.array([layer.conductivity for layer in layers])
    cooling = {"z-": Coolant(exact.inputs["film_bottom"])}
    return painted(grid.axes, region, conductivity, cooling, exact.inputs["capacity"], grid.mirrored)


def source_of(exact: ExactCase, half: float) -> FacePatch:
    """A square in the middle of the top, m, which is where the quarter has its corner."""
    layers = [layer for layer in exact.layers if isinstance(layer, Layer)]
    top = float(interfaces(layers)[-1])
    return FacePatch(solid(len(layers) - 1), True, top, (-half, half), (-half, half))


def prepared(
    exact: ExactCase, half: float, side: float, span: Span, halvings: int = 0
) -> tuple[VoxelModel, FacePatch, Callable[[], FloatArray]]:
    """A quarter of a stack cut for a span of time, its source, and a guard; halves of both sides in m."""
    layers = [layer for layer in exact.layers if isinstance(layer, Layer)]
    lateral: FloatArray = np.unique([0.0, half, side])
    coarse = Grid(lateral, lateral, interfaces(layers), (True, True))
    source = source_of(exact, half)
    faces = [source] if half < side else [FacePatch(source.solid, True, source.z, (-1.0, 1.0), (-1.0, 1.0))]
    grid = resolved(quarter(exact, coarse), faces, span.first, lambda _: True).grid.halved(halvings)
    model = quarter(exact, grid)
    return model, source, partial(volume_shares, model, everything(model))


def timed(exact: ExactCase, half: float, side: float, span: Span, halvings: int = 0) -> ThermalImpedance:
    """Z_th of a square source in the middle of a stack with a square outline; as `prepared`."""
    model, source, guard = prepared(exact, half, side, span, halvings)
    return thermal_impedance((model, model), {"die": source}, guard, span)


def curve_of(exact: ExactCase) -> tuple[FloatArray, FloatArray]:
    """Times, s, and exact rises per watt, K/W."""
    pairs = [(float(name.split("_")[1]), value) for name, value in exact.values.items() if name.startswith("after_")]
    times, values = zip(*sorted(pairs), strict=True)
    return np.array(times), np.array(values)
