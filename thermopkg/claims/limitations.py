"""Does the thing itself show what a limitation asks? The checks that read measurements of the structure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.material import REFERENCE_TEMPERATURE
from thermopkg.claims import claims as asked
from thermopkg.claims.structure import Structure, beside, bodies
from thermopkg.mesh.grid import SAME_PLANE

DISTANCE_SLACK = 2 * SAME_PLANE  # m; either face may have been merged into a plane this near
SAME_VALUE = 1e-9  # relative; one conductivity written in two units differs by rounding, far below any measurement
ACROSS = 0.99  # share of a carrier's outline from which a layer goes across it; a cut corner or slot is still across


@dataclass(frozen=True)
class Finding:
    """Whether a limitation holds, None where data are wanting, and what was measured."""

    holds: bool | None
    evidence: str


def judge(structure: Structure, limitation: asked.AnyLimitation, parts: Sequence[str]) -> Finding:
    """Run a limitation's check on the parts that play its elements, in the order of `limitation.elements`."""
    match limitation:
        case asked.Present():
            return _present(structure, *parts)
        case asked.FlipChip():
            return _flip_chip(structure, limitation, *parts)
        case asked.Connected():
            return _connected(structure, limitation, *parts)
        case asked.Over():
            return _over(structure, *parts)
        case asked.Fills():
            return _fills(structure, limitation, *parts)
        case asked.OneBody():
            return _one_body(structure, limitation, *parts)
        case asked.Distance():
            return _distance(structure, limitation, *parts)
        case asked.Exposed():
            return _exposed(structure, *parts)
        case asked.ConductivityAbove():
            return _conductivity_above(structure, limitation, *parts)
        case asked.OfClass():
            return _of_class(structure, limitation, *parts)
        case asked.BallArray():
            return _ball_array(structure, limitation, *parts)
        case asked.SitsOn():
            return _sits_on(structure, *parts)
        case asked.BuiltAs():
            return _built_as(structure, limitation, *parts)
        case _:
            assert_never(limitation)


# ---------------------------------------------------------------- where parts are, and how they are joined
def _present(structure: Structure, part: str) -> Finding:
    body = structure.body(part)
    if not body.any():
        return Finding(False, f"{part} holds no place: other parts take all of it")
    sides = []
    for axis, ticks in enumerate(structure.model.grid.axes):
        taken = np.flatnonzero(body.any(axis=tuple({0, 1, 2} - {axis})))
        sides.append(f"{(ticks[taken[-1] + 1] - ticks[taken[0]]) * 1e3:.4g}")
    return Finding(True, f"{part} measures {' x '.join(sides)} mm")


def _flip_chip(structure: Structure, limitation: asked.FlipChip, chip: str, carrier: str) -> Finding:
    looks = next(face.looks for face in structure.model.package.active_faces if face.part == chip)
    lower, upper = (carrier, chip) if looks == "down" else (chip, carrier)
    gap = structure.gap(lower, upper)
    if gap is None:
        return Finding(False, f"the active face of {chip} looks {looks}, and {carrier} does not lie there")
    bumps = bodies(structure.cells(lambda region, _: region.part == chip and region.role == "bumps"))
    on_top = set(bumps[beside(structure.body(upper), above=True)].tolist()) - {0}
    below = set(bumps[beside(structure.body(lower), above=False)].tolist()) - {0}
    both = len(on_top & below)
    return Finding(
        both >= limitation.least,
        f"active face of {chip} looks {looks} at {carrier}; {both} of {bumps.max()} bumps touch both, "
        f"{_spread(gap.heights)} apart",
    )


