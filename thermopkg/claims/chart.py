"""Does the package read on the claims asked for? Every limitation with its verdict and what was measured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

from thermopkg.claims.claims import AnyLimitation, Claim, ClaimDocument, documents
from thermopkg.claims.limitations import Finding, judge
from thermopkg.claims.structure import Structure
from thermopkg.mesh.voxel import VoxelModel

Verdict = Literal["met", "not met", "not shown"]


@dataclass(frozen=True)
class LimitationVerdict:
    """One limitation, whether it is met, and the measured reason in one line."""

    text: str
    verdict: Verdict
    evidence: str


@dataclass(frozen=True)
class ClaimVerdict:
    """One claim, what it comes to together with the claims it depends on, and its own limitations."""

    document: str
    claim: int
    verdict: Verdict
    limitations: tuple[LimitationVerdict, ...]
    depends_on: int | None


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
    bench = _Bench(Structure(model))
    return tuple(_claim_verdict(bench, *name.rsplit("/", 1)) for name in names)


Parts = Mapping[str, str | None]  # element -> the part that plays it; None where the package has none


@dataclass(frozen=True, eq=False)
class _Bench:
    """A structure, and what its limitations have come to so far."""

    structure: Structure
    found: dict[tuple[AnyLimitation, tuple[str | None, ...]], Finding] = field(default_factory=dict)

    def finding(self, limitation: AnyLimitation, document: ClaimDocument, parts: Parts) -> Finding:
        cast = tuple(parts[element] for element in limitation.elements)
        key = limitation, cast
        if key not in self.found:
            present = [part for part in cast if part is not None]
            if len(present) == len(cast):
                self.found[key] = judge(self.structure, limitation, present)
            else:
                missing = next(element for element in limitation.elements if parts[element] is None)
                self.found[key] = Finding(False, f"the package has no {document.elements[missing]}")
        return self.found[key]


def _claim_verdict(bench: _Bench, document_name: str, number: str) -> ClaimVerdict:
    document = documents()[document_name]
    chain = document.chain(int(number))

    def shortfall(parts: Parts) -> list[tuple[int, int]]:
        """Limitations not met and not shown, claim by claim from the independent one on."""
        verdicts = [[_weight(item, bench.finding(item, document, parts)) for item in c.limitation] for c in chain]
        return [(v.count("not met"), v.count("not shown")) for v in verdicts]

    best = min(_castings(bench.structure, document, chain), key=shortfall)
    shortfalls = shortfall(best)
    claim = chain[-1]
    return ClaimVerdict(
        document_name,
        claim.number,
        _combined(shortfalls),
        tuple(_limitation_verdict(item, bench.finding(item, document, best)) for item in claim.limitation),
        claim.depends_on,
    )


def _castings(structure: Structure, document: ClaimDocument, chain: tuple[Claim, ...]) -> Iterator[Parts]:
    """Every way to let parts play the elements that a claim and its parents speak of, each part one of them at most."""
    spoken_of = dict.fromkeys(e for claim in chain for item in claim.limitation for e in item.elements)
    candidates = [structure.candidates(document.elements[element]) or (None,) for element in spoken_of]
    for cast in product(*candidates):
        once = (part if part not in cast[:place] else None for place, part in enumerate(cast))
        yield dict(zip(spoken_of, once, strict=True))


def _combined(shortfalls: list[tuple[int, int]]) -> Verdict:
    if any(not_met for not_met, _ in shortfalls):
        return "not met"
    return "not shown" if any(not_shown for _, not_shown in shortfalls) else "met"


def _weight(limitation: AnyLimitation, finding: Finding) -> Verdict:
    """What a limitation counts for in its claim: a step of making counts as met where the structure agrees with it."""
    if limitation.process is not None:
        return "met" if finding.holds else "not shown"
    return "not shown" if finding.holds is None else "met" if finding.holds else "not met"


def _limitation_verdict(limitation: AnyLimitation, finding: Finding) -> LimitationVerdict:
    if limitation.process is None:
        return LimitationVerdict(limitation.text, _weight(limitation, finding), finding.evidence)
    agrees = "consistent" if finding.holds else "not consistent"
    evidence = f"a process cannot be seen in a structure; {agrees} with {limitation.process}: {finding.evidence}"
    return LimitationVerdict(limitation.text, "not shown", evidence)
