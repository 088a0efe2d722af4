"""Which test board goes under a package? Its layers, with traces that flare, planes and thermal vias, from a preset.

Traces are copper that covers a share of a zone, smeared in every direction; so are the vias, as copper that takes a
share of the dielectric over the first plane. What that leaves out is told in docs/environments.md.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case, with_ending
from thermopkg.case.part import Layer, Zone
from thermopkg.case.parts import Balls, Board, Encapsulant, Pads, Part
from thermopkg.case.presets import BoardPreset, Outline, presets
from thermopkg.errors import CaseError, Fault
from thermopkg.package.package import Package
from thermopkg.package.placing import place
from thermopkg.package.site import mm
from thermopkg.setups.stance import Stance, stance

Style = Literal["1s", "2s2p"]
FAMILIES: dict[Style, tuple[str, str]] = {  # of ball arrays and all that lies flat, and of leads
    "1s": ("jesd51-9-style 1s", "jesd51-3-style 1s"),
    "2s2p": ("jesd51-9-style 2s2p", "jesd51-7-style 2s2p"),
}
COPPER, LAMINATE, GAP = "copper", "fr4", "air"
RINGS = 3  # between the package and the end of its traces; twice as many move theta by less than their density is known
TO_THE_RIM = 1 / 6  # of the side of a square: mean way from its points to the nearest side


@dataclass(frozen=True)
class BoardOptions:
    """What of a test board differs from its preset; None takes the preset's, or the package's own. Lengths in m."""

    preset: str | None = None  # by default that of ball arrays, or of leads, in the style asked for
    joints: int | None = None  # from each of which one trace leads away
    pitch: float | None = None
    trace_width: float | None = None
    densest: float | None = None  # coverage at the package's edge that traces are too narrow to exceed
    vias_under_joints: float | None = None  # share of the joints with a via to the first plane
    back_coverage: float | None = None
    name: str = "board"


def board_for(style: Style, package: Package, options: BoardOptions | None = None) -> tuple[Part, ...]:
    """The board for a package, and what changes or comes with it; each takes the place of the part of its name, if any.

    The gap between package and board is filled with air where nothing else fills it: it conducts, and neither
    convects nor radiates.

    Raises
    ------
    CaseError : with every reason why the package cannot stand on such a board
    """
    options = BoardOptions() if options is None else options
    found = stance(package, options.joints, options.pitch)
    faults = [*_option_faults(style, options), *_package_faults(package, options)]
    if isinstance(found, Fault) and not any(isinstance(part, Board) for part in package.case.part):
        faults.append(found)  # of a board that is there already it would tell what is no fault of the package
    if isinstance(found, Fault) or faults:
        raise CaseError(faults, package.case.title)
    preset = preset_for(style, found, options)
    outline = _outline(preset, found)
    if outline is None:
        side, largest = float(found.size.max()), preset.largest.up_to
        told = f"is {mm(side)} wide; the boards of this style take packages up to {mm(largest)}"
        raise CaseError([Fault("the package", told)], package.case.title)
    body = found.body.mean(axis=1)
    board = Board(
        name=options.name,
        under=found.part.name,
        size=(_m(outline.size[0]), _m(outline.size[1])),
        at=_pair(body - found.middle),
        layers=board_layers(preset, outline, found, options),
    )
    return (*_gap_filled(package, found, options), board)


def on_board(case: Case, style: Style, options: BoardOptions | None = None) -> Case:
    """A case with its package on a test board; environment and study are its own still.

    Raises
    ------
    GeometryError, CaseError : as `place` and `board_for`
    """
    parts = {part.name: part for part in case.part}
    parts |= {part.name: part for part in board_for(style, place(case), options)}
    return Case(
        title=with_ending(case.title, f", on a {style} board"),
        description=case.description,
        part=tuple(parts.values()),
        contact=case.contact,
        environment=case.environment,
        study=case.study,
        materials=case.materials,
    )


def preset_for(style: Style, found: Stance, options: BoardOptions) -> BoardPreset:
    """The preset that the options name, or the one of the package's kind."""
    return presets().board[options.preset or FAMILIES[style][1 if found.at_rim else 0]]


def _outline(preset: BoardPreset, found: Stance) -> Outline | None:
    side = float(found.size.max())
    return next((outline for outline in preset.outlines if side <= outline.up_to * (1 + 1e-9)), None)


