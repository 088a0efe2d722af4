"""What is a case? The aggregate of parts, materials, environment and study, and the checks across them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, Strict, model_validator

from thermopkg.air.properties import HIGHEST, LOWEST
from thermopkg.case.contact import Contact, contact_findings
from thermopkg.case.datasheet import DataSheetWishes
from thermopkg.case.environment import STILL, AirCondition, Environment
from thermopkg.case.inclusion import Inclusion
from thermopkg.case.material import Material, library
from thermopkg.case.model import (
    MATERIAL_FIELDS,
    Finding,
    Line,
    Model,
    NewMaterialName,
    Place,
    Text,
    not_a_material,
    not_a_part,
    part_of,
)
from thermopkg.case.parts import AnyPart, Block, Board, Carrier, Chip, Part, Passive
from thermopkg.case.rectangle import beyond_rectangle
from thermopkg.case.region import region_findings
from thermopkg.case.relations import outline, relation_findings
from thermopkg.case.study import AT_THE_BOARD, THETAS, Study
from thermopkg.case.trace import Transient, transient_findings
from thermopkg.errors import CaseError
from thermopkg.units import quote

SCHEMA = 1  # version of the case format
LONGEST_TITLE = 200  # characters
MOST_PARTS = 500  # beyond this a case is machine-made, and its author wants a mesh file


class UnsoundCase(CaseError):
    """Every model of a case is well-formed, and they do not go together. Keeps the places for whoever has the file."""

    def __init__(self, findings: Collection[Finding], source: str) -> None:
        self.findings = tuple(findings)
        super().__init__([finding.fault() for finding in findings], source)


def readable(version: int) -> int:
    """The version of a case's format, where this program reads it."""
    if version != SCHEMA:
        raise ValueError(f"version {version} of the case format is unknown; this program reads version {SCHEMA}")
    return version


def _file_schema(schema: dict[str, Any]) -> None:
    """What a file may hold beside a case's own keys, and what only a file that extends no other must hold."""
    schema["properties"] |= {
        "extends": {"type": "string", "description": "path of a case file, from this one's folder, that this changes"},
        "without": {
            "type": "array",
            "items": {"type": "string"},
            "description": "names of parts and packages of the extended case to leave out",
        },
        "package": {"type": "array", "items": Inclusion.model_json_schema()},
    }
    part = schema["properties"]["part"]
    change = {
        "type": "object",
        "description": "what changes in a part of the extended case, or of a package",
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "kind": False},
    }
    part["items"] = {"anyOf": [part["items"], change]}
    schema["if"] = {"required": ["extends"]}
    schema["else"] = {
        "required": schema.pop("required"),
        "properties": {
            "environment": {"required": ["ambient"]},
            "transient": {"required": ["until"]},
            "materials": {"additionalProperties": {"required": ["class", "electrical", "conductivity"]}},
        },
        "if": {"not": {"required": ["package"]}},
        "then": {"properties": {"part": {"items": {"required": ["kind"]}}}},
    }


class Case(Model):
    """Everything that a user says about one thermal case; SI units and kelvin inside.

    A case that exists has been checked: building one raises `CaseError` where its parts do not go together.
    """

    model_config = ConfigDict(json_schema_extra=_file_schema)

    title: Annotated[Line, Field(min_length=1, max_length=LONGEST_TITLE)]
    description: Text = ""
    case_schema: Annotated[
        int, Strict(), AfterValidator(readable), Field(alias="schema", json_schema_extra={"const": SCHEMA})
    ] = SCHEMA
    part: Annotated[tuple[AnyPart, ...], Field(min_length=1, max_length=MOST_PARTS)]
    contact: tuple[Contact, ...] = ()
    environment: Environment
    study: Study = Study()
    datasheet: DataSheetWishes = DataSheetWishes()
    transient: Transient | None = None
    materials: dict[NewMaterialName, Material] = {}

    @model_validator(mode="after")
    def _checked(self) -> "Case":
        check(self)
        return self

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
        """Everything that parts may be made of, by name; the case's own hide the library's."""
        return {**library(), **self.materials}


