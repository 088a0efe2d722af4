"""Does the package read on the claims asked for? Every limitation with its verdict and what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from thermopkg.claims.casting import Bench, Parts, Shortfall, best_casting, weight
from thermopkg.claims.circuit import Circuit
from thermopkg.claims.claims import documents
from thermopkg.claims.finding import Finding, Verdict
from thermopkg.claims.rows import AnyLimitation
from thermopkg.claims.structure import Structure
from thermopkg.mesh.voxel import VoxelModel


@dataclass(frozen=True)
class LimitationVerdict:
    """One limitation, whether it is met, and the measured reason in one line."""

    text: str
    verdict: Verdict
    evidence: str
    counts_as: Verdict  # in its claim; differs for a step of making, which is never shown


@dataclass(frozen=True)
class ClaimVerdict:
    """One claim, what it comes to together with the claims it depends on, and its own limitations."""

    document: str
    claim: int
    verdict: Verdict
    limitations: tuple[LimitationVerdict, ...]
    depends_on: int | None
    parts: Parts  # that play its elements, and those of the claims that it depends on

    @property
    def name(self) -> str:
        """As a case asks for it, DOCUMENT/NUMBER."""
        return f"{self.document}/{self.claim}"


def claim_names() -> tuple[str, ...]:
    """Every claim that has data, as DOCUMENT/NUMBER."""
    return tuple(f"{name}/{claim.number}" for name, document in documents().items() for claim in document.claim)


def chart(model: VoxelModel, names: Sequence[str]) -> tuple[ClaimVerdict, ...]:
    """Verdicts on claims, each with those it depends on, in the order asked for.

    A claim is not met where a limitation of it, or of a claim that it depends on, is not met; it is not shown where
    one of them is not shown. A step of making is never shown by a structure; it leaves the claim met where the
    structure agrees with it, and the evidence says so.

    Parameters
    ----------
    model : painted on a grid that holds all planes of the package, so that distances are exact
    names : of claims, DOCUMENT/NUMBER

    Raises
    ------
    KeyError : there is no such claim
    """
    known = claim_names()
    for name in names:
        if name not in known:
            raise KeyError(f"{name} is no claim that has data; there are {', '.join(known)}")
    bench = Bench(Circuit(Structure(model.whole)))  # a contact is neither part nor gap
    return tuple(_claim_verdict(bench, *name.rsplit("/", 1)) for name in names)


def _claim_verdict(bench: Bench, document_name: str, number: str) -> ClaimVerdict:
    document = documents()[document_name]
    chain = document.chain(int(number))
    parts, shortfall = best_casting(bench, document, chain)
    claim = chain[-1]
    return ClaimVerdict(
        document_name,
        claim.number,
        _combined(shortfall),
        tuple(_limitation_verdict(item, bench.finding(item, document, parts)) for item in claim.limitation),
        claim.depends_on,
        parts,
    )


def _combined(shortfall: Shortfall) -> Verdict:
    if any(not_met for not_met, _ in shortfall):
        return "not met"
    return "not shown" if any(not_shown for _, not_shown in shortfall) else "met"


def _limitation_verdict(limitation: AnyLimitation, finding: Finding) -> LimitationVerdict:
    counts_as = weight(limitation, finding)
    if limitation.process is None:
        return LimitationVerdict(limitation.text, counts_as, finding.evidence, counts_as)
    agrees = {True: "consistent", False: "not consistent", None: "not known to be consistent"}[finding.holds]
    evidence = f"a process cannot be seen in a structure; {agrees} with {limitation.process}: {finding.evidence}"
    return LimitationVerdict(limitation.text, "not shown", evidence, counts_as)
