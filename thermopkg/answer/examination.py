"""What hangs on what? Bounds on all that a study asks for, and the share that every conductor and film has in each.

K is symmetric, so the field of a reading is its sensitivity. An answer a' R b falls, for every per cent of a
conductivity or a film, by as many per cent as the energy is of it that the fields of a and b have in common there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from thermopkg.answer.account import HeatAccount, heat_account
from thermopkg.answer.answer import heat_everywhere, powers_of, reference_temperature, wanted_of, wanted_places
from thermopkg.answer.bracket import ResistanceMatrix, from_above, from_below
from thermopkg.answer.metrics import Amounts, Metric, metric
from thermopkg.answer.products import Fluxes, PrimalFields
from thermopkg.answer.shares import Energies, energies
from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.lattice import dual, primal
from thermopkg.lattice.fluxes import face_fluxes
from thermopkg.mesh.region import Region
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.package.effective import patterned
from thermopkg.solve.steady import NO_STARTS, Starts


@dataclass(frozen=True, eq=False)
class Examined:
    """Everything that a study wants on one grid, K and K/W, each with its energies over itself; and where heat goes."""

    model: VoxelModel
    reference: float  # K
    matrix: ResistanceMatrix
    wanted: tuple[Metric, ...]
    shares: tuple[Energies, ...]
    heat: HeatAccount
    fields: tuple[Starts, Starts]  # of both lattices, for a watt of each load, K


def examine(model: VoxelModel, starts: tuple[Starts, Starts] = (NO_STARTS, NO_STARTS)) -> Examined:
    """Solve both lattices for all that the study wants, and compare the fields.

    Parameters
    ----------
    starts : fields to begin with on the primal and the dual lattice, by the name of the load
    Raises
    ------
    ConvergenceError : a solve or the account of heat fails
    """
    package = model.package
    places, reference = wanted_places(package), reference_temperature(package.case)
    below = from_below(primal.emit(model, places, reference), None, starts[0])
    lower = below.responses.only(below.responses.names)
    system = dual.emit(model, places, reference)
    above = from_above(system, partial(heat_everywhere, model), below.bound, starts[1])
    upper = above.responses.only(above.responses.names)
    matrix = ResistanceMatrix(above.responses.names, below.bound, above.bound)
    del below, above
    fields, fluxes = PrimalFields(model), Fluxes(model, places)
    units: dict[str, FloatArray] = {}
    for load in places:
        found = face_fluxes(model, system, upper.rise({load: 1.0}), places, {load: 1.0}, reference)
        units[load] = fluxes.balanced(fluxes.vector(found), load)
    wanted = wanted_of(package)
    shares = tuple(
        energies(
            model,
            fields.products(*(fields.vector(lower.rise(amounts)) for amounts in (item.first, item.second))),
            fluxes.products(_mixed(units, item.first), _mixed(units, item.second)),
            matrix.combination(item.first, item.second).value,
        )
        for item in wanted
    )
    powers = {name: amount for name, amount in powers_of(package).items() if name in system.loads}
    heat = heat_account((model, model), system, lower, upper, places, powers, reference)
    numbers = tuple(metric(item, matrix) for item in wanted)
    return Examined(model, reference, matrix, numbers, shares, heat, (lower.by_load, upper.by_load))


STEP = 1e-6  # relative; of a slope that is read off


def _parts(case: Case, region: Region) -> dict[str, FloatArray]:
    """By how many per cent a region conducts better along x, y, z with one per cent of each of its materials."""
    if len(region.mixture) < 2:
        return {name: np.ones(3) for name in region.mixture}
    (metal, share), (fill, _) = region.mixture.items()
    pair = [case.material_named(name).conductivity.along() for name in (metal, fill)]
    whole = patterned(region.pattern, share, *pair)
    better = patterned(region.pattern, share, pair[0] * (1 + STEP), pair[1])
    part = (better / whole - 1) / STEP
    return {metal: part, fill: 1 - part}  # both together: what they make is of the first degree in them


def _mixed(units: Mapping[str, FloatArray], amounts: Amounts) -> FloatArray:
    return sum((amount * units[load] for load, amount in amounts.items()), np.zeros_like(next(iter(units.values()))))


def by_material(examined: Examined, number: int) -> dict[str, tuple[float, float]]:
    """By how many per cent an answer falls with one per cent more of a material's conductivity in plane, and through.

    Parameters
    ----------
    number : of the answer, in the order of what the study wants
    """
    case = examined.model.package.case
    cells = examined.shares[number].cells.sum(axis=2)  # (3, n_regions)
    found: dict[str, FloatArray] = {}
    for region, own in zip(examined.model.regions, cells.T, strict=True):
        for name, part in _parts(case, region).items():
            found[name] = found.get(name, np.zeros(3)) + own * part
    return {name: (float(share[0] + share[1]), float(share[2])) for name, share in found.items()}