def with_ending(title: str, ending: str) -> str:
    """The title of a case made from another; of a long one its own end gives way."""
    room = LONGEST_TITLE - len(ending)
    return (title if len(title) <= room else title[: room - 1] + "…") + ending


def check(case: Case) -> None:
    """Everything that must hold across the models of a case.

    Raises
    ------
    CaseError : with every fault found
    """
    findings = [
        *relation_findings([outline(part) for part in case.part]),
        *_unknown_materials(case.part, case.known_materials),
        *layer_findings(case.part),
        *contact_findings([contact.between for contact in case.contact], [part.name for part in case.part]),
        *environment_findings(case.environment, case.study, [part.name for part in case.part]),
        *study_findings(case.study, case.part),
        *(transient_findings(case.transient, case.part) if case.transient else ()),
    ]
    if findings:
        raise UnsoundCase(dict.fromkeys(findings), source=case.title)


def _unknown_materials(parts: Sequence[Part], known: Mapping[str, Material]) -> Iterator[Finding]:
    for number, part in enumerate(parts):
        for place, name in _materials_of(part, ("part", number)):
            if name not in known:
                yield Finding(place, not_a_material(name, known.keys()))


def _materials_of(model: Model, place: Place) -> Iterator[tuple[Place, str]]:
    for field, value in model:
        if field in MATERIAL_FIELDS and value is not None:
            yield (*place, field), value
        elif isinstance(value, Model):
            yield from _materials_of(value, (*place, field))
        elif isinstance(value, tuple):
            for i, item in enumerate(value):
                if isinstance(item, Model):
                    yield from _materials_of(item, (*place, field, i))


def layer_findings(parts: Iterable[Part]) -> Iterator[Finding]:
    """Layers that cover a share of their plane, where nothing says what fills the rest; zones beyond their part."""
    for number, part in enumerate(parts):
        if not isinstance(part, Carrier | Board):
            continue
        no_filler = not any(layer.full for layer in part.layers)
        for i, layer in enumerate(part.layers):
            if no_filler and layer.fill is None and min(layer.coverages) < 1.0:
                yield Finding(
                    ("part", number, "layers", i),
                    f"covers a share of {min(layer.coverages):g}; with what is the rest filled? There is no full layer "
                    'to take it from: add fill = "MATERIAL"',
                )
            for j, zone in enumerate(layer.zones):
                if beyond := beyond_rectangle(zone.at, zone.size, part.size):
                    yield Finding(
                        ("part", number, "layers", i, "zones", j),
                        f"sticks out of {quote(part.name)} by {beyond}; make it smaller, or move it",
                    )


def environment_findings(environment: Environment, study: Study, names: Collection[str]) -> Iterator[Finding]:
    """Whether heat has a way out, and whether what is asked for makes sense with these ambients.

    Parameters
    ----------
    names : of all parts
    """
    yield from _air_findings(environment, study)
    yield from region_findings(environment, names)
    for face in environment.faces:
        if part_of(face) not in names:
            yield Finding(("environment", "faces", face), not_a_part(part_of(face), names))
    temperatures = environment.temperatures()
    if not temperatures:
        yield Finding(
            ("environment",), "every face is adiabatic: no heat path to any ambient; give a film or a temperature"
        )
    coldest = min(temperatures.values(), default=0.0)
    if study.junction_limit is not None and study.junction_limit <= coldest:
        yield Finding(
            ("study", "junction_limit"),
            f"a limit of {study.junction_limit - 273.15:g} degC allows no power at all: nothing that cools is colder "
            f"than {coldest - 273.15:g} degC; give a limit above that",
        )
    if (thetas := [name for name in study.metrics if name in THETAS]) and len(set(temperatures.values())) > 1:
        listed = ", ".join(f"{name} {value - 273.15:g} degC" for name, value in temperatures.items())
        yield Finding(
            ("study", "metrics"),
            f"{thetas[0]} is undefined with more than one ambient temperature ({listed}); "
            "make them equal, or ask for metrics = [] and read the parts' temperatures",
        )


