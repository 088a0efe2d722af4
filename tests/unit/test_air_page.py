"""Does the page on films show what its own snippet prints, and name sources that exist?"""

import re
from pathlib import Path

from thermopkg.air import forced, natural
from thermopkg.air.correlation import Correlation

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/films.md").read_text(encoding="utf-8")


def test_table_is_what_the_snippet_prints(capsys):
    (snippet,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    exec(snippet, {})
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == 2 + 6
    assert printed in PAGE


def test_sources_are_in_the_bibliography():
    known = re.findall(r"^@\w+\{([^,\s]+),", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    named = set(re.findall(r"\b[a-z]{4,}(?:19|20)\d\d\b", PAGE))
    assert len(named) >= 10
    assert named <= set(known)


def test_every_law_is_on_the_page():
    """Its uncertainty and its sources stand in one row of the table."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    for law in [law for module in (natural, forced) for law in vars(module).values() if isinstance(law, Correlation)]:
        told = f"{100 * law.uncertainty:g} %"
        assert any(told in row and all(key in row for key in law.source) for row in rows), law.name
