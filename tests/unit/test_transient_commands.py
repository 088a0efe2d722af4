"""What does `thermopkg transient` leave, and what does it refuse? Periods, pictures, films, files of powers."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from tests.small_case import BAR
from thermopkg import course, workflow
from thermopkg.answer.zth import Span
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.voxel import paint
from thermopkg.periodic import find_period
from thermopkg.report.cautions import cautions
from thermopkg.report.course_plot import draw_course
from thermopkg.report.envelope import MOST, PIECES, envelope
from thermopkg.report.film import PANELS, Section, times_of
from thermopkg.report.recording import LINES
from thermopkg.solve.schedule import steps

PULSES = """
[transient]
until = "3 s"

[[transient.power]]
part = "bar"
pulse = { power = "4 W", period = "0.4 s", duty = 0.25 }
repeat = true
"""
OF_FILE = '\n[transient]\nuntil = "1 s"\n\n[[transient.power]]\npart = "bar"\ncsv = "trace.csv"\n'
TRACE = "time [ms], power [W]\n0, 2\n300, 0.5\n600, 3\n"
FAST = ("--max-cells", "4000", "--quiet")


def written(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "case.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def pulsed(tmp_path_factory):
    return written(tmp_path_factory.mktemp("pulsed"), BAR + PULSES)


# ---------------------------------------------------------------- powers that repeat
def test_the_periodic_state_is_where_a_long_run_comes_to(pulsed, type_in, tmp_path) -> None:
    """Forty periods, five times the longest time constant of 3 s: exp(-5) of the mean's rise is left."""
    code, told, err = type_in("transient", pulsed, "--periodic", "--out", tmp_path / "out", *FAST)
    assert (code, err) == (0, "")
    for wanted in ("every 400 ms for ever", "highest, °C", "lowest, °C", "bar", "100 ms"):
        assert wanted in told
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["period.csv", "period.json", "period.png"]
    document = json.loads((tmp_path / "out/period.json").read_text(encoding="utf-8"))
    bar, slowest = document["sources"]["bar"], document["longest_time_constant_s"]
    table = np.loadtxt(tmp_path / "out/period.csv", delimiter=",", skiprows=1)
    assert (table[0, 0], table[-1, 0]) == (0.0, pytest.approx(0.4))
    assert table[0, 1] == pytest.approx(table[-1, 1], abs=1e-9)  # it repeats
    assert table[:, 1].max() == pytest.approx(bar["highest_degC"])
    read = workflow.read(pulsed, {"study": {"max_cells": 4000}})
    run = course.find_course(read, Span(1e-3, 1e3))
    n = int(np.ceil(30 * slowest / 0.4))
    breaks = (np.arange(n)[:, None] * 0.4 + np.array([0.0, 0.1])).ravel()
    long = steps(["bar"], np.append(breaks, 0.4 * n), np.tile([[4.0], [0.0]], (n, 1)))
    last = [sides.mean() - 273.15 for _, sides in run.along(long)][-2:]
    assert last[0] == pytest.approx(bar["highest_degC"], abs=1e-6)
    assert last[1] == pytest.approx(bar["lowest_degC"], abs=1e-6)
    mean = run.impedance.found.system.end[0, 0] * 1.0 + 20.0  # a watt on average
    assert bar["mean_degC"] == pytest.approx(mean, abs=1e-6)
    assert bar["lowest_degC"] < bar["mean_degC"] < bar["highest_degC"]


def test_without_powers_that_repeat_there_is_no_period(type_in, tmp_path) -> None:
    for text in (BAR, BAR + PULSES.replace("repeat = true\n", "")):
        code, out, err = type_in("transient", written(tmp_path, text), "--periodic")
        assert (code, out) == (2, "")
        assert "repeat = true" in err


def test_periods_of_no_common_length_are_refused(type_in, tmp_path) -> None:
    other = (
        '\n[[transient.power]]\npart = "foot"\npulse = { power = "1 W", period = "0.3 s", duty = 0.5 }\nrepeat = true\n'
    )
    code, _, err = type_in("transient", written(tmp_path, BAR + PULSES + other), "--periodic")
    assert code == 2
    assert "repeats every 0.3 s, and that of 'bar' every 0.4 s; give all one period" in err


