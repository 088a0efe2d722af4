"""Which cases are there, and what do they answer? Writes README.md from the records beside the cases.

Run it as `python cases/table.py` after `thermopkg regress cases/ --update`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from thermopkg.regress.record import EXPECTED, Number, Record, read_record
from thermopkg.report.digits import decimals, interval
from thermopkg.report.result import SYMBOLS
from thermopkg.suite import find_cases
from thermopkg.workflow import read_any

FOLDER = Path(__file__).parent
README = FOLDER / "README.md"
INTRODUCTION = """\
# Cases
Every claim of both documents has a package here that meets it, and wherever a limitation can be broken, one that breaks
it. Each folder holds the case, a few words, and the record that `thermopkg regress cases/` is held against. An answer
is θ_JA, or where several chips make heat the rise of each junction over the air, with both bounds.

`python cases/table.py` writes this page from the records.
"""
FLAWED = """\
Each is one of those above with a flaw. What fails by logic with the limitation that is broken is named too; claims that
depend on one named here fail with it. Where no answer stands, the case is placed and charted, not solved.
"""


@dataclass(frozen=True)
class Entry:
    """A case as its row tells it."""

    folder: str
    title: str
    record: Record


def text() -> str:
    """The page that goes with the records as they stand.

    Raises
    ------
    CaseError : a record or a case cannot be read
    """
    cases = sorted(find_cases([FOLDER]), key=_place)
    entries = [Entry(c.parent.name, read_any(c).title, read_record(c.with_name(EXPECTED))) for c in cases]
    flawed = [entry for entry in entries if entry.record.breaks]
    sound = [entry for entry in entries if entry.record.claims and entry not in flawed]
    rest = [entry for entry in entries if not entry.record.claims]
    return "\n".join(
        [
            INTRODUCTION,
            "## Packages that meet their claims",
            *_table("claims met", sound, lambda record: _listed(record.claims)),
            "\n## Packages that break a limitation",
            FLAWED,
            *_table("not met", flawed, _broken),
            "\n## Packages without claims",
            *_table("", rest, lambda _: ""),
            "",
        ]
    )


def _place(case: Path) -> list[tuple[bool, int, str]]:
    """By the words of the folder's name, numbers as numbers."""
    return [(word.isdecimal(), int(word) if word.isdecimal() else 0, word) for word in case.parent.name.split("-")]


def _table(told: str, entries: Iterable[Entry], tell: Callable[[Record], str]) -> list[str]:
    rows = [
        f"| [{e.folder}]({e.folder}/case.toml) | {e.title} | {tell(e.record)} | {_answer(e.record)} |" for e in entries
    ]
    return [f"| case | package | {told} | answer |", "| --- | --- | --- | --- |", *rows]


def _listed(claims: Iterable[str]) -> str:
    """Claims of one document after its name."""
    numbers: dict[str, list[str]] = {}
    for claim in claims:
        document, number = claim.rsplit("/", 1)
        numbers.setdefault(document, []).append(number)
    return "; ".join(f"{document} {', '.join(found)}" for document, found in numbers.items())


def _broken(record: Record) -> str:
    assert record.breaks is not None, "a flawed case names what it breaks"
    return "<br>".join(f"{_listed([claim])}: {'; '.join(texts)}" for claim, texts in record.breaks.items())


def _answer(record: Record) -> str:
    return "<br>".join(
        f"{SYMBOLS.get(name, name.removesuffix('.active'))} {_bounds(number)}"
        for name, number in record.metrics.items()
    )


def _bounds(number: Number) -> str:
    digits = decimals(number.bracket.half_width)
    return f"{number.value:.{digits}f} {interval(number.bracket, digits)} {number.unit}"


if __name__ == "__main__":
    README.write_text(text(), encoding="utf-8")