def _connected(structure: Structure, limitation: asked.Connected, first: str, second: str) -> Finding:
    contacts = structure.contacts(first)
    n_contacts = int(contacts.max())
    shared = np.intersect1d(structure.conductors[contacts > 0], structure.conductors[structure.contacts(second) > 0])
    joined = np.unique(contacts[np.isin(structure.conductors, shared) & (contacts > 0)]).size
    count = f"{joined} of {n_contacts} contacts of {first} lead to {second}"
    if joined >= limitation.least:
        return Finding(True, f"{count}: {structure.path(first, second, int(shared[0]))}")
    if n_contacts == 0 and not structure.smeared(first):
        return Finding(False, f"{first} has no conducting contact")
    if smeared := structure.smeared(first) or structure.smeared(second):
        return Finding(None, f"{count}; conductors are smeared into {smeared}, which shows no path")
    return Finding(False, f"{count}; at least {limitation.least} are wanted")


def _over(structure: Structure, upper: str, lower: str) -> Finding:
    gap = structure.gap(lower, upper)
    if gap is None:
        return Finding(False, f"{upper} does not lie over {lower}")
    whole = float(structure.columns[structure.body(lower).any(axis=2)].sum())
    covered = float(gap.areas.sum())
    return Finding(True, f"{upper} covers {_areas(covered, whole)} of {lower}, {_spread(gap.heights)} above it")


def _sits_on(structure: Structure, part: str, base: str) -> Finding:
    """On a face of the base, or on joints: nothing but conductors between them, somewhere."""
    gap = structure.gap_between(base, part)
    if gap is None:
        return Finding(False, f"{part} lies beside {base}, not on it")
    separate = (gap.cells & (structure.conductors == 0)).any(axis=2)
    seat = float(gap.areas[~separate[gap.facing]].sum())
    if seat == 0.0:
        return Finding(False, f"{part} and {base} are {_spread(gap.heights)} apart and joined by no conductor")
    return Finding(True, f"{part} sits on {base} with {_areas(seat, float(gap.areas.sum()))} of its face")


def _distance(structure: Structure, limitation: asked.Distance, first: str, second: str) -> Finding:
    gap = structure.gap_between(first, second)
    if gap is None:
        return Finding(False, f"{first} and {second} do not face each other")
    low, high = limitation.low - DISTANCE_SLACK, limitation.high + DISTANCE_SLACK
    inside = bool(gap.heights.min() >= low and gap.heights.max() <= high)
    return Finding(
        inside,
        f"{first} to {second} {_spread(gap.heights)}, measured on {gap.heights.size} cell columns over "
        f"{gap.areas.sum() * 1e6:.4g} mm²; {_mm(limitation.low)} to {_mm(limitation.high)} is inside",
    )


def _exposed(structure: Structure, part: str, away_from: str) -> Finding:
    upwards = structure.gap(away_from, part) is not None
    if not upwards and structure.gap(part, away_from) is None:
        return Finding(False, f"{part} and {away_from} do not face each other")
    body = structure.body(part)
    face = body & ~beside(body, above=upwards)
    open_side = structure.surroundings[1:-1, 1:-1, 2:] if upwards else structure.surroundings[1:-1, 1:-1, :-2]
    areas = np.broadcast_to(structure.columns[:, :, None], body.shape)
    bare, whole = float(areas[face & open_side].sum()), float(areas[face].sum())
    return Finding(bare > 0.0, f"{_areas(bare, whole)} of {part}.{'top' if upwards else 'bottom'} is bare")


def _ball_array(structure: Structure, limitation: asked.BallArray, balls: str, carrier: str, away_from: str) -> Finding:
    hang = structure.gap(carrier, away_from) is not None
    labels = bodies(structure.body(balls))
    attached = (labels > 0) & beside(structure.body(carrier), above=hang)
    numbers, first_cells = np.unique(labels[attached], return_index=True)
    i, j, _ = (index[first_cells] for index in np.nonzero(attached))  # the same corner of every ball
    n_columns = int(np.count_nonzero(np.unique(i, return_counts=True)[1] >= limitation.least[1]))
    n_rows = int(np.count_nonzero(np.unique(j, return_counts=True)[1] >= limitation.least[0]))
    solder = all(structure.materials[number].class_ == "solder" for number in structure.regions_of(balls))
    return Finding(
        n_columns >= limitation.least[0] and n_rows >= limitation.least[1] and solder,
        f"{numbers.size} of {labels.max()} balls touch the face of {carrier} away from {away_from}, "
        f"in {n_columns} columns and {n_rows} rows; {structure.made_of(balls)}",
    )