def test_a_case_that_follows_its_temperature_says_what_stands_for_it(tmp_path) -> None:
    text = BAR.replace('bottom  = { film = "2000 W/m^2/K" }', 'bottom = { film = "2000 W/m^2/K", emissivity = 0.9 }')
    read = workflow.read(written(tmp_path, text + PULSES), {"study": {"max_cells": 4000}})
    assert "--by-steps follows them" in find_period(read, Span(1e-2, 1e2), None).notes[0]
    assert "--by-steps follows them" in course.course_of(read, Span(1e-2, 1e2), None).notes[0]
    told = course.steps_of(read, Span(1e-2, 1e2), tmp_path / "steps", error=1.0)
    assert "follow the temperature, step by step" in told.notes[0]


# ---------------------------------------------------------------- files and pictures
def test_a_run_leaves_its_picture_and_its_powers(pulsed, type_in, tmp_path) -> None:
    assert type_in("transient", pulsed, "--out", tmp_path / "out", *FAST)[0] == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["course.csv", "course.json", "course.png"]
    document = json.loads((tmp_path / "out/course.json").read_text(encoding="utf-8"))
    assert document["heated"] == ["bar"]
    for time, (watts,) in zip(document["time_s"][:-1], document["power_W"], strict=False):
        assert watts == (4.0 if time % 0.4 < 0.1 - 1e-9 else 0.0)
    hottest = max(value for (value,) in document["temperature_degC"])
    table = np.loadtxt(tmp_path / "out/course.csv", delimiter=",", skiprows=1)
    assert hottest == pytest.approx(table[:, 1].max())  # the sheet has it, whatever half decades it lies between


def test_the_picture_shows_temperature_above_power() -> None:
    times = np.linspace(0.0, 1.0, 11)
    warm = envelope(((t, [25 + 10 * t]) for t in times), 0.0, 1.0, log=False)
    power = envelope(((t, [2.0]) for t in times), 0.0, 1.0, log=False)
    figure = Figure()
    ax = draw_course(warm, ("chip.active",), power, ("chip.active",), False, figure.add_subplot())
    above, below = figure.axes
    assert above is ax
    assert (above.get_ylabel(), below.get_ylabel(), below.get_xlabel()) == (
        *("temperature [°C]", "power [W]", "time [s]"),
    )
    assert above.get_position().y0 > below.get_position().y1
    assert above.get_title(loc="left") == "chip highest with 35.0 °C, at 1 s"
    assert below.get_ylim()[0] <= 0.0
    decades = envelope(((t, [25 + 10 * t]) for t in times), 0.1, 1.0, log=True)
    log = draw_course(decades, ("chip.active",), power, ("chip.active",), True, Figure().add_subplot())
    assert log.get_xscale() == "log"


def test_a_pulse_of_one_moment_is_seen_among_a_million() -> None:
    n = 200_000
    moments = ((t / n, [100.0 if t == 123_456 else 1.0]) for t in range(n))
    found = envelope(moments, 0.0, 1.0, log=False)
    assert not found.is_whole
    assert found.times.size <= PIECES < MOST
    assert found.high.max() == 100.0
    assert (found.low == 1.0).all()
    assert found.times[found.high[:, 0].argmax()] == pytest.approx(0.61728, abs=1e-3)


