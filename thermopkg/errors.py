"""Which ways are there to fail? The exception types, nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with an input: where it stands and what is wrong, in words that mend it."""

    path: str  # dotted, "part[2].thickness"; empty for the file as a whole
    message: str  # what was got and what is allowed


class ThermopkgError(Exception):
    """Any failure that the program foresees; its text is meant for the user."""


class CaseError(ThermopkgError):
    """A case cannot be read or does not make sense. Holds every fault found, not just the first."""

    def __init__(self, faults: Iterable[Fault], source: Path | str = "case") -> None:
        self.faults = tuple(faults)
        self.source = str(source)
        width = max((len(fault.path) for fault in self.faults), default=0)
        lines = [f"  {fault.path:<{width}}  {fault.message}".rstrip() for fault in self.faults]
        super().__init__("\n".join([self.source, *lines]))


class GeometryError(CaseError):
    """The parts of a well-formed case do not fit together: overlaps, parts that float or stick out."""


class OutputError(CaseError):
    """The place for the output cannot be written."""


class ModelError(ThermopkgError):
    """A well-formed model is unphysical: a source with no path to any ambient, a conductivity of zero."""


class ConvergenceError(ThermopkgError):
    """A solver stopped short of its target."""

    def __init__(self, residual: float, target: float, iterations: int, advice: str) -> None:
        self.residual, self.target, self.iterations, self.advice = residual, target, iterations, advice
        super().__init__(
            f"not converged: relative residual {residual:.2e} after {iterations} iterations, "
            f"wanted {target:.1e}; {advice}"
        )


class Interrupted(ThermopkgError):
    """Somebody has stopped the program; the text says what is left of what it did."""
