"""Do the shipped cases still answer what they did? Brackets that meet, and verdicts that are the same."""

from pathlib import Path

import pytest

from thermopkg import suite
from thermopkg.regress.record import EXPECTED, read_record
from thermopkg.report.regression import markdown

CASES = suite.find_cases([Path(__file__).parents[2] / "cases"])


def test_every_case_has_what_a_case_has():
    assert len(CASES) >= 7
    for case in CASES:
        assert {"case.toml", EXPECTED, "README.md"} <= {file.name for file in case.parent.iterdir()}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_record_of_a_case_is_narrow_and_has_its_origin(path):
    """Narrower than what it is compared with, or the comparison would say little."""
    kept = read_record(path.with_name(EXPECTED))
    assert kept.origin is not None
    assert kept.metrics or kept.claims
    assert (kept.origin.cells is not None) == bool(kept.metrics)
    for name, number in kept.metrics.items():
        if name != "psi_jt":  # measured by the rise of the junction
            assert number.bracket.relative_half_width <= 0.0051


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_case_meets_its_expected_brackets_and_verdicts(path):
    report = suite.rerun(path, suite.TO_COMPARE).report
    assert report.passed, markdown([report])
