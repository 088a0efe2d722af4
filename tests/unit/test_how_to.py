"""Can what the how-to pages tell be typed? Every command in them is one of the program, with options that it has."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from thermopkg import workflow
from thermopkg.batch import packages
from thermopkg.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs/how-to").glob("*.md")), ROOT / "docs/explore.md", ROOT / "docs/homogenising.md"]
BLOCK = re.compile(r"^```(sh|yaml|toml|python)\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^\s*(?:- run: |run: )?(thermopkg .*)$", re.MULTILINE)
INDENT = 2  # spaces, of YAML


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


def test_workflow_of_the_regression_page_has_what_its_runner_needs():
    """What a reader of YAML would trip over, as far as it shows without one: tabs, odd indents, doubled keys."""
    (text,) = blocks(ROOT / "docs/how-to/regression.md", "yaml")
    assert "\t" not in text
    lines = [line for line in text.splitlines() if line.strip()]
    assert all((len(line) - len(line.lstrip())) % INDENT == 0 for line in lines)
    assert all(re.match(r"\s*(- )?[\w-]+:( \S.*)?$", line) for line in lines)
    top = [line.partition(":")[0] for line in lines if not line.startswith(" ")]
    assert top == ["name", "on", "permissions", "jobs"]
    written = re.findall(r"--(?:junit|markdown) (\S+)", text)
    assert written == ["regress.xml", "regress.md"]
    assert all(f"{Path(name).stem}." in text.partition("upload-artifact")[2] for name in written)
    assert "cat regress.md" in text


@pytest.fixture
def beside_the_cases(tmp_path, monkeypatch):
    """An empty folder that has the cases in it."""
    (tmp_path / "cases").symlink_to(ROOT / "cases")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.stem)
def test_python_of_a_page_runs(page, beside_the_cases):  # noqa: ARG001  where it runs
    for text in blocks(page, "python"):
        exec(text, {})


def test_tables_of_changes_make_packages_that_hang_together(beside_the_cases):
    (text,) = blocks(ROOT / "docs/how-to/sweeps.md", "toml")
    (beside_the_cases / "changes.toml").write_text(text, encoding="utf-8")
    found = packages(Path("cases/heat-sink-1/case.toml"), [], Path("changes.toml"))
    assert len(found) == 3
    for case in found.values():
        workflow.geometry(case)
