"""Which part plays which element? The assignment under which a claim and its parents come off best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from thermopkg.claims.circuit import Circuit
from thermopkg.claims.claims import Claim, ClaimDocument
from thermopkg.claims.finding import Finding, Verdict
from thermopkg.claims.limitations import judge
from thermopkg.claims.rows import AnyLimitation

Parts = Mapping[str, str | None]  # element -> the part that plays it; None where the package has none
Shortfall = tuple[tuple[int, int], ...]  # limitations not met and not shown, claim by claim from the independent one


def weight(limitation: AnyLimitation, finding: Finding) -> Verdict:
    """What a limitation counts for in its claim: a step of making counts as met where the structure agrees with it."""
    if limitation.process is not None:
        return "met" if finding.holds else "not shown"
    return "not shown" if finding.holds is None else "met" if finding.holds else "not met"


@dataclass(frozen=True, eq=False)
class Bench:
    """A structure, and what its limitations have come to so far."""

    circuit: Circuit
    found: dict[tuple[AnyLimitation, tuple[str | None, ...]], Finding] = field(default_factory=dict)

    def finding(self, limitation: AnyLimitation, document: ClaimDocument, parts: Parts) -> Finding:
        """What the limitation comes to with these parts."""
        cast = tuple(parts[element] for element in limitation.elements)
        key = limitation, cast
        if key not in self.found:
            present = [part for part in cast if part is not None]
            if len(present) == len(cast):
                self.found[key] = judge(self.circuit, limitation, present)
            else:
                missing = next(element for element in limitation.elements if parts[element] is None)
                kind = document.elements[missing]
                other = "other " if self.circuit.structure.candidates(kind) else ""
                self.found[key] = Finding(False, f"the package has no {other}{kind}")
        return self.found[key]


@dataclass(frozen=True, eq=False)
class Stage:
    """One element, the parts that can play it, and the limitations that are decided once it is cast."""

    element: str
    candidates: tuple[str, ...]
    decided: tuple[tuple[int, AnyLimitation], ...]  # with the place of their claim in the chain


def best_casting(bench: Bench, document: ClaimDocument, chain: Sequence[Claim]) -> tuple[Parts, Shortfall]:
    """The parts under which the claims of a chain fall short least, the independent claim counting first.

    Elements are cast one by one, the likeliest part first, and each limitation is judged as soon as its elements are
    cast. A shortfall only grows with further limitations, so a start that has become no better than the best whole
    assignment is left at once.
    """
    stages = _stages(bench, document, chain)
    best: tuple[Parts, Shortfall] | None = None

    def hopeless(shortfall: Shortfall) -> bool:
        return best is not None and shortfall >= best[1]

    def search(place: int, parts: Parts, shortfall: Shortfall) -> None:
        nonlocal best
        if hopeless(shortfall):
            return
        if place == len(stages):
            best = parts, shortfall
            return
        stage = stages[place]
        onward = []
        for part in _free(document, stage, parts):
            cast, grown = {**parts, stage.element: part}, shortfall
            for claim, limitation in stage.decided:
                grown = _added(grown, claim, weight(limitation, bench.finding(limitation, document, cast)))
                if hopeless(grown):
                    break
            onward.append((grown, cast))
        for grown, cast in sorted(onward, key=lambda start: start[0]):
            search(place + 1, cast, grown)

    search(0, {}, tuple((0, 0) for _ in chain))
    assert best is not None, "the first assignment is the best so far"
    return best


def _free(document: ClaimDocument, stage: Stage, parts: Parts) -> Sequence[str | None]:
    """Parts that can still play the element; None alone where there is no such."""
    if stage.element in document.shared:
        return stage.candidates or (None,)
    taken = {part for element, part in parts.items() if element not in document.shared}
    return [part for part in stage.candidates if part not in taken] or (None,)


def _added(shortfall: Shortfall, claim: int, verdict: Verdict) -> Shortfall:
    if verdict == "met":
        return shortfall
    not_met, not_shown = shortfall[claim]
    more = (not_met + 1, not_shown) if verdict == "not met" else (not_met, not_shown + 1)
    return *shortfall[:claim], more, *shortfall[claim + 1 :]


def _stages(bench: Bench, document: ClaimDocument, chain: Sequence[Claim]) -> list[Stage]:
    """The elements in the order in which the claims speak of them."""
    asked = [(place, item) for place, claim in enumerate(chain) for item in claim.limitation]
    elements = list(dict.fromkeys(element for _, item in asked for element in item.elements))
    last = [max(elements.index(element) for element in item.elements) for _, item in asked]
    return [
        Stage(
            element,
            bench.circuit.structure.candidates(document.elements[element]),
            tuple(row for row, end in zip(asked, last, strict=True) if end == place),
        )
        for place, element in enumerate(elements)
    ]
