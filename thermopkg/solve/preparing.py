"""Which solver suits an operator? A lattice has its own multigrid; a sparse matrix is eliminated or aggregated."""

from thermopkg.lattice.network import Network
from thermopkg.solve.linear import ConjugateGradients, PreparedLattice
from thermopkg.solve.sparse import PreparedMatrix, prepare_matrix
from thermopkg.system import ElementNetwork

Prepared = PreparedLattice | PreparedMatrix


def prepared(conductance: Network | ElementNetwork, method: ConjugateGradients) -> Prepared:
    """The operator made ready once, for any number of loads."""
    if isinstance(conductance, ElementNetwork):
        return prepare_matrix(conductance.matrix, method, conductance.coarser)
    return method.prepare(conductance)
