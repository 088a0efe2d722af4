"""Which networks have the curves that were found? All sources coupled, each by itself, and both with few stages."""

from dataclasses import dataclass
from functools import cached_property

from thermopkg.answer.zth import ThermalImpedance
from thermopkg.network.breaks import BreakPoint, break_points
from thermopkg.network.cauer import Cauer, ladder
from thermopkg.network.coupled import CoupledFoster, coupled_foster, coupled_of
from thermopkg.network.fewer import Fewer, difference, fewer
from thermopkg.network.fewer_coupled import FewerCoupled, fewer_coupled
from thermopkg.network.foster import Foster
from thermopkg.network.structure import StructureFunction, structure_function
from thermopkg.solve.reduced import ReducedSystem

PAIRS = 4  # as many as data sheets print


@dataclass(frozen=True, eq=False)
class OwnNetwork:
    """One source that warms itself; all others are off.

    `pairs` are the fields of this source alone (`ReducedSystem.alone`), of the mean of both lattices. That takes half
    of the states of two lattices side by side, and its ladder is not torn by fields that this source hardly feels.
    """

    name: str  # of the source
    pairs: Foster
    error: float  # most that its curve differs by from that of both lattices' mean, over Z(inf)
    primal: Foster
    dual: Foster
    few: Fewer

    @cached_property
    def steps(self) -> Cauer:
        """The ladder with the same curve."""
        return ladder(self.pairs)

    @cached_property
    def structure(self) -> StructureFunction:
        """Capacity over resistance from the junction on."""
        return structure_function(self.steps)

    @cached_property
    def sides(self) -> tuple[StructureFunction, StructureFunction]:
        """The same of the primal and of the dual lattice; their distance estimates what the mesh does to it."""
        return structure_function(self.primal), structure_function(self.dual)

    def breaks(self, stored: float) -> tuple[BreakPoint, ...]:
        """Where the structure function changes its slope, as far as there is something: up to the package's J/K."""
        return tuple(point for point in break_points(self.steps) if point.capacity <= stored)


@dataclass(frozen=True, eq=False)
class Networks:
    """The networks of one run."""

    coupled: CoupledFoster  # every mode of both lattices: its curves are those of Z_th to rounding
    few: FewerCoupled
    own: tuple[OwnNetwork, ...]  # of all sources that warm themselves; where a face is held, one does not


def networks(found: ThermalImpedance, count: int = PAIRS) -> Networks:
    """The networks of what was found, and those with so many pairs.

    Raises
    ------
    ModelError : the count is below 1, or no source warms itself
    """
    system, names = found.system, found.names
    coupled = coupled_foster(system.conductance, system.loads, names, system.at_once)
    felt = [name for k, name in enumerate(names) if (coupled.residues[:, k, k] > 0.0).any()]
    own = tuple(own_network(found, name, count) for name in felt)
    if len(names) == 1 and own:
        few = own[0].few
        return Networks(coupled, FewerCoupled(coupled_of(few.network, names[0]), few.error), own)
    return Networks(coupled, fewer_coupled(coupled, count), own)


def own_network(found: ThermalImpedance, name: str, count: int = PAIRS) -> OwnNetwork:
    """The networks of one source.

    Raises
    ------
    ModelError : the count is below 1, or the source warms nothing
    """
    shifts = found.primal.shifts

    def alone(system: ReducedSystem) -> Foster:
        return _pairs(system.alone(name, shifts), name)

    pairs = alone(found.system)
    off = difference(_pairs(found.system, name), pairs)
    sides = alone(found.primal.system), alone(found.dual.system)
    return OwnNetwork(name, pairs, off, *sides, fewer(pairs, count))


def _pairs(system: ReducedSystem, name: str) -> Foster:
    return coupled_foster(system.conductance, system.loads, system.names, system.at_once).own(name)
