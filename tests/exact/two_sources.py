"""What is the exact matrix of two chips in a stack whose layers all have one outline?

Heat flows up and down only. Let a be the resistance from the lower source down to its coolant, m that between the two
sources, c that from the upper source up to its coolant, films included. One watt in the lower source splits between a
and m + c, one in the upper between a + m and c; of the heat that passes both ways, the far source sees the rise over
its own last resistance:

    R_11 = a (m + c) / (a + m + c)      R_22 = c (a + m) / (a + m + c)      R_12 = R_21 = a c / (a + m + c)
"""

from collections.abc import Sequence

import numpy as np

from tests.exact.stack import Layer
from thermopkg.arraytypes import FloatArray


def two_source_matrix(
    below: Sequence[Layer],
    between: Sequence[Layer],
    above: Sequence[Layer],
    film_bottom: float,
    film_top: float,
    area: float,
) -> FloatArray:
    """Rise of each source plane per watt in either, K/W, shape (2, 2).

    Parameters
    ----------
    below, between, above : the layers under, between and over the two source planes
    film_bottom, film_top : W/m²/K
    area : of the outline, m²
    Source: derived in the module's first lines
    """
    a = (1 / film_bottom + sum(layer.resistance for layer in below)) / area
    m = sum(layer.resistance for layer in between) / area
    c = (1 / film_top + sum(layer.resistance for layer in above)) / area
    return np.array([[a * (m + c), a * c], [a * c, c * (a + m)]]) / (a + m + c)
