"""What is a thermal system? The waist: above it nobody knows a solver, below it nobody knows a package."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray, SparseMatrix
from thermopkg.lattice.network import CellLattice, Lattice, Network


@dataclass(frozen=True, eq=False)
class Outlet:
    """Where heat leaves: through one exposed face of one part, to what cools it.

        heat = sum over the links of  conductance * (rise of the point - amount of AMBIENT * rise of the coolant)
             + sum over the loads of  amount * at_once

    `points` are flat indices of the system's points, `conductance` in W/K, `rise` of the coolant over the reference
    in K; all of shape (n,). `at_once` is what one unit of a load sends out without warming any point, W: heat made on
    a held face, or that flows from one held face to another.
    """

    part: str
    face: str
    surface: str  # name of the condition that cools it
    points: IntArray
    conductance: FloatArray
    rise: FloatArray
    at_once: Mapping[str, float] = field(default_factory=dict)  # by the load's name


@dataclass(frozen=True, eq=False)
class MadeWhenAsked(Mapping[str, FloatArray]):
    """Arrays by name that nobody keeps: each is made anew whenever it is asked for, for few numbers tell all of it."""

    makers: Mapping[str, Callable[[], FloatArray]]

    def __getitem__(self, name: str) -> FloatArray:
        return self.makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self.makers)

    def __len__(self) -> int:
        return len(self.makers)


@dataclass(frozen=True, eq=False)
class ElementNetwork:
    """What elements conduct, W/K, a sparse matrix with nothing in the rows and columns of points that take no part.

    `coarser` : from linear fields, given at the corners of the mesh, to the points; None where these are the points.
    It guides the solver and moves no answer.
    """

    matrix: SparseMatrix
    coarser: SparseMatrix | None = None

    @property
    def shape(self) -> tuple[int]:
        return (int(self.matrix.shape[0]),)


@dataclass(frozen=True, eq=False)
class ThermalSystem:
    """C dT/dt + K T = sum_j u_j f_j,  y_i = f_i T + sum_j c_ij u_j. Rises over the reference temperature in K, powers
    in W.

    A unit load is also the averaging weight of the place that it heats, which makes the matrix of rises per watt
    symmetric. `constants` is what an average gains where heat is put onto a face between two points, and where it
    counts points whose temperature is given.
    """

    conductance: Network | ElementNetwork  # K [W/K], films included; symmetric positive definite
    loads: Mapping[str, FloatArray]  # name -> unit load f, W, shape of the points; may be made when asked for
    constants: FloatArray  # c [K/W], shape (n_loads, n_loads)
    outlets: tuple[Outlet, ...]
    held_points: IntArray  # flat indices of points whose temperature is given, shape (n,)
    held_rises: FloatArray  # their rise per unit of the load AMBIENT, K, shape (n,)
    stored: Callable[[], FloatArray] | None = None  # makes C; packages at rest have no need of it

    @cached_property
    def capacitance(self) -> FloatArray:
        """C, the heat that every point takes up for every kelvin, J/K, shape of the lattice; made when first asked for.

        Raises
        ------
        CaseError : a material lacks its density or its heat capacity
        """
        assert self.stored is not None, "the system was made without what it stores"
        return self.stored()

    @property
    def lattice(self) -> Network:
        """The conductance of a system that a lattice has emitted."""
        assert isinstance(self.conductance, Lattice | CellLattice), "elements have emitted this system, no lattice"
        return self.conductance

    def mean(self, name: str, rise: FloatArray, amounts: Mapping[str, float]) -> float:
        """Mean rise of a load's place, K, for the field of rises that amounts of loads make."""
        names = list(self.loads)
        gained = sum(self.constants[names.index(name), names.index(other)] * a for other, a in amounts.items())
        return float(np.vdot(self.loads[name], rise)) + float(gained)

    def leaving(self, rise: FloatArray, amounts: Mapping[str, float]) -> dict[tuple[str, str, str], float]:
        """Heat through each outlet by (part, face, surface), W, for the field of rises that amounts of loads make."""
        flat, coolants = rise.ravel(), amounts.get(AMBIENT, 0.0)
        heats: dict[tuple[str, str, str], float] = {}
        for outlet in self.outlets:  # the four sides of a part are four outlets of one name
            key = (outlet.part, outlet.face, outlet.surface)
            heat = float(np.dot(outlet.conductance, flat[outlet.points] - coolants * outlet.rise))
            heat += sum(amounts.get(name, 0.0) * share for name, share in outlet.at_once.items())
            heats[key] = heats.get(key, 0.0) + heat
        return heats


AMBIENT = "other ambients"  # the load that coolants of other temperatures make; no part can have a name with a space
