"""Do the powers of [transient] reach the junctions? A plate of one temperature, whose rise is an exponential."""

from pathlib import Path

import numpy as np
import pytest

from thermopkg.answer.zth import Span
from thermopkg.case.case import Case
from thermopkg.case.load import from_document
from thermopkg.course import course_of, steps_of, told_by
from thermopkg.workflow import geometry

# a chip of 10 x 10 x 0.5 mm under 2000 W/m^2/K: R = 1 / (h A) = 5 K/W, C = 2e6 J/m^3/K * 5e-8 m^3 = 0.1 J/K, tau 0.5 s
RESISTANCE, TIME_CONSTANT = 5.0, 0.5
AMBIENT = 25.0  # degC


def case_with(transient: dict[str, object] | None) -> Case:
    material = {
        "class": "metal", "electrical": "conductor", "conductivity": "1e5 W/m/K", "density": "2000 kg/m^3",
        "heat_capacity": "1000 J/kg/K",
    }  # fmt: skip
    chip = {
        "name": "chip", "kind": "chip", "size": ["10 mm", "10 mm", "0.5 mm"], "face": "up", "material": "silver",
        "power": "2 W",
    }  # fmt: skip
    document = {
        "title": "plate", "part": [chip], "materials": {"silver": material},
        "environment": {"ambient": "25 degC", "bottom": {"film": "2000 W/m^2/K"}},
    }  # fmt: skip
    return from_document({**document, **({} if transient is None else {"transient": transient})}, "plate")


STEPS = {"until": "2 s", "power": [{"part": "chip", "steps": [["0 s", "2 W"], ["0.5 s", "0 W"], ["1 s", "4 W"]]}]}


def rise(time: float) -> float:
    """Of the steps: each change of power is a step of its own."""
    changes = ((0.0, 2.0), (0.5, -2.0), (1.0, 4.0))
    return sum(p * RESISTANCE * (1 - np.exp(-(time - t) / TIME_CONSTANT)) for t, p in changes if time > t)


def test_steps_of_power_are_followed_by_the_reduced_system() -> None:
    told = course_of(case_with(STEPS), Span(1e-3, 10.0), None)
    rows = told.rows
    assert told.names == told.heated == ("chip.active",)
    assert [watts for (watts,) in told.powers] == [2.0 if r.time < 0.5 else 0.0 if r.time < 1.0 else 4.0 for r in rows]
    assert rows[-1].time == pytest.approx(2.0, rel=1e-12)  # the table's end, not the command's
    for row in rows:
        assert row.temperatures[0] - AMBIENT == pytest.approx(rise(row.time), abs=2e-3)


def test_steps_of_power_are_followed_step_by_step(tmp_path: Path) -> None:
    rows = steps_of(case_with(STEPS), Span(1e-3, 10.0), tmp_path / "run", error=1e-3).rows
    assert rows[-1].time == pytest.approx(2.0, rel=1e-12)
    assert rows[-1].temperatures[0] - AMBIENT == pytest.approx(rise(2.0), abs=0.02)


def test_a_part_that_is_not_named_makes_its_own_power() -> None:
    package = geometry(case_with({"until": "1 s"})).package
    schedule = told_by(package.case, package, np.array([0.25]))
    assert schedule is not None
    assert schedule.breaks.tolist() == [0.0, 0.25, 1.0]
    assert schedule.at(1, 0.5) == {"chip.active": 2.0}
    bare = geometry(case_with(None)).package
    assert told_by(bare.case, bare, np.zeros(0)) is None


def test_pulses_are_on_and_off() -> None:
    pulse = {"part": "chip", "pulse": {"power": "3 W", "period": "0.2 s", "duty": 0.25}, "repeat": True}
    package = geometry(case_with({"until": "1 s", "power": [pulse]})).package
    schedule = told_by(package.case, package, np.zeros(0))
    assert schedule is not None
    middles, lengths = 0.5 * (schedule.breaks[1:] + schedule.breaks[:-1]), np.diff(schedule.breaks)
    on = np.array([schedule.at(i, float(at))["chip.active"] for i, at in enumerate(middles)])
    assert set(on.round(9)) == {0.0, 3.0}
    assert float(on @ lengths) == pytest.approx(3.0 * 0.25 * 1.0, rel=1e-9)  # mean power times a second
