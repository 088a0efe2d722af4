"""What is known of the heat once both lattices are solved? Which way the watts go, and where the kelvins are spent."""

from collections.abc import Mapping
from dataclasses import dataclass

from thermopkg.answer.flows import Flows, trace
from thermopkg.answer.shares import Shares, shares
from thermopkg.lattice.fluxes import face_fluxes
from thermopkg.mesh.patch import Patch
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.solve.steady import Fields
from thermopkg.system import AMBIENT, ThermalSystem


@dataclass(frozen=True)
class HeatAccount:
    """Of the case's own powers and coolants the flows, and of its powers alone the shares; None where it has none."""

    flows: Flows
    shares: Shares | None


def heat_account(
    sides: tuple[VoxelModel, VoxelModel],
    system: ThermalSystem,
    below: Fields,
    above: Fields,
    places: Mapping[str, Patch],
    amounts: Mapping[str, float],
    reference: float,
) -> HeatAccount:
    """The account of the fields that amounts of the loads make; takes some 70 bytes a cell for a moment.

    Parameters
    ----------
    sides : the package as the primal and as the dual lattice see it
    system : the dual one
    below, above : fields of the primal and of the dual lattice
    places : of the loads; `reference` in K
    Raises
    ------
    ConvergenceError : the fields are too rough
    """
    kinds = {name: part.kind for name, part in sides[0].package.parts.items()}
    fluxes = face_fluxes(sides[1], system, above.rise(amounts), places, amounts, reference)
    flows = trace(sides[1], fluxes, places, amounts, kinds)
    powers = {name: amount for name, amount in amounts.items() if name != AMBIENT and amount}
    if not powers:
        return HeatAccount(flows, None)
    if AMBIENT in amounts:
        fluxes = face_fluxes(sides[1], system, above.rise(powers), places, powers, reference)
    own = {name: places[name] for name in powers}
    return HeatAccount(flows, shares(sides, below.rise(powers), fluxes, own, powers))
