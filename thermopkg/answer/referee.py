"""Between which two numbers does the truth lie, by elements? Fields from below, balanced fluxes from above.

With R = F' A^-1 F and its constants, R of fields <= R <= R of fluxes in the order of symmetric matrices: the same
statement as of the two lattices, and the same matrix comes of it. Both hold whatever the solver leaves: from below by
the formula itself, from above because every flux is brought into balance before its energy is taken; through contacts
it is not, and a share is put on.
Source: [pragersynge1947], [braess2007] ch. III
"""

from collections.abc import Mapping

import numpy as np

from thermopkg.answer.bracket import ResistanceMatrix, own_matrix
from thermopkg.fem import assemble, mixed
from thermopkg.fem.fluxes import flux_space
from thermopkg.fem.places import Places
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.patch import Patch
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver, UnitResponses
from thermopkg.system import ThermalSystem

TARGET = 1e-4  # relative residual of every load: values are off by its square, about
MOST_ITERATIONS = 1000  # for one load: flat cells take a hundred and more
# Fluxes through contacts are not brought into balance: what the solver leaves there adds W' A^-1 W to the bound, of
# second order in the residual. At the target it was 1e-10 of the bound on a flip chip whose cells are 8,000 times as
# long as they are flat, and 5e-9 on an open frame. As it is known from such measurements alone, far more is put on.
REMAINDER = 1e-6  # of each diagonal entry, where there are contacts


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
    places = Places(model)
    below = _solved(assemble.emit(model, patches, reference, order, free, places))
    names, lower = below.names, own_matrix(below)
    above = _solved(mixed.emit(model, patches, reference, free, places))
    if model.in_contact.any():
        upper = own_matrix(above)
        return ResistanceMatrix(names, lower, upper + np.diag(REMAINDER * np.abs(np.diag(upper))))
    space = flux_space(places, patches, reference)
    fluxes = mixed.fluxes(space, [above.only([name]).rise({name: 1.0}) for name in names])
    return ResistanceMatrix(names, lower, space.energy(fluxes))


def _solved(system: ThermalSystem) -> UnitResponses:
    """The responses to all loads."""
    solver = SteadySolver(system, ConjugateGradients(TARGET, MOST_ITERATIONS))
    return solver.respond(dict.fromkeys(system.loads, TARGET))