# ---------------------------------------------------------------- layers
def board_layers(preset: BoardPreset, outline: Outline, found: Stance, options: BoardOptions) -> tuple[Layer, ...]:
    """From the back to the traces."""
    back = preset.back_coverage.value if options.back_coverage is None else options.back_coverage
    outer = preset.trace_thickness.value
    traces = _copper(outer, 0.0, _trace_zones(preset, outline, found, options))
    layers = [_copper(outer, back)] if back > 0 else []
    taken = outer * (len(layers) + 1)
    if preset.plane_thickness is None or preset.dielectric is None:
        return (*layers, _laminate(preset.thickness.value - taken), traces)
    inner, plane = preset.dielectric.value, _plane(preset, outline)
    if not layers:
        taken += outer
        layers = [_laminate(outer)]  # where the back has no copper there is laminate in its place
    core = preset.thickness.value - taken - 2 * (inner + preset.plane_thickness.value)
    vias = _laminate(inner, _via_zones(preset, found, options))
    return (*layers, _laminate(inner), plane, _laminate(core), plane, vias, traces)


def _copper(thickness: float, coverage: float, zones: tuple[Zone, ...] = ()) -> Layer:
    return Layer(material=COPPER, thickness=_m(thickness), coverage=coverage, fill=LAMINATE, zones=zones)


def _laminate(thickness: float, vias: tuple[Zone, ...] = ()) -> Layer:
    if vias:
        return Layer(material=COPPER, thickness=_m(thickness), coverage=0.0, fill=LAMINATE, zones=vias)
    return Layer(material=LAMINATE, thickness=_m(thickness))


def _plane(preset: BoardPreset, outline: Outline) -> Layer:
    """A square of solid copper, as wide as the board less the clearance on both sides."""
    assert preset.plane_thickness is not None, "a preset with planes has their thickness"
    clearance = 0.0 if preset.plane_clearance is None else preset.plane_clearance.value
    side = _m(min(outline.size) - 2 * clearance)
    return _copper(preset.plane_thickness.value, 0.0, (Zone(size=(side, side), coverage=1.0),))


# ---------------------------------------------------------------- traces
def _trace_zones(preset: BoardPreset, outline: Outline, found: Stance, options: BoardOptions) -> tuple[Zone, ...]:
    """Squares from the end of the traces inwards, then the shadow of the package, then the land of a paddle.

    N traces of width w cross a ring from side a to side b on a way of (b - a) / 2: they cover N w / (2 (a + b)) of it.
    """
    width = trace_width(preset, found, options)
    inner = float(found.size.max())
    sides = np.linspace(inner, inner + 2 * preset.fan_out.value, RINGS + 1)
    zones = []
    for a, b in pairwise(sides.tolist()):
        coverage = found.joints * width / (2 * (a + b))
        side = _m(min(b, *outline.size))  # what would lead beyond a narrow board ends at its edge
        zones.append(Zone(size=(side, side), coverage=coverage))
    zones.append(Zone(size=_pair(found.size), coverage=_shadow(found, width)))
    if found.paddle is not None:
        zones.append(Zone(size=_pair(np.array(found.paddle)), coverage=1.0, at=_pair(found.middle - _centre(found))))
    return (*zones[RINGS - 1 :: -1], *zones[RINGS:])


def trace_width(preset: BoardPreset, found: Stance, options: BoardOptions) -> float:
    """As the options have it, or else the preset's share of the pitch; in any case all leave the package abreast, m."""
    width = preset.trace_width.value * found.pitch if options.trace_width is None else options.trace_width
    edge = 4 * float(found.size.max())
    return float(min(width, _densest(preset, options) * edge / found.joints))


def _densest(preset: BoardPreset, options: BoardOptions) -> float:
    return float(preset.densest.value if options.densest is None else options.densest)


def _shadow(found: Stance, width: float) -> float:
    """Coverage under the package: the lands, and of ball arrays the traces on their way to the rim."""
    area = float(np.prod(found.size))
    lands = min(found.joints * found.land / area, 1.0)
    escapes = 0.0 if found.at_rim else found.joints * width * TO_THE_RIM * float(found.size.max()) / area
    return min(lands + escapes, 1.0)


