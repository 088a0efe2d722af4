"""Is every claim of both documents covered by a case that meets it?"""

from pathlib import Path

from thermopkg import suite
from thermopkg.claims.chart import claim_names
from thermopkg.regress.record import EXPECTED, read_record

CASES = suite.find_cases([Path(__file__).parents[2] / "cases"])
RECORDS = {path.parent.name: read_record(path.with_name(EXPECTED)) for path in CASES}


def test_every_claim_has_a_case_that_meets_it():
    met = {claim for record in RECORDS.values() for claim, verdict in record.claims.items() if verdict == "met"}
    assert met == set(claim_names())
    assert len(met) == 20 + 12  # of the one document and of the other
