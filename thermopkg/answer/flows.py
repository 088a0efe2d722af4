"""Which way do the watts go? Heat from solid to solid and out, from the balanced fluxes of a dual field.

The heat that leaves a solid by its neighbours and by its exposed faces is the heat made in it: to rounding for exact
fluxes, and otherwise to what the solver left. That is told, refused where it is large, and then spread over all flows
in proportion to what they carry, so that the account is closed at every solid.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from thermopkg.arraytypes import FloatArray, RegionArray
from thermopkg.errors import ConvergenceError
from thermopkg.lattice.fluxes import FaceFluxes
from thermopkg.lattice.outflow import ends
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch, face_shares, shares_in_box
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.package.solids import Role
from thermopkg.system import AMBIENT

LARGEST_REMAINDER = 1e-5  # of the heat that crosses; solvers leave 1e-9 to 5e-8 of it, and a thousandth is told
SETTLINGS = 2  # the first leaves its own rounding, the second rounds what that left

Face = Literal["top", "bottom", "sides"]
Way = Literal["inside", "board", "top", "bottom", "sides"]
Ways = dict[tuple[Way, tuple[str, ...]], float]  # W by way and what it leads through


@dataclass(frozen=True)
class Node:
    """A solid: its part, its role there, what kind it counts as (of part, or its role), and the heat made in it, W."""

    name: str
    part: str
    role: Role
    kind: str
    made: float


@dataclass(frozen=True)
class Edge:
    """Heat from solid to solid, W: net, and `there` and `back` where it crosses their interface in both directions."""

    start: str
    end: str
    net: float  # there - back, not negative
    there: float
    back: float


@dataclass(frozen=True)
class Exit:
    """Heat out of a solid by its exposed faces that look one way, into one condition of the environment, W.

    Negative where a coolant is warmer than the face.
    """

    node: str
    face: Face
    condition: str
    watts: float


@dataclass(frozen=True)
class Flows:
    """The account of heat: solids, what crosses between them, what leaves. Closed at every solid."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]  # most net heat first
    exits: tuple[Exit, ...]  # most heat first
    remainder: float  # most that a solid was out of balance before it was settled, over the heat that crosses

    @property
    def made(self) -> float:
        """All heat that is made, W."""
        return sum(node.made for node in self.nodes)

    def node(self, name: str) -> Node:
        """The solid of a name; KeyError where no heat comes to it."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(name)

    def imbalance(self, name: str) -> float:
        """Heat made in a solid less all that leaves it, W."""
        over = self.node(name).made - sum(leaving.watts for leaving in self.exits if leaving.node == name)
        over -= sum(edge.net for edge in self.edges if edge.start == name)
        return over + sum(edge.net for edge in self.edges if edge.end == name)


# ---------------------------------------------------------------- from cells to solids
def trace(
    model: VoxelModel,
    fluxes: FaceFluxes,
    places: Mapping[str, Patch],
    amounts: Mapping[str, float],
    kinds: Mapping[str, str],
) -> Flows:
    """What crosses every interface of two solids, and what leaves by every exposed face of each.

    Parameters
    ----------
    model : as the dual lattice sees it
    places : of the loads
    amounts : W of each load that made the fluxes; what coolants do is in the fluxes themselves
    kinds : of every part, by its name
    Raises
    ------
    ConvergenceError : the solver left more than LARGEST_REMAINDER in a solid
    """
    names = list(dict.fromkeys(region.solid for region in model.regions))
    number: RegionArray = np.array([*(names.index(region.solid) for region in model.regions), -1], np.int16)
    solid = number[model.region]
    heated = {name: amount for name, amount in amounts.items() if name != AMBIENT and amount}
    made = np.zeros(len(names))
    for name, amount in heated.items():
        made += amount * _made_in(model, places[name], names, number)
    crossing = _crossing(model, fluxes, {places[name]: amount for name, amount in heated.items()}, solid, len(names))
    leaving, keys = _leaving(model, fluxes, number, len(names))
    total = max(float(np.abs(made).sum()), 0.5 * float(np.abs(leaving).sum()))
    remainder = _settle(made, crossing, leaving, total)
    return _told(model, kinds, names, made, crossing, leaving, keys, remainder)


def _made_in(model: VoxelModel, patch: Patch, names: list[str], number: RegionArray) -> FloatArray:
    """Share of a patch in every solid, shape (n,)."""
    match patch:
        case FacePatch(solid=name):
            return np.array([float(other == name) for other in names])
        case VolumePatch():
            box, own = shares_in_box(model, patch)
            counted = number[model.region[box]].ravel() + 1  # NOTHING counts first
            return np.asarray(np.bincount(counted, own.ravel(), len(names) + 1)[1:], np.float64)


def _crossing(
    model: VoxelModel, fluxes: FaceFluxes, heated: Mapping[Patch, float], solid: RegionArray, n: int
) -> FloatArray:
    """Heat from every solid (rows) into every other, W, each direction by itself, shape (n, n)."""
    crossing = np.zeros((n, n))
    for axis, along in enumerate(fluxes.along):
        low, high = ends(axis)
        first, second = solid[low], solid[high]
        between = np.flatnonzero((first != second) & (first >= 0) & (second >= 0))
        heat = along[tuple(slice(1, -1) if a == axis else slice(None) for a in range(3))].reshape(-1)[between]
        if axis == 2:  # what a cell below makes on its own top face comes to the cell above from it
            column, plane = np.divmod(between, first.shape[2])
            for patch, amount in heated.items():
                if isinstance(patch, FacePatch) and patch.top:
                    own, share = face_shares(model, patch)
                    heat += np.where(plane + 1 == own, amount * share.ravel()[column], 0.0)
        pair = first.reshape(-1)[between].astype(np.int64) * n + second.reshape(-1)[between]
        crossing += np.bincount(pair, np.maximum(heat, 0.0), n * n).reshape(n, n)
        crossing += np.bincount(pair, np.maximum(-heat, 0.0), n * n).reshape(n, n).T
    return crossing


def _leaving(
    model: VoxelModel, fluxes: FaceFluxes, number: RegionArray, n: int
) -> tuple[FloatArray, list[tuple[Face, str]]]:
    """Heat out of every solid (rows) by face and condition, W, and which these are; shape (n, n_ways)."""
    found: dict[tuple[Face, str], FloatArray] = {}
    for film in fluxes.films:
        face: Face = "sides" if film.faces.axis < 2 else "top" if film.faces.high else "bottom"
        out_of = number[model.region.reshape(-1)[film.faces.cells[film.chosen]]].astype(np.int64)
        surface = film.faces.surface[film.chosen]
        heat = np.bincount(out_of * len(model.surfaces) + surface, film.heat, n * len(model.surfaces))
        for column in np.unique(surface).tolist():
            key = face, model.surfaces[column].name
            found[key] = found.get(key, np.zeros(n)) + heat.reshape(n, -1)[:, column]
    return np.stack(list(found.values()), axis=1), list(found)


def _settle(made: FloatArray, crossing: FloatArray, leaving: FloatArray, total: float) -> float:
    """Close the account at every solid, changing flows in proportion to what they carry; changes both in place.

    With d what a solid has too much and g the gross flows, levels p with sum of g (p - p of the neighbour) = d send
    it out: g (p - p of the neighbour) more on each way. Returns the largest d over `total`.
    """
    if total == 0.0:
        return 0.0

    def left() -> FloatArray:
        return np.asarray(made - crossing.sum(axis=1) + crossing.sum(axis=0) - leaving.sum(axis=1))

    remainder = float(np.abs(left()).max() / total)
    if remainder > LARGEST_REMAINDER:
        told = "heat does not balance in every solid; the fields are too rough to tell which way it goes"
        raise ConvergenceError(remainder, LARGEST_REMAINDER, 0, told)
    for _ in range(SETTLINGS):
        gross = crossing + crossing.T
        supply = gross.sum(axis=1) + np.abs(leaving).sum(axis=1)
        scale = np.divide(1.0, np.sqrt(supply), out=np.zeros_like(supply), where=supply > 0)
        levels = scale * np.linalg.lstsq(scale[:, None] * (np.diag(supply) - gross) * scale, scale * left())[0]
        more = gross * (levels[:, None] - levels)
        crossing += np.maximum(more, 0.0)
        leaving += np.abs(leaving) * levels[:, None]
    return remainder


def _told(
    model: VoxelModel,
    kinds: Mapping[str, str],
    names: list[str],
    made: FloatArray,
    crossing: FloatArray,
    leaving: FloatArray,
    keys: list[tuple[Face, str]],
    remainder: float,
) -> Flows:
    nodes = []
    for i, name in enumerate(names):
        if made[i] or crossing[i].any() or crossing[:, i].any() or leaving[i].any():
            region = next(region for region in model.regions if region.solid == name)
            kind = kinds[region.part] if region.role in ("body", "layer") else region.role
            nodes.append(Node(name, region.part, region.role, kind, float(made[i])))
    exits = [
        Exit(name, face, condition, float(leaving[i, way]))
        for i, name in enumerate(names)
        for way, (face, condition) in enumerate(keys)
        if leaving[i, way]
    ]
    edges = []
    for i, j in zip(*np.nonzero(np.triu(crossing + crossing.T)), strict=True):
        a, b = (i, j) if crossing[i, j] >= crossing[j, i] else (j, i)
        there, back = float(crossing[a, b]), float(crossing[b, a])
        edges.append(Edge(names[a], names[b], there - back, there, back))
    exits = [
        Exit(names[i], keys[way][0], keys[way][1], float(leaving[i, way]))
        for i, way in zip(*np.nonzero(leaving), strict=True)
    ]
    return Flows(
        tuple(nodes),
        tuple(sorted(edges, key=lambda edge: -edge.net)),
        tuple(sorted(exits, key=lambda leaving: -leaving.watts)),
        remainder,
    )


# ---------------------------------------------------------------- paths
@dataclass(frozen=True)
class Path:
    """Heat that takes one way, W, and the solids that it takes it through, most heat first."""

    way: Way
    through: tuple[str, ...]
    watts: float


@dataclass(frozen=True)
class Paths:
    """The heat that is made, parted twice: where it leaves what makes it, and where it leaves the package."""

    off_sources: tuple[Path, ...]  # most heat first
    out: tuple[Path, ...]  # most heat first


def paths(flows: Flows) -> Paths:
    """Both partings of the heat that is made; each adds up to it, to rounding.

    Off the sources, which are all solids that make heat, together: into each solid that is none ("inside": bumps,
    wires, leads, adhesive, compound), and by their own exposed faces. What two of them exchange is not counted.

    Out of the package, which is all but boards: at the top through each solid with a bare top; at the sides, all
    solids together; at the bottom through each solid with a bare bottom (balls, leads, and the fill between); and into
    boards through each solid that touches one. Heat that comes back counts as negative.
    """
    hot = {node.name for node in flows.nodes if node.made}
    boards = {node.name for node in flows.nodes if node.kind == "board"}
    off: Ways = {("inside", (name,)): watts for name, watts in _into(flows, hot).items()}
    out: Ways = {("board", (name,)): -watts for name, watts in _into(flows, boards).items()}
    return Paths(_paths(flows, hot, off), _paths(flows, {n.name for n in flows.nodes} - boards, out))


def _into(flows: Flows, inner: set[str]) -> dict[str, float]:
    """Net heat from some solids into each of the others, W."""
    found: dict[str, float] = {}
    for edge in flows.edges:
        if (edge.start in inner) != (edge.end in inner):
            other, watts = (edge.end, edge.net) if edge.start in inner else (edge.start, -edge.net)
            found[other] = found.get(other, 0.0) + watts
    return found


def _paths(flows: Flows, inner: set[str], found: Ways) -> tuple[Path, ...]:
    """The ways that are found already, and those by the exposed faces of some solids."""
    watts = {**found}
    sides: dict[str, float] = {}
    for leaving in flows.exits:
        if leaving.node not in inner:
            continue
        if leaving.face == "sides":
            sides[leaving.node] = sides.get(leaving.node, 0.0) + leaving.watts
        else:
            key = leaving.face, (leaving.node,)
            watts[key] = watts.get(key, 0.0) + leaving.watts
    if sides:
        watts["sides", tuple(sorted(sides, key=lambda name: -abs(sides[name])))] = sum(sides.values())
    return tuple(Path(*key, own) for key, own in sorted(watts.items(), key=lambda item: -item[1]))
