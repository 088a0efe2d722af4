"""Does a run bear out what the project says of its speed? Computed from the rows, and only from those."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.measure import Measurement, SolverName
from benchmarks.package_model import SizeName
from benchmarks.solvers import TARGET

Verdict = Literal["PASS", "FAIL", "not measured"]

# The rise averaged over the source is f.u, and f.u is off by u.r, which for |r| = 1e-8 |f| is at most
# 1e-8 |u| |f| / (u.f) = 4e-8 of it: the rise is nearly even, and the source takes one point in eighteen.
AGREEMENT = 1e-7


@dataclass(frozen=True)
class SpeedLimit:
    """The engine is at least `times` as fast as a peer at one size."""

    peer: SolverName
    size: SizeName
    times: float


SPEED_LIMITS = (
    SpeedLimit("prototype", "medium", 1.0),
    SpeedLimit("prototype", "large", 1.0),
    SpeedLimit("scikit-fem", "medium", 20.0),
    SpeedLimit("ruge-stuben", "medium", 6.0),
    SpeedLimit("ruge-stuben", "large", 12.0),
)


@dataclass(frozen=True)
class Statement:
    """A sentence with its verdict and the figure that decided."""

    text: str
    verdict: Verdict
    measured: str


def times_of_engine(row: Measurement, rows: Sequence[Measurement]) -> float | None:
    """Time of a row over the engine's; None where the engine was not measured.

    Solvers of a lattice are all handed the same one, so only set-up and solve count, on the engine's side as well.
    scikit-fem makes an operator of its own: there assembly counts on both sides, against the primal lattice, which
    has the same unknowns and bounds θ from the same side.
    """
    own_operator = row.solver == "scikit-fem"
    side = "primal" if own_operator else row.operator
    for other in rows:
        if (other.solver, other.operator, other.size) == ("engine", side, row.size):
            if own_operator:
                return row.total_seconds / other.total_seconds
            return row.solver_seconds / other.solver_seconds
    return None


def statements(rows: Sequence[Measurement]) -> list[Statement]:
    """Everything that a run can say, in the order in which it is printed."""
    sizes = list(dict.fromkeys(row.size for row in rows))
    found = [_residuals(rows)]
    for size in sizes:
        of_size = [row for row in rows if row.size == size]
        found += [_agreement(of_size, side) for side in ("primal", "dual")]
        found.append(_bracketed(of_size))
    return [*found, *(_speed(limit, rows) for limit in SPEED_LIMITS)]


def _residuals(rows: Sequence[Measurement]) -> Statement:
    worst = max(rows, key=lambda row: row.relative_residual)
    return Statement(
        f"every true residual is at or below {TARGET:g}",
        "PASS" if worst.relative_residual <= TARGET else "FAIL",
        f"largest {worst.relative_residual:.2e}, {worst.solver} {worst.operator} {worst.size}",
    )


def _agreement(rows: Sequence[Measurement], side: str) -> Statement:
    thetas = [row.theta for row in rows if row.operator == side]
    text = f"{rows[0].size}: all solvers of the {side} lattice find the same θ within {AGREEMENT:g}"
    if len(thetas) < 2:
        return Statement(text, "not measured", "")
    spread = max(thetas) / min(thetas) - 1
    return Statement(text, "PASS" if spread <= AGREEMENT else "FAIL", f"spread {spread:.1e}")


def _bracketed(rows: Sequence[Measurement]) -> Statement:
    """Full quadrature can only raise the vertex rule's θ, and stays a lower bound."""
    theta = {(row.solver, row.operator): row.theta for row in rows}
    low, high = theta.get(("engine", "primal")), theta.get(("engine", "dual"))
    text = f"{rows[0].size}: the θ of scikit-fem's full Q1 elements lies between the engine's bounds"
    middle = theta.get(("scikit-fem", "full Q1"))
    if low is None or high is None or middle is None:
        return Statement(text, "not measured", "")
    return Statement(text, "PASS" if low <= middle <= high else "FAIL", f"{low:.4f} <= {middle:.4f} <= {high:.4f} K/W")


def _speed(limit: SpeedLimit, rows: Sequence[Measurement]) -> Statement:
    """Both lattices together where the peer solves both."""
    if limit.times == 1.0:
        text = f"{limit.size}: the engine is no slower than {limit.peer}"
    else:
        text = f"{limit.size}: the engine is at least {limit.times:g} times as fast as {limit.peer}"
    theirs = [row for row in rows if (row.solver, row.size) == (limit.peer, limit.size)]
    ours = [row for row in rows if (row.solver, row.size) == ("engine", limit.size)]
    if limit.peer == "scikit-fem":
        ours = [row for row in ours if row.operator == "primal"]
        theirs_seconds, ours_seconds = (sum(row.total_seconds for row in side) for side in (theirs, ours))
    else:
        theirs_seconds, ours_seconds = (sum(row.solver_seconds for row in side) for side in (theirs, ours))
    if not ours or len(theirs) != len(ours):
        return Statement(text, "not measured", "")
    ratio = theirs_seconds / ours_seconds
    measured = f"{ratio:.2f} times, {theirs_seconds:.2f} s against {ours_seconds:.2f} s"
    return Statement(text, "PASS" if ratio >= limit.times else "FAIL", measured)
