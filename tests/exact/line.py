"""What is the rise of a stack whose power grows as exp(s t)? The transfer line, layer by layer, exactly.

In a layer of conductivity k that stores c the rise obeys k T'' = s c T. Seen from its top, a layer over something of
resistance Z passes on z (Z + z tanh(g t)) / (z + Z tanh(g t)), with g = sqrt(s c / k) and z = 1 / (k g).
"""

import math
from collections.abc import Sequence

from tests.exact.stack import Layer


def line_resistance(layers: Sequence[Layer], capacity: Sequence[float], film_bottom: float, shift: float) -> float:
    """Rise of the top face per W/m² made there, m² K/W; layers from bottom to top, `shift` s in 1/s, positive.

    The top is adiabatic; `capacity` in J/m³/K; an infinite film holds the bottom.
    """
    seen = 1 / film_bottom
    for layer, stored in zip(layers, capacity, strict=True):
        conductivity = layer.conductivity[2]
        decay = math.sqrt(shift * stored / conductivity)
        own, reach = 1 / (conductivity * decay), math.tanh(decay * layer.thickness)
        seen = own * (seen + own * reach) / (own + seen * reach)
    return seen
