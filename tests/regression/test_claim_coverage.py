"""Is every claim met by a case, and does a case with one flaw break what it says, and nothing else?"""

import runpy
import tomllib
from functools import cache
from pathlib import Path

import pytest

from thermopkg import suite
from thermopkg.claims.chart import chart, claim_names
from thermopkg.claims.claims import documents
from thermopkg.regress.record import EXPECTED, read_record
from thermopkg.workflow import geometry, read

FOLDER = Path(__file__).parents[2] / "cases"
CASES = {path.parent.name: path for path in suite.find_cases([FOLDER])}
RECORDS = {name: read_record(path.with_name(EXPECTED)) for name, path in CASES.items()}
UNBREAKABLE = {  # a package without a carrier has nothing that the rest is placed from
    ("heat-sink/1", "there is a carrier"),
    ("heat-sink/9", "there is a carrier"),
    ("stacked/1", "there is a first carrier"),
    ("stacked/7", "there is a first carrier"),
}
FLAWED = sorted(name for name, record in RECORDS.items() if record.breaks)


def parent_of(name):
    """The folder of the case that this one extends."""
    return Path(tomllib.loads(CASES[name].read_text(encoding="utf-8"))["extends"]).parent.name


@cache
def weights(name):
    """What each limitation counts for in its claim, by the claim's name and the limitation's text."""
    case = read(CASES[name])
    charted = chart(geometry(case), case.study.claims)
    return {(claim.name, row.text): row.counts_as for claim in charted for row in claim.limitations}


def test_every_claim_has_a_case_that_meets_it():
    met = {claim for record in RECORDS.values() for claim, verdict in record.claims.items() if verdict == "met"}
    assert met == set(claim_names())
    assert len(met) == 20 + 12  # of the one document and of the other


def test_every_claim_has_a_case_that_breaks_it_alone():
    """Alone: of the claims that break, no other is broken but by way of this one."""
    alone = {claim for name in FLAWED for claim in RECORDS[name].breaks if len(RECORDS[name].breaks) == 1}
    assert alone == set(claim_names())
    assert len(FLAWED) >= 24


def test_every_limitation_that_can_be_broken_has_a_case_that_breaks_it():
    broken = {(claim, text) for name in FLAWED for claim, texts in RECORDS[name].breaks.items() for text in texts}
    known = {
        (f"{name}/{claim.number}", row.text)
        for name, document in documents().items()
        for claim in document.claim
        for row in claim.limitation
    }
    assert known - broken == UNBREAKABLE
    assert broken <= known


@pytest.mark.parametrize("name", FLAWED)
def test_flawed_case_breaks_what_it_says_and_nothing_else(name):
    parent = parent_of(name)
    assert set(RECORDS[parent].claims.values()) == {"met"}
    before, after = weights(parent), weights(name)
    assert before.keys() == after.keys()
    assert set(before.values()) == {"met"}
    broken = [(claim, text) for claim, texts in RECORDS[name].breaks.items() for text in texts]
    assert [row for row, verdict in after.items() if verdict != "met"] == broken


@pytest.mark.parametrize("name", FLAWED)
def test_claims_fail_with_those_that_they_depend_on(name):
    record = RECORDS[name]
    for claim, verdict in record.claims.items():
        document, number = claim.rsplit("/", 1)
        chain = [f"{document}/{link.number}" for link in documents()[document].chain(int(number))]
        assert (verdict == "met") == (not set(chain) & set(record.breaks)), claim


def test_the_page_of_cases_is_that_of_the_records():
    """`python cases/table.py` writes it anew."""
    page = runpy.run_path(str(FOLDER / "table.py"))
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == page["text"]()
