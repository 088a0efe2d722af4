"""Which powers does a run in time put in? Steps, pulses and files of a part, once or again and again."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BeforeValidator, ConfigDict, Field, Strict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from thermopkg.arraytypes import FloatArray
from thermopkg.case.model import Count, Finding, Model, PartName, not_a_part, not_required
from thermopkg.case.parts import Block, Chip, Part, Passive
from thermopkg.case.trace_file import read_trace_file
from thermopkg.errors import CaseError
from thermopkg.network.trace import Trace
from thermopkg.units import Duration, Moment, Power, quote

MOST_STEPS = 1000  # in a case; more are a file's
MOST_PULSES = 1_000_000  # of one part until the end; more than those are told from periodic ones by nobody
SAME = 1e-9  # relative; what two periods, or two powers, may differ by and be one


def _duty(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        told = {"got": quote(value)}
        raise PydanticCustomError("duty", "{got} is no duty; write a share of the period, above 0 and below 1", told)
    return value


Duty = Annotated[float, BeforeValidator(_duty), Field(json_schema_extra={"exclusiveMinimum": 0, "exclusiveMaximum": 1})]


class Pulse(Model):
    """A power that is on for a share of every period, from its beginning, and off for the rest."""

    power: Power
    period: Duration
    duty: Duty
    delay: Moment = 0.0  # before the first period
    count: Count | None = None  # of pulses; by default on and on


class PartPower(Model):
    """What one part makes over time: `steps`, a `pulse`, or the rows of a `csv` file; constant between its times."""

    part: PartName
    steps: Annotated[tuple[tuple[Moment, Power], ...], Field(min_length=1, max_length=MOST_STEPS)] | None = None
    pulse: Pulse | None = None
    csv: (
        Annotated[str, Strict(), Field(min_length=1, description="path of a .csv file, from the case's folder")] | None
    ) = None
    repeat: Annotated[bool, Strict()] = False  # for ever; what is asked is the periodic state
    period: Duration | None = None  # after which steps or rows begin anew; by default the last time

    @model_validator(mode="after")
    def _one_kind(self) -> "PartPower":
        kinds = [name for name in ("steps", "pulse", "csv") if getattr(self, name) is not None]
        if len(kinds) != 1:
            said = " and ".join(kinds) if kinds else "none of them"
            raise ValueError(f"is given in one way: steps, a pulse, or a csv; here {said}")
        if self.steps is not None and self.csv is None:
            for i, ((before, _), (time, _)) in enumerate(zip(self.steps, self.steps[1:], strict=False)):
                if time <= before:
                    raise ValueError(f"steps[{i + 1}] at {time:g} s does not come after {before:g} s")
            if self.repeat and (fault := _closing_fault(*self.rows(), self.period)):
                raise ValueError(fault)
        if self.period is not None and (self.pulse is not None or not self.repeat):
            reason = "a pulse has its own" if self.pulse is not None else "there is no repeat = true"
            raise ValueError(f"has a period, and {reason}")
        if self.pulse is not None and self.repeat and (self.pulse.count is not None or self.pulse.delay > 0.0):
            raise ValueError("repeats its pulses for ever; leave out their count and delay")
        return self

    def trace(self, until: float) -> Trace:
        """The power over time, at least until an end, s; the file is read anew.

        Raises
        ------
        CaseError : the file cannot be read
        """
        if self.pulse is not None:
            return _pulses(self.pulse, self.repeat, until)
        times, powers = self.rows()
        if not self.repeat:
            return Trace(times, powers)
        return Trace(times, powers, self.period) if self.period else Trace(times[:-1], powers[:-1], float(times[-1]))

    def rows(self) -> tuple[FloatArray, FloatArray]:
        """Times, s, and powers, W, of steps or of the file.

        Raises
        ------
        CaseError : the file cannot be read
        """
        if self.csv is not None:
            return read_trace_file(Path(self.csv))
        times, powers = np.array(self.steps).T
        return times, powers


class Transient(Model):
    """A run in time: until when, and the powers of parts; a part that is not named makes its own from 0 s on."""

    model_config = ConfigDict(json_schema_extra=not_required)

    until: Duration
    power: tuple[PartPower, ...] = ()


def transient_findings(transient: Transient, parts: Sequence[Part]) -> Iterator[Finding]:
    """Whether the parts are there and make heat, whether their files can be read, and whether all go together."""
    yield from _findings(dict(enumerate(transient.power)), transient.until, parts)


def transient_findings_of_table(table: object, parts: Sequence[Part] | None) -> Iterator[Finding]:
    """The same of a table in a file that has faults, as far as it is sound; `parts` None where they are not."""
    if not isinstance(table, dict):
        return
    until, entries = math.inf, dict[int, PartPower]()
    with suppress(ValidationError):
        until = Transient.model_validate({"until": table.get("until")}).until
    listed = table.get("power")
    for i, entry in enumerate(listed if isinstance(listed, list) else []):
        with suppress(ValidationError):
            entries[i] = PartPower.model_validate(entry)
    yield from _findings(entries, until, parts)


def _findings(entries: Mapping[int, PartPower], until: float, parts: Sequence[Part] | None) -> Iterator[Finding]:
    """Entries by their number in the file."""
    times_named = Counter(entry.part for entry in entries.values())
    for i, entry in entries.items():
        place = ("transient", "power", i)
        if parts is not None and (said := _not_heated(entry.part, parts)):
            yield Finding((*place, "part"), said)
        if times_named[entry.part] > 1:
            said = f"{quote(entry.part)} is named {times_named[entry.part]} times; once is enough"
            yield Finding((*place, "part"), said)
        yield from (Finding((*place, *key), said) for key, said in _faults_of(entry, until))
    yield from _periods(entries)


def _not_heated(name: str, parts: Sequence[Part]) -> str:
    """Why a part makes no heat; nothing where it can."""
    for part in parts:
        if part.name == name:
            makes_heat = isinstance(part, Chip | Passive | Block)
            told = f"{quote(name)} is of kind {part.kind}; chips, passives and blocks make heat"
            return "" if makes_heat else told
    return not_a_part(name, [part.name for part in parts])


def _faults_of(entry: PartPower, until: float) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with the power of one part by itself, and the keys where."""
    if entry.pulse is not None:
        pulse = entry.pulse
        if not entry.repeat and pulse.delay < until < math.inf and (count := _count(pulse, until)) > MOST_PULSES:
            said = f"makes {count:,} pulses until {until:g} s, at most {MOST_PULSES:,} are taken one by one"
            yield ("pulse", "period"), f"{said}; write repeat = true for the periodic state, or give a count"
        key: tuple[str, ...] = ("pulse", "delay")
        begins = float(pulse.delay)
    else:
        key = ("csv",) if entry.csv is not None else ("steps",)
        try:
            times, powers = entry.rows()
        except CaseError as error:
            for fault in error.faults:
                where = f"{Path(entry.csv or '').name}{f', {fault.path}' if fault.path else ''}"
                yield key, f"{where}: {fault.message}"
            return
        if entry.repeat and entry.csv is not None and (fault_said := _closing_fault(times, powers, entry.period)):
            yield key, fault_said
        begins = float(times[0])
    if begins >= until:
        yield key, f"begins at {begins:g} s, and the run ends at {until:g} s"


