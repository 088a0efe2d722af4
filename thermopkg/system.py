"""What is a thermal system? The waist: above it nobody knows a solver, below it nobody knows a package."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.lattice.network import Lattice


@dataclass(frozen=True, eq=False)
class Outlet:
    """Where heat leaves: through one exposed face of one part, to what cools it.

        heat = sum over the links of  conductance * (rise of the point - rise of the coolant)

    `points` are flat indices of the system's points, `conductance` in W/K, `rise` of the coolant over the reference
    in K; all of shape (n,).
    """

    part: str
    face: str
    surface: str  # name of the condition that cools it
    points: IntArray
    conductance: FloatArray
    rise: FloatArray


@dataclass(frozen=True, eq=False)
class ThermalSystem:
    """K T = sum_j u_j f_j,  y_i = f_i T + sum_j c_ij u_j. Rises over the reference temperature in K, powers in W.

    A unit load is also the averaging weight of the place that it heats, which makes the matrix of rises per watt
    symmetric. `constants` is what an average gains where heat is put onto a face between two points.
    """

    conductance: Lattice  # K [W/K], films included; symmetric positive definite
    loads: Mapping[str, FloatArray]  # name -> unit load f, shape of the lattice
    constants: FloatArray  # c [K/W], shape (n_loads, n_loads)
    outlets: tuple[Outlet, ...]
    held_points: IntArray  # flat indices of points whose temperature is given, shape (n,)
    held_rises: FloatArray  # their rise per unit of the load AMBIENT, K, shape (n,)

    def leaving(self, rise: FloatArray) -> dict[tuple[str, str, str], float]:
        """Heat through each outlet by (part, face, surface), W, for a field of rises."""
        flat = rise.ravel()
        heats: dict[tuple[str, str, str], float] = {}
        for outlet in self.outlets:  # the four sides of a part are four outlets of one name
            key = (outlet.part, outlet.face, outlet.surface)
            heat = float(np.dot(outlet.conductance, flat[outlet.points] - outlet.rise))
            heats[key] = heats.get(key, 0.0) + heat
        return heats


AMBIENT = "ambient"  # name of the load that coolants of other temperatures than the reference make
