"""Which meshes of elements do the tests solve? Stacks of layers on tensor grids of tetrahedra or bricks.

Coordinates in m, conductivities in W/m/K, films in W/m²/K; all temperatures are rises over a reference of 0 K.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, cast

import numpy as np
from skfem import MeshTet

from tests.exact.stack import Layer
from tests.models import Coolant, interfaces, solid
from thermopkg.arraytypes import FloatArray
from thermopkg.case.material import ElectricalRole
from thermopkg.fem import assemble
from thermopkg.fem.holding import means
from thermopkg.mesh.elements import ElementModel, ExposedFacets
from thermopkg.mesh.patch import FacePatch, Patch
from thermopkg.mesh.region import Region
from thermopkg.mesh.voxel import Surface
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver, UnitResponses

SIDES = {"z-": "bottom", "z+": "top", "x-": "sides", "x+": "sides", "y-": "sides", "y+": "sides"}
AXES = {"x": 0, "y": 1, "z": 2}


def elements(mesh: Any, conductivity: Sequence[Any], region: Any, cooling: Mapping[str, Coolant]) -> ElementModel:
    """A model from a mesh of scikit-fem that fills a box, with coolants by the direction that its faces look to."""
    regions = tuple(
        Region(solid(n), solid(n), "body", solid(n), cast(ElectricalRole, None), np.array(own, float))
        for n, own in enumerate(conductivity)
    )
    surfaces, exposed = [], []
    facets = mesh.facets[:, mesh.boundary_facets()]
    owner = mesh.f2t[0, mesh.boundary_facets()]
    for direction, coolant in cooling.items():
        axis = AXES[direction[0]]
        end = mesh.p[axis].max() if direction[1] == "+" else mesh.p[axis].min()
        here = (np.abs(mesh.p[axis][facets] - end) < 1e-12).all(axis=0)
        surfaces.append(Surface(direction, coolant.film, coolant.rise))
        for n in range(len(regions)):
            chosen = here & (region[owner] == n)
            if chosen.any():
                exposed.append(ExposedFacets(solid(n), SIDES[direction], len(surfaces) - 1, facets[:, chosen]))
    return ElementModel(mesh.p, mesh.t, np.asarray(region), regions, tuple(surfaces), tuple(exposed))


def stack(
    layers: Sequence[Layer],
    x: FloatArray,
    y: FloatArray,
    cooling: Mapping[str, Coolant],
    parts: int = 1,
    kind: Any = MeshTet,
) -> ElementModel:
    """Full-area layers on a tensor grid, each a region of its own, cut into so many sheets."""
    heights = interfaces(layers)
    z = np.unique(np.concatenate([np.linspace(a, b, parts + 1) for a, b in pairwise(heights)]))
    mesh = kind.init_tensor(x, y, z)
    region = np.searchsorted(heights, mesh.p[2, mesh.t].mean(axis=0)) - 1
    return elements(mesh, [layer.conductivity for layer in layers], region, cooling)


def on_interface(layers: Sequence[Layer], interface: int, x: tuple[float, float], y: tuple[float, float]) -> FacePatch:
    """A rectangle on an interface, as the top face of the layer below it."""
    return FacePatch(solid(interface - 1), True, float(interfaces(layers)[interface]), x, y)


def responses(
    model: ElementModel, patches: Mapping[str, Patch], reference: float = 0.0, order: int = 1, emit: Any = None
) -> UnitResponses:
    """One unit of every load, of fields of an order, or of another system."""
    system = assemble.emit(model, patches, reference, order) if emit is None else emit(model, patches, reference)
    return SteadySolver(system, ConjugateGradients(1e-11, 500)).respond(dict.fromkeys(system.loads, 1e-11))


def resistances(
    model: ElementModel, patches: Mapping[str, Patch], reference: float = 0.0, order: int = 1
) -> FloatArray:
    """Mean rise of every place (rows) per unit of every load, K/W."""
    found = responses(model, patches, reference, order)
    return means(found.system, found.rises)
