"""Can what the how-to pages tell be typed? Every command in them is one of the program, with options that it has."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import typer
import yaml  # comes with dask, which the extra `sweep` asks for

from tests.small_case import BAR
from thermopkg import workflow
from thermopkg.batch import packages
from thermopkg.case.datasheet import DataSheetWishes
from thermopkg.cli import app
from thermopkg.setups.rows import data_sheet

ROOT = Path(__file__).parents[2]
OF_COMMANDS = ("explore", "homogenising", "networks", "transient")
PAGES = [*sorted((ROOT / "docs/how-to").glob("*.md")), *(ROOT / f"docs/{name}.md" for name in OF_COMMANDS)]
WITH_PYTHON = [*PAGES, ROOT / "docs/heat-paths.md"]
BLOCK = re.compile(r"^```(sh|yaml|toml|python)\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^\s*(?:- run: |run: )?(thermopkg .*)$", re.MULTILINE)


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def commands(page: Path) -> list[str]:
    return [line for language in ("sh", "yaml") for text in blocks(page, language) for line in COMMAND.findall(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_is_taken_by_the_program(page):
    known = typer.main.get_command(app)
    assert commands(page)
    for line in commands(page):
        _, name, *words = shlex.split(line)
        known.commands[name].make_context(name, words)  # a wrong word is an exception


# ---------------------------------------------------------------- the workflow file of the regression page
@pytest.fixture(scope="module")
def pull_request():
    """The file as its runner reads it. YAML's own word for the key `on` is true."""
    (text,) = blocks(ROOT / "docs/how-to/regression.md", "yaml")
    return yaml.safe_load(text)


def steps_of(pull_request):
    (job,) = pull_request["jobs"].values()
    return job["steps"]


def test_workflow_has_what_its_runner_needs(pull_request):
    assert set(pull_request) == {"name", True, "permissions", "jobs"}
    assert pull_request[True] == "pull_request"
    assert pull_request["permissions"] == {"contents": "read"}
    (job,) = pull_request["jobs"].values()
    assert set(job) == {"runs-on", "timeout-minutes", "steps"}
    assert isinstance(job["timeout-minutes"], int)
    steps = steps_of(pull_request)
    assert all(len({"run", "uses"} & set(step)) == 1 for step in steps)
    assert all(re.fullmatch(r"actions/[a-z-]+@v[0-9]+", step["uses"]) for step in steps if "uses" in step)
    python = next(step for step in steps if "setup-python" in step.get("uses", ""))
    assert isinstance(python["with"]["python-version"], str)  # a bare 3.10 would be the number 3.1
    after = steps[[step.get("run", "").startswith("thermopkg") for step in steps].index(True) + 1 :]
    assert len(after) == 2
    assert all(step["if"] == "always()" for step in after)  # what was found is shown where it is not as expected


@pytest.fixture
def runner(tmp_path):
    """Runs every shell line of a workflow as its runner does, in a repository with one small case.

    Python installs nothing there, and says what it was asked. Returns the exit codes by line.
    """
    repository, programs = tmp_path / "repository", tmp_path / "programs"
    (repository / "cases" / "bar").mkdir(parents=True)
    (repository / "cases" / "bar" / "case.toml").write_text(BAR, encoding="utf-8")
    programs.mkdir()
    words = {
        "python": 'echo "$@" >> "$ASKED"',
        "thermopkg": f'exec {shlex.quote(sys.executable)} -c "from thermopkg.cli import main; main()" "$@"',
    }
    for name, does in words.items():
        (programs / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "ASKED": str(tmp_path / "asked"),
    }

    def run(lines):
        return {
            line: subprocess.run(["bash", "-e", "-c", line], cwd=repository, env=environment, check=False).returncode
            for line in lines
        }

    run.repository, run.summary, run.asked = repository, tmp_path / "summary.md", tmp_path / "asked"
    return run


def test_every_line_of_the_workflow_runs_and_shows_what_is_found(pull_request, runner):
    steps = steps_of(pull_request)
    lines = [step["run"] for step in steps if "run" in step]
    install, compare, show = lines
    keep = "thermopkg regress cases/ --update --quiet"  # as the page tells to keep what is right
    assert runner([keep]) == {keep: 0}
    assert runner(lines) == {install: 0, compare: 0, show: 0}
    assert runner.asked.read_text() == "-m pip install .\n"
    assert "1 case" in runner.summary.read_text(encoding="utf-8")
    (pattern,) = [step["with"]["path"] for step in steps if "upload-artifact" in step.get("uses", "")]
    assert sorted(path.name for path in runner.repository.glob(pattern)) == ["regress.md", "regress.xml"]
    case = runner.repository / "cases" / "bar" / "case.toml"
    case.write_text(BAR.replace("2000 W/m^2/K", "1000 W/m^2/K"), encoding="utf-8")
    runner.summary.unlink()
    assert runner(lines) == {install: 0, compare: 1, show: 0}
    assert re.search(r"cases/bar .*\*\*changed\*\*", runner.summary.read_text(encoding="utf-8"))
    assert int(ET.parse(runner.repository / "regress.xml").getroot().attrib["failures"]) >= 1


def test_workflow_of_a_question_that_is_wrong_shows_nothing_and_stops_there(pull_request, runner):
    _, compare, show = [step["run"] for step in steps_of(pull_request) if "run" in step]
    (runner.repository / "cases" / "bar" / "case.toml").unlink()
    assert runner([compare, show]) == {compare: 2, show: 0}
    assert not runner.summary.exists()


@pytest.fixture
def beside_the_cases(tmp_path, monkeypatch):
    """An empty folder that has the cases in it."""
    (tmp_path / "cases").symlink_to(ROOT / "cases")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", [page for page in WITH_PYTHON if blocks(page, "python")], ids=lambda page: page.stem)
def test_python_of_a_page_runs(page, beside_the_cases):  # noqa: ARG001  where it runs
    for text in blocks(page, "python"):
        exec(text, {})


def test_the_wishes_of_a_data_sheet_are_some_and_its_rows_have_names():
    (text,) = blocks(ROOT / "docs/how-to/datasheet.md", "toml")
    wishes = DataSheetWishes.model_validate(tomllib.loads(text)["datasheet"])
    known = [row.name for row in data_sheet(wishes.speeds, wishes.in_wind)]
    assert wishes.published
    assert set(wishes.published) <= set(known)
    page = (ROOT / "docs/how-to/datasheet.md").read_text(encoding="utf-8")
    told = {
        name
        for row in re.findall(r"^\| (`(?:theta|psi)_[^|]*) \|", page, re.MULTILINE)
        for name in re.findall(r"`(.*?)`", row)
    }
    assert told <= {row.name for row in data_sheet()}
    assert {row.metric for row in data_sheet() if row.name in told} == {row.metric for row in data_sheet()}


def test_tables_of_changes_make_packages_that_hang_together(beside_the_cases):
    (text,) = blocks(ROOT / "docs/how-to/sweeps.md", "toml")
    (beside_the_cases / "changes.toml").write_text(text, encoding="utf-8")
    found = packages(Path("cases/heat-sink-1/case.toml"), [], Path("changes.toml"))
    assert len(found) == 3
    for case in found.values():
        workflow.geometry(case)