# ---------------------------------------------------------------- what fills a gap
def _fills(structure: Structure, limitation: asked.Fills, compound: str, first: str, second: str) -> Finding:
    filling = structure.filling(compound, first, second)
    if filling is None:
        return Finding(False, f"there is no gap between {first} and {second}")
    taken = f"{_percent(filling.share)} of the {filling.volume * 1e9:.4g} mm³ {filling.gap} outside bumps"
    remarks = [f"{compound} takes {taken}"]
    if filling.share > filling.joined:
        remarks.append(f"{_percent(filling.share - filling.joined)} is cut off from the rest of {compound}")
    elif filling.share > 0.0:
        remarks.append(f"in one body with the rest of {compound}")
    if filling.rest:
        remarks.append(f"in its place {filling.rest}")
    return Finding(100 * filling.joined >= limitation.least, "; ".join(remarks))


def _one_body(structure: Structure, limitation: asked.OneBody, compound: str, *ends: str) -> Finding:
    """The gaps are given by their ends, two by two."""
    fillings = []
    for first, second in zip(ends[::2], ends[1::2], strict=True):
        filling = structure.filling(compound, first, second)
        if filling is None:
            return Finding(False, f"there is no gap between {first} and {second}")
        fillings.append(filling)
    shares = " and ".join(f"{_percent(filling.joined)} of the gap {filling.gap}" for filling in fillings)
    return Finding(
        all(100 * filling.joined >= limitation.least for filling in fillings),
        f"one connected body of {structure.made_of(compound)} takes {shares}",
    )


# ---------------------------------------------------------------- what things are made of
def _conductivity_above(structure: Structure, limitation: asked.ConductivityAbove, part: str) -> Finding:
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


def _of_class(structure: Structure, limitation: asked.OfClass, part: str) -> Finding:
    classes = {structure.materials[number].class_ for number in structure.regions_of(part)}
    made_of = f"{part}: {structure.made_of(part)}"
    wanted = " or ".join(limitation.any_of)
    if classes & set(limitation.any_of):
        return Finding(True, made_of)
    if classes & set(limitation.undecided):
        return Finding(None, f"{made_of}, which may or may not hold a {wanted}")
    return Finding(False, f"{made_of}; a {wanted} is wanted")


def _built_as(structure: Structure, limitation: asked.BuiltAs, carrier: str) -> Finding:
    wanted = " or ".join(limitation.any_of)
    if structure.model.package.parts[carrier].kind == "board":
        return Finding(False, f"{carrier} is a board; a {wanted} is wanted")
    outline = float(structure.columns[structure.body(carrier).any(axis=2)].sum())
    roles = {"conductor": 0, "semiconductor": 0, "insulator": 0}
    for number in structure.regions_of(carrier):
        covered = float(structure.columns[(structure.model.region == number).any(axis=2)].sum())
        roles[structure.model.regions[number].electrical] += covered >= ACROSS * outline
    layers = f"{roles['conductor']} conducting and {roles['insulator']} insulating layers go across {carrier}"
    if roles["conductor"] and roles["insulator"] and "packaging substrate" in limitation.any_of:
        return Finding(True, f"{layers}: a packaging substrate")
    if smeared := structure.smeared(carrier):
        return Finding(None, f"{layers}; {smeared} is smeared from finer ones")
    return Finding(False, f"{layers}; a {wanted} is wanted")


# ---------------------------------------------------------------- numbers as words
def _mm(length: float) -> str:
    return f"{length * 1e3:.4g} mm"


def _spread(lengths: FloatArray) -> str:
    low, high = _mm(float(lengths.min())), _mm(float(lengths.max()))
    return low if low == high else f"{low} to {high}"


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _areas(part: float, whole: float) -> str:
    return f"{part * 1e6:.4g} of {whole * 1e6:.4g} mm² ({_percent(part / whole)})"