def _periods(entries: Mapping[int, PartPower]) -> Iterator[Finding]:
    """Traces that repeat have one period, and no other beside them that does not."""
    repeating = [entry for entry in entries.values() if entry.repeat]
    for i, entry in entries.items():
        if repeating and not entry.repeat:
            said = f"does not repeat, and that of {quote(repeating[0].part)} does; a periodic state is one of all"
            yield Finding(("transient", "power", i), said)
    known = [(i, entry, period) for i, entry in entries.items() if (period := repeats_every(entry)) is not None]
    for i, _, period in known[1:]:
        _, first, usual = known[0]
        if not math.isclose(period, usual, rel_tol=SAME):
            said = f"repeats every {period:g} s, and that of {quote(first.part)} every {usual:g} s; give all one period"
            yield Finding(("transient", "power", i), said)


def repeats_every(entry: PartPower) -> float | None:
    """After which a trace repeats, s; None where it does not, or its file cannot be read."""
    if not entry.repeat:
        return None
    if entry.pulse is not None:
        return float(entry.pulse.period)
    if entry.period is not None:
        return float(entry.period)
    try:
        return float(entry.rows()[0][-1])
    except CaseError:
        return None


def _closing_fault(times: FloatArray, powers: FloatArray, period: float | None) -> str:
    """Why rows cannot repeat; nothing where they can."""
    if period is not None:
        return "" if period > times[-1] else f"has a period of {period:g} s, and its last time is {times[-1]:g} s"
    first = powers[0] if times[0] == 0.0 else 0.0
    if len(times) < 2:
        return "repeats, and its one time is no period; give a period"
    if not math.isclose(powers[-1], first, rel_tol=SAME, abs_tol=0.0):
        return (
            f"repeats from its last time on, {times[-1]:g} s, where it begins anew with {first:g} W; "
            f"its last power is {powers[-1]:g} W: write {first:g} W there, or give a period behind it"
        )
    return ""


def _count(pulse: Pulse, until: float) -> int:
    """Pulses that begin before the end."""
    begun: int = max(math.ceil((until - pulse.delay) / pulse.period), 0)
    return begun if pulse.count is None else min(int(pulse.count), begun)


def _pulses(pulse: Pulse, repeat: bool, until: float) -> Trace:
    width = pulse.duty * pulse.period
    if repeat:
        return Trace(np.array([0.0, width]), np.array([pulse.power, 0.0]), pulse.period)
    begins = pulse.delay + pulse.period * np.arange(max(_count(pulse, until), 1))
    times = np.stack([begins, begins + width], axis=1).ravel()
    return Trace(times, np.tile([pulse.power, 0.0], len(begins)))
