"""Where did the watts go? Heat through every exposed face against heat made, checked on every run."""

from collections.abc import Mapping
from dataclasses import dataclass

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ConvergenceError
from thermopkg.system import ThermalSystem

LARGEST_IMBALANCE = 1e-6  # of the heat that crosses the package; beyond it a run fails


@dataclass(frozen=True)
class Balance:
    """Heat made and heat gone, W.

    `by_surface` : through each condition of the environment (top, bottom, sides, named faces); negative: taken in
    `by_face` : through each exposed face of each part, "sink.top"
    """

    generated: float
    by_surface: Mapping[str, float]
    by_face: Mapping[str, float]
    relative_error: float


def balance(system: ThermalSystem, rise: FloatArray, amounts: Mapping[str, float], generated: float) -> Balance:
    """The account of the field of rises (K) that amounts of the loads make, by films and held faces one by one.

    Raises
    ------
    ConvergenceError : what leaves is not what was made
    """
    by_surface: dict[str, float] = {}
    by_face: dict[str, float] = {}
    for (part, face, surface), heat in system.leaving(rise, amounts).items():
        by_surface[surface] = by_surface.get(surface, 0.0) + heat
        by_face[f"{part}.{face}"] = by_face.get(f"{part}.{face}", 0.0) + heat
    left = sum(by_face.values())
    crossing = max(generated, 0.5 * sum(abs(heat) for heat in by_face.values()))
    error = abs(generated - left) / crossing if crossing > 0 else 0.0
    if error > LARGEST_IMBALANCE:
        raise ConvergenceError(error, LARGEST_IMBALANCE, 0, f"{left:.9g} W leave where {generated:.9g} W are made")
    return Balance(generated, by_surface, by_face, error)
