"""Is the assignment of parts to elements the best there is, and found without trying them all?"""

from itertools import product

import pytest

from tests.hand_made import model_of, stacked_with
from thermopkg.claims import casting
from thermopkg.claims.casting import Bench, best_casting, weight
from thermopkg.claims.circuit import Circuit
from thermopkg.claims.claims import documents
from thermopkg.claims.structure import Structure


def lifted(parts, height, prefix):
    """The parts moved up, in mm, and renamed."""
    moved = {}
    for name, given in parts.items():
        boxes = [
            tuple([x, y, [low + height, high + height]] for x, y, (low, high) in s["boxes"]) for s in given["solids"]
        ]
        solids = tuple({**s, "boxes": b} for s, b in zip(given["solids"], boxes, strict=True))
        moved[f"{prefix}{name}"] = {**given, "solids": solids}
    return moved


LOWER = stacked_with(joined="vias", carriers="substrate")  # its balls end 1.03 mm up
PACKAGES = {  # four chips on four carriers; one of the two packages is flawed, or neither
    "sound": {**LOWER, **lifted(stacked_with(joined="vias"), 1.03, "top-")},
    "flawed": {
        **{k: v for k, v in LOWER.items() if k != "vias"},
        **lifted(stacked_with(joined="traces"), 1.05, "top-"),
    },
}


def bench_of(package):
    return Bench(Circuit(Structure(model_of(PACKAGES[package]))))


def least(bench, document, chain):
    """The least shortfall over every assignment of candidates that plays no part twice."""
    elements = list(dict.fromkeys(e for claim in chain for item in claim.limitation for e in item.elements))
    candidates = [bench.circuit.structure.candidates(document.elements[e]) for e in elements]
    found = []
    for cast in product(*candidates):
        if len(set(cast)) == len(cast):
            parts = dict(zip(elements, cast, strict=True))
            verdicts = [[weight(item, bench.finding(item, document, parts)) for item in c.limitation] for c in chain]
            found.append(tuple((v.count("not met"), v.count("not shown")) for v in verdicts))
    return min(found)


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("number", range(1, 13))
def test_no_assignment_does_better(package, number):
    bench, document = bench_of(package), documents()["stacked"]
    chain = document.chain(number)
    parts, shortfall = best_casting(bench, document, chain)
    assert len(set(parts.values())) == len(parts)
    assert shortfall == least(bench, document, chain)


def test_a_package_on_a_package_is_told_apart_from_its_base():
    """The base has no vias, and the package on it has traces: each claim finds the carriers that it is met on."""
    bench, document = bench_of("flawed"), documents()["stacked"]
    parts, shortfall = best_casting(bench, document, document.chain(7))
    assert shortfall == ((0, 0),)
    assert (parts["first-carrier"], parts["second-carrier"]) == ("top-first", "top-second")


def test_most_assignments_are_never_judged(monkeypatch):
    """Of 4 carriers, 4 chips, 3 carriers, 3 chips, 2 glues and 2 resins there are 576; 14 limitations on each."""
    calls, real = [], casting.judge
    monkeypatch.setattr(casting, "judge", lambda *given: calls.append(given) or real(*given))
    document = documents()["stacked"]
    best_casting(bench_of("sound"), document, document.chain(1))
    assert len(calls) < 100
