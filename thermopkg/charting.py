"""Does a case read on the claims, and what is each limitation worth? Charts of verdicts, and kelvins beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from thermopkg.answer.answer import wanted_of
from thermopkg.answer.metrics import Metric
from thermopkg.case.case import Case
from thermopkg.claims.chart import ClaimVerdict, chart, claim_names
from thermopkg.claims.claims import documents
from thermopkg.claims.removal import environments, removals
from thermopkg.claims.rows import AnyLimitation
from thermopkg.claims.worth import Effect, Worth, differences
from thermopkg.errors import CaseError, Fault, ThermopkgError
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.report import charts
from thermopkg.report.result import claim as claim_row
from thermopkg.report.sheet import claims as claims_sheet
from thermopkg.report.worth import worth_document, worth_markdown, worth_sheet
from thermopkg.workflow import Progress, bounded, geometry, silent


@dataclass(frozen=True)
class Charted:
    """The verdicts on claims, and what their limitations are worth where that was asked."""

    title: str
    verdicts: tuple[ClaimVerdict, ...]
    asked: tuple[str, ...]  # claims that the case names
    worth: Worth | None = None

    @property
    def all_met(self) -> bool:
        """Whether every claim that the case names is met."""
        return all(verdict.verdict == "met" for verdict in self.verdicts if verdict.name in self.asked)

    def document(self) -> dict[str, Any]:
        """As JSON types."""
        rows = {"claims": [claim_row(verdict) for verdict in self.verdicts]}
        return rows if self.worth is None else {**rows, "worth": worth_document(self.worth)}

    def markdown(self) -> str:
        """As a page of Markdown."""
        chart_page = charts.markdown(self.title, self.verdicts)
        return chart_page if self.worth is None else f"{chart_page}\n{worth_markdown(self.worth)}"

    def _repr_html_(self) -> str:
        """The chart and the worth of its limitations, as a notebook shows them by itself."""
        from thermopkg.report.html import html_of

        return html_of(claims_sheet(self.verdicts)) + ("" if self.worth is None else html_of(worth_sheet(self.worth)))


def charted(case: Case, every: bool = False, valued: bool = False, progress: Progress = silent) -> Charted:
    """The claims that a case names, or every claim there is, limitation by limitation.

    Parameters
    ----------
    valued : whether to solve the case with and without each limitation, as `worth` does
    Raises
    ------
    GeometryError, ConvergenceError : as `geometry` and `worth`
    """
    model, asked = geometry(case), case.study.claims
    verdicts = chart(model, claim_names() if every else asked)
    own = [verdict for verdict in verdicts if verdict.name in asked]
    return Charted(case.title, verdicts, asked, worth(model, own, progress) if valued else None)


def worth(model: VoxelModel, verdicts: Sequence[ClaimVerdict], progress: Progress = silent) -> Worth:
    """What each limitation of some claims does to what a case asks for, in still air and under a cooler.

    Every limitation for which there is a change that takes it alone away is taken away; the changed package is solved
    beside the whole one, each to the study's tolerance. A changed package that cannot be solved is told, and the rest
    goes on.

    Parameters
    ----------
    model : of the geometry alone, on which the verdicts were found
    Raises
    ------
    CaseError : there is no claim, or nothing whose worth could be told in kelvins
    ConvergenceError : a solve of the case itself fails
    """
    case = model.package.case
    if faults := [*_worthless(model, verdicts)]:
        raise CaseError(faults, case.title)
    met = [verdict.name for verdict in verdicts if verdict.verdict == "met"]
    whole = {
        name: _numbers(changed, progress, f"{name}, the case as it stands")
        for name, changed in environments(case).items()
    }
    effects, kept = [], []
    for claim, limitation, parts in _limitations(verdicts):
        changes = tuple(removals(case, model.package.parts, limitation, parts))
        if not changes:
            kept.append((claim, limitation.text))
        for removal in changes:
            try:
                after = chart(geometry(removal.case), [verdict.name for verdict in verdicts])
                changed = {
                    name: differences(whole[name], _numbers(variant, progress, f"{name}, {removal.change}"))
                    for name, variant in environments(removal.case).items()
                }
            except ThermopkgError as error:
                effects.append(Effect(claim, limitation.text, removal.change, (), {}, str(error)))
            else:
                lost = tuple(v.name for v in after if v.verdict != "met" and v.name in met)
                effects.append(Effect(claim, limitation.text, removal.change, lost, changed))
    return Worth(whole, tuple(effects), tuple(kept))


def _worthless(model: VoxelModel, verdicts: Sequence[ClaimVerdict]) -> Iterator[Fault]:
    """Why nothing can be said of what limitations are worth."""
    if not verdicts:
        yield Fault("study.claims", 'names no claims, so there is nothing to take away; add claims = ["heat-sink/1"]')
    if not wanted_of(model.package):
        yield Fault("part", "none makes heat, so that no temperature would change; give a chip some power")


def _limitations(verdicts: Sequence[ClaimVerdict]) -> Iterator[tuple[str, AnyLimitation, list[str]]]:
    """Claim, limitation and the parts that play its elements, each once, where all of these are there."""
    seen = set()
    for verdict in verdicts:
        for claim in documents()[verdict.document].chain(verdict.claim):
            for limitation in claim.limitation:
                parts = [part for element in limitation.elements if (part := verdict.parts[element]) is not None]
                key = limitation, *parts
                if len(parts) == len(limitation.elements) and key not in seen:
                    seen.add(key)
                    yield f"{verdict.document}/{claim.number}", limitation, parts


def _numbers(case: Case, progress: Progress, title: str) -> tuple[Metric, ...]:
    """What the study asks for, bounded; no more than that."""
    progress(title)
    return bounded(geometry(case)).wanted
