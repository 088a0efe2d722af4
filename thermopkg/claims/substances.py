"""Is it made of what a limitation wants? Checks on materials and on how a carrier is built."""

from dataclasses import dataclass
from typing import get_args

import numpy as np

from thermopkg.case.material import REFERENCE_TEMPERATURE, Record
from thermopkg.claims import rows
from thermopkg.claims.finding import Finding, mm
from thermopkg.claims.structure import Structure, bodies

SAME_VALUE = 1e-9  # relative; one value written in two units differs by rounding, far below any measurement
ACROSS = 0.99  # share of a carrier's outline from which a layer goes across it; a cut corner or slot is still across
THICKEST_FILM = 0.13e-3  # m; tape films come up to 0.125 mm, rigid cores start there
STIFFEST_FILM = 12e9  # Pa; polyimide films have 2.5 to 9 GPa, boards with glass cloth 15 GPa and more


def conductivity_above(structure: Structure, limitation: rows.ConductivityAbove, part: str) -> Finding:
    numbers = structure.regions_of(part)
    if not numbers:
        return Finding(False, f"{part} holds no place")
    values = np.concatenate([structure.materials[number].conductivity.along() for number in numbers])
    where = f"at {REFERENCE_TEMPERATURE - 273.15:.4g} °C" + (", in its worst direction" if np.ptp(values) else "")
    return Finding(
        bool(values.min() > limitation.above * (1 + SAME_VALUE)),
        f"{part} conducts {values.min():.4g} W/m/K {where}; more than {limitation.above:.4g} W/m/K is wanted; "
        f"{structure.made_of(part)}",
    )


def of_class(structure: Structure, limitation: rows.OfClass, part: str) -> Finding:
    classes = {structure.materials[number].class_ for number in structure.regions_of(part)}
    made_of = f"{part}: {structure.made_of(part)}"
    wanted = " or ".join(f"{'an' if name[0] in 'aeiou' else 'a'} {name}" for name in limitation.any_of)
    if classes & set(limitation.any_of):
        return Finding(True, made_of)
    if classes & set(limitation.undecided):
        return Finding(None, f"{made_of}, which may or may not hold {wanted}")
    return Finding(False, f"{made_of}; {wanted} is wanted")


def bumps_of_class(structure: Structure, limitation: rows.BumpsOfClass, chip: str) -> Finding:
    bumps = structure.cells(lambda region, _: region.part == chip and region.role == "bumps")
    numbers = [int(number) for number in np.unique(structure.model.region[bumps])]
    if not numbers:
        return Finding(False, f"{chip} has no bumps")
    holds = all(structure.materials[number].class_ in limitation.any_of for number in numbers)
    return Finding(holds, f"bumps of {chip}: {structure.made_of_regions(numbers)}")


def insulating(structure: Structure, part: str) -> Finding:
    numbers = structure.regions_of(part)
    roles = ", ".join(f"{structure.model.regions[n].material} ({structure.materials[n].electrical})" for n in numbers)
    holds = bool(numbers) and all(structure.materials[n].electrical == "insulator" for n in numbers)
    return Finding(holds, f"{part}: {roles}")


def at_most(
    structure: Structure,
    limitation: rows.ModulusAtMost | rows.WaterUptakeAtMost | rows.ViscosityAtMost,
    part: str,
) -> Finding:
    """The value of every material of the part; where one has none there is nothing to judge, unless another exceeds."""
    records = {
        structure.model.regions[n].material: _record(structure, limitation, n) for n in structure.regions_of(part)
    }
    if not records:
        return Finding(False, f"{part} holds no place")
    known = {name: record for name, record in records.items() if record is not None}
    unit, scale = _unit(limitation)
    said = [f"{name} {r.value * scale:.4g} {unit} ({r.source}, {r.confidence})" for name, r in known.items()]
    said += [f"{name} has no value" for name, record in records.items() if record is None]
    evidence = f"{part}: {', '.join(said)}; at most {limitation.most * scale:.4g} {unit} is wanted"
    if any(record.value > limitation.most * (1 + SAME_VALUE) for record in known.values()):
        return Finding(False, evidence)
    return Finding(True if len(known) == len(records) else None, evidence)


def _record(
    structure: Structure,
    limitation: rows.ModulusAtMost | rows.WaterUptakeAtMost | rows.ViscosityAtMost,
    number: int,
) -> Record[float] | None:
    material = structure.materials[number]
    match limitation:
        case rows.ModulusAtMost():
            found = material.modulus
        case rows.WaterUptakeAtMost():
            found = material.water_uptake
        case rows.ViscosityAtMost():
            found = material.viscosity
    record: Record[float] | None = found
    return record


def _unit(limitation: rows.ModulusAtMost | rows.WaterUptakeAtMost | rows.ViscosityAtMost) -> tuple[str, float]:
    """The unit in which the evidence speaks, and its number in one SI unit or percent."""
    match limitation:
        case rows.ModulusAtMost():
            return "MPa", 1e-6
        case rows.WaterUptakeAtMost():
            return "% of water", 1.0
        case rows.ViscosityAtMost():
            return "Pa·s", 1.0


