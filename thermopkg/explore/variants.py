"""Which cases is a structural sweep made of? Every package, with and without parts, at all combinations of values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from thermopkg.case.case import Case
from thermopkg.case.load import from_document
from thermopkg.case.model import not_a_part
from thermopkg.claims.removal import can_be_left_out, left_out
from thermopkg.errors import CaseError, Fault
from thermopkg.explore.parameters import Parameter, with_values
from thermopkg.explore.variation import Variation, designs, variations
from thermopkg.package.placing import place
from thermopkg.units import in_usual

MOST_VARIANTS = 10_000  # each is a mesh and a solve of its own: days on one machine
CASE, WITHOUT = "case", "without"  # columns beside the parameters
WHOLE = "–"  # in the column WITHOUT, where nothing is left out

Setting = float | str


@dataclass(frozen=True, eq=False)
class Variant:
    """One package of a sweep: what was chosen for it, and the case, or why there is none."""

    settings: Mapping[str, Setting]  # by column: the case's name, the part left out, values of the parameters in SI
    case: Case | CaseError


@dataclass(frozen=True, eq=False)
class Plan:
    """All variants of a sweep, and the parameters that they differ in."""

    parameters: tuple[Parameter, ...]
    variants: tuple[Variant, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What the variants differ in, in the order in which it was asked."""
        return tuple(self.variants[0].settings)

    def unit(self, column: str) -> str:
        """Of the values of a column as a user would write them; empty where they are bare numbers or names."""
        found = [p.dimension for p in self.parameters if p.name == column]
        return found[0].usual if found and found[0] is not None else ""

    def shown(self, column: str, setting: Setting) -> Setting:
        """A setting in the unit of its column."""
        found = [p.dimension for p in self.parameters if p.name == column]
        if isinstance(setting, str) or not found or found[0] is None:
            return setting
        return float(f"{in_usual(setting, found[0]):.12g}")  # without the last digits, which converting spoils

    def label(self, variant: Variant) -> str:
        """A variant in one line."""
        return ", ".join(self.words(column, setting) for column, setting in variant.settings.items()) or "as it stands"

    def words(self, column: str, setting: Setting) -> str:
        """A setting with what it is of."""
        if setting == WHOLE:
            return "whole"
        if isinstance(setting, str):
            return f"{column} {setting}" if column == WITHOUT else setting
        return f"{column} {self.shown(column, setting):.6g} {self.unit(column)}".rstrip()


def plan(cases: Mapping[str, Case], vary: Sequence[str] = (), without: Sequence[str] = ()) -> Plan:
    """Every case, whole and without each of the parts named, at every combination of the values.

    A part that is left out takes along what is asked of it; a moulding that was flush with it keeps its height.

    Parameters
    ----------
    cases : by their names
    vary : NAME=LOW:HIGH:COUNT or NAME=V1,V2,…, as `variations` reads them
    without : names of parts
    Raises
    ------
    CaseError : with every fault of what is asked; a combination that makes no sound case is no fault but a variant
    """
    varied: dict[str, tuple[Variation, ...]] = {}
    faults: list[Fault] = []
    for name, case in cases.items():
        about = f"{name}: " if len(cases) > 1 else ""
        try:
            varied[name] = variations(case, vary)
        except CaseError as error:
            faults += [Fault(fault.path, about + fault.message) for fault in error.faults]
        parts = [part.name for part in case.part]
        for part in without:
            if part not in parts:
                faults.append(Fault("--without", about + not_a_part(part, parts)))
            elif not can_be_left_out(case, part):
                reason = f"{part} cannot be left out alone: other parts are placed from it or lead to it"
                faults.append(Fault("--without", about + reason))
    faults += [Fault("--without", f"names {part} twice") for part in dict.fromkeys(without) if without.count(part) > 1]
    if faults:
        raise CaseError(faults, "sweep")
    count = sum(designs(v).shape[0] if v else 1 for v in varied.values()) * (1 + len(without))
    if count > MOST_VARIANTS:
        raise CaseError([Fault("", f"{count:,} cases together; at most {MOST_VARIANTS:,} are taken")], "sweep")
    found = [
        variant
        for name, case in cases.items()
        for variant in _variants(name if len(cases) > 1 else None, case, varied[name], without)
    ]
    return Plan(tuple(v.parameter for v in next(iter(varied.values()))), tuple(found))


def _variants(name: str | None, case: Case, varied: Sequence[Variation], without: Sequence[str]) -> Iterator[Variant]:
    rows = designs(varied) if varied else [()]
    for part, values in product([None, *without], rows):
        settings: dict[str, Setting] = {} if name is None else {CASE: name}
        if without:
            settings[WITHOUT] = part or WHOLE
        settings |= {v.parameter.name: float(value) for v, value in zip(varied, values, strict=True)}
        yield Variant(settings, _variant(case, varied, [float(value) for value in values], part))


def _variant(case: Case, varied: Sequence[Variation], values: Sequence[float], part: str | None) -> Case | CaseError:
    try:
        chosen = {v.parameter: value for v, value in zip(varied, values, strict=True)}
        changed = with_values(case, chosen) if chosen else case
        if part is not None:
            less = left_out(changed, place(changed).parts, part)
            changed = from_document(less.model_dump(by_alias=True, exclude_none=True, mode="json"), case.title)
        return changed
    except CaseError as error:
        return error
