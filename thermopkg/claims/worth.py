"""What is a limitation worth in kelvins? The answers with and without it, and whether they differ for certain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thermopkg.answer.bracket import Bracket
from thermopkg.answer.metrics import Metric


@dataclass(frozen=True)
class Difference:
    """One number with all limitations and without one of them."""

    name: str
    unit: str
    whole: Bracket  # as the case stands
    without: Bracket

    @property
    def change(self) -> Bracket:
        """Without less whole; the two meshes know nothing of one another, so the errors add up."""
        return Bracket(
            self.without.value - self.whole.value,
            self.without.lower - self.whole.upper,
            self.without.upper - self.whole.lower,
        )

    @property
    def certain(self) -> bool:
        """Whether the two differ by more than the mesh error of both."""
        return self.change.lower > 0 or self.change.upper < 0


@dataclass(frozen=True)
class Effect:
    """What becomes of the answers when one limitation is taken away in one way.

    `lost` are the claims asked about that are not met any more; `differences` by environment; `failure` says why the
    changed package cannot be solved, in which case there are none.
    """

    claim: str
    limitation: str
    change: str
    lost: tuple[str, ...]
    differences: Mapping[str, tuple[Difference, ...]]
    failure: str | None = None


@dataclass(frozen=True)
class Worth:
    """Every limitation that can be taken away alone, and the answers of the case as it stands by environment."""

    whole: Mapping[str, tuple[Metric, ...]]
    effects: tuple[Effect, ...]
    kept: tuple[tuple[str, str], ...]  # claim and limitation for which no such change is known


def differences(whole: Sequence[Metric], without: Sequence[Metric]) -> tuple[Difference, ...]:
    """Number by number, those that both have."""
    changed = {metric.name: metric for metric in without}
    return tuple(
        Difference(metric.name, metric.unit, metric.bracket, changed[metric.name].bracket)
        for metric in whole
        if metric.name in changed
    )