# ---------------------------------------------------------------- how carriers are built
@dataclass(frozen=True)
class _Build:
    """Ways in which a carrier is built, those that its materials leave open, and what shows it."""

    shown: tuple[rows.CarrierBuild, ...]
    open: tuple[rows.CarrierBuild, ...]
    evidence: str


def built_as(structure: Structure, limitation: rows.BuiltAs, carrier: str) -> Finding:
    wanted = " or ".join(limitation.any_of)
    if structure.kind(carrier) == "board":
        return Finding(False, f"{carrier} is a board; a {wanted} is wanted")
    build = _build(structure, carrier)
    if found := [way for way in build.shown if way in limitation.any_of]:
        return Finding(True, f"{build.evidence}: a {found[0]}")
    if [way for way in build.open if way in limitation.any_of]:
        return Finding(None, f"{build.evidence}; whether it is a {wanted} does not show")
    shown = f": a {build.shown[0]}" if build.shown else ""
    return Finding(False, f"{build.evidence}{shown}; a {wanted} is wanted")


def _build(structure: Structure, carrier: str) -> _Build:
    numbers = structure.regions_of(carrier)
    conducting = [n for n in numbers if structure.materials[n].electrical == "conductor"]
    insulating = [n for n in numbers if structure.materials[n].electrical == "insulator"]
    if conducting and not insulating:
        return _frame(structure, carrier, conducting)
    layers = _layers(structure, numbers)
    metal = [found for layer in layers if (found := [n for n in layer if n in conducting])]
    sheets = [layer for layer in layers if all(n in insulating for n in layer)]
    across = [[layer for layer in group if _cover(structure, carrier, layer) >= ACROSS] for group in (metal, sheets)]
    film = _film(structure, [n for layer in sheets for n in layer])
    if conducting and not across[0] and film is not False:
        leads = f"{_sheet(structure, sheets[0][0])} with a pattern of {structure.made_of_regions(conducting)} on it"
        return _Build(("tape carrier",), (), leads) if film else _Build((), ("tape carrier",), leads)
    count = f"{len(across[0])} conducting and {len(across[1])} insulating layers go across {carrier}"
    if not all(across):
        smeared = structure.smeared(carrier)
        return (
            _Build((), get_args(rows.CarrierBuild), f"{count}; {smeared} is smeared from finer ones")
            if smeared
            else _Build((), (), count)
        )
    smeared_leads = film is not False and all(structure.solids[n].share < 1 for n in conducting)
    return _Build(("packaging substrate",), ("tape carrier",) if smeared_leads else (), count)


def _frame(structure: Structure, carrier: str, numbers: list[int]) -> _Build:
    """A lead frame is one sheet of metal, cut into pieces that stand apart."""
    pieces = int(bodies(structure.body(carrier)).max())
    taken, bottom, top = structure.ticks(carrier)
    sheet = np.ptp(bottom[taken]) == 0 and np.ptp(top[taken]) == 0
    metal = all(structure.materials[n].class_ == "metal" for n in numbers)
    said = f"{structure.made_of(carrier)} in {pieces} separate pieces, {'one sheet' if sheet else 'not one sheet'}"
    return _Build(("lead frame",) if sheet and metal and pieces > 1 else (), (), f"{said}, no insulating layer")


def _layers(structure: Structure, numbers: list[int]) -> list[list[int]]:
    """Regions that are zones of one layer together, all others alone."""
    layers: dict[tuple[float, ...], list[int]] = {}
    for number in numbers:
        solid = structure.solids[number]
        key = tuple(solid.bounds[2].tolist()) if solid.role == "layer" else (float(number),)
        layers.setdefault(key, []).append(number)
    return list(layers.values())


def _cover(structure: Structure, carrier: str, numbers: list[int]) -> float:
    """Share of the carrier's outline that regions go across."""
    outline = float(structure.columns[structure.ticks(carrier)[0]].sum())
    return float(structure.columns[np.isin(structure.model.region, numbers).any(axis=2)].sum()) / outline


def _film(structure: Structure, insulating: list[int]) -> bool | None:
    """Whether one thin sheet of a plain polymer is all that insulates; None where its stiffness is not known."""
    if len(insulating) != 1:
        return False
    material = structure.materials[insulating[0]]
    if material.class_ != "resin" or _thickness(structure, insulating[0]) > THICKEST_FILM:
        return False
    return None if material.modulus is None else bool(material.modulus.value <= STIFFEST_FILM)


def _sheet(structure: Structure, number: int) -> str:
    material = structure.materials[number]
    stiff = "stiffness not known" if material.modulus is None else f"{material.modulus.value * 1e-9:.4g} GPa"
    return f"one film of {structure.model.regions[number].material}, {mm(_thickness(structure, number))}, {stiff},"


def _thickness(structure: Structure, number: int) -> float:
    low, high = structure.solids[number].bounds[2]
    return float(high - low)