def test_sections_are_a_strip_and_a_film_with_one_scale(pulsed, type_in, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("thermopkg.report.film.FRAMES", 12)  # for the time that it takes
    out = tmp_path / "out"
    words = ("--by-steps", "--fields", "--gif", "--step-error", "0.5 K", "--out", out)
    assert type_in("transient", pulsed, *words, *FAST)[0] == 0
    for name in ("sections.png", "sections.gif", "fields.pvd", "transient.png", "transient.json", LINES):
        assert (out / name).stat().st_size > 0
    times = times_of(out)
    assert times[0] == 0.0
    assert times[-1] == 3.0
    assert PANELS < len(times) <= 14
    with Image.open(out / "sections.gif") as film:
        assert film.n_frames == len(times)
    kept = [np.load(out / "sections" / f"{time!r}.npy") for time in times]
    np.testing.assert_allclose(kept[0], 20.0)
    table = np.loadtxt(out / LINES, delimiter=",", skiprows=1)
    for time, section in zip(times, kept, strict=True):  # through the bar, whose mean lies within it
        assert section.min() - 0.1 <= table[table[:, 0] == time, 1] <= section.max() + 0.1


def test_a_half_is_shown_whole() -> None:
    model = workflow.geometry(from_document(tomllib.loads(BAR), "bar"))
    x, y, z = model.grid.axes
    half = paint(model.package, Grid(x[x >= 0.0] if 0.0 in x else np.append(0.0, x[x > 0]), y, z, (True, False)))
    whole, own = Section(model, 1e-4), Section(half, 1e-4)
    assert own.cut.u[0] == pytest.approx(whole.cut.u[0])
    assert own.cut.u[-1] == pytest.approx(whole.cut.u[-1])
    field = np.arange(np.prod([ticks.size for ticks in half.grid.axes]), dtype=float)
    values = own.values(field.reshape([ticks.size for ticks in half.grid.axes]))
    assert values.shape[0] == own.cut.u.size
    np.testing.assert_array_equal(values, values[::-1])


# ---------------------------------------------------------------- runs that were stopped
def test_a_stopped_run_sees_another_trace_and_not_another_folder(type_in, tmp_path) -> None:
    here, words = tmp_path / "here", ("--by-steps", "--step-error", "0.5 K", *FAST)
    path, out = written(here, BAR + OF_FILE), tmp_path / "out"
    (here / "trace.csv").write_text(TRACE, encoding="utf-8")
    assert type_in("transient", path, "--out", out, *words)[0] == 0
    before = (out / LINES).read_bytes()
    here.rename(tmp_path / "there")
    moved = tmp_path / "there" / "case.toml"
    assert type_in("transient", moved, "--out", out, *words)[0] == 0  # nothing is left to do
    assert (out / LINES).read_bytes() == before
    for name in ("transient.json", LINES):
        assert str(tmp_path) not in (out / name).read_text(encoding="utf-8")
    (tmp_path / "there" / "trace.csv").write_text(TRACE.replace("600, 3", "600, 3.1"), encoding="utf-8")
    code, _, err = type_in("transient", moved, "--out", out, *words)
    assert code == 2
    assert "another case, mesh or trace" in err


# ---------------------------------------------------------------- what is refused, and what is suspicious
def test_all_wrong_options_are_told_at_once(pulsed, type_in) -> None:
    code, out, err = type_in(
        "transient", pulsed, "--by-steps", "--periodic", "--step-error", "3", "--from", "1", "--to", "later"
    )
    assert (code, out) == (2, "")
    for name in ("--periodic", "--by-steps", "--step-error", "--from", "--to"):
        assert f"  {name} " in err
    code, _, err = type_in("transient", pulsed, "--gif", "--fields")
    assert code == 2
    assert err.count("add --by-steps") == 2


def test_a_run_much_longer_than_the_package_remembers_is_suspicious() -> None:
    (told,) = cautions(5e7, 3.0, None, 1e-3)
    assert "2e+07 times the longest time constant, 3 s; are times in ms or us read as s?" in told
    assert not list(cautions(2e6, 3.0, None, 1e-3))
    assert not list(cautions(5e7, None, None, 1e-3))


def test_jumps_that_cells_do_not_resolve_are_suspicious() -> None:
    (told,) = cautions(10.0, 3.0, 2e-6, 1e-3)
    assert "powers jump 2 us apart, and cells resolve 1 ms" in told
    assert "--from 2us" in told
    assert not list(cautions(10.0, 3.0, 1e-3, 1e-3))


def test_too_long_a_trace_is_told_with_its_cause(type_in, tmp_path) -> None:
    path = written(tmp_path, BAR + PULSES.replace('until = "3 s"', 'until = "20000000 s"').replace("0.4 s", "4000 s"))
    code, told, _ = type_in("transient", path, *FAST, "--json")
    assert code == 0
    assert any("read as s?" in note for note in json.loads(told)["notes"])


def test_too_many_jumps_for_a_lattice_are_refused() -> None:
    n = course.MOST_STRETCHES + 1
    schedule = steps(["bar"], np.arange(n + 1.0), np.ones((n, 1)))
    with pytest.raises(CaseError, match=r"jump 1,000,001 times.*Leave out --by-steps"):
        course.check_steps(schedule, "bar")
    course.check_steps(replace(schedule, breaks=schedule.breaks[:100]), "bar")
