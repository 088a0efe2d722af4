"""What of a case can be varied? Every number of it by a name: its value, and the case with another value.

`PART.FIELD`, `PART[LAYER].FIELD` and `CONDITION.film`, as in mould.conductivity, carrier[1].thickness,
carrier[1].zones[0].coverage and sink.top.film; `material:NAME` is the conductivity of a material in all parts that are
made of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from thermopkg.case.case import Case
from thermopkg.case.environment import FilmCondition
from thermopkg.case.load import from_document
from thermopkg.case.material import Conductivities, OrthotropicConductivity
from thermopkg.case.model import LONGEST_NAME, MATERIAL_FIELDS, Model, Place, closest
from thermopkg.case.part import Joints
from thermopkg.case.parts import Traces, Wires
from thermopkg.units import CONDUCTIVITY, FILM, GAP, LENGTH, OFFSET, POWER, Dimension, format_si, in_usual, parse, quote

Kind = Literal["conductivity", "share", "film", "thickness", "power", "structure"]
Direction = Literal["value", "in_plane", "through"]  # of a conductivity, as the key of its table
MOST_LISTED = 30  # names that an error repeats

THICKNESSES = ("thickness", "height")
STRUCTURE = ("diameter", "pitch", "width", "length", "lap", "inset", "loop", "span", "plating")
COUNTS = ("count", "rows")
PAIRS = ("size", "at", "paddle")  # along x and y, and the size of a body along z


@dataclass(frozen=True)
class Parameter:
    """One number of a case.

    `places` lead to it in the document of the case, or, for a conductivity, to what names the material. A structure
    moves planes in x or y or changes counts; all else leaves a package on one and the same grid, stretched.
    """

    name: str
    kind: Kind
    dimension: Dimension | None  # None: a bare number
    places: tuple[Place, ...]  # none for a material wherever it is used
    whole: bool = False  # a count
    direction: Direction = "value"
    material: str | None = None  # whose conductivity it is

    @property
    def structural(self) -> bool:
        """Whether another value is another package, which needs a mesh of its own."""
        return self.kind == "structure"

    @property
    def unit(self) -> str:
        """That a user would write; empty for a bare number."""
        return "" if self.dimension is None else self.dimension.usual

    def in_unit(self, value: float) -> float:
        """A value in SI as a number of that unit."""
        return value if self.dimension is None else in_usual(value, self.dimension)

    def shown(self, value: float) -> str:
        """A value in SI with the unit that a user would write."""
        return f"{self.in_unit(value):.4g} {self.unit}".strip()

    def read(self, text: str) -> float:
        """A value with its unit, in SI.

        Raises
        ------
        ValueError : not a number, another dimension or out of range; the message says what is allowed
        """
        if self.dimension is not None:
            return parse(text, self.dimension)
        try:
            value = float(text)
        except ValueError:
            raise ValueError(f"{quote(text)} is not a bare number, and {self.name} has no unit") from None
        if self.whole and not (value >= 1 and value.is_integer()):
            raise ValueError(f"{quote(text)} is not a whole number above zero")
        return value


# ---------------------------------------------------------------- which there are
def parameters(case: Case) -> Mapping[str, Parameter]:
    """Everything that can be varied in a case, by its name."""
    found: dict[str, Parameter] = {}
    for number, part in enumerate(case.part):
        found |= {parameter.name: parameter for parameter in _of_model(case, part, ("part", number), part.name)}
    for name, condition in case.environment.conditions().items():
        if isinstance(condition, FilmCondition) and condition.film > 0:
            place = (*case.environment.place_of(name), "film")
            found[f"{name}.film"] = Parameter(f"{name}.film", "film", FILM, (place,))
    for material in dict.fromkeys(p.material for p in found.values() if p.material is not None):
        for own in _conductivities(case, f"material:{material}", material, ()):
            name = own.name.removesuffix(".conductivity")
            found[name] = Parameter(name, "conductivity", CONDUCTIVITY, (), direction=own.direction, material=material)
    return found


def parameter(case: Case, name: str) -> Parameter:
    """The parameter of that name.

    Raises
    ------
    ValueError : there is none; the message tells the nearest, or those that there are
    """
    known = parameters(case)
    if name in known:
        return known[name]
    ways = [f"{name.removesuffix('.conductivity')}.{way}" for way in ("in_plane", "through")]
    if all(way in known for way in ways):
        raise ValueError(f"{quote(name)} is one conductivity in plane and another through: vary {' or '.join(ways)}")
    near = closest(name, known)
    if not near:
        listed = [other for other, one in known.items() if not one.structural][:MOST_LISTED]
        near = f"; there are {', '.join(listed)}{' and more' if len(known) > len(listed) else ''}"
    raise ValueError(f"{quote(name)} is no parameter of this case{near}")


def _of_model(case: Case, model: Model, place: Place, name: str) -> Iterator[Parameter]:
    upright = isinstance(model, Traces | Wires)  # how thick these are is seen from above
    for field, value in model:
        own, here = f"{name}.{field}", (*place, field)
        if value is None:
            if field == "count" and isinstance(model, Joints) and model.mask is None and model.places is None:
                yield Parameter(own, "structure", None, (here,), whole=True)
            continue
        elif field in MATERIAL_FIELDS:
            yield from _conductivities(case, name if field == "material" else own, value, (here,))
        elif field == "gap":
            yield Parameter(own, "thickness", GAP, (here,))
        elif field in THICKNESSES:
            yield Parameter(own, "structure" if upright else "thickness", LENGTH, (here,))
        elif field in STRUCTURE:
            yield Parameter(own, "structure", LENGTH, (here,))
        elif field in COUNTS:
            yield Parameter(own, "structure", None, (here,), whole=True)
        elif field == "coverage" and value in (0.0, 1.0):
            continue  # of one material alone, which shares its plane with no other
        elif field == "coverage":
            yield Parameter(own, "share", None, (here,))
        elif field == "power":
            yield Parameter(own, "power", POWER, (here,))
        elif field in PAIRS and isinstance(value, tuple):  # a leakage is told `at` a temperature
            dimension = OFFSET if field == "at" else LENGTH
            for i, axis in enumerate("xy"):
                yield Parameter(f"{own}.{axis}", "structure", dimension, ((*here, i),))
            if len(value) == 3:
                yield Parameter(f"{name}.thickness", "thickness", LENGTH, ((*here, 2),))
        elif field in ("layers", "zones"):
            for i, item in enumerate(value):
                yield from _of_model(case, item, (*here, i), f"{name if field == 'layers' else own}[{i}]")
        elif isinstance(value, Model):
            yield from _of_model(case, value, here, own)


def _conductivities(case: Case, name: str, material: str, places: tuple[Place, ...]) -> Iterator[Parameter]:
    both = isinstance(case.material_named(material).conductivity, OrthotropicConductivity)
    ways: tuple[Direction, ...] = ("in_plane", "through") if both else ("value",)
    for way in ways:
        own = f"{name}.{way}" if both else f"{name}.conductivity"
        yield Parameter(own, "conductivity", CONDUCTIVITY, places, direction=way, material=material)


# ---------------------------------------------------------------- values
def value_of(case: Case, parameter: Parameter) -> float:
    """The value that a case has now, SI.

    Raises
    ------
    ValueError : the case leaves open how many there are
    """
    if parameter.material is not None:
        name = _at(case, parameter.places[0]) if parameter.places else parameter.material
        return _conductivity(case.material_named(name).conductivity, parameter.direction)
    value = _at(case, parameter.places[0])
    if value is None:
        raise ValueError(f"{parameter.name} is not given: there are as many as fit")
    return float(value[0] if isinstance(value, tuple) else value)


def with_values(case: Case, values: Mapping[Parameter, float]) -> Case:
    """The case with other values (SI), checked as if it had been written so.

    Raises
    ------
    CaseError : the values do not make a sound case
    """
    document = case.model_dump(by_alias=True, exclude_none=True, mode="json")
    for parameter, value in values.items():
        if parameter.material is not None:
            _put_conductivity(case, document, parameter, value)
            continue
        for place in parameter.places:
            _put(document, place, _written(parameter, value))
    return from_document(document, case.title)


def with_value(case: Case, parameter: Parameter, value: float) -> Case:
    """The case with one other value (SI); as `with_values`."""
    return with_values(case, {parameter: value})


def _written(parameter: Parameter, value: float) -> Any:
    if parameter.dimension is not None:
        return format_si(value, parameter.dimension)
    if not parameter.whole:
        return value
    pair = parameter.name.endswith(".count")  # along x and y
    return [round(value)] * 2 if pair else round(value)


def _conductivity(record: Conductivities, direction: Direction) -> float:
    if isinstance(record, OrthotropicConductivity):
        return float(record.in_plane if direction == "in_plane" else record.through)
    return float(record.along()[0])


def _put_conductivity(case: Case, document: dict[str, Any], parameter: Parameter, value: float) -> None:
    """Give a material another conductivity; under a name of its own where other parts are made of it too."""
    assert parameter.material is not None, "a conductivity belongs to a material"
    before = _at(document, parameter.places[0]) if parameter.places else parameter.material
    known = document.setdefault("materials", {})
    dumped = known.get(before) or case.material_named(before).model_dump(by_alias=True, exclude_none=True, mode="json")
    record = {"value": format_si(value, CONDUCTIVITY)}
    if parameter.direction != "value":
        ways = {way: dumped["conductivity"][way] for way in ("in_plane", "through")}
        record = {**ways, parameter.direction: record["value"]}
    alone = not parameter.places or (before in known and set(_users(document, before)) <= set(parameter.places))
    name = before if alone else _free_name({*known, *case.known_materials}, before)
    known[name] = {**dumped, "conductivity": record, "aliases": []}
    for place in parameter.places:
        _put(document, place, name)


def _users(document: Any, material: str) -> Iterator[Place]:
    """The places of a document's parts that name a material."""

    def search(node: Any, place: Place) -> Iterator[Place]:
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if key in MATERIAL_FIELDS and value == material:
                yield (*place, key)
            elif isinstance(value, dict | list):
                yield from search(value, (*place, key))

    yield from search(document["part"], ("part",))


def _free_name(taken: set[str], material: str) -> str:
    ends = ("-varied", *(f"-varied-{n}" for n in range(2, len(taken) + 3)))
    names = (material[: LONGEST_NAME - len(end)] + end for end in ends)
    return next(name for name in names if name not in taken)


def _at(node: Any, place: Place) -> Any:
    for step in place:
        node = getattr(node, str(step)) if isinstance(node, Model) else node[step]
    return node


def _put(document: Any, place: Place, value: Any) -> None:
    _at(document, place[:-1])[place[-1]] = value
