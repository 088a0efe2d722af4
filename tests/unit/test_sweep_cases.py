"""Is every case of a sweep solved once and kept, whatever ends the sweep and wherever its workers are?"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor

import distributed
import psutil
import pytest

from tests.small_case import BAR
from thermopkg import cli, tasks, workflow
from thermopkg.batch import sweep_cases
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError, OutputError
from thermopkg.explore.store import FOLDER, kept, key_of
from thermopkg.lattice.kernels import at_most_threads, thread_count
from thermopkg.report import folder as folders
from thermopkg.report.folder import whole_file

FORTY = ["bar.power=1W:2W:20", "bar.size.x=1.5mm,2mm"]


@pytest.fixture(scope="module")
def bar():
    return from_document(tomllib.loads(BAR))


@pytest.fixture(scope="module")
def done(bar, tmp_path_factory):
    """A finished sweep of four, its folder, and what it told on the way."""
    folder, told = tmp_path_factory.mktemp("done"), []
    sweep = sweep_cases(bar, folder, ["bar.power=1W,2W", "bar.size.x=1.5mm,2mm"], progress=told.append)
    return sweep, folder, told


def contents(folder):
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (folder / FOLDER).iterdir()}


def value(row, name="bar"):
    return row.answer.record.metrics[name].value


# ---------------------------------------------------------------- solving and keeping
def test_every_case_has_the_numbers_that_it_has_alone(done):
    """Of these bars a quarter is solved, where a whole run finds a mesh of its own: their bounds meet."""
    sweep, folder, told = done
    assert sweep.all_solved
    for row in sweep.table.rows:
        found = row.answer.record.metrics["bar"]
        alone = workflow.bounded(workflow.geometry(row.variant.case)).wanted[0].bracket
        assert found.lower == pytest.approx(alone.lower, rel=1e-6)
        assert found.upper == pytest.approx(alone.upper, rel=1e-6)
        whole = workflow.simulate(row.variant.case).answer.wanted[0].bracket
        assert found.lower <= whole.upper
        assert whole.lower <= found.upper
        assert kept(folder, key_of(row.variant.case)) == row.answer
    assert [text.split()[0] for text in told] == ["1/4", "2/4", "3/4", "4/4"]


def test_rows_are_in_the_order_asked_for_whichever_is_finished_first(done):
    sweep, _, _ = done
    narrow, wide, narrow_hot, wide_hot = (value(row) for row in sweep.table.rows)
    assert narrow > wide  # less area for the same heat
    assert narrow_hot == pytest.approx(2 * narrow, rel=1e-6)  # the model is linear
    assert wide_hot == pytest.approx(2 * wide, rel=1e-6)


def test_what_is_kept_is_not_solved_again_and_needs_no_dask(bar, done, monkeypatch):
    sweep, folder, _ = done
    monkeypatch.setitem(sys.modules, "distributed", None)
    before, told = contents(folder), []
    again = sweep_cases(bar, folder, ["bar.size.x=2mm", "bar.power=2W,1W"], progress=told.append)
    assert told == [f"2 of 2 cases are in {folder} already"]
    assert {value(row) for row in again.table.rows} <= {value(row) for row in sweep.table.rows}
    assert contents(folder) == before


def test_wider_sweep_solves_only_what_is_new(bar, done, tmp_path):
    _, folder, _ = done
    for file in (folder / FOLDER).iterdir():
        (tmp_path / FOLDER).mkdir(exist_ok=True)
        (tmp_path / FOLDER / file.name).write_bytes(file.read_bytes())
    before = contents(tmp_path)
    told = []
    sweep_cases(bar, tmp_path, ["bar.power=1W,2W,3W", "bar.size.x=2mm"], progress=told.append)
    after = contents(tmp_path)
    assert {path: after[path] for path in before} == before
    assert len(after) == len(before) + 1
    assert told[0].startswith("2 of 3")
    assert len(told) == 2


def test_damaged_file_is_solved_again(bar, tmp_path):
    sweep_cases(bar, tmp_path)
    (file,) = (tmp_path / FOLDER).iterdir()
    whole = json.loads(file.read_text(encoding="utf-8"))
    for damaged in (file.read_text(encoding="utf-8")[:100], "", json.dumps({**whole, "key": "0" * 32})):
        file.write_text(damaged, encoding="utf-8")
        assert kept(tmp_path, file.stem) is None
        assert sweep_cases(bar, tmp_path).all_solved
        assert kept(tmp_path, file.stem) is not None


def test_variants_that_come_to_one_package_are_solved_once(bar, tmp_path):
    sweep = sweep_cases({"one": bar, "other": bar.model_copy(update={"title": "other"})}, tmp_path)
    first, second = sweep.table.rows
    assert first.answer == second.answer
    assert len(list((tmp_path / FOLDER).iterdir())) == 1


def test_case_that_fails_is_told_and_the_rest_go_on(bar, tmp_path, monkeypatch):
    """Of four one makes no sound case, one cannot be placed, and in one the program itself fails."""
    finished = tasks._finished

    def failing(case, key, memory):
        if case.part_named("bar").power == 3.0:
            raise ZeroDivisionError("a fault of the program")
        return finished(case, key, memory)

    monkeypatch.setattr(tasks, "_finished", failing)
    sweep = sweep_cases(bar, tmp_path, ["bar.at.x=0mm,3mm", "bar.power=1W,3W"])
    answers = {tuple(row.variant.settings.values()): row.answer for row in sweep.table.rows}
    assert answers[0.0, 1.0].record.metrics
    assert answers[0.0, 3.0] == "ZeroDivisionError: a fault of the program"
    assert "bar" in answers[3e-3, 1.0]
    assert len(list((tmp_path / FOLDER).iterdir())) == 1
    monkeypatch.setattr(tasks, "_finished", finished)
    again = sweep_cases(bar, tmp_path, ["bar.at.x=0mm,3mm", "bar.power=1W,3W"])
    assert len(again.table.failed) == 2  # what failed is tried again


def test_task_that_its_worker_cannot_run_is_a_case_that_failed(bar, tmp_path, monkeypatch):
    def broken(case, *_):
        if case.part_named("bar").power == 1.0:
            raise ModuleNotFoundError("No module named 'thermopkg'")
        return "anything else"

    monkeypatch.setattr(tasks, "solved", broken)
    sweep = sweep_cases(bar, tmp_path, ["bar.power=1W,2W"])
    assert [row.answer for row in sweep.table.rows] == [
        "ModuleNotFoundError: No module named 'thermopkg'", "anything else",
    ]  # fmt: skip


def test_folder_that_cannot_be_written_is_told_before_any_solve(bar, tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="is a file"):
        sweep_cases(bar, tmp_path / "file")


def test_file_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(folders.os, "fsync", lambda _: seen.append((tmp_path / "a.json").exists()))
    with whole_file(tmp_path / "a.json") as scratch:
        scratch.write_text("{}", encoding="utf-8")
    assert seen == [False]
    assert (tmp_path / "a.json").exists()


# ---------------------------------------------------------------- kill -9
SWEEP = """
import os, signal, sys, tomllib
from pathlib import Path
from tests.small_case import BAR
from thermopkg.batch import sweep_cases
from thermopkg.case.load import from_document

