"""Is there a bond, and does current get through? Checks on bumps, balls, wires, vias and traces."""

import numpy as np

from thermopkg.arraytypes import IntArray
from thermopkg.claims import rows
from thermopkg.claims.circuit import ROLES, Circuit
from thermopkg.claims.finding import Finding, spread
from thermopkg.claims.structure import around, beside, bodies, cells_of, numbers_in


# ---------------------------------------------------------------- bonds
def flip_chip(
    circuit: Circuit, limitation: rows.FlipChip, chip: str, carrier: str, within: str | None = None
) -> Finding:
    structure = circuit.structure
    looks = structure.face(chip).looks
    lower, upper = (carrier, chip) if looks == "down" else (chip, carrier)
    gap = structure.gap(lower, upper)
    if gap is None:
        return Finding(False, f"the active face of {chip} looks {looks}, and {carrier} does not lie there")
    if within is not None and not {chip, carrier} <= {within, *structure.chipset(within)}:
        return Finding(False, f"{chip} and {carrier} do not both belong to the chipset over {within}")
    own = structure.cells(lambda region, _: region.part == chip and region.role == "bumps")
    if not own.any():
        return Finding(False, f"active face of {chip} looks {looks} at {carrier}; {chip} has no bumps")
    bumps, joints = bodies(own), bodies(own | structure.cells(lambda region, _: region.role == "pads"))
    on_top = numbers_in(joints, beside(structure.body(upper), above=True))
    below = numbers_in(joints, beside(structure.body(lower), above=False))
    both = len(numbers_in(bumps, cells_of(joints, on_top & below)))
    return Finding(
        both >= limitation.least,
        f"active face of {chip} looks {looks} at {carrier}; {both} of {bumps.max()} bumps touch both, "
        f"{spread(gap.heights)} apart",
    )


def ball_array(circuit: Circuit, limitation: rows.BallArray, balls: str, carrier: str, away_from: str) -> Finding:
    structure = circuit.structure
    hang = structure.gap(carrier, away_from) is not None
    own = bodies(structure.body(balls))
    joints = bodies(structure.body(balls) | circuit.of_roles("pads"))
    seated = numbers_in(joints, beside(structure.body(carrier), above=hang))
    attached = (own > 0) & cells_of(joints, seated)
    numbers, first_cells = np.unique(own[attached], return_index=True)
    i, j, _ = (index[first_cells] for index in np.nonzero(attached))  # the same corner of every ball
    n_columns = int(np.count_nonzero(np.unique(i, return_counts=True)[1] >= limitation.least[1]))
    n_rows = int(np.count_nonzero(np.unique(j, return_counts=True)[1] >= limitation.least[0]))
    solder = all(structure.materials[number].class_ == "solder" for number in structure.regions_of(balls))
    return Finding(
        n_columns >= limitation.least[0] and n_rows >= limitation.least[1] and solder,
        f"{numbers.size} of {own.max()} balls touch the face of {carrier} away from {away_from}, "
        f"in {n_columns} columns and {n_rows} rows; {structure.made_of(balls)}",
    )


def bumps_on_face(circuit: Circuit, limitation: rows.BumpsOnFace, carrier: str, away_from: str) -> Finding:
    structure = circuit.structure
    upwards = structure.gap(away_from, carrier) is not None
    if not upwards and structure.gap(carrier, away_from) is None:
        return Finding(False, f"{carrier} and {away_from} do not face each other")
    face = f"{carrier}.{'top' if upwards else 'bottom'}"
    outside = beside(structure.body(carrier), above=not upwards)  # cells just off the face
    joints = circuit.pieces("bumps", "balls", "pads")
    solder = structure.cells(lambda region, m: region.role in ("bumps", "balls") and m.class_ == "solder")
    standing = numbers_in(joints, outside) & numbers_in(joints, solder)
    if (outside & structure.cells(lambda region, _: region.role == "encapsulant")).any():
        return Finding(False, f"{len(standing)} solder bumps stand on {face}, which is moulded over, wholly or in part")
    numbers = np.unique(structure.model.region[cells_of(joints, standing) & solder])
    named = ", ".join(f"{structure.model.regions[n].solid} ({structure.model.regions[n].material})" for n in numbers)
    return Finding(
        len(standing) >= limitation.least,
        f"{len(standing)} solder bumps stand on {face}, away from {away_from}{f': {named}' if named else ''}",
    )


# ---------------------------------------------------------------- circuits
def connected(circuit: Circuit, limitation: rows.Connected, first: str, second: str) -> Finding:
    n_contacts, joined = int(circuit.contacts(first).max()), len(circuit.leading(first, second))
    count = f"{joined} of {n_contacts} contacts of {first} lead to {second}"
    if joined >= limitation.least:
        return Finding(True, f"{count}: {circuit.path(first, second)}")
    if n_contacts == 0 and not circuit.structure.smeared(first):
        return Finding(False, f"{first} has no conducting contact")
    return _too_few(circuit, count, limitation.least, first, second)


def chipset_connected(circuit: Circuit, limitation: rows.ChipsetConnected, carrier: str) -> Finding:
    chips = circuit.structure.chipset(carrier)
    if not chips:
        return Finding(False, f"no chip stands over {carrier}")
    leading = {chip: len(circuit.leading(chip, carrier)) for chip in chips}
    each = (f"{n} of {circuit.contacts(chip).max()} contacts of {chip}" for chip, n in leading.items())
    count = f"{' and '.join(each)} lead to {carrier}"
    if sum(leading.values()) >= limitation.least:
        best = max(chips, key=leading.__getitem__)
        return Finding(True, f"{count}: {circuit.path(best, carrier)}")
    return _too_few(circuit, count, limitation.least, carrier)


