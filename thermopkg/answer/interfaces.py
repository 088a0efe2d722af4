"""Where is the case of a package, seen from its chips? One package on two interfaces, and what parts the curves."""

from collections.abc import Collection
from dataclasses import dataclass

from thermopkg.answer.networks import OwnNetwork
from thermopkg.answer.path import SURFACE
from thermopkg.case.material import Material
from thermopkg.network.interface import DualInterface, dual_interface
from thermopkg.package.interfaces import named
from thermopkg.package.package import Package


@dataclass(frozen=True, eq=False)
class OnTwo:
    """theta_JC of one source by both criteria of the dual-interface method, and by the steady path.

    `sides` are what the primal and what the dual lattice alone say; `at_rest` the resistances at rest from the junction
    to where the first layer begins that differs, on the worse and on the better interface, K/W; None where that path
    leads through none.
    """

    name: str
    swapped: bool  # whether the case that was given first is the better one
    worse: OwnNetwork
    better: OwnNetwork
    found: DualInterface
    sides: tuple[DualInterface, DualInterface]
    at_rest: tuple[float | None, float | None]


def on_two(first: OwnNetwork, second: OwnNetwork, differing: Collection[str]) -> OnTwo:
    """What two networks of one source say, whichever of them is on the better interface.

    Parameters
    ----------
    differing : names of the layers that the two packages do not have in common
    Raises
    ------
    ModelError : both end at the same steady resistance
    """
    swapped = first.pairs.total < second.pairs.total
    worse, better = (second, first) if swapped else (first, second)
    sides = dual_interface(worse.primal, better.primal), dual_interface(worse.dual, better.dual)
    begins = [own.passed.begin_of(differing) if own.passed is not None else None for own in (worse, better)]
    found = dual_interface(worse.pairs, better.pairs)
    return OnTwo(first.name, swapped, worse, better, found, sides, (begins[0], begins[1]))


def differing_layers(first: Package, second: Package) -> tuple[str, ...]:
    """Parts, contacts and surfaces that two packages do not have in common, as their heat paths call them.

    Powers are none of them: Z_th is for each watt.
    """
    cases = first.case, second.case
    parts = [_parts(package) for package in (first, second)]
    contacts = [{named(contact): contact for contact in case.contact} for case in cases]
    found = [name for own, other in (parts, contacts) for name in {**own, **other} if own.get(name) != other.get(name)]
    return (*found, SURFACE) if cases[0].environment != cases[1].environment else tuple(found)


def _parts(package: Package) -> dict[str, object]:
    """What makes every part conduct and store: all that the case says of it but its power, and its materials."""
    materials: dict[str, list[Material]] = {}
    for solid in package.solids:
        materials.setdefault(solid.part, []).append(package.case.material_named(solid.material))
    said = {part.name: part.model_dump(exclude={"power", "leakage"}) for part in package.case.part}
    return {name: (told, materials.get(name)) for name, told in said.items()}
