"""How does a file become a trace? Two columns with units in their heads, read whole, every fault with its line."""

import io
import math
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.model import Finding, closest
from thermopkg.errors import CaseError, Fault
from thermopkg.units import MOMENT, NUMBER, POWER, Dimension, parse, quote

MOST_ROWS = 10_000_000
LARGEST = 64 * MOST_ROWS  # bytes; two numbers with all their digits take fewer
MOST_TOLD = 20  # faults of one file; a file that has more has one cause
COLUMNS = {"time": MOMENT, "power": POWER}
HEAD = re.compile(r"\s*\"?\s*(.*?)\s*(?:\[\s*([^\]]*?)\s*\])?\s*\"?\s*")
EXAMPLE = '"time [ms], power [W]"'
VALUE = re.compile(rf"\s*({NUMBER})\s*")
EXACT_DIGITS = 15  # of one over a factor that is a whole number, 1000 for ms

Json = dict[str, Any]


def read_trace_file(path: Path) -> tuple[FloatArray, FloatArray]:
    """Times, s, and powers, W, of a CSV file; blank lines and those that begin with # are left out.

    Raises
    ------
    CaseError : with every fault, its line in the place of a path: no such file, heads without units, text, gaps, values
        that are not finite, times that do not increase, negative powers, no rows or too many
    """
    text = _text(path)
    lines = text.split("\n", 1)
    skipped = 0
    while len(lines) == 2 and _is_left_out(lines[0]):
        lines, skipped = lines[1].split("\n", 1), skipped + 1
    if not lines[0].strip():
        raise CaseError([Fault("", f"is empty; it begins with a line such as {EXAMPLE}")], path)
    factors, order = _columns(lines[0], path, skipped + 1)
    body = lines[1] if len(lines) == 2 else ""
    if body.count("\n") > MOST_ROWS:
        raise CaseError([Fault("", f"has more than {MOST_ROWS:,} rows; take means over longer times")], path)
    table = _table(body)
    if table is None or _is_faulty(table, order):
        faults = list(_faults(body.split("\n"), skipped + 2, order))
        if faults:
            raise CaseError(faults, path)
    if table is None or len(table) < 2:
        raise CaseError([Fault("", "has no two rows; a power that sets in once is written as steps")], path)
    times, powers = (_scaled(table[:, place], factor) for place, factor in zip(order, factors, strict=True))
    if times[-1] > MOMENT.highest or powers.max() > POWER.highest:
        last = f"ends at {times[-1]:.4g} s and has up to {powers.max():.4g} W"
        raise CaseError([Fault("", f"{last}; at most {MOMENT.highest:g} s and {POWER.highest:g} W are taken")], path)
    return times, powers


def resolve_trace_files(document: Json, folder: Path, tree: Path) -> Iterator[Finding]:
    """Make the names of trace files in a document that was just read whole paths; tells of those that cannot be.

    What is refused is emptied, so that nobody opens it.

    Parameters
    ----------
    folder : that of the document; tree : the folder in which everything that a case reads must lie
    """
    transient = document.get("transient")
    entries = transient.get("power") if isinstance(transient, dict) else None
    for i, entry in enumerate(entries if isinstance(entries, list) else []):
        name = entry.get("csv") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            continue
        whole = Path(os.path.realpath(folder / name.replace("\0", "")))
        entry["csv"] = str(whole)
        if reason := _refused(name, whole, tree):
            entry["csv"] = ""
            yield Finding(("transient", "power", i, "csv"), f"{quote(name)} {reason}")


def _refused(name: str, whole: Path, tree: Path) -> str:
    """Why a file that a case names is not read; nothing where it is."""
    if name.startswith(("/", "~")) or any(sign in name for sign in ("\\", ":", "\0")):
        return "is not a path relative to this file, with / between folders"
    if not whole.is_relative_to(tree):
        return "leaves the case's folder tree; keep traces beside the case"
    if whole.suffix != ".csv":
        return "is not a .csv file"
    if not os.path.lexists(whole):
        return f"does not exist{closest(whole.name, [file.name for file in whole.parent.glob('*.csv')])}"
    return ""


