"""Which layers does the heat of a chip pass, and where on its way does each of them end? The steady path, in K/W."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import accumulate

from thermopkg.answer.path import HeatPath, Towards

ENDS = "by means over the chip's shadow at rest; where heat spreads, they are places on that path and no other"


@dataclass(frozen=True)
class LayerEnd:
    """A layer and the resistance from the junction to its end, K/W; `kind` as that of a drop of the heat path."""

    name: str
    kind: str
    resistance: float


@dataclass(frozen=True)
class Passed:
    """The layers on the side of a chip by which most of its heat leaves, from the junction on.

    `share` of all the heat leaves on that side; what part of it stays in the chip's shadow on the way is not told.
    """

    towards: Towards
    share: float
    ends: tuple[LayerEnd, ...]

    def begin_of(self, names: Collection[str]) -> float | None:
        """Resistance from the junction to where the first of some layers begins, K/W; None where there is none."""
        before = 0.0
        for end in self.ends:
            if end.name in names:
                return before
            before = end.resistance
        return None


def passed(path: HeatPath, resistance: float) -> Passed:
    """The layers of a heat path whose chip alone makes heat.

    Drops per watt are those of one lattice; they are scaled to end at the steady resistance.

    Parameters
    ----------
    resistance : from the junction to ambient, K/W
    """
    way = max((path.up, path.down), key=lambda one: one.watts)
    scale = resistance / way.kelvin
    so_far = accumulate(scale * drop.kelvin for drop in way.drops)
    ends = (LayerEnd(drop.name, drop.kind, end) for drop, end in zip(way.drops, so_far, strict=True))
    return Passed(way.towards, way.watts / (path.up.watts + path.down.watts + path.elsewhere), tuple(ends))
