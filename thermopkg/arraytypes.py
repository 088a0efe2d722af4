"""Which arrays are spoken of? Names for the array types in signatures."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
RegionArray = NDArray[np.int16]  # region of each cell; -1 where there is nothing
BoolArray = NDArray[np.bool_]
ComplexArray = NDArray[np.complex128]
