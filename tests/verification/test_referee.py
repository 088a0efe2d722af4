"""Do both engines share a value on cases as they are shipped? Of every kind one, joints at a wider pitch where many.

All cases are compared by `python -m benchmarks.referee`; its results stand in benchmarks/results/referee.md.
"""

import json
from pathlib import Path

import pytest

from benchmarks import referee

ROOT = Path(__file__).resolve().parents[2]
FAST = ("fg256-xc2s50", "heat-sink-8-lead-frame", "overmould-0.6")
MOST = 20_000  # tetrahedra before joints are put at a wider pitch


@pytest.mark.parametrize("name", FAST)
def test_both_engines_share_a_value_on_a_shipped_case(name):
    rows = referee.compared(ROOT / "cases" / name / "case.toml", MOST)
    assert rows
    for row in rows:
        assert row.refused == ""
        assert row.overlap, row


def test_the_last_run_over_all_cases_found_none_apart():
    told = json.loads((ROOT / "benchmarks/results/referee.json").read_text(encoding="utf-8"))
    rows = [row for row in told["rows"] if not row["refused"]]
    assert len({row["case"] for row in rows}) > 50
    for row in rows:
        assert row["voxels"][0] <= row["tetrahedra"][1], row["case"]
        assert row["tetrahedra"][0] <= row["voxels"][1], row["case"]
