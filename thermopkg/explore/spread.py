"""How far does the answer spread when its inputs do? By slopes, and by sampling a reduced model.

Every input lies anywhere within its tolerance, evenly and without regard to the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thermopkg.explore.frames import frame, headed
from thermopkg.explore.levers import Levers
from thermopkg.explore.reduced import ReducedModel

if TYPE_CHECKING:
    import pandas

N_SAMPLES = 50_000
SEED = 1
TAILS = (0.05, 0.95)  # of all packages, below which an answer lies


@dataclass(frozen=True)
class Spread:
    """Of one number under tolerances of its inputs; in its unit."""

    name: str
    unit: str
    tolerances: Mapping[str, float]  # half-width over the value
    value: float  # as the case stands
    linear_deviation: float  # by slopes: standard deviation
    linear_most: float  # by slopes: all inputs at their worst ends
    mean: float  # by samples, of values
    deviation: float
    low: float  # that 5 % of the packages are below for certain: of lower bounds
    high: float  # that 95 % of the packages are below for certain: of upper bounds
    least: float  # lowest lower bound of all samples
    most: float  # highest upper bound of all samples
    note: str = ""  # what is taken for granted, in words; empty where nothing

    def frame(self) -> "pandas.DataFrame":
        """A row by slopes, whose least and most are the worst ends, and one by samples, the mesh's error included.

        Raises
        ------
        CaseError : pandas is not installed
        """
        linear = self.value - self.linear_most, self.value + self.linear_most
        columns = {
            self.name: (self.value, self.mean),
            "deviation": (self.linear_deviation, self.deviation),
            "5 % below": (np.nan, self.low),  # slopes tell nothing of these
            "95 % below": (np.nan, self.high),
            "least": (linear[0], self.least),
            "most": (linear[1], self.most),
        }
        return frame({"by": ("slopes", "samples")} | {headed(name, self.unit): v for name, v in columns.items()})


def spread(model: ReducedModel, levers: Levers, tolerances: Mapping[str, float]) -> Spread:
    """What tolerances make of the number that the levers are of.

    Parameters
    ----------
    model : whose ranges are the tolerances
    tolerances : half-width over the value by parameter, all of the model's
    """
    name = levers.metric.name
    low, high = (np.array([getattr(one, end) for one in model.ranges]) for end in ("low", "high"))
    samples = low + (high - low) * np.random.default_rng(SEED).random((N_SAMPLES, len(low)))
    found = model.bracket(samples, name)
    steps = np.array([levers.lever(one.name).slope * tolerances[one.name] for one in model.ranges])
    value = levers.metric.bracket.value
    return Spread(
        name=name,
        unit=levers.metric.unit,
        tolerances=dict(tolerances),
        value=value,
        linear_deviation=abs(value) * float(np.sqrt((steps**2).sum() / 3)),  # of an even distribution
        linear_most=abs(value) * float(np.abs(steps).sum()),
        mean=float(found.value.mean()),
        deviation=float(found.value.std()),
        low=float(np.quantile(found.lower, TAILS[0])),
        high=float(np.quantile(found.upper, TAILS[1])),
        least=float(found.lower.min()),
        most=float(found.upper.max()),
    )
