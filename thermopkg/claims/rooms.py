"""Does the compound fill the room that a limitation wants filled? Checks on gaps and on the room between carriers."""

import numpy as np

from thermopkg.arraytypes import BoolArray
from thermopkg.claims import rows
from thermopkg.claims.finding import Finding, percent
from thermopkg.claims.structure import Filling, Structure


def fills(structure: Structure, limitation: rows.Fills, compound: str, first: str, second: str) -> Finding:
    filling = structure.filling(compound, first, second)
    if filling is None:
        return Finding(False, f"there is no gap between {first} and {second}")
    where = f"mm³ {_ends(structure, first, second)} outside bumps"
    return Finding(
        100 * filling.joined >= limitation.least,
        f"{compound} takes {percent(filling.share)} of the {filling.volume * 1e9:.4g} {where}"
        + _remarks(compound, filling),
    )


def one_body(structure: Structure, limitation: rows.OneBody, compound: str, *ends: str) -> Finding:
    """The gaps are given by their ends, two by two."""
    shares = []
    for first, second in zip(ends[::2], ends[1::2], strict=True):
        filling = structure.filling(compound, first, second)
        if filling is None:
            return Finding(False, f"there is no gap between {first} and {second}")
        shares.append((filling.joined, _ends(structure, first, second)))
    return Finding(
        all(100 * share >= limitation.least for share, _ in shares),
        f"one connected body of {structure.made_of(compound)} takes "
        + " and ".join(f"{percent(share)} of the gap {where}" for share, where in shares),
    )


def fills_around(
    structure: Structure, limitation: rows.FillsAround, compound: str, first: str, second: str, *chips: str
) -> Finding:
    between = _between(structure, first, second)
    room = None if between is None else between & _outline(structure, compound) & structure.open
    filling = None if room is None else structure.filling_of(room, compound)
    if filling is None:
        return Finding(False, f"there is no room between {first} and {second}")
    cover = {chip: structure.walls(chip, compound) for chip in chips}
    walls = ", ".join(f"{percent(touched / whole)} of the side walls of {c}" for c, (touched, whole) in cover.items())
    enough = all(100 * touched >= limitation.least * whole for touched, whole in cover.values())
    return Finding(
        enough and 100 * filling.joined >= limitation.least,
        f"{compound} takes {percent(filling.share)} of the {filling.volume * 1e9:.4g} mm³ that other parts leave "
        f"between {first} and {second}, and covers {walls}{_remarks(compound, filling)}",
    )


def _ends(structure: Structure, first: str, second: str) -> str:
    gap = structure.gap_between(first, second)
    assert gap is not None, "a filling was measured in it"
    return f"between {gap.lower} and {gap.upper}"


def _remarks(compound: str, filling: Filling) -> str:
    remarks = []
    if filling.share > filling.joined:
        remarks.append(f"{percent(filling.share - filling.joined)} is cut off from the rest of {compound}")
    elif filling.share > 0.0:
        remarks.append(f"in one body with the rest of {compound}")
    if filling.rest:
        remarks.append(f"in its place {filling.rest}")
    return "".join(f"; {remark}" for remark in remarks)


def _between(structure: Structure, first: str, second: str) -> BoolArray | None:
    """Layers from the highest point of the lower to the lowest of the upper, shape (1, 1, nz); None where no such."""
    gap = structure.gap_between(first, second)
    if gap is None:
        return None
    taken, _, top = structure.ticks(gap.lower)
    above, bottom, _ = structure.ticks(gap.upper)
    layer = np.arange(gap.n_layers)
    return np.asarray((layer >= top[taken].max()) & (layer < bottom[above].min()))[None, None, :]


def _outline(structure: Structure, part: str) -> BoolArray:
    """Columns within the rectangle around a part, shape (nx, ny, 1)."""
    shadow, _, _ = structure.ticks(part)
    x, y = (_from_first_to_last(np.any(shadow, axis=axis)) for axis in (1, 0))
    return x[:, None, None] & y[None, :, None]


def _from_first_to_last(taken: BoolArray) -> BoolArray:
    """True from the first place that is taken to the last, shape (n,)."""
    return np.maximum.accumulate(taken) & np.maximum.accumulate(taken[::-1])[::-1]
