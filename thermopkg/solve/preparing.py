"""Which solver suits an operator? A lattice has its own multigrid; a sparse matrix is eliminated or aggregated."""

from thermopkg.arraytypes import SparseMatrix
from thermopkg.lattice.network import CellLattice, Lattice, Network
from thermopkg.solve.linear import ConjugateGradients, PreparedLattice
from thermopkg.solve.sparse import PreparedMatrix, prepare_matrix

Prepared = PreparedLattice | PreparedMatrix


def prepared(conductance: Network | SparseMatrix, method: ConjugateGradients) -> Prepared:
    """The operator made ready once, for any number of loads."""
    if isinstance(conductance, Lattice | CellLattice):
        return method.prepare(conductance)
    return prepare_matrix(conductance, method)