# ---------------------------------------------------------------- reading
def _text(path: Path) -> str:
    def refused(reason: str) -> CaseError:
        return CaseError([Fault("", reason)], path)

    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise refused("is not a regular file")
        with path.open("rb") as file:
            data = file.read(min(status.st_size, LARGEST) + 1)  # room for so much is made before anything is read
    except (FileNotFoundError, NotADirectoryError) as error:
        raise refused("there is no such file") from error
    except OSError as error:
        raise refused(f"cannot be read: {error.strerror}") from error
    except ValueError as error:  # a NUL in the path
        raise refused("is not a file name") from error
    if len(data) > LARGEST:
        raise refused(f"is longer than {LARGEST:,} bytes; take means over longer times")
    if b"\0" in data or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refused("is binary or UTF-16; save it as UTF-8 text")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise refused(f"is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def _is_left_out(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _columns(head: str, path: Path, line: int) -> tuple[list[float], list[int]]:
    """What one of the unit is in SI, and where the column stands, for the time and the power.

    Raises
    ------
    CaseError : with everything that is wrong with the heads
    """
    where = f"line {line}"
    cells = head.split(",")
    if len(cells) == 1 and re.search(r"[;\t]", head):
        raise CaseError([Fault(where, f"columns are set apart by commas, as in {EXAMPLE}")], path)
    faults, found = list[Fault](), dict[str, tuple[float, int]]()
    for place, cell in enumerate(cells):
        match = HEAD.fullmatch(cell)
        name, unit = ("", None) if match is None else (match[1].lower(), match[2])
        dimension = COLUMNS.get(name)
        if dimension is None:
            wrong = f"{quote(cell.strip())} is no column of a trace{closest(name, COLUMNS)}"
            faults.append(Fault(where, f"{wrong}; write the heads as {EXAMPLE}"))
        elif name in found:
            faults.append(Fault(where, f"{name} stands there twice"))
        else:
            try:
                found[name] = (_factor(name, unit, dimension), place)
            except ValueError as error:
                found[name] = (1.0, place)
                faults.append(Fault(where, str(error)))
    if len(cells) == len(found):  # else it is there in other words
        missing = (name for name in COLUMNS if name not in found)
        faults += [Fault(where, f"{name} is missing; write the heads as {EXAMPLE}") for name in missing]
    if faults:
        raise CaseError(faults, path)
    return [found[name][0] for name in COLUMNS], [found[name][1] for name in COLUMNS]


def _factor(name: str, unit: str | None, dimension: Dimension) -> float:
    if not unit:
        raise ValueError(f"{name} has no unit; write it as in {EXAMPLE}")
    return parse(f"1 {unit}", dimension)


def _table(body: str) -> FloatArray | None:
    """The numbers, shape (n, 2), where every line has two that a program can read at speed; else None."""
    if all(_is_left_out(line) for line in body[:4096].split("\n")) and not body.strip():
        return np.empty((0, 2))
    try:
        found = np.loadtxt(io.StringIO(body), delimiter=",", comments="#", ndmin=2)
    except ValueError:
        return None
    return found if found.shape[1] == 2 else None


def _is_faulty(table: FloatArray, order: list[int]) -> bool:
    if not len(table):
        return False
    times, powers = table[:, order[0]], table[:, order[1]]
    return not (np.isfinite(table).all() and times[0] >= 0.0 and (np.diff(times) > 0.0).all() and (powers >= 0.0).all())


def _faults(lines: list[str], first: int, order: list[int]) -> Iterator[Fault]:
    """What is wrong with the rows, line by line, as far as anybody would read on."""
    told, before, before_line = 0, -math.inf, 0
    for number, line in enumerate(lines, first):
        row = line.split("#", 1)[0]
        if not row.strip():
            continue
        reasons, time = _reasons(row.split(","), order)
        if time is not None and math.isfinite(time):
            if time <= before:
                reasons.append(f"time {time:g} does not come after {before:g} of line {before_line}")
            elif time < 0.0:
                reasons.append(f"time {time:g} is negative; a trace begins at 0 or later")
            before, before_line = time, number
        for reason in reasons:
            told += 1
            if told > MOST_TOLD:
                yield Fault("", f"and more behind line {number - 1}")
                return
            yield Fault(f"line {number}", reason)


def _reasons(cells: list[str], order: list[int]) -> tuple[list[str], float | None]:
    """What is wrong with the cells of a row by themselves, and its time, where that is a number."""
    if len(cells) != 2:
        return [f"has {len(cells)} value{'s' if len(cells) > 1 else ''}; a row has a time and a power"], None
    reasons, time = list[str](), None
    for name, cell in zip(COLUMNS, (cells[place] for place in order), strict=True):
        if not cell.strip():
            reasons.append(f"{name} is missing")
        elif re.fullmatch(r"\s*[+-]?(nan|inf(inity)?)\s*", cell, re.IGNORECASE):
            reasons.append(f"{name} {quote(cell.strip())} is not a finite number")
        elif VALUE.fullmatch(cell) is None:
            reasons.append(f"{name} {quote(cell.strip())} is not a number; units stand in the head of the column")
        elif not math.isfinite(float(cell)):
            reasons.append(f"{name} {quote(cell.strip())} is not a finite number")
        elif name == "time":
            time = float(cell)
        elif float(cell) < 0.0:
            reasons.append(f"power {cell.strip()} is negative")
    return reasons, time


def _scaled(values: FloatArray, factor: float) -> FloatArray:
    """Values in SI, to the nearest float where the factor is one over a whole number."""
    inverse = float(f"{1.0 / factor:.{EXACT_DIGITS}g}")
    return np.asarray(values / inverse if factor < 1.0 and inverse.is_integer() else values * factor)
