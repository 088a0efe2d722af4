"""What is a bracketed map? One number at every combination of some values, with its bounds and what the claims want."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thermopkg.answer.bracket import Bracket
from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.case.study import Study
from thermopkg.explore.frames import frame
from thermopkg.explore.reduced import Asked, Brackets, ReducedModel
from thermopkg.explore.variation import Variation
from thermopkg.explore.window import Window

if TYPE_CHECKING:
    import pandas

MISSED = 0.1  # of the tolerance, by which the mesh of a map may miss it; to refine for less is to build once more
EDGE = 1e-9  # relative; a value at the end of a window counts as inside where the end does


@dataclass(frozen=True)
class Resolved:
    """One design solved again by itself, on a mesh of its own."""

    design: tuple[float, ...]  # SI
    reduced: Bracket
    full: Bracket

    @property
    def meet(self) -> bool:
        """Whether the two brackets have a value in common, as they must."""
        return self.reduced.lower <= self.full.upper and self.full.lower <= self.reduced.upper


@dataclass(frozen=True, eq=False)
class Chart:
    """One number at every combination of some values, with its bounds."""

    model: ReducedModel
    asked: Asked  # the number
    varied: tuple[Variation, ...]
    designs: FloatArray  # SI, shape (n, n_parameters), the last parameter running fastest
    brackets: Brackets
    windows: tuple[Window, ...]
    resolved: tuple[Resolved, ...]
    study: Study  # what was asked, with the tolerance
    note: str = ""  # what the map takes for granted, in words; empty where nothing

    @property
    def beyond(self) -> BoolArray:
        """Where the bracket is wider than the study's tolerance, shape (n,)."""
        return np.asarray(100 * self.brackets.relative_half_width > self.study.tolerance)

    def columns(self) -> dict[str, FloatArray]:
        """The map as a table with a row for every design, units in the names of its columns."""
        return self.model.columns(self.designs, self.asked, self.brackets)

    def frame(self) -> "pandas.DataFrame":
        """The same table as a pandas frame.

        Raises
        ------
        CaseError : pandas is not installed
        """
        return frame(self.columns())

    @property
    def outside(self) -> int:
        """How many designs lie outside the ranges that the model was made for."""
        return int(self.model.outside(self.designs).sum())

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each parameter takes."""
        return tuple(v.values.size for v in self.varied)

    def inside(self, chosen: Sequence[Window] | None = None) -> BoolArray:
        """Which designs are as all windows want them, shape (n,); without an upper end they lie above the lower one."""
        found = np.ones(len(self.designs), bool)
        names = [v.parameter.name for v in self.varied]
        for window in self.windows if chosen is None else chosen:
            values = self.designs[:, names.index(window.parameter)]
            edge = EDGE * window.low
            found &= values > window.low + edge if window.high is None else values >= window.low - edge
            if window.high is not None:
                found &= values <= window.high + edge
        return found

    def cut(self, axis: int, at: Sequence[int]) -> Brackets:
        """Along one parameter, the others at the given places of their values; the entry at `axis` is of no account."""
        index: tuple[slice | int, ...] = tuple(slice(None) if a == axis else i for a, i in enumerate(at))
        return self.plane(index)

    def plane(self, index: tuple[slice | int, ...]) -> Brackets:
        """The brackets at some places of the map, one index for each parameter."""
        arrays = (self.brackets.value, self.brackets.lower, self.brackets.upper, self.brackets.relative_half_width)
        return Brackets(*(array.reshape(self.shape)[index] for array in arrays))
