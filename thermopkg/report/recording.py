"""How is a long run kept? One line for every moment as it comes, and now and then all that is needed to go on.

Lines are appended to a CSV file; a moment is kept whole beside it every so often, written aside and moved into place. A
run that was killed goes on from the last moment kept: lines behind it are cut off and made again, to the same digits.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from thermopkg.errors import CaseError, Fault
from thermopkg.report.folder import whole_file
from thermopkg.solve.transient import Energy, Moment

EVERY = 50  # steps from one moment kept to the next
LINES, KEPT = "transient.csv", "transient-checkpoint.npz"
NUMBERS = ("time", "step", "error", "stretch", "place", "level", "opening", "n_steps")  # of a moment, that are plain


@dataclass(frozen=True, eq=False)
class Kept:
    """The last moment kept, and how long the file of lines was then, bytes."""

    moment: Moment
    length: int


def header(places: Sequence[str], follows: bool = False) -> str:
    """Names of the columns, with units; a run that follows its temperature has one more."""
    rises = ",".join(f"{name} [degC]" for name in places)
    apart = ",read apart [K]" if follows else ""
    return f"time [s],{rises},supplied [J],stored [J],left [J],step [s],step error [K]{apart}\n"


def line(moment: Moment, offsets: Mapping[str, float]) -> str:
    """One moment, all digits; `offsets` are the temperatures of the places without any rise, degC, by column.

    Where the run follows its temperature also how far any point is from where its conductivity was read.
    """
    energy = moment.energy
    temperatures = [moment.means[name] + offset for name, offset in offsets.items()]
    numbers = [moment.time, *temperatures, energy.supplied, energy.stored, energy.left, moment.step, moment.error]
    if moment.read is not None:
        numbers.append(float(np.abs(moment.rise - moment.read).max()))
    return ",".join(repr(float(number)) for number in numbers) + "\n"


def kept_in(folder: Path, fingerprint: str) -> Kept | None:
    """The last moment that a run of the same kind kept in a folder; None where there is none.

    Parameters
    ----------
    fingerprint : of the case, its grid and its powers
    Raises
    ------
    CaseError : what lies there is of another run
    """
    if not (folder / KEPT).exists():
        return None
    with np.load(folder / KEPT, allow_pickle=False) as stored:
        if str(stored["fingerprint"]) != fingerprint:
            told = "holds a run of another case, mesh or trace; name another folder, or delete it to begin anew"
            raise CaseError([Fault(str(folder / KEPT), told)], "transient")
        moment = Moment(
            time=float(stored["time"]),
            rise=stored["rise"],
            slope=stored["slope"],
            means=dict(zip(stored["places"].tolist(), stored["means"].tolist(), strict=True)),
            energy=Energy(*stored["energy"].tolist()),
            step=float(stored["step"]),
            error=float(stored["error"]),
            stretch=int(stored["stretch"]),
            place=int(stored["place"]),
            level=int(stored["level"]),
            opening=float(stored["opening"]),
            n_steps=int(stored["n_steps"]),
            read=stored.get("read"),
        )
        return Kept(moment, int(stored["length"]))


def record(
    moments: Iterator[Moment],
    folder: Path,
    fingerprint: str,
    offsets: Mapping[str, float],
    kept: Kept | None = None,
    every: int = EVERY,
) -> Iterator[Moment]:
    """The same moments, each written down before it is given on.

    Parameters
    ----------
    moments : those after the one kept, where there is one
    offsets : as of `line`
    """
    path = folder / LINES
    if kept is None:
        path.write_text("", encoding="utf-8")
    else:
        os.truncate(path, kept.length)
    last = None
    with path.open("a", encoding="utf-8") as lines:
        for moment in moments:
            if kept is None and last is None:
                lines.write(header(list(offsets), moment.read is not None))
            lines.write(line(moment, offsets))
            lines.flush()
            if moment.n_steps % every == 0 and moment.n_steps > 0:
                _keep(folder, moment, fingerprint, path.stat().st_size)
            last = moment
            yield moment
    if last is not None:
        _keep(folder, last, fingerprint, path.stat().st_size)


def _keep(folder: Path, moment: Moment, fingerprint: str, length: int) -> None:
    energy = moment.energy
    numbers = {name: getattr(moment, name) for name in NUMBERS}
    arrays = {
        "fingerprint": np.array(fingerprint),
        "length": np.array(length),
        "rise": moment.rise,
        "slope": moment.slope,
        "places": np.array(list(moment.means)),
        "means": np.array(list(moment.means.values())),
        "energy": np.array([energy.supplied, energy.stored, energy.left]),
        **({} if moment.read is None else {"read": moment.read}),
        **{name: np.array(number) for name, number in numbers.items()},
    }
    with whole_file(folder / KEPT) as scratch:
        np.savez(scratch, allow_pickle=False, **arrays)
