"""What in a case is allowed and still looks like a slip? Values outside of what packages are made of and live in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from thermopkg.case.case import Case
from thermopkg.case.environment import AirCondition, FilmCondition, FixedTemperature
from thermopkg.case.material import Material, library, library_names
from thermopkg.case.model import dotted
from thermopkg.case.part import Layer, PlacedModel
from thermopkg.case.parts import (
    Adhesive,
    Balls,
    Board,
    Carrier,
    Chip,
    Encapsulant,
    LeadFrame,
    Part,
    Tape,
    Vias,
    Wires,
)
from thermopkg.case.rectangle import hides
from thermopkg.errors import Fault

ZERO_CELSIUS = 273.15  # K


@dataclass(frozen=True)
class Usual:
    """The range that a quantity is met in, in SI."""

    low: float
    high: float
    words: str = ""  # whose range it is

    def holds(self, value: float) -> bool:
        """Whether a value lies in it, ends included."""
        return self.low <= value <= self.high


DIE_THICKNESS = Usual(0.02e-3, 1.5e-3, "chips are {low} to {high} thick")  # thinned for stacking; a thick wafer, uncut
GAP = Usual(0.005e-3, 2e-3, "gaps are {low} to {high}")  # a bond line; twice the height of a passive
FOOTPRINT = Usual(1e-3, 150e-3, "packages are {low} to {high} wide")  # wafer-level; the largest server processors
LAYER = Usual(0.5e-6, 5e-3, "layers are {low} to {high} thick")  # a thin-film metal; a thick board's core
SHEET = Usual(0.05e-3, 1e-3, "lead frames are {low} to {high} thick")  # etched; stamped for power
JOINT = Usual(1e-6, 0.5e-3, "adhesives are {low} to {high} thick")  # between hybrid-bonded and spacer films
WIRE = Usual(10e-6, 0.5e-3, "bond wires are {low} to {high} thick")  # finest gold; heavy aluminium
VIA = Usual(5e-6, 1e-3, "vias are {low} to {high} wide")  # of thin films; drilled through boards
AMBIENT = Usual(ZERO_CELSIUS - 100, ZERO_CELSIUS + 200)  # beyond space and down-hole electronics
COMMON = Usual(ZERO_CELSIUS - 70, ZERO_CELSIUS + 150)  # what a number in the other unit must come to
FILM = Usual(1.0, 1e5)  # half of still air without radiation; jets of boiling water
FLUX = 1e7  # W/m^2, 1 kW/cm^2: hot spots of power amplifiers get there, whole chips do not
FAR = 5.0  # times beyond the library's own spread is far outside a class


def warnings(case: Case) -> tuple[Fault, ...]:
    """Values that pass and look like a slip, each with the likely meaning; an answer keeps them beside its numbers."""
    return (
        *(fault for part in case.part for fault in _of_part(part)),
        *_of_environment(case),
        *(fault for name, material in case.materials.items() for fault in _of_material(name, material)),
    )


# ---------------------------------------------------------------- lengths and power
def _of_part(part: Part) -> Iterator[Fault]:
    where = f"part '{part.name}'"
    if isinstance(part, PlacedModel) and part.gap is not None:
        yield from _length(f"{where}.gap", part.gap, GAP)
    match part:
        case Chip():
            yield from _length(f"{where}.size[2]", part.size[2], DIE_THICKNESS)
            flux = part.power / (part.size[0] * part.size[1])
            if flux > FLUX:
                yield Fault(
                    f"{where}.power",
                    f"{part.power:g} W on this face are {flux * 1e-4:,.0f} W/cm^2, more than any chip stands; "
                    f"did you mean {part.power:g} mW?",
                )
        case LeadFrame():
            yield from _length(f"{where}.thickness", part.thickness, SHEET)
        case Tape():
            yield from _length(f"{where}.thickness", part.thickness, LAYER)
            yield from _length(f"{where}.leads.thickness", part.leads.thickness, LAYER)
        case Adhesive():
            yield from _length(f"{where}.thickness", part.thickness, JOINT)
        case Wires():
            yield from _length(f"{where}.diameter", part.diameter, WIRE)
        case Vias():
            yield from _length(f"{where}.diameter", part.diameter, VIA)
        case Carrier() | Board():
            for i, layer in enumerate(part.layers):
                yield from _length(f"{where}.layers[{i}].thickness", layer.thickness, LAYER)
                yield from _hidden(f"{where}.layers[{i}]", layer)
        case _:
            pass
    if isinstance(part, Carrier | LeadFrame | Tape | Encapsulant) and part.size is not None:
        for axis in range(2):
            yield from _length(f"{where}.size[{axis}]", part.size[axis], FOOTPRINT)


def _hidden(path: str, layer: Layer) -> Iterator[Fault]:
    """Zones of which nothing is to be seen."""
    for j, zone in enumerate(layer.zones):
        for k, later in enumerate(layer.zones[j + 1 :], start=j + 1):
            if hides(later.at, later.size, zone.at, zone.size):
                yield Fault(f"{path}.zones[{j}]", f"is painted over by zones[{k}]; name the larger ones first")
                break


def _length(path: str, value: float, usual: Usual) -> Iterator[Fault]:
    if usual.holds(value):
        return
    meant = ""
    if usual.holds(value * 1e-3):
        meant = f"; did you mean {_number(value * 1e3)} um?"
    elif usual.holds(value * 1e3):
        meant = f"; did you mean {_number(value * 1e6)} mm?"
    yield Fault(path, f"{_shown(value)}: {usual.words.format(low=_shown(usual.low), high=_shown(usual.high))}{meant}")


def _shown(length: float) -> str:
    return f"{_number(length * 1e3)} mm" if length >= 1e-4 else f"{_number(length * 1e6)} um"


def _number(value: float) -> str:
    return f"{value:.6g}"


# ---------------------------------------------------------------- surroundings
def _of_air(case: Case) -> Iterator[Fault]:
    in_air = any(isinstance(condition, AirCondition) for condition in case.environment.conditions().values())
    if case.environment.altitude and not in_air:
        yield Fault("environment.altitude", "changes nothing: no face has air = ..., and a film is what it is")
    if in_air and any(isinstance(part, Board) for part in case.part):
        for part in case.part:
            if isinstance(part, Balls) and part.fill is None:
                yield Fault(
                    f"part '{part.name}'.fill",
                    "nothing stands between the balls, so that air cools both faces of the gap as if they were free; "
                    'for the still air of so narrow a gap write fill = "air"',
                )


def _of_environment(case: Case) -> Iterator[Fault]:
    yield from _of_air(case)
    yield from _temperature("environment.ambient", case.environment.ambient)
    for name, condition in case.environment.conditions().items():
        path = dotted(case.environment.place_of(name))
        match condition:
            case AirCondition(ambient=float(ambient)):
                yield from _temperature(f"{path}.ambient", ambient)
            case FilmCondition(film=film, ambient=ambient):
                yield from _film(f"{path}.film", film)
                if ambient is not None:
                    yield from _temperature(f"{path}.ambient", ambient)
            case FixedTemperature(temperature=temperature):
                yield from _temperature(f"{path}.temperature", temperature)
            case _:
                pass


def _temperature(path: str, value: float) -> Iterator[Fault]:
    celsius = value - ZERO_CELSIUS
    if AMBIENT.holds(value):
        return
    meant = ""
    if COMMON.holds(celsius):
        meant = f"; kelvin? Then write {_number(celsius)} K"
    elif COMMON.holds(value + ZERO_CELSIUS):
        meant = f"; degrees Celsius? Then write {_number(value)} degC"
    yield Fault(path, f"{_number(celsius)} degC are unusual surroundings{meant}")


def _film(path: str, value: float) -> Iterator[Fault]:
    if value == 0 or FILM.holds(value):
        return
    if value < FILM.low:
        meant = f"; {_number(value)} W/cm^2/K would be {_number(value * 1e4)} W/m^2/K"
        yield Fault(path, f"{_number(value)} W/m^2/K: even still air takes 5 to 15{meant}")
    else:
        yield Fault(
            path,
            f"{_number(value)} W/m^2/K: even boiling water takes no more than {_number(FILM.high)}; "
            'for an ideal cold plate write { temperature = "25 degC" }',
        )


# ---------------------------------------------------------------- materials
CONDUCTIVITY_SLIPS: Mapping[str, float] = {"W/cm/K": 100.0, "W/mm/K": 1000.0}


def _of_material(name: str, material: Material) -> Iterator[Fault]:
    path = dotted(("materials", name))
    if name in library():
        yield Fault(path, f"hides the library's '{name}' in this case; give it a name of its own")
    low, high = _spread(material)
    own = sorted(material.conductivity.along())
    for value in dict.fromkeys((float(own[0]), float(own[-1]))):
        if low / FAR <= value <= high * FAR:
            continue
        slips = [
            f"{_number(value)} {unit} would be {_number(value * factor)} W/m/K"
            for unit, factor in CONDUCTIVITY_SLIPS.items()
            if low <= value * factor <= high
        ]
        slips += [
            f"did you mean {_number(value / factor)} W/m/K?"
            for factor in CONDUCTIVITY_SLIPS.values()
            if low <= value / factor <= high
        ]
        yield Fault(
            f"{path}.conductivity",
            f"{_number(value)} W/m/K: in the library this class ({material.class_}) lies between {_number(low)} "
            f"and {_number(high)}{''.join(f'; {slip}' for slip in slips)}",
        )


def _spread(material: Material) -> tuple[float, float]:
    """Lowest and highest conductivity in any direction of the library's materials of the same class, W/m/K."""
    known = library()
    values = [
        float(value)
        for name in library_names()
        if known[name].class_ == material.class_
        for value in known[name].conductivity.along()
    ]
    return min(values), max(values)
