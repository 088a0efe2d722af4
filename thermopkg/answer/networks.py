"""Which networks have the curves that were found? All sources coupled, each by itself, and both with few stages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from thermopkg.answer.layers import Passed
from thermopkg.answer.zth import ThermalImpedance
from thermopkg.network.breaks import BreakPoint, break_points
from thermopkg.network.cauer import Cauer, ladder
from thermopkg.network.coupled import CoupledFoster, coupled_foster, coupled_of
from thermopkg.network.fewer import Fewer, difference, fewer
from thermopkg.network.fewer_coupled import FewerCoupled, fewer_coupled
from thermopkg.network.foster import Foster
from thermopkg.network.structure import Mark, StructureFunction, structure_function
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
    passed: Passed | None  # layers on the way of its heat; none for a part that makes heat throughout

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

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Where the layers end that its heat passes, K/W."""
        return tuple(Mark(end.name, end.resistance) for end in self.passed.ends) if self.passed is not None else ()

    def breaks(self, stored: float) -> tuple[BreakPoint, ...]:
        """Where the structure function changes its slope, as far as there is something: up to the package's J/K."""
        return tuple(point for point in break_points(self.steps) if point.capacity <= stored)


@dataclass(frozen=True, eq=False)
class Networks:
    """The networks of one run."""

    coupled: CoupledFoster  # every mode of both lattices: its curves are those of Z_th to rounding
    few: FewerCoupled
    own: tuple[OwnNetwork, ...]  # of every source
    stored: float  # of the whole package, J/K


def networks(found: ThermalImpedance, passed: Mapping[str, Passed], stored: float, count: int = PAIRS) -> Networks:
    """The networks of what was found, and those with so many pairs.

    Parameters
    ----------
    passed : layers on the way of the heat, by the source's name
    stored : of the whole package, J/K
    Raises
    ------
    ModelError : the count is below 1
    """
    system, names = found.system, found.names
    coupled = coupled_foster(system.conductance, system.loads, names, system.at_once)
    own = tuple(own_network(found, name, passed.get(name), count) for name in names)
    if len(names) == 1:
        alone = own[0].few
        few = FewerCoupled(coupled_of(alone.network, names[0]), alone.error)
    else:
        few = fewer_coupled(coupled, count)
    return Networks(coupled, few, own, stored)


def own_network(found: ThermalImpedance, name: str, passed: Passed | None, count: int = PAIRS) -> OwnNetwork:
    """The networks of one source; as `networks`.

    Raises
    ------
    ModelError : the count is below 1
    """
    shifts = found.primal.shifts

    def alone(system: ReducedSystem) -> Foster:
        return _pairs(system.alone(name, shifts), name)

    pairs = alone(found.system)
    off = difference(_pairs(found.system, name), pairs)
    low, high = alone(found.primal.system), alone(found.dual.system)
    return OwnNetwork(name, pairs, off, low, high, fewer(pairs, count), passed)


def _pairs(system: ReducedSystem, name: str) -> Foster:
    return coupled_foster(system.conductance, system.loads, system.names, system.at_once).own(name)
