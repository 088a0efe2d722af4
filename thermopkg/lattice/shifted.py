"""What is a lattice that stores heat, seen under a load that grows as exp(s t)? One with more conductance to ground.

C dT/dt + K T = u f with u and T both going as exp(s t) is (K + s C) T = u f, and C is a diagonal on both lattices.
"""

from dataclasses import replace
from typing import assert_never

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.lattice.network import CellLattice, Lattice, Network
from thermopkg.system import ThermalSystem


def shifted(network: Network, capacitance: FloatArray, shift: float) -> Network:
    """K + s C.

    Parameters
    ----------
    capacitance : C, J/K, shape of the lattice; zero at points that are held
    shift : s, 1/s, not negative; zero gives the network itself
    """
    if shift == 0.0:
        return network
    match network:
        case Lattice():
            return replace(network, ground=network.ground + shift * capacitance)
        case CellLattice():
            ground = shift * capacitance.reshape(-1)
            ground[network.grounded] += network.ground
            points = np.flatnonzero(ground)
            return replace(network, grounded=points, ground=ground[points])
        case _:
            assert_never(network)


def under(system: ThermalSystem, shift: float) -> ThermalSystem:
    """The system whose responses are those of a system that stores, to loads that grow as exp(s t), s in 1/s."""
    return system if shift == 0.0 else replace(system, conductance=shifted(system.lattice, system.capacitance, shift))
