"""How do numbers become a pandas frame, and the columns of one become numbers? Units stand in the names of the columns.

Pandas is imported only when a frame is asked for. What is read may be a frame, or any mapping of names to columns.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.model import closest
from thermopkg.errors import CaseError, Fault
from thermopkg.units import DIMENSIONS, Dimension, parse, quote

if TYPE_CHECKING:
    import pandas

EXTRA = "thermopkg[pandas]"
Read = Callable[[object], float]  # a value of a column, in SI; ValueError says what is wrong with it


class Columns(Protocol):
    """Columns by their names: a frame, a mapping of names to sequences."""

    def keys(self) -> Iterable[str]: ...

    def __getitem__(self, name: str, /) -> Any: ...


def headed(name: str, unit: str) -> str:
    """A name with its unit, where it has one: sink.gap [mm]."""
    return f"{name} [{unit}]" if unit else name


def frame(columns: Mapping[str, Any], like: object = None) -> "pandas.DataFrame":
    """Columns of one length as a pandas frame.

    Parameters
    ----------
    like : a table whose rows these are; where it has an index, the frame has the same
    Raises
    ------
    CaseError : pandas is not installed
    """
    try:
        import pandas
    except ImportError as error:
        raise CaseError([Fault("", f"frames need pandas, which is not installed: pip install '{EXTRA}'")]) from error
    return pandas.DataFrame(columns, index=like.index if isinstance(like, pandas.DataFrame) else None)


def values_in(table: Columns, units: Mapping[str, str]) -> tuple[dict[str, FloatArray], list[Fault]]:
    """Columns of a table in SI, and everything that is wrong with them.

    A column is called `sink.gap [mm]` and holds numbers of that unit, or `sink.gap` and holds values with units, such
    as "0.1 mm"; what has no unit is a bare number in either.

    Parameters
    ----------
    units : by the name of each column that is wanted, of its values as a user would write them; empty where they have
        none
    Returns
    -------
    by the names of `units`, not a number where a value is at fault; a column that is missing is not there
    """
    faults: list[Fault] = []
    given: dict[str, tuple[str, str]] = {}  # by name: the column and the unit in it
    twice = set()
    for column in map(str, table.keys()):
        name, unit = _split(column)
        if name not in units:
            told = f"is no parameter of this model{closest(name, units) or _listed(units)}"
            faults.append(Fault(column, told))
        elif name in given:
            faults.append(Fault(column, f"gives {name} a second time, beside '{given[name][0]}'"))
            twice.add(name)
        else:
            given[name] = column, unit
    found: dict[str, FloatArray] = {}
    for name, own in units.items():
        if name not in given:
            faults.append(Fault(name, f"is missing: give a column '{headed(name, own)}'"))
            continue
        if name in twice:
            continue
        column, unit = given[name]
        try:
            found[name], wrong = _read(table[column], _reader(name, own, unit))
        except ValueError as error:
            faults.append(Fault(column, str(error)))
            continue
        if wrong:
            row, told = wrong[0]
            more = f"; rows at fault: {len(wrong)}" if len(wrong) > 1 else ""
            faults.append(Fault(column, f"row {row}: {told}{more}"))
    sizes = {name: values.size for name, values in found.items()}
    if len(set(sizes.values())) > 1:
        told = ", ".join(f"{name} {size}" for name, size in sizes.items())
        faults.append(Fault("", f"columns are to be of one length; here {told}"))
    return found, faults


def _split(column: str) -> tuple[str, str]:
    """Name and unit of a column; no unit where none stands at its end. A layer's number is part of the name."""
    name, bracket, unit = column.rpartition(" [")
    return (name.strip(), unit[:-1].strip()) if bracket and unit.endswith("]") else (column.strip(), "")


def _listed(units: Mapping[str, str]) -> str:
    return f"; it has {', '.join(headed(*pair) for pair in units.items())}"


def _reader(name: str, own: str, unit: str) -> Read:
    """How a column with a unit in its name, or without one, is read.

    Parameters
    ----------
    own : the unit that a user would write, which tells the dimension
    """
    if not own:
        if unit:
            raise ValueError(f"{name} has no unit: call the column '{name}', and write bare numbers")
        return _number
    dimension = next(one for one in DIMENSIONS if one.usual == own)
    if not unit:
        return lambda value: _quantity(value, name, dimension)
    factor = parse(f"1 {unit}", dimension)
    return lambda value: factor * _number(value)


def _read(column: object, read: Read) -> tuple[FloatArray, Sequence[tuple[object, str]]]:
    """The values of a column, not a number where one is at fault; the rows at fault, and why."""
    if isinstance(column, str) or not isinstance(column, Iterable):
        raise ValueError(f"{quote(column)} is no column: give a value for every design")
    values = list(column)
    rows: Sequence[object] = list(getattr(column, "index", ())) if hasattr(column, "iloc") else range(len(values))
    found, wrong = np.full(len(values), np.nan), []
    for i, (row, value) in enumerate(zip(rows, values, strict=True)):
        try:
            found[i] = read(value)
        except ValueError as error:
            wrong.append((row, str(error)))
    return found, wrong


def _number(value: object) -> float:
    if isinstance(value, str | bool | np.bool_):
        raise ValueError(f"{quote(value)} is not a bare number, which the column's name asks for")
    try:
        number = float(value)  # type: ignore[arg-type]  # what is no number says so
    except (TypeError, ValueError):
        raise ValueError(f"{quote(value)} is no number") from None
    if math.isnan(number):
        raise ValueError("is empty (NaN)")
    if math.isinf(number):
        raise ValueError(f"{number} is not a finite number")
    return number


def _quantity(value: object, name: str, dimension: Dimension) -> float:
    """A value with its unit, in SI."""
    if isinstance(value, str):
        return parse(value, dimension)
    number = _number(value)
    told = f'{number:g} has no unit; call the column "{headed(name, dimension.usual)}", or write'
    raise ValueError(f'{told} "{number:g} {dimension.usual}"')
