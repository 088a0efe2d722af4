"""Between which two numbers does the truth lie, by elements? Fields from below, balanced fluxes from above.

With R = F' A^-1 F and its constants, R of fields <= R <= R of fluxes in the order of symmetric matrices: the same
statement as of the two lattices, and the same matrix comes of it. Source: [pragersynge1947], [braess2007] ch. III
"""

from collections.abc import Mapping

import numpy as np

from thermopkg.answer.bracket import ResistanceMatrix, own_matrix
from thermopkg.arraytypes import FloatArray
from thermopkg.fem import assemble, mixed
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.patch import Patch
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver
from thermopkg.system import ThermalSystem

TARGET = 1e-4  # relative residual of every load: values are off by its square, about
MOST_ITERATIONS = 1000  # for one load: flat cells take a hundred and more
# What the solver leaves adds W' A^-1 W to the bound from above, of second order in the residual: at the target it was
# 1e-10 of the bound on a flip chip whose cells are 8,000 times as long as they are flat, and 5e-9 on an open frame. As
# it is known from such measurements alone, far more is put on; a target of 1e-6 takes twice the iterations.
REMAINDER = 1e-6  # of each diagonal entry


def element_bracket(
    model: ElementModel, patches: Mapping[str, Patch], reference: float, order: int = 1, free: float | None = None
) -> ResistanceMatrix:
    """Bounds on the mean rise of every patch per watt in every other, whatever the mesh of tetrahedra.

    Parameters
    ----------
    order : of the fields; fluxes are of the lowest
    free : memory that may be taken, bytes; what this machine can give away now if left out
    Raises
    ------
    GeometryError : one of the systems would not fit into the memory; nothing has been allocated
    ModelError : two held temperatures meet in one point, a patch is empty, or bounds are not known for a contact
    ConvergenceError : a solve fails
    """
    names, lower = _solved(assemble.emit(model, patches, reference, order, free))
    _, upper = _solved(mixed.emit(model, patches, reference, free))
    return ResistanceMatrix(names, lower, upper + np.diag(REMAINDER * np.abs(np.diag(upper))))


def _solved(system: ThermalSystem) -> tuple[tuple[str, ...], FloatArray]:
    """Names of all loads and the system's own matrix, K/W."""
    solver = SteadySolver(system, ConjugateGradients(TARGET, MOST_ITERATIONS))
    found = solver.respond(dict.fromkeys(system.loads, TARGET))
    return found.names, own_matrix(found)
