"""Do the cases still answer what they did? Every case run again, and held against the record kept beside it."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from thermopkg import __version__
from thermopkg.case.mesh_case import MeshCase
from thermopkg.claims.chart import chart
from thermopkg.errors import CaseError, Fault, ThermopkgError
from thermopkg.meshed import simulate_mesh
from thermopkg.regress.compare import CaseReport, compare, failed
from thermopkg.regress.record import EXPECTED, Origin, Record, read_record, record
from thermopkg.report.folder import whole_file
from thermopkg.units import TOLERANCE, parse
from thermopkg.workflow import Progress, geometry, read_any, silent, simulate

CASE = "case.toml"  # its name in a folder of cases
TO_COMPARE, TO_KEEP = "2 %", "0.5 %"  # half-widths: quick to find, and narrow enough to be held against for long
OWN = "own"  # in the place of a tolerance: that of each case


@dataclass(frozen=True)
class Rerun:
    """One case that was run again: how it compares, and what it answers now, which is None where it fails."""

    path: Path
    report: CaseReport
    expected: Record | None  # None where there is none, or none that can be read
    found: Record | None

    @property
    def expected_path(self) -> Path:
        """Where the record is kept."""
        return self.path.with_name(EXPECTED)

    @property
    def is_kept(self) -> bool:
        """Whether the record says already what the case answers now, and where it comes from."""
        return self.report.same and self.expected is not None and self.expected.origin is not None


def find_cases(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The case files named, and those in the folders named and in the folders right below them, each once.

    Raises
    ------
    CaseError : something is not there, a folder has no case, or two cases would share one record
    """
    found: list[Path] = []
    faults: list[Fault] = []
    for path in paths:
        if path.is_dir():
            inside = [path / CASE, *sorted(path.glob(f"*/{CASE}"))]
            cases = [case for case in inside if case.is_file()]
            if not cases:
                faults.append(Fault(str(path), f"holds no {CASE}, and no folder right below it does"))
            found += cases
        elif path.is_file():
            found.append(path)
        else:
            faults.append(Fault(str(path), "there is no such file or folder"))
    once = list({case.resolve(): case for case in found}.values())
    for folder, count in Counter(case.resolve().parent for case in once).items():
        if count > 1:
            faults.append(Fault(str(folder), f"{count} cases would share one {EXPECTED}; give each its own folder"))
    if faults:
        raise CaseError(faults, "regress")
    return tuple(once)


def checked_tolerance(text: str) -> str | None:
    """A tolerance as the study of every case takes it; None for each case's own.

    Raises
    ------
    CaseError : it is none
    """
    if text == OWN:
        return None
    try:
        parse(text, TOLERANCE)
    except ValueError as error:
        raise CaseError([Fault("--tolerance", f"{error}, or {OWN}")], "regress") from error
    return text


def rerun(path: Path, tolerance: str | None, progress: Progress = silent, keep: bool = False) -> Rerun:
    """Run one case again, whatever comes of it: a case that fails is a report like any other.

    A case whose record has no numbers is placed and charted, not solved.

    Parameters
    ----------
    tolerance : of the search for the mesh, as a study writes it; None for the case's own
    keep : whether the answer is to be kept, so that there need not be a record
    """
    started = time.perf_counter()
    name = str(path.parent if path.name == CASE else path)
    try:
        expected = _expected(path.with_name(EXPECTED), keep)
        found = _found(path, expected, tolerance, progress)
    except ThermopkgError as error:
        return Rerun(path, failed(name, str(error), time.perf_counter() - started), None, None)
    except Exception as error:  # a fault of the program in one case must not hide how the others fare
        fault = f"{type(error).__name__}: {error}"
        return Rerun(path, failed(name, fault, time.perf_counter() - started), None, None)
    return Rerun(path, compare(name, expected, found, time.perf_counter() - started), expected, found)


def rerun_all(
    paths: Sequence[Path], tolerance: str | None, progress: Progress = silent, keep: bool = False
) -> tuple[Rerun, ...]:
    """Run cases again one after the other, as `rerun` does."""
    reruns = []
    for number, path in enumerate(paths, 1):
        told = f"{number}/{len(paths)} {path}"
        progress(told)
        reruns.append(rerun(path, tolerance, partial(_prefixed, progress, told), keep))
    return tuple(reruns)


def _prefixed(progress: Progress, prefix: str, text: str) -> None:
    progress(f"{prefix}: {text}")


def _expected(path: Path, keep: bool) -> Record | None:
    if path.exists():
        try:
            return read_record(path)
        except CaseError:
            if not keep:
                raise
            return None
    if not keep:
        raise CaseError([Fault("", "is not there; thermopkg regress CASE --update writes it")], path)
    return None


def _found(path: Path, expected: Record | None, tolerance: str | None, progress: Progress) -> Record:
    study = {"tolerance": tolerance} if tolerance is not None else {}
    case = read_any(path, {"study": study} if study else {})
    note = expected.origin.note if expected is not None and expected.origin is not None else None
    breaks = expected.breaks if expected is not None else None
    if isinstance(case, MeshCase):
        answer = simulate_mesh(case, path.parent, str(path), progress)
        told = Origin(
            thermopkg=__version__,
            tolerance=case.study.tolerance,
            cells=answer.model.n_cells,
            date=date.today(),
            note=note,
        )
        return record(answer.metrics, (), told, breaks)
    if expected is not None and not expected.metrics:
        verdicts = chart(geometry(case), case.study.claims)
        return record((), verdicts, Origin(thermopkg=__version__, date=date.today(), note=note), breaks)
    outcome = simulate(case, str(path), progress)
    origin = Origin(
        thermopkg=__version__,
        tolerance=case.study.tolerance,
        cells=outcome.answer.model.grid.n_cells,
        date=date.today(),
        note=note,
    )
    return record(outcome.answer.wanted, outcome.chart, origin, breaks)


def write_all(reruns: Sequence[Rerun], more: Iterable[tuple[Path, str]] = ()) -> tuple[Path, ...]:
    """Keep what has moved as what is expected from now on, and write further files; all of them or none.

    Parameters
    ----------
    reruns : whose records are to be kept; those that fail, and those that are the same, stay as they are
    more : further files with their text
    Returns
    -------
    the records written
    Raises
    ------
    OutputError : a file cannot be written
    """
    moved = {
        rerun.expected_path: rerun.found.text() for rerun in reruns if rerun.found is not None and not rerun.is_kept
    }
    with ExitStack() as stack:
        for path, text in [*moved.items(), *more]:
            stack.enter_context(whole_file(path)).write_text(text, encoding="utf-8")
    return tuple(moved)