# ---------------------------------------------------------------- vias
def _via_zones(preset: BoardPreset, found: Stance, options: BoardOptions) -> tuple[Zone, ...]:
    """Where copper barrels pass the dielectric over the first plane: under the joints, or under a paddle."""
    if preset.via_diameter is None or preset.via_plating is None:
        return ()
    barrel = math.pi * (preset.via_diameter.value - preset.via_plating.value) * preset.via_plating.value
    at = _pair(found.middle - _centre(found))
    if found.at_rim:
        if found.paddle is None or preset.via_pitch is None:
            return ()
        pitch = preset.via_pitch.value
        number = math.prod(max(1, math.floor(length / pitch)) for length in found.paddle)
        size = np.array(found.paddle)
    else:
        share = preset.vias_under_joints.value if preset.vias_under_joints is not None else 0.0
        share = share if options.vias_under_joints is None else options.vias_under_joints
        number, size = share * found.joints, found.array[:, 1] - found.array[:, 0]
        at = _pair(found.array.mean(axis=1) - _centre(found))
    coverage = min(number * barrel / float(np.prod(size)), 1.0)
    return (Zone(size=_pair(size), coverage=coverage, at=at),) if coverage > 0 else ()


# ---------------------------------------------------------------- the gap
def _gap_filled(package: Package, found: Stance, options: BoardOptions) -> Iterator[Part]:
    """Balls that hold air between them, or a layer of air around pads."""
    match found.part:
        case Balls(fill=None, under=str()):
            yield found.part.model_copy(update={"fill": GAP})
        case Pads(under=str(carrier)):
            box = package.parts[carrier].box[:2]
            yield Encapsulant(
                name=f"{options.name}-gap",
                on=options.name,
                up_to=carrier,
                material=GAP,
                size=_pair(box[:, 1] - box[:, 0]),
                at=_pair(box.mean(axis=1) - _centre(found)),
            )
        case _:
            return


# ---------------------------------------------------------------- what cannot be
def _option_faults(style: Style, options: BoardOptions) -> Iterator[Fault]:
    known = presets().board
    if style not in FAMILIES:
        yield Fault("style", f"'{style}' is no test board; there are {', '.join(FAMILIES)}")
    if options.preset is not None and options.preset not in known:
        yield Fault("options.preset", f"'{options.preset}' is no test board; there are {', '.join(known)}")
    elif options.preset is not None and not options.preset.endswith(f" {style}"):
        yield Fault("options.preset", f"'{options.preset}' is no {style} board; name one, or leave the preset out")
    if options.joints is not None and options.joints < 1:
        yield Fault("options.joints", f"{options.joints} joints lead no trace away; give one at least")
    for field in ("pitch", "trace_width"):
        value = getattr(options, field)
        if value is not None and not 0 < value < math.inf:
            yield Fault(f"options.{field}", f"{value:g} m is no length; give it in metres, above zero")
    if options.pitch is not None and options.trace_width is not None and options.trace_width >= options.pitch > 0:
        yield Fault("options.trace_width", f"{mm(options.trace_width)} is not below the pitch of {mm(options.pitch)}")
    for field in ("densest", "vias_under_joints", "back_coverage"):
        value = getattr(options, field)
        if value is not None and not 0 <= value <= 1:
            yield Fault(f"options.{field}", f"{value:g} is no share; give a number from 0 to 1")


def _package_faults(package: Package, options: BoardOptions) -> Iterator[Fault]:
    for part in package.case.part:
        if isinstance(part, Board):
            yield Fault(
                f"part '{part.name}'",
                "is a board already; leave it out, as a test board takes its place under the package",
            )
        elif part.name in (options.name, f"{options.name}-gap"):
            yield Fault("options.name", f"'{part.name}' is the name of a part; give the board another")


def _centre(found: Stance) -> FloatArray:
    """Middle of the package and of its board, seen from above, m, shape (2,)."""
    return np.asarray(found.body.mean(axis=1))


def _m(length: float) -> str:
    """As a case writes it, without what rounding adds."""
    return f"{round(float(length), 12)!r} m"


def _pair(lengths: FloatArray) -> tuple[str, str]:
    """Along x and y."""
    return _m(lengths[0]), _m(lengths[1])
