"""Where does a reduced model know least? Designs at which its best field leaves most heat unbalanced.

A^-1 measures what the imbalance costs; here the diagonal of A stands for it, and a random sketch for the thousands of
points: what is left is added up in a few buckets with random signs, which keeps its size on average. It only chooses
designs, so no bound hangs on it. Source: [balabanovnouy2019].
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from thermopkg.answer.products import PrimalFields
from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.explore.reduced import ReducedModel
from thermopkg.explore.terms import Terms
from thermopkg.lattice import product_kernels
from thermopkg.lattice.sharing import Crew
from thermopkg.system import ThermalSystem

N_BUCKETS = 256  # sizes are kept to about 6 %
SEED = 1  # of the signs


@dataclass(frozen=True, eq=False)
class Sketcher:
    """Buckets and signs of the points of a primal lattice, and the sketches of its loads."""

    fields: PrimalFields
    terms: Terms
    bucket: IntArray  # shape of the lattice
    scale: FloatArray  # sign over the root of the diagonal; zero at points that take no part
    loads: FloatArray  # shape (n, N_BUCKETS)

    @cached_property
    def _films(self) -> tuple[IntArray, FloatArray]:
        """Of every corner of a cooled face its place in a sketch, flat, and what its rise adds there, shape (4, n)."""
        _, sides, flats = self.terms.places
        term, factor = [], []
        for item in self.fields.cooled:
            upright = item.faces.axis < 2
            place, key = (sides, (item.surface, item.layer)) if upright else (flats, (item.surface, ...))
            term.append(place.term[key])
            factor.append(place.factor[key])
        corners = self.fields.corners
        at = np.concatenate(term) * N_BUCKETS + self.bucket.ravel()[corners]
        return at, np.concatenate(factor) * self.fields.quarter * self.scale.ravel()[corners]

    def of_field(self, vector: FloatArray) -> FloatArray:
        """What a field as one vector sends out of every point, term by term, shape (n_terms, N_BUCKETS)."""
        model, n_terms, cells = self.fields.model, self.terms.weights.factor.size, self.terms.places[0]
        field, on_faces = self.fields.views(vector)
        parts = Crew().share(
            product_kernels.primal_sketch,
            model.grid.shape[0], model.grid.n_cells,
            model.region, cells.term, np.ascontiguousarray(cells.factor), n_terms, N_BUCKETS, *model.grid.steps,
            self.bucket, self.scale, field,
        )  # fmt: skip
        found: FloatArray = np.sum(parts, axis=0)
        at, factor = self._films
        return found + np.bincount(at.ravel(), (factor * on_faces).ravel(), found.size).reshape(found.shape)


def sketcher(fields: PrimalFields, terms: Terms, system: ThermalSystem) -> Sketcher:
    """For the primal system of the family's own model."""
    model, rng = fields.model, np.random.default_rng(SEED)
    diagonal = np.zeros(system.lattice.shape)
    conductivity = np.stack([region.conductivity for region in model.regions], axis=1)
    product_kernels.primal_diagonal(model.region, conductivity, *model.grid.steps, diagonal)
    diagonal.reshape(-1)[system.held_points] = 0.0
    sign = rng.choice([-1.0, 1.0], diagonal.shape)
    scale = np.divide(sign, np.sqrt(diagonal), out=np.zeros_like(diagonal), where=diagonal > 0)
    bucket = rng.integers(0, N_BUCKETS, diagonal.shape)
    loads = [np.bincount(bucket.ravel(), (scale * load).ravel(), N_BUCKETS) for load in system.loads.values()]
    return Sketcher(fields, terms, bucket, scale, np.stack(loads))


def imbalance(model: ReducedModel, sketcher: Sketcher, sketches: FloatArray, designs: FloatArray) -> FloatArray:
    """Size of what the best fields leave over what they carry, the worst of all loads, shape (m,).

    Parameters
    ----------
    sketches : of the model's primal fields, shape (r, n_terms, N_BUCKETS)
    designs : SI, shape (m, n_parameters)
    """
    weights = model.weights.at(designs)
    found = np.zeros(len(designs))
    for i, design in enumerate(designs):
        best = model.field(design)
        left = sketcher.loads - np.einsum("q,rn,rqb->nb", weights[:, i], best, sketches)
        carried = np.einsum("rn,rn->n", model.loads, best)
        found[i] = np.sqrt(((left**2).sum(axis=1) / np.maximum(carried, np.finfo(float).tiny)).max())
    return found
