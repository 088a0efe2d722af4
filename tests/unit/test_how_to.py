"""Can what the how-to pages tell be typed? Every command in them is one of the program, with options that it has."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from thermopkg.cli import app

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs/how-to").glob("*.md"))
BLOCK = re.compile(r"^```(sh|yaml)\n(.*?)^```", re.DOTALL | re.MULTILINE)
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