where, folder, *vary = sys.argv[1:]
kept = 0

def kill():
    os.kill(os.getpid(), signal.SIGKILL)

def count(_):
    global kept
    kept += 1
    if where == "between two" and kept == 7:
        kill()

if where == "while one is written":
    os.fsync = lambda _: kill() if kept == 7 else None
sweep_cases(from_document(tomllib.loads(BAR)), Path(folder), vary, progress=count)
"""


@pytest.mark.parametrize("where", ["between two", "while one is written"])
def test_sweep_of_forty_killed_in_the_middle_goes_on_and_has_each_once(where, bar, tmp_path):
    child = [sys.executable, "-c", SWEEP, where, tmp_path, *FORTY]
    killed = subprocess.run(child, check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert killed.returncode == -signal.SIGKILL
    before = {path: both for path, both in contents(tmp_path).items() if not path.name.startswith(".")}
    assert len(before) == 7
    told = []
    sweep = sweep_cases(bar, tmp_path, FORTY, progress=told.append)
    assert told[0].startswith("7 of 40 cases are in")
    assert [text.split()[0] for text in told[1:]] == [f"{n}/40" for n in range(8, 41)]  # 33 solved, no more
    after = contents(tmp_path)
    assert {path: after[path] for path in before} == before
    names = {path.name for path in after if not path.name.startswith(".")}
    assert names == {f"{key_of(row.variant.case)}.json" for row in sweep.table.rows}
    assert len(names) == len(sweep.table.rows) == 40
    assert sweep.all_solved


# ---------------------------------------------------------------- a share of the machine
def test_threads_of_a_block_are_limited_in_its_own_thread_alone():
    before = thread_count()
    inside, entered, leave = [], threading.Event(), threading.Event()

    def limited():
        with at_most_threads(1):
            inside.append(thread_count())
            entered.set()
            leave.wait()
        inside.append(thread_count())

    with ThreadPoolExecutor(1) as pool:
        task = pool.submit(limited)
        entered.wait()
        assert thread_count() == before
        leave.set()
        task.result()
    assert inside == [1, before]


@pytest.mark.parametrize(("cases", "workers"), [(1, None), (40, None), (40, 3), (2, 64)])
def test_tasks_that_run_together_share_the_cores_and_the_memory(cases, workers):
    with tasks._here(distributed, cases, workers) as (client, share):
        (at_once,) = client.nthreads().values()
        listening = [c.laddr.ip for c in psutil.Process().net_connections() if c.status == psutil.CONN_LISTEN]
    assert set(listening) == {"127.0.0.1"}  # nobody from outside sees the sweep
    assert at_once == min(cases, workers or thread_count())
    assert share.threads == max(1, thread_count() // at_once)
    assert share.memory * at_once <= psutil.virtual_memory().total


def test_case_takes_no_more_threads_than_its_share(bar, monkeypatch):
    inside = []
    monkeypatch.setattr(tasks, "_finished", lambda *_: inside.append(thread_count()))
    before = thread_count()
    tasks.solved(bar, key_of(bar), tasks.Share(1, None), tasks.__version__)
    assert inside == [1]
    assert thread_count() == before


def test_memory_that_the_study_names_is_not_shared(bar):
    small = bar.model_copy(update={"study": bar.study.model_copy(update={"max_memory": 1e6, "tolerance": 0.01})})
    limited = tasks.solved(bar, key_of(bar), tasks.Share(1, 1e3), tasks.__version__)
    assert "are free for it" in limited
    own = tasks.solved(small, key_of(small), tasks.Share(1, 1e3), tasks.__version__)
    assert own.record.origin.cells < 1e6 / 100  # bytes, at more than 100 a cell
    assert own.case["study"]["max_memory"] == "1000000.0 byte"


def test_worker_of_another_version_solves_nothing(bar):
    answer = tasks.solved(bar, key_of(bar), tasks.Share(1, None), "0.0.0")
    assert answer.startswith(f"the worker has thermopkg {tasks.__version__}, and 0.0.0 asks")


# ---------------------------------------------------------------- a cluster
def child(*words):
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, words)],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.fixture
def scheduler(tmp_path):
    """A real scheduler with its address, and a way to start workers; all ended by the end of the test."""
    file = tmp_path / "scheduler.json"
    words = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show", "--scheduler-file"]
    running = [child("distributed.cli.dask_scheduler", *words, file)]
    while not (file.exists() and file.read_text(encoding="utf-8")):
        assert running[0].poll() is None
        time.sleep(0.02)
    address = json.loads(file.read_text(encoding="utf-8"))["address"]

    def worker():
        words = ["--nthreads", "1", "--no-dashboard", "--no-nanny", "--memory-limit", "2GB", "--local-directory"]
        running.append(child("distributed.cli.dask_worker", address, *words, tmp_path))

    yield address, worker, running[0]
    for process in running:
        process.kill()
        process.wait()


def test_workers_of_a_scheduler_solve_and_what_they_finished_outlives_it(scheduler, bar, tmp_path):
    """Two workers; the scheduler is killed in the middle; the sweep then ends here, with each case once."""
    address, worker, process = scheduler
    worker()
    worker()
    told = []

    def progress(text):
        told.append(text)
        if len(told) == 7:
            process.kill()

    with pytest.raises(CaseError) as error:
        sweep_cases(bar, tmp_path / "out", FORTY, scheduler=address, progress=progress)
    assert f"{address} has gone" in str(error.value)
    before = contents(tmp_path / "out")
    assert len(before) == len(told) >= 7
    sweep = sweep_cases(bar, tmp_path / "out", FORTY)
    after = contents(tmp_path / "out")
    assert sweep.all_solved
    assert {path: after[path] for path in before} == before
    assert len(after) == 40


def test_whole_sweep_on_a_cluster_says_what_it_says_here(scheduler, bar, done, tmp_path):
    address, worker, _ = scheduler
    worker()
    sweep = sweep_cases(bar, tmp_path / "out", ["bar.power=1W,2W", "bar.size.x=1.5mm,2mm"], scheduler=address)
    here, _, _ = done
    for row, own in zip(sweep.table.rows, here.table.rows, strict=True):
        assert value(row) == pytest.approx(value(own), rel=1e-9)
        assert row.answer.key == own.answer.key


def test_scheduler_without_workers_is_told_with_the_command_that_starts_some(scheduler, bar, tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "PATIENCE", 1.0)
    with pytest.raises(CaseError, match=r"no worker has joined .*dask worker tcp://"):
        sweep_cases(bar, tmp_path / "out", scheduler=scheduler[0])


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "ftp://127.0.0.1:1"])
def test_address_where_no_scheduler_answers_is_told(address, bar, tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "PATIENCE", 0.5)
    with pytest.raises(CaseError, match="no dask scheduler answers at"):
        sweep_cases(bar, tmp_path / "out", scheduler=address)


def test_missing_dask_names_the_extra(bar, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CaseError, match=r"pip install 'thermopkg\[sweep\]'"):
        sweep_cases(bar, tmp_path)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"workers": 0}, "1 or more"), ({"workers": 2, "scheduler": "tcp://127.0.0.1:1"}, "this process alone")],
)
def test_workers_that_make_no_sense_are_refused(options, words, bar, tmp_path):
    with pytest.raises(CaseError, match=words):
        sweep_cases(bar, tmp_path, **options)


# ---------------------------------------------------------------- the command
@pytest.fixture
def type_in(monkeypatch, capsys, tmp_path):
    """Types `thermopkg sweep CASE WORDS` in an empty folder that holds the bar."""
    (tmp_path / "bar").mkdir()
    (tmp_path / "bar" / "case.toml").write_text(BAR, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["thermopkg", "sweep", "bar/case.toml", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return stop.value.code or 0, out, err

    return run


def test_command_keeps_prints_and_writes_and_goes_on(type_in, tmp_path):
    code, out, err = type_in("--vary", "bar.size.x=1.5mm,2mm", "--tolerance", "9%", "--workers", 1)
    assert code == 0
    assert "2 cases: 2 solved, 0 failed" in out
    assert "bar.size.x [mm]" in out
    assert "2/2 bar.size.x 2 mm: rise of bar = " in err
    folder = tmp_path / "out" / "sweep-bar"
    assert {path.name for path in folder.iterdir()} == {FOLDER, "sweep.csv", "sweep.json", "sweep-bar.png"}
    code, out, err = type_in("--vary", "bar.size.x=1.5mm,2mm", "--tolerance", "9%", "--json")
    assert json.loads(out) == json.loads((folder / "sweep.json").read_text(encoding="utf-8"))
    assert "2 of 2 cases are in out/sweep-bar already" in err


def test_command_takes_cases_changes_and_parts_to_leave_out(type_in, tmp_path):
    (tmp_path / "tall.toml").write_text(BAR.replace('"1 mm"]', '"2 mm"]'), encoding="utf-8")
    (tmp_path / "changes.toml").write_text('[hot]\npart = [{ name = "bar", power = "3 W" }]\n', encoding="utf-8")
    code, out, _ = type_in("--cases", "tall.toml", "--changes", "changes.toml", "--json", "--out", "here", "--quiet")
    assert code == 0
    found = {v["settings"]["case"]: v["metrics"]["bar"] for v in json.loads(out)["variants"]}
    assert list(found) == ["bar", "tall.toml", "hot"]
    assert found["hot"]["value"] == pytest.approx(3 * found["bar"]["value"], rel=1e-6)


def test_command_is_exit_1_where_a_case_fails(type_in):
    code, out, _ = type_in("--vary", "bar.at.x=0mm,3mm")
    assert code == 1
    assert "1 solved, 1 failed" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "nothing varies"),
        (["--vary", "bar.pitch=1mm"], "is no parameter"),
        (["--vary", "bar.power=2W:1W:3"], "reversed"),
        (["--without", "bar", "--without", "lid"], "'lid' is not a part"),
        (["--cases", "none.toml"], "there is no such file"),
        (["--vary", "bar.power=1W,2W", "--workers", "0"], "1 or more"),
        (["--vary", "bar.power=1W,2W", "--tolerance", "2"], "has no unit"),
    ],
)
def test_command_is_exit_2_for_what_cannot_be_asked(words, told, type_in, tmp_path):
    code, out, err = type_in(*words)
    assert (code, out) == (2, "")
    assert told in err
    assert not (tmp_path / "out").exists()


INTERRUPTED = """
import os, signal
from thermopkg.cli import main

kept = []

def fsync(_):
    kept.append(True)
    if len(kept) == 4:
        os.kill(os.getpid(), signal.SIGINT)

os.fsync = fsync
main()
"""


def test_interrupted_command_says_where_what_is_finished_is_kept(tmp_path):
    (tmp_path / "case.toml").write_text(BAR, encoding="utf-8")
    words = ["sweep", tmp_path / "case.toml", "--vary", FORTY[0], "--vary", FORTY[1], "--out", tmp_path / "out"]
    stopped = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, *map(str, words)],
        check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert stopped.returncode == 130
    assert f"interrupted; finished cases are kept in {tmp_path / 'out'}" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert stopped.stdout == ""
    assert len(contents(tmp_path / "out")) == 3
