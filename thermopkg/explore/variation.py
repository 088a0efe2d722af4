"""Which values are to be tried? NAME=LOW:HIGH:COUNT and NAME=V1,V2,… read into designs, all faults at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.errors import CaseError, Fault
from thermopkg.explore.parameters import Parameter, parameter
from thermopkg.units import quote

MOST_VALUES = 10_000  # of one parameter
MOST_DESIGNS = 4_000_000  # of all together; their table alone takes 100 MB beyond
Spacing = Literal["linear", "log", "listed"]
FORMS = "write NAME=LOW:HIGH:COUNT, NAME=LOW:HIGH:COUNT:log or NAME=V1,V2,…"


@dataclass(frozen=True, eq=False)
class Variation:
    """A parameter and the values that it is to take, SI, increasing, shape (n,)."""

    parameter: Parameter
    values: FloatArray
    spacing: Spacing

    @property
    def low(self) -> float:
        return float(self.values.min())

    @property
    def high(self) -> float:
        return float(self.values.max())


def variations(case: Case, texts: Sequence[str]) -> tuple[Variation, ...]:
    """What is to be varied in a case, in the order of the texts.

    Raises
    ------
    CaseError : with every fault of all texts
    """
    found: list[Variation] = []
    faults: list[Fault] = []
    for text in texts:
        name = text.partition("=")[0].strip()
        try:
            if any(other.parameter.name == name for other in found):
                raise ValueError("is varied twice; name each parameter once")
            found.append(_variation(case, text))
        except ValueError as error:
            faults.append(Fault(f"--vary {name}", str(error)))
    designs = np.prod([float(variation.values.size) for variation in found])
    if designs > MOST_DESIGNS:
        faults.append(Fault("--vary", f"{designs:.3g} designs together; {MOST_DESIGNS:,} are the most"))
    if faults:
        raise CaseError(faults, case.title)
    return tuple(found)


def designs(varied: Sequence[Variation]) -> FloatArray:
    """Every combination of the values, the last parameter running fastest, shape (n, n_parameters)."""
    return np.stack(np.meshgrid(*(v.values for v in varied), indexing="ij"), axis=-1).reshape(-1, len(varied))


def _variation(case: Case, text: str) -> Variation:
    name, equals, wanted = (piece.strip() for piece in text.partition("="))
    if not equals or not wanted:
        raise ValueError(f"{quote(text)} gives no values; {FORMS}")
    chosen = parameter(case, name)
    if ":" not in wanted:
        values = [chosen.read(value) for value in wanted.split(",")]
        if len(set(values)) < len(values):
            raise ValueError(f"{quote(wanted)} holds a value twice")
        return Variation(chosen, np.sort(values), "listed")
    pieces = [piece.strip() for piece in wanted.split(":")]
    if len(pieces) not in (3, 4) or (len(pieces) == 4 and pieces[3] != "log"):
        raise ValueError(f"{quote(wanted)} is no range; {FORMS}")
    low, high, count = chosen.read(pieces[0]), chosen.read(pieces[1]), _count(pieces[2])
    if low > high:
        raise ValueError(f"the range is reversed: write {pieces[1]}:{pieces[0]}:{':'.join(pieces[2:])}")
    if low == high:
        raise ValueError(f"the range is empty: both its ends are {pieces[0]}")
    if len(pieces) == 4 and low <= 0:
        raise ValueError(f"{pieces[0]} has no logarithm; leave out :log, or begin above zero")
    spacing: Spacing = "log" if len(pieces) == 4 else "linear"
    values_ = np.geomspace(low, high, count) if spacing == "log" else np.linspace(low, high, count)
    if chosen.whole:
        values_ = np.unique(values_.round())
    values_[[0, -1]] = low, high
    return Variation(chosen, values_, spacing)


def _count(text: str) -> int:
    if not text.isdecimal() or not 2 <= int(text) <= MOST_VALUES:
        raise ValueError(f"{quote(text)} is no number of values: a whole number from 2 to {MOST_VALUES:,}")
    return int(text)