def _too_few(circuit: Circuit, count: str, least: int, *parts: str) -> Finding:
    """Nothing can be said of conductors that a part's material has smeared away."""
    if smeared := next(filter(None, map(circuit.structure.smeared, parts)), ""):
        return Finding(None, f"{count}; conductors are smeared into {smeared}, which shows no path")
    return Finding(False, f"{count}; at least {least} are wanted")


def wires(circuit: Circuit, limitation: rows.Wires, chip: str, carrier: str) -> Finding:
    pieces = circuit.pieces("wires")
    from_chip = numbers_in(pieces, circuit.reach(chip))
    whole = from_chip & numbers_in(pieces, circuit.reach(carrier))
    if not from_chip:
        return Finding(False, f"no wire touches the active face of {chip}")
    count = f"{len(whole)} of {len(from_chip)} wires on the active face of {chip} run to conductors of {carrier}"
    if len(whole) >= limitation.least:
        return Finding(True, count)
    return _too_few(circuit, count, limitation.least, carrier)


def through_vias(circuit: Circuit, limitation: rows.ThroughVias, first: str, second: str, compound: str) -> Finding:
    pieces = circuit.pieces(*ROLES["vias"])
    gap = circuit.structure.gap_between(first, second)
    if not pieces.any():
        return Finding(False, "there are no vias")
    if gap is None:
        return Finding(False, f"{first} and {second} do not face each other")
    straight = _straight(circuit, pieces, gap.lower, gap.upper)
    at_both = straight & _touching(circuit, pieces, first) & _touching(circuit, pieces, second)
    good = at_both & numbers_in(pieces, around(circuit.structure.body(compound)))
    count = (
        f"of {pieces.max()} vias {len(straight)} run straight from {gap.lower} to {gap.upper}, {len(at_both)} of them "
        f"touch conductors of both, {len(good)} of these through {compound}"
    )
    if len(good) >= limitation.least:
        return Finding(True, count)
    return _too_few(circuit, count, limitation.least, first, second)


def _straight(circuit: Circuit, pieces: IntArray, lower: str, upper: str) -> set[int]:
    """Numbers of the pieces that run along z without a break from the lower's top to the upper's bottom."""
    (below, _, top), (above, bottom, _) = circuit.structure.ticks(lower), circuit.structure.ticks(upper)
    slab = pieces[:, :, int(top[below].max()) : int(bottom[above].min())]
    return numbers_in(slab[:, :, 0], (slab == slab[:, :, :1]).all(axis=2)) if slab.shape[2] else set()


def traces(circuit: Circuit, limitation: rows.Traces, first: str, second: str, compound: str) -> Finding:
    pieces = circuit.pieces(*ROLES["traces"])
    ends = [_touching(circuit, pieces, carrier) for carrier in (first, second)]
    either, along = ends[0] | ends[1], numbers_in(pieces, around(circuit.structure.body(compound)))
    if not pieces.any():
        return Finding(False, "there are no traces")
    good = ends[0] & ends[1] & along
    count = f"{len(good)} of {len(either)} traces lead along {compound} from conductors of {first} to those of {second}"
    if good == either and len(good) >= limitation.least:
        return Finding(True, count)
    return _too_few(circuit, count, max(len(either), limitation.least), first, second)


def trace_ends(circuit: Circuit, limitation: rows.TraceEnds, first: str, second: str) -> Finding:
    pieces, pads = circuit.pieces(*ROLES["traces"]), circuit.pieces("pads")
    either = _touching(circuit, pieces, first) | _touching(circuit, pieces, second)
    on_pads = []
    for carrier in (first, second):
        own = numbers_in(pads, around(circuit.structure.body(carrier)))
        on_pads.append(either & numbers_in(pieces, around(cells_of(pads, own))))
    good = on_pads[0] & on_pads[1]
    return Finding(
        len(good) >= limitation.least and good == either,
        f"of {len(either)} traces {len(on_pads[0])} touch pads of {first}, {len(on_pads[1])} pads of {second}, "
        f"{len(good)} both",
    )


def _touching(circuit: Circuit, pieces: IntArray, carrier: str) -> set[int]:
    """Numbers of the pieces that touch a conductor of the carrier, or a pad on it."""
    return numbers_in(pieces, circuit.reach(carrier))


def joined_through(
    circuit: Circuit, limitation: rows.JoinedThrough, first: str, second: str, carrier: str, other: str
) -> Finding:
    """The carrier is that of the first chip, the other that of the second."""
    by, carriers = limitation.by, frozenset((carrier, other))
    pieces = circuit.pieces(*ROLES[by])
    for part in (carrier, other):
        if not _touching(circuit, pieces, part):
            return _too_few(circuit, f"no {by} touch a conductor of {part}", limitation.least, part)
    if circuit.touching(carriers):
        return Finding(False, f"conductors of {carrier} and {other} touch without any {by}")
    counts, joined = [], []
    for chip, own, goal in ((first, carrier, other), (second, other, carrier)):
        joined.append(len(circuit.leading_through(by, chip, own, goal)))
        counts.append(f"{joined[-1]} of {circuit.contacts(chip).max()} contacts of {chip} lead to {goal}")
    count = f"through {by} {' and '.join(counts)}, without them none"
    if min(joined) >= limitation.least:
        return Finding(True, f"{count}: {circuit.path(first, other, circuit.between(by, carriers))}")
    return _too_few(circuit, count, limitation.least, carrier, other)
