"""What does a file say of a network? The documents that `thermopkg.network.export` makes, back as networks."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import CaseError, Fault, ModelError
from thermopkg.network.cauer import Cauer
from thermopkg.network.coupled import CoupledFoster
from thermopkg.network.export import UNITS
from thermopkg.network.foster import Foster

KINDS = ("foster", "cauer", "coupled foster")
SAME = 1e-9  # relative; capacities beside a Foster's time constants are those over its resistances, or wrong


def network_of(document: object, source: str = "network") -> Foster | Cauer | CoupledFoster:
    """The network of a document: every number is the float that was written.

    Parameters
    ----------
    document : as `network_document` makes it, also by way of JSON
    source : what errors call it, as the name of its file
    Raises
    ------
    CaseError : with everything that is wrong with it
    """
    if not isinstance(document, Mapping):
        raise CaseError([Fault("", f"is {_told(document)}; a network is a table with a kind")], source)
    kind = document.get("kind")
    if kind not in KINDS:
        told = "is missing" if kind is None else f"{_told(kind)} is none that is known"
        raise CaseError([Fault("kind", f"{told}; a network is of kind {', '.join(map(repr, KINDS))}")], source)
    read = _Reader(document)
    names = ("resistances", "capacities" if kind == "cauer" else "time_constants")
    deep = kind == "coupled foster"
    first, second = read.numbers(names[0], 3 if deep else 1), read.numbers(names[1], 1)
    at_once = read.numbers("at_once", 2 if deep else 0)
    places = read.places() if deep else ()
    read.check_units((*names, "at_once"))
    if kind == "foster" and "capacities" in document and not read.faults:
        _check_capacities(read, first, second)
    if read.faults:
        raise CaseError(read.faults, source)
    try:
        match kind:
            case "foster":
                return Foster(first, second, float(at_once))
            case "cauer":
                return Cauer(first, second, float(at_once))
            case _:
                return CoupledFoster(places, first, second, at_once)
    except ModelError as error:  # shapes that do not go together, a resistance below zero
        raise CaseError([Fault("", str(error))], source) from error


class _Reader:
    """A document and what is wrong with it so far; private to this module."""

    def __init__(self, document: Mapping[Any, Any]) -> None:
        self.document = document
        self.faults: list[Fault] = []

    def numbers(self, name: str, depth: int) -> FloatArray:
        """A number, a row of numbers, or rows of rows; where it is none, a fault and an empty row."""
        value = self.document.get(name)
        if name not in self.document:
            self.faults.append(Fault(name, f"is missing; {WANTED[depth]} in {UNITS[name]} is wanted"))
        elif (wrong := _wrong(value, name, depth)) is not None:
            self.faults.append(wrong)
        else:
            try:
                return np.array(value, float)
            except ValueError:
                self.faults.append(Fault(name, "has rows of different lengths"))
            except OverflowError:
                self.faults.append(Fault(name, "has a number beyond floating-point numbers"))
        return np.zeros(0)

    def places(self) -> tuple[str, ...]:
        """Names of the places of several sources."""
        value = self.document.get("places")
        if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(v, str) for v in value):
            told = "is missing" if "places" not in self.document else f"is {_told(value)}"
            self.faults.append(Fault("places", f"{told}; a list of names is wanted, one for each source"))
            return ()
        if len(set(value)) < len(value):
            self.faults.append(Fault("places", "has a name twice"))
        return tuple(value)

    def check_units(self, names: Sequence[str]) -> None:
        """Units, where they stand there, are those that networks have."""
        units = self.document.get("units", {})
        if not isinstance(units, Mapping):
            self.faults.append(Fault("units", f"is {_told(units)}; a table of units by name is wanted"))
            return
        for name in names:
            if (unit := units.get(name, UNITS[name])) != UNITS[name]:
                self.faults.append(Fault(f"units.{name}", f"is {_told(unit)}; {name} are in {UNITS[name]}"))


WANTED = {0: "a number", 1: "a list of numbers", 2: "a matrix", 3: "a list of matrices"}


def _wrong(value: object, path: str, depth: int) -> Fault | None:
    """The first thing that keeps a value from being rows of numbers so deep."""
    if depth == 0:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return Fault(path, f"is {_told(value)}; {WANTED[0]} is wanted")
        return None
    if not isinstance(value, Sequence) or isinstance(value, str):
        return Fault(path, f"is {_told(value)}; {WANTED[depth]} is wanted")
    return next((fault for i, v in enumerate(value) if (fault := _wrong(v, f"{path}[{i}]", depth - 1))), None)


def _check_capacities(read: _Reader, resistances: FloatArray, time_constants: FloatArray) -> None:
    """Somebody may have changed one of three numbers of which two tell all."""
    capacities = read.numbers("capacities", 1)
    if read.faults or not capacities.shape == resistances.shape == time_constants.shape:
        return
    with np.errstate(all="ignore"):  # a resistance of nought is told by the network itself
        over = time_constants / resistances
        off = np.abs(capacities - over) > SAME * np.abs(over)
    for i in np.flatnonzero(off):
        told = f"is {capacities[i]:g} J/K, where time constant over resistance is {over[i]:g}"
        read.faults.append(Fault(f"capacities[{i}]", f"{told}; mend one of the three, or leave capacities out"))


def _told(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


LONGEST = 40  # characters of a wrong value that an error repeats
