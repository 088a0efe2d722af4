"""Do the shipped cases still answer what they did? Brackets that meet, and verdicts that are the same."""

import json
from pathlib import Path

import pytest

from thermopkg import read, simulate

CASES = sorted((Path(__file__).parents[2] / "cases").glob("*/case.toml"))


def test_every_case_has_what_a_case_has():
    assert len(CASES) >= 7
    for case in CASES:
        assert {"case.toml", "expected.json", "README.md"} <= {file.name for file in case.parent.iterdir()}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_case_meets_its_expected_bracket_and_verdicts(path):
    expected = json.loads((path.parent / "expected.json").read_text(encoding="utf-8"))
    case = read(path, {"study": {"refine": 0}})
    outcome = simulate(case)
    assert expected["origin"]
    assert {f"{v.document}/{v.claim}": v.verdict for v in outcome.chart} == expected["claims"]
    assert {metric.name for metric in outcome.answer.metrics} == set(expected["metrics"])
    for metric in outcome.answer.metrics:
        wanted = expected["metrics"][metric.name]
        found = metric.bracket
        # the expected bracket is of the same planes halved, so it lies inside the one of the coarser grid
        assert found.lower <= wanted["lower"] * (1 + expected["rounding"])
        assert found.upper >= wanted["upper"] * (1 - expected["rounding"])
        assert found.value == pytest.approx(wanted["value"], rel=expected["tolerance"])
