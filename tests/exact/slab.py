"""What is the exact temperature of a stack in which heat flows only up and down?

Resistances in series lie between the two ambients. A square metre of the plane at z has D(z) below it and U(z) above
it, films included, and D + U is the same for every plane. One watt released in the plane s raises the plane z by

    rise(z, s) = min(D(z), D(s)) min(U(z), U(s)) / (D + U)

which is linear in s on either side of z. Heat spread evenly through a layer therefore raises its faces, and all that
lies beyond them, as if it came from the layer's middle plane; inside, the parabola q ζ (t - ζ) / (2 k) comes on top.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tests.exact.stack import Element, Layer
from thermopkg.arraytypes import FloatArray


@dataclass(frozen=True, eq=False)
class SlabAnswer:
    """Exact temperatures and fluxes of a slab.

    `interfaces`: temperature of every interface, K, shape (n_elements + 1,); `means`: mean temperature of every
    element, K, shape (n_elements,), for a contact the mean of its two faces; `flux_down`, `flux_up`: heat that leaves
    through the bottom and through the top face, W/m².
    """

    interfaces: FloatArray
    means: FloatArray
    flux_down: float
    flux_up: float


@dataclass(frozen=True)
class _Plane:
    """A level in the stack: resistance of a square metre down and up to the ambients, m² K/W, infinite if adiabatic."""

    below: float
    above: float

    @property
    def share_down(self) -> float:
        """Share of a watt released here that leaves at the bottom."""
        if math.isinf(self.below):
            return 0.0
        return 1.0 if math.isinf(self.above) else self.above / (self.below + self.above)

    def rise_from(self, source: "_Plane") -> float:
        """Rise of this level for one watt released at another, m² K/W."""
        low, high = min(self.below, source.below), min(self.above, source.above)
        if math.isinf(low):
            return high
        return low if math.isinf(high) else low * high / (self.below + self.above)


def _interface_planes(layers: Sequence[Element], film_bottom: float, film_top: float) -> list[_Plane]:
    """Every interface of the stack, from bottom to top."""
    below = [math.inf if film_bottom == 0.0 else 1.0 / film_bottom]
    above = [math.inf if film_top == 0.0 else 1.0 / film_top]
    for element in layers:
        below.append(below[-1] + element.resistance)
    for element in reversed(layers):
        above.append(above[-1] + element.resistance)
    return [_Plane(down, up) for down, up in zip(below, reversed(above), strict=True)]


def solve_slab(
    layers: Sequence[Element],
    film_bottom: float,
    film_top: float,
    *,
    interface_heat: Mapping[int, float] | None = None,
    layer_heat: Mapping[int, float] | None = None,
    ambient_bottom: float = 0.0,
    ambient_top: float = 0.0,
) -> SlabAnswer:
    """Exact temperatures of a stack without lateral flow.

    Parameters
    ----------
    layers : from bottom to top
    film_bottom, film_top : W/m²/K; 0 is adiabatic, infinity holds the face at its ambient
    interface_heat : heat released at interfaces, W/m², by interface
    layer_heat : heat released evenly inside layers, W/m³, by element
    ambient_bottom, ambient_top : K on any scale
    Raises
    ------
    ValueError : both faces are adiabatic, or a contact is said to release heat in a volume
    Source: derived in the module's first lines
    """
    if film_bottom == 0.0 and film_top == 0.0:
        raise ValueError("both faces are adiabatic: there is no steady state")
    planes = _interface_planes(layers, film_bottom, film_top)
    releases = [(flux, planes[interface]) for interface, flux in (interface_heat or {}).items()]
    crown = np.zeros(len(layers))  # mean of the parabola above the chord between a layer's faces: q t² / (12 k)
    for number, density in (layer_heat or {}).items():
        layer = layers[number]
        if not isinstance(layer, Layer):
            raise ValueError(f"element {number} is a contact: it has no volume to heat")
        half = 0.5 * layer.resistance
        middle = _Plane(planes[number].below + half, planes[number + 1].above + half)
        releases.append((density * layer.thickness, middle))
        crown[number] = density * layer.thickness * layer.resistance / 12.0

    temperature = np.array(
        [
            ambient_bottom * plane.share_down
            + ambient_top * (1.0 - plane.share_down)
            + sum(flux * plane.rise_from(source) for flux, source in releases)
            for plane in planes
        ]
    )
    from_top_to_bottom = (ambient_top - ambient_bottom) / (planes[0].below + planes[0].above)
    flux_down = from_top_to_bottom + sum(flux * source.share_down for flux, source in releases)
    flux_up = sum(flux for flux, _ in releases) - flux_down
    means = 0.5 * (temperature[1:] + temperature[:-1]) + crown
    return SlabAnswer(temperature, means, flux_down, flux_up)


def series_rise(
    layers: Sequence[Element],
    film_bottom: float,
    film_top: float,
    source_interface: int | None = None,
    *,
    source_layer: int | None = None,
) -> float:
    """Mean rise of the source for one watt per square metre of footprint, m² K/W; both ambients are at zero.

    The source is an interface or the whole of a layer. Divide by the footprint's area for K/W.
    """
    if (source_interface is None) == (source_layer is None):
        raise ValueError("name one source: an interface or a layer")
    if source_interface is not None:
        answer = solve_slab(layers, film_bottom, film_top, interface_heat={source_interface: 1.0})
        return float(answer.interfaces[source_interface])
    assert source_layer is not None
    layer = layers[source_layer]
    if not isinstance(layer, Layer):
        raise ValueError(f"element {source_layer} is a contact: it has no volume to heat")
    answer = solve_slab(layers, film_bottom, film_top, layer_heat={source_layer: 1.0 / layer.thickness})
    return float(answer.means[source_layer])
