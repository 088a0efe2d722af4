"""What is a case? The aggregate of parts, materials, environment and study, and the checks across them."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from thermopkg.case.environment import Environment
from thermopkg.case.material import Material, library
from thermopkg.case.model import Model, Name, closest
from thermopkg.case.parts import AnyPart, Balls, Block, Board, Carrier, Chip, Encapsulant, Part, Passive
from thermopkg.case.study import Study
from thermopkg.errors import CaseError, Fault
from thermopkg.units import quote

SCHEMA = 1  # version of the case format


class Case(Model):
    """Everything that a user says about one thermal case; SI units and kelvin inside."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: str = ""
    case_schema: Annotated[Literal[1], Field(alias="schema")] = SCHEMA
    part: Annotated[tuple[AnyPart, ...], Field(min_length=1)]
    environment: Environment
    study: Study = Study()
    materials: dict[Name, Material] = {}

    def part_named(self, name: str) -> Part:
        """The part of that name; KeyError where there is none."""
        for part in self.part:
            if part.name == name:
                return part
        raise KeyError(name)

    def material_named(self, name: str) -> Material:
        """A material of the case itself, or else of the library; KeyError where there is none."""
        return self.materials[name] if name in self.materials else library()[name]

    @property
    def known_materials(self) -> Mapping[str, Material]:
        return {**library(), **self.materials}


def check(case: Case) -> None:
    """Everything that must hold across the models of a case.

    Raises
    ------
    CaseError : with every fault found
    """
    faults = [*_name_faults(case), *_relation_faults(case), *_environment_faults(case), *_study_faults(case)]
    if faults:
        raise CaseError(faults, source=case.title)


def _where(case: Case, part: Part) -> str:
    return f"part[{case.part.index(part)}] '{part.name}'"


def _name_faults(case: Case) -> list[Fault]:
    faults = []
    for name, times in Counter(part.name for part in case.part).items():
        if times > 1:
            faults.append(Fault("part", f"{times} parts are called {quote(name)}; each needs a name of its own"))
    for name, times in Counter(reading.name for reading in case.study.reading).items():
        if times > 1 or name in {part.name for part in case.part}:
            faults.append(Fault("study.reading", f"the name {quote(name)} is taken; each part and reading has its own"))
    return faults


def _relation_faults(case: Case) -> list[Fault]:
    faults = []
    names = {part.name: part for part in case.part}
    placed = [part for part in case.part if not isinstance(part, Encapsulant)]
    roots = [part for part in placed if part.base is None]
    if len(roots) != 1 and placed:
        listed = ", ".join(part.name for part in roots) or "none"
        faults.append(
            Fault(
                "part",
                f"exactly one part is placed from no other, and everything else from it; here: {listed}. "
                'Give the others on = "PART", under = "PART" or over = "PART" with a gap',
            )
        )
    for part in case.part:
        if part.base is not None and part.base not in names:
            hint = closest(part.base, names)
            faults.append(Fault(_where(case, part), f"is placed from {quote(part.base)}, which is no part{hint}"))
        if part.base is not None and isinstance(names.get(part.base), Encapsulant) and isinstance(part, Chip):
            faults.append(
                Fault(_where(case, part), f"stands on the moulding {quote(part.base)}; a chip needs a carrier")
            )
        match part:
            case Encapsulant():
                if part.on is None and len(_carriers(case)) != 1:
                    faults.append(Fault(_where(case, part), 'stands on which carrier? Add on = "PART"'))
                for face in part.exposes:
                    if face.partition(".")[0] not in names:
                        faults.append(Fault(_where(case, part), f"exposes {quote(face)}: there is no such part"))
            case Balls() if part.under is None:
                faults.append(Fault(_where(case, part), 'hangs from which part? Add under = "PART"'))
            case Chip() if part.on is None and len(case.part) > 1:
                faults.append(Fault(_where(case, part), 'is flipped onto which carrier? Add on = "PART"'))
            case Carrier() | Board():
                faults += _layer_faults(case, part)
    faults += _cycle_faults(case)
    return faults


def _carriers(case: Case) -> list[Carrier]:
    return [part for part in case.part if isinstance(part, Carrier)]


def _layer_faults(case: Case, part: Carrier | Board) -> list[Fault]:
    dielectric = [layer for layer in part.layers if layer.coverage == 1.0]
    return [
        Fault(
            f"{_where(case, part)}.layers[{i}]",
            f"covers a share of {layer.coverage:g}; with what is the rest filled? There is no full layer to take it "
            'from: add fill = "MATERIAL"',
        )
        for i, layer in enumerate(part.layers)
        if layer.coverage < 1.0 and layer.fill is None and not dielectric
    ]


def _cycle_faults(case: Case) -> list[Fault]:
    bases = {part.name: part.base for part in case.part}
    faults, reported = [], set()
    for start in bases:
        chain = [start]
        while (base := bases.get(chain[-1])) is not None and base not in chain:
            chain.append(base)
        if base is not None and base in chain:
            loop = chain[chain.index(base) :]
            if frozenset(loop) not in reported:
                reported.add(frozenset(loop))
                faults.append(Fault("part", f"the placing runs in a circle: {' -> '.join([*loop, base])}"))
    return faults


def _environment_faults(case: Case) -> list[Fault]:
    faults = []
    temperatures = case.environment.temperatures()
    if not temperatures:
        faults.append(
            Fault("environment", "every face is adiabatic: no heat path to any ambient; give a film or a temperature")
        )
    names = {part.name for part in case.part}
    for face in case.environment.faces:
        if face.partition(".")[0] not in names:
            faults.append(Fault("environment.faces", f"{quote(face)}: there is no such part"))
    if "theta_ja" in case.study.metrics and len(set(temperatures.values())) > 1:
        listed = ", ".join(f"{name} {value - 273.15:g} degC" for name, value in temperatures.items())
        faults.append(
            Fault(
                "study.metrics",
                f"theta_ja is undefined with more than one ambient temperature ({listed}); "
                "make them equal, or ask for metrics = [] and read the parts' temperatures",
            )
        )
    return faults


def _study_faults(case: Case) -> list[Fault]:
    faults = []
    names = {part.name for part in case.part}
    for i, reading in enumerate(case.study.reading):
        place = reading.part or (reading.face or "").partition(".")[0]
        if place not in names:
            faults.append(
                Fault(f"study.reading[{i}]", f"reads {quote(place)}, which is no part{closest(place, names)}")
            )
    hot = [part.name for part in case.part if isinstance(part, Chip | Passive | Block) and part.power > 0]
    chips = [part.name for part in case.part if isinstance(part, Chip) and part.power > 0]
    if case.study.metrics and (len(hot) != 1 or not chips):
        asked = case.study.metrics[0]
        found = f"{' and '.join(hot)} make heat" if hot else "nothing makes heat"
        faults.append(
            Fault(
                "study.metrics",
                f"{asked} needs one chip with power and no other source; here {found}. "
                "Ask for metrics = [] to read temperatures and the resistance matrix",
            )
        )
    return faults
