"""Do the doors open? Every public name, and the Python that the front page shows."""

import re
from pathlib import Path

import pytest

import thermopkg

README = Path(__file__).parents[2] / "README.md"


def test_every_public_name_is_there():
    for name in thermopkg.__all__:
        assert getattr(thermopkg, name) is not None
    assert sorted(thermopkg.__all__) == thermopkg.__all__


def test_other_names_are_an_ordinary_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        thermopkg.no_such_name  # noqa: B018  the look-up is the test


def test_front_page_s_python_runs_and_prints_a_bracket(monkeypatch, capsys):
    monkeypatch.chdir(README.parent)
    (snippet,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    exec(snippet, {})
    printed = re.fullmatch(r"([\d.]+) K/W, within \[([\d.]+), ([\d.]+)\]\n", capsys.readouterr().out)
    assert printed is not None
    value, lower, upper = map(float, printed.groups())
    assert lower <= value <= upper
