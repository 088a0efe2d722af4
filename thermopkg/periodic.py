"""Which temperatures does a case swing between once its powers have repeated for ever? A reduced system, in one go."""

from pathlib import Path

import numpy as np

from thermopkg import workflow
from thermopkg.answer.zth import Span
from thermopkg.case.case import Case
from thermopkg.case.trace import repeats_every
from thermopkg.course import NO_TIMES, find_course, shortest_of, told_by
from thermopkg.errors import CaseError, Fault
from thermopkg.report.cautions import LINEARISED, cautions
from thermopkg.report.course_files import save_course
from thermopkg.report.folder import whole
from thermopkg.report.period import Period, write_period, written
from thermopkg.report.result import ZERO_CELSIUS
from thermopkg.solve.periodic import LOOKS, Swing, pieces, swings

MOST_LOOKED = 1000  # stretches of a period that is looked at inside them as well; of longer ones, at their ends alone
ENDS = np.array([0.0, 1.0])


def period_of(case: Case) -> float:
    """After which all powers of a case begin anew, s.

    Raises
    ------
    CaseError : none of them repeats
    """
    entries = () if case.transient is None else case.transient.power
    known = [period for entry in entries if (period := repeats_every(entry)) is not None]
    if not known:
        told = "needs powers that repeat: write repeat = true in every [[transient.power]], with one period for all"
        raise CaseError([Fault("--periodic", told)], case.title)
    return known[0]


def find_period(case: Case, span: Span, folder: Path | None, progress: workflow.Progress = workflow.silent) -> Period:
    """The periodic state of a case, and what every junction does over a period; all of that goes to a folder.

    Parameters
    ----------
    span : that the reduced system must resolve, longer where the period is
    Raises
    ------
    CaseError : no power repeats
    CaseError, GeometryError, ModelError, ConvergenceError : as `thermopkg.course.find_course`
    OutputError : the folder cannot be written
    """
    period = period_of(case)
    span = Span(min(span.first, 0.1 * period), max(span.last, period))
    found = find_course(case, span, progress)
    impedance = found.impedance.found
    schedule = told_by(case, found.impedance.mesh.model.package, NO_TIMES, period)
    assert schedule is not None, "powers that repeat are those of [transient]"
    notes = list(cautions(period, impedance.slowest, shortest_of(schedule), span.first))
    if found.impedance.linearised:
        notes.insert(0, LINEARISED)
    sides, rest = (impedance.primal.system, impedance.dual.system), found.rest - ZERO_CELSIUS
    looks = LOOKS if schedule.n_stretches <= MOST_LOOKED else ENDS
    course = pieces(sides, schedule, rest, looks)

    def told(swung: tuple[Swing, ...]) -> Period:
        return Period(case.title, found.names, period, impedance.slowest, swung, tuple(notes))

    if folder is None:
        return told(swings(sides, schedule, rest, course))
    with whole(folder) as scratch:
        shown = told(swings(sides, schedule, rest, written(scratch / "period.csv", found.names, course)))
        write_period(scratch / "period.json", shown)
        save_course(scratch / "period.png", scratch / "period.csv", found.names, schedule)
    return shown
