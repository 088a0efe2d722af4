"""Which arrays are spoken of? Names for the array types in signatures."""

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
RegionArray = NDArray[np.int16]  # region of each cell; -1 where there is nothing
BoolArray = NDArray[np.bool_]
ComplexArray = NDArray[np.complex128]
if TYPE_CHECKING:
    SparseMatrix: TypeAlias = csr_matrix[np.float64]
else:
    SparseMatrix = csr_matrix  # which takes no type when the program runs
