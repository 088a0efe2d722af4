"""Does the thing itself show what a limitation asks? Every kind of limitation and the check that answers it."""

from collections.abc import Sequence
from typing import assert_never

from thermopkg.claims import joints, places, rooms, rows, substances
from thermopkg.claims.circuit import Circuit
from thermopkg.claims.finding import Finding, mm
from thermopkg.claims.structure import Structure
from thermopkg.package.solids import Solid

# what is asked of single joints, of what lies between them, or of the paths of currents
NEEDS_JOINTS = (
    *(rows.FlipChip, rows.Connected, rows.ChipsetConnected, rows.Wires, rows.ThroughVias, rows.Traces, rows.TraceEnds),
    *(rows.JoinedThrough, rows.BallArray, rows.BumpsOnFace, rows.SitsOn, rows.Fills, rows.OneBody, rows.FillsAround),
)


def judge(circuit: Circuit, limitation: rows.AnyLimitation, parts: Sequence[str]) -> Finding:
    """Whether a limitation holds; nothing is shown of joints, and of what they hide, where a medium stands for them."""
    media = _media(circuit.structure)
    if media and isinstance(limitation, NEEDS_JOINTS):
        return Finding(None, media)
    finding = _checked(circuit, limitation, parts)
    if media and isinstance(limitation, rows.Exposed) and not finding.holds:
        return Finding(None, f"{finding.evidence}; {media}")
    return finding


def _media(structure: Structure) -> str:
    """Which joints are no cells of their own, in words; empty where all are."""
    found: dict[str, str] = {}
    for solid in structure.solids:
        if solid.medium is not None:
            told = f"{solid.medium.n_joints:,} of {solid.material}, {_height(solid)} high"
            found.setdefault(solid.name, told)
    if not found:
        return ""
    listed = " and ".join(f"{name} ({told})" for name, told in found.items())
    return f'homogenised: {listed}; joints and what lies between them show with model = "explicit" alone'


def _height(solid: Solid) -> str:
    low, high = solid.bounds[2]
    return mm(float(high - low))


def _checked(circuit: Circuit, limitation: rows.AnyLimitation, parts: Sequence[str]) -> Finding:
    """Run a limitation's check on the parts that play its elements, in the order of `limitation.elements`."""
    structure = circuit.structure
    match limitation:
        case rows.Present():
            return places.present(structure, *parts)
        case rows.Over():
            return places.over(structure, *parts)
        case rows.Chipset():
            return places.chipset(structure, limitation, *parts)
        case rows.Distance():
            return places.distance(structure, limitation, *parts)
        case rows.Exposed():
            return places.exposed(structure, *parts)
        case rows.SitsOn():
            return places.sits_on(circuit, *parts)
        case rows.Attached():
            return places.attached(structure, limitation, *parts)
        case rows.BackToBack():
            return places.back_to_back(structure, limitation, *parts)
        case rows.Fills():
            return rooms.fills(structure, limitation, *parts)
        case rows.OneBody():
            return rooms.one_body(structure, limitation, *parts)
        case rows.FillsAround():
            return rooms.fills_around(structure, limitation, *parts)
        case rows.FlipChip():
            return joints.flip_chip(circuit, limitation, *parts)
        case rows.Connected():
            return joints.connected(circuit, limitation, *parts)
        case rows.ChipsetConnected():
            return joints.chipset_connected(circuit, limitation, *parts)
        case rows.Wires():
            return joints.wires(circuit, limitation, *parts)
        case rows.ThroughVias():
            return joints.through_vias(circuit, limitation, *parts)
        case rows.Traces():
            return joints.traces(circuit, limitation, *parts)
        case rows.TraceEnds():
            return joints.trace_ends(circuit, limitation, *parts)
        case rows.JoinedThrough():
            return joints.joined_through(circuit, limitation, *parts)
        case rows.BallArray():
            return joints.ball_array(circuit, limitation, *parts)
        case rows.BumpsOnFace():
            return joints.bumps_on_face(circuit, limitation, *parts)
        case rows.ConductivityAbove():
            return substances.conductivity_above(structure, limitation, *parts)
        case rows.OfClass():
            return substances.of_class(structure, limitation, *parts)
        case rows.BumpsOfClass():
            return substances.bumps_of_class(structure, limitation, *parts)
        case rows.Insulating():
            return substances.insulating(structure, *parts)
        case rows.ModulusAtMost() | rows.WaterUptakeAtMost() | rows.ViscosityAtMost():
            return substances.at_most(structure, limitation, *parts)
        case rows.BuiltAs():
            return substances.built_as(structure, limitation, *parts)
        case _:
            assert_never(limitation)
