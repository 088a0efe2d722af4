"""How do rectangles on one face lie to each other? Whether one sticks out of another, holds it, or meets it.

All are given by their size and by how far their middle lies from that of the face, m.
"""

SLACK = 1e-9  # m; closer than this is touching

Pair = tuple[float, float]  # along x and y


def beyond_rectangle(at: Pair, size: Pair, outer: Pair) -> str:
    """By how much a rectangle sticks out of a centred one, and on which sides; empty where it does not."""
    found = []
    for axis, name in enumerate("xy"):
        for side, way in (("low", -1.0), ("high", 1.0)):
            by = way * at[axis] + (size[axis] - outer[axis]) / 2
            if by > SLACK:
                found.append(f"{by * 1e3:.4g} mm at {side} {name}")
    return ", ".join(found)


def hides(at: Pair, size: Pair, other_at: Pair, other_size: Pair) -> bool:
    """Whether the first rectangle covers the whole of the other."""
    apart = (abs(at[axis] - other_at[axis]) for axis in range(2))
    return all(by + (other_size[axis] - size[axis]) / 2 <= SLACK for axis, by in enumerate(apart))


def meet(at: Pair, size: Pair, other_at: Pair, other_size: Pair) -> bool:
    """Whether two rectangles have an area in common."""
    apart = (abs(at[axis] - other_at[axis]) for axis in range(2))
    return all((size[axis] + other_size[axis]) / 2 - by > SLACK for axis, by in enumerate(apart))