def _air_findings(environment: Environment, study: Study) -> Iterator[Finding]:
    """One room has one air, neither colder nor warmer than air is known; what moving air makes wants it to move."""
    for name, condition in environment.conditions().items():
        if isinstance(condition, AirCondition):
            ambient = environment.ambient if condition.ambient is None else condition.ambient
            own = ("environment",) if condition.ambient is None else environment.place_of(name)
            if not LOWEST <= ambient <= HIGHEST:
                yield Finding(
                    (*own, "ambient"),
                    f"air of {ambient - 273.15:g} degC: its laws are known from {LOWEST - 273.15:g} to "
                    f"{HIGHEST - 273.15:g} degC; give a film instead",
                )
    speeds = {name: c.air for name, c in environment.conditions().items() if isinstance(c, AirCondition)}
    if len(set(speeds.values())) > 1:
        listed = ", ".join(
            f"{name} {'still' if speed == STILL else f'{speed:g} m/s'}" for name, speed in speeds.items()
        )
        yield Finding(
            ("environment",),
            f"air cannot stand still and move at once, or at two speeds ({listed}); give all faces in air the same, or "
            "a film to those that are sheltered",
        )
    if "theta_jma" in study.metrics and speeds and not any(speeds.values()):
        yield Finding(
            ("study", "metrics"),
            'theta_jma is of moving air, and the air here stands still; write air = "1 m/s", or ask for theta_ja',
        )


def study_findings(study: Study, parts: Sequence[Part]) -> Iterator[Finding]:
    """Whether what is asked for is there to be read."""
    names = [part.name for part in parts]
    taken = Counter([*names, *(reading.name for reading in study.reading)])
    for i, reading in enumerate(study.reading):
        if taken[reading.name] > 1:
            yield Finding(
                ("study", "reading", i, "name"), f"{quote(reading.name)} is taken; parts and readings share one list"
            )
        place = reading.part or part_of(reading.face or "")
        if place not in names:
            key = "part" if reading.part else "face"
            yield Finding(("study", "reading", i, key), not_a_part(place, names))
    if study.junction_limit is not None and not any(isinstance(part, Chip) for part in parts):
        yield Finding(("study", "junction_limit"), "limits the junctions of chips, and there is no chip in this case")
    chips = [p.name for p in parts if isinstance(p, Chip) and (p.power > 0 or p.leakage is not None)]
    hot = [*chips, *(part.name for part in parts if isinstance(part, Passive | Block) and part.power > 0)]
    if (at_board := [name for name in study.metrics if name in AT_THE_BOARD]) and not any(
        isinstance(part, Board) for part in parts
    ):
        yield Finding(
            ("study", "metrics"),
            f"{at_board[0]} reads the board's temperature, and there is no board; add a part of kind board",
        )
    if study.temperature_dependent and study.round:
        yield Finding(
            ("study", "temperature_dependent"),
            "does not go with round = true: what a circle cuts is seen by either bound in its own way; leave one out",
        )
    if study.metrics and (len(hot) != 1 or not chips):
        yield Finding(
            ("study", "metrics"),
            f"{study.metrics[0]} needs one chip with power and no other source; here {_said_of(hot)}. "
            "Ask for metrics = [] to read temperatures and the resistance matrix",
        )


def _said_of(hot: Sequence[str]) -> str:
    match hot:
        case []:
            return "nothing makes heat"
        case [one]:
            return f"only {one} makes heat, which is no chip"
        case _:
            return f"{', '.join(hot[:-1])} and {hot[-1]} make heat"
