"""Where do finished cases wait for the rest of a sweep? In one file each, named after what was solved.

A file appears whole or not at all, so whatever ends a sweep, what was finished before stays, and what has a file is
never solved again: the name is a digest of everything that the numbers depend on.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from thermopkg import __version__
from thermopkg.case.case import Case
from thermopkg.case.model import Model
from thermopkg.regress.record import Record

DIGITS = 32  # of the digest; two cases that share them will not be met
FOLDER = "cases"  # of the files, in that of the sweep


class Finished(Model):
    """A case that was solved: what it was, and what it answered."""

    key: str
    case: dict[str, Any]  # as plain data, everything that it extends merged into it
    record: Record
    widest: float  # half-width of the widest of what was wanted, over what it is measured by
    seconds: float  # that solving took


def resolved(case: Case) -> dict[str, Any]:
    """A case as plain data, less what changes no number at rest: the words about it, and its powers over time.

    So no path of a file of powers gets into it, and a folder may be moved.
    """
    left_out = {"title", "description", "transient"}
    return case.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=left_out)


def key_of(case: Case) -> str:
    """Digest of a case and of the program's version, which stands for its library of materials too."""
    content = json.dumps({"thermopkg": __version__, "case": resolved(case)}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()[:DIGITS]


def file_of(folder: Path, key: str) -> Path:
    """Where a finished case is kept."""
    return folder / FOLDER / f"{key}.json"


def kept(folder: Path, key: str) -> Finished | None:
    """A finished case; None where there is none, or only a file that somebody has damaged."""
    try:
        found = Finished.model_validate_json(file_of(folder, key).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    return found if found.key == key else None


def text_of(finished: Finished) -> str:
    """The content of its file."""
    return (
        json.dumps(finished.model_dump(mode="json", exclude_none=True), indent=1, ensure_ascii=False, allow_nan=False)
        + "\n"
    )
