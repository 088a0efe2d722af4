"""What does a run through time leave beside its lines? Its picture and its JSON."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from thermopkg.report.course_plot import SIZE, draw_course
from thermopkg.report.courses import Row, Told, course_document
from thermopkg.report.envelope import envelope, read_columns
from thermopkg.report.folder import whole_file
from thermopkg.report.pictures import save
from thermopkg.solve.schedule import Schedule


def told_of(
    title: str, names: tuple[str, ...], rows: tuple[Row, ...], schedule: Schedule, notes: Sequence[str]
) -> Told:
    """What is shown of a run, with the powers right after each of its moments, W; those before the end at the last."""
    stretches = schedule.breaks.searchsorted([row.time for row in rows], side="right") - 1
    powers = tuple(
        tuple(schedule.amounts(min(int(stretch), schedule.n_stretches - 1), row.time).tolist())
        for stretch, row in zip(stretches, rows, strict=True)
    )
    return Told(title, names, rows, schedule.names, powers, tuple(notes))


def write_told(folder: Path, name: str, told: Told) -> None:
    """NAME.json."""
    text = json.dumps(course_document(told), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    with whole_file(folder / f"{name}.json") as scratch:
        scratch.write_text(text, encoding="utf-8")


def save_course(
    picture: Path, lines: Path, names: tuple[str, ...], schedule: Schedule, first: float | None = None
) -> None:
    """Draw a run from the lines that it has written.

    Parameters
    ----------
    first : s, from which decades of time are drawn as wide as one another; seconds are where it is not given
    """
    begin, end = float(schedule.breaks[0]), float(schedule.breaks[-1])
    shown_from, log = (begin, False) if first is None else (first, True)
    temperatures = envelope(read_columns(lines, len(names)), shown_from, end, log)
    powers = envelope(_powers(schedule, shown_from), shown_from, end, log)
    draw = partial(draw_course, temperatures, names, powers, schedule.names, log)
    with whole_file(picture) as scratch:
        save(scratch, draw, SIZE)


def _powers(schedule: Schedule, first: float) -> Iterator[tuple[float, list[float]]]:
    """At both ends of every stretch, so that jumps are upright; what goes on at the first time has begun before it."""
    for stretch in range(schedule.n_stretches):
        for at in (float(time) for time in schedule.breaks[stretch : stretch + 2]):
            yield max(at, first), schedule.amounts(stretch, at).tolist()
