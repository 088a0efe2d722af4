"""How fast does a small system come to rest? Eigenvalues of its conductance matrix, the slowest to their own digits.

The matrix is factored and its triangle, not the matrix itself, turned by rotations, which leave small values their
digits beside values that are ten decades larger. Source: [demmelveselic1992].
"""

import numpy as np
from scipy.linalg import LinAlgError, cholesky
from scipy.linalg.lapack import dgejsv

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ModelError

ASYMMETRY = 1e-8  # relative, of the largest entry; beyond it a matrix is no sum of products that were merely rounded


def rates_and_fields(conductance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues, fastest first, shape (r,), and orthonormal eigenvectors, shape (r, r), of a conductance matrix.

    Raises
    ------
    ModelError : it is not symmetric, or not positive definite
    """
    largest = np.abs(conductance).max(initial=0.0)
    if not np.isfinite(largest) or np.abs(conductance - conductance.T).max(initial=0.0) > ASYMMETRY * largest:
        raise ModelError("the conductance matrix is not symmetric; heat that flows one way flows the other as well")
    try:
        triangle = cholesky(0.5 * (conductance + conductance.T))  # upper: its columns are what differs in size
    except LinAlgError as error:
        raise ModelError(f"the conductance matrix is not positive definite ({error}): heat has no way out") from error
    roots, _, fields, work, _, info = dgejsv(triangle, joba=0, jobu=3, jobv=0)  # 'C': small values to their own digits
    if info:
        raise ModelError(f"the eigenvalues of the conductance matrix were not found (LAPACK says {info})")
    return np.asarray((roots * (work[1] / work[0])) ** 2), np.asarray(fields)
