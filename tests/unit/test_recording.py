"""Is a run that was killed gone on with to the same digits? Lines, moments kept, and what does not belong together."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.verification.test_transient import chip_on_a_plate
from thermopkg.errors import CaseError
from thermopkg.lattice import primal
from thermopkg.report.recording import KEPT, LINES, kept_in, record
from thermopkg.solve.schedule import steps
from thermopkg.solve.transient import Marching, march

PULSES = steps(["chip"], np.array([0.0, 0.1, 0.15, 0.4]), np.array([[5.0], [0.0], [2.0]]))
OFFSETS = {"chip": 25.0}


def moments(resumed=None):
    return march(primal.emit(*chip_on_a_plate(), 0.0), PULSES, Marching(5e-3), resumed=resumed)


def run(folder: Path, pause: float = 0.0, every: int = 7) -> None:
    """The run that the tests kill: from the moment kept, or else from the start."""
    kept = kept_in(folder, "this run")
    for _ in record(moments(kept and kept.moment), folder, "this run", OFFSETS, kept, every):
        time.sleep(pause)


def table(folder: Path):
    return np.loadtxt(folder / LINES, delimiter=",", skiprows=1)


def test_a_killed_run_goes_on_to_the_same_numbers(tmp_path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    run(whole)
    program = f"from pathlib import Path\nfrom tests.unit.test_recording import run\nrun(Path({str(killed)!r}), 0.02)"
    process = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[2])
    deadline = time.monotonic() + 60
    while not (killed / KEPT).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with (killed / LINES).open("a", encoding="utf-8") as lines:
        lines.write("0.123,45.")  # what a line looks like that the kill cut
    before = table(whole)
    assert kept_in(killed, "this run").moment.n_steps < len(before) - 1
    run(killed)
    np.testing.assert_allclose(table(killed), before, rtol=1e-10, atol=0)


def test_a_line_tells_time_temperature_and_energy(tmp_path) -> None:
    run(tmp_path)
    first = (tmp_path / LINES).read_text(encoding="utf-8").split("\n")[0]
    assert first == "time [s],chip [degC],supplied [J],stored [J],left [J],step [s],step error [K]"
    rows = table(tmp_path)
    assert rows[0, 1] == 25.0
    assert rows[-1, 0] == 0.4
    np.testing.assert_allclose(rows[1:, 2], rows[1:, 3] + rows[1:, 4], rtol=1e-8)


def test_a_run_that_is_over_is_not_made_again(tmp_path) -> None:
    run(tmp_path)
    before = (tmp_path / LINES).read_bytes()
    run(tmp_path)
    assert (tmp_path / LINES).read_bytes() == before


def test_another_run_is_refused(tmp_path) -> None:
    run(tmp_path)
    with pytest.raises(CaseError, match="another case, mesh or trace"):
        kept_in(tmp_path, "another run")


def test_nothing_half_written_is_left(tmp_path) -> None:
    run(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([LINES, KEPT])
