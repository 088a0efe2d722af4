"""Does a run bear out what the project says of scaling? Computed from the rows, and only from those."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from benchmarks.iterations import Iterations
from benchmarks.lean_bracket import WholeBracket
from benchmarks.same_accuracy import WANTED, Accuracy
from benchmarks.single_precision import Agreement
from benchmarks.solvers import TARGET
from benchmarks.statements import AGREEMENT, Statement

GB = 1e9
EXPONENT = 1.05  # of time against cells
BYTES = 110  # per unknown of the larger lattice, from LARGE cells on, where fixed costs no longer count
LARGE = 1e6
SECONDS = {10e6: 10.0, 100e6: 100.0}  # by cells
MEMORY = {100e6: 12 * GB}  # by cells
NEAR = 0.05  # a size counts as the one that is meant
FEWEST_SIZES = 3  # for a fit
MOST_ITERATIONS = 25
NANOSECONDS = 10.0  # per unknown and iteration
EVEN = "package"  # the shape whose planes are even, so that levels add up to little; the goal was set on it
BUSY = 3.0  # times as long beside a busy core
SAME = 1e-8  # relative, with and without float32


@dataclass(frozen=True)
class BusySolve:
    """Solve times alone and beside a busy core, s; those that took longer than `limit` are missing."""

    solver: str
    runs: int
    limit: float
    alone: tuple[float, ...]
    beside: tuple[float, ...]

    @property
    def ratio(self) -> float | None:
        """Median beside a busy core over median alone; None where solves are missing."""
        if len(self.beside) < self.runs or len(self.alone) < self.runs:
            return None
        return median(self.beside) / median(self.alone)


Row = WholeBracket | Iterations | BusySolve | Agreement | Accuracy


def statements(rows: Sequence[Row]) -> list[Statement]:
    """Everything that the rows of any sections can say."""
    return [
        *_of_brackets([row for row in rows if isinstance(row, WholeBracket)]),
        *_of_iterations([row for row in rows if isinstance(row, Iterations)]),
        *_of_neighbours([row for row in rows if isinstance(row, BusySolve)]),
        *_of_precision([row for row in rows if isinstance(row, Agreement)]),
        *_of_accuracy([row for row in rows if isinstance(row, Accuracy)]),
    ]


def exponent(rows: Sequence[WholeBracket]) -> float | None:
    """p of seconds ~ cells^p by least squares on logarithms; None for too few sizes."""
    if len(rows) < FEWEST_SIZES:
        return None
    slope, _ = np.polyfit(np.log([row.n_cells for row in rows]), np.log([row.seconds for row in rows]), 1)
    return float(slope)


def _judged(text: str, holds: bool, measured: str) -> Statement:
    return Statement(text, "PASS" if holds else "FAIL", measured)


def _of_brackets(rows: Sequence[WholeBracket]) -> Iterator[Statement]:
    if not rows:
        return
    large = [row for row in rows if row.n_cells >= LARGE * (1 - NEAR)]
    for name, chosen in (("all sizes", rows), ("1 M cells and more", large)):
        text = f"time of a bracket over cells, {name}: exponent at most {EXPONENT:g}"
        found = exponent(chosen)
        yield (
            Statement(text, "not measured", "")
            if found is None
            else _judged(text, found <= EXPONENT, f"{found:.3f}, {len(chosen)} sizes")
        )
    for size, seconds in SECONDS.items():
        text = f"a bracket on {size / 1e6:g} M cells within {seconds:g} s"
        row = _of_size(rows, size)
        yield (
            Statement(text, "not measured", "")
            if row is None
            else _judged(text, row.seconds <= seconds, f"{row.seconds:.1f} s")
        )
    for size, memory in MEMORY.items():
        text = f"a bracket on {size / 1e6:g} M cells within {memory / GB:g} GB"
        row = _of_size(rows, size)
        yield (
            Statement(text, "not measured", "")
            if row is None
            else _judged(text, row.peak_bytes <= memory, f"{row.peak_bytes / GB:.2f} GB")
        )
    text = f"at most {BYTES} bytes per unknown from 1 M cells on"
    if large:
        worst = max(large, key=lambda row: row.bytes_per_unknown)
        yield _judged(text, worst.bytes_per_unknown <= BYTES, f"{worst.bytes_per_unknown:.0f}, {worst.name}")
    else:
        yield Statement(text, "not measured", "")
    low, high = max(row.lower for row in rows), min(row.upper for row in rows)
    yield _judged("the brackets of all sizes have values in common", low <= high, f"[{low:.4f}, {high:.4f}] K/W")


def _of_size(rows: Sequence[WholeBracket], size: float) -> WholeBracket | None:
    return next((row for row in rows if abs(row.n_cells / size - 1) <= NEAR), None)


def _of_iterations(rows: Sequence[Iterations]) -> Iterator[Statement]:
    own = [row for row in rows if row.solver == "engine"]
    if not own:
        return
    lost = [row for row in own if row.iterations is None]
    most = max(own, key=lambda row: row.iterations or np.inf)
    yield _judged(
        f"at most {MOST_ITERATIONS} iterations on every lattice of every shape",
        (most.iterations or np.inf) <= MOST_ITERATIONS,
        f"{most.iterations or 'no convergence'}, {most.name} {most.side}; {len(own)} lattices",
    )
    timed = [row for row in own if row.nanoseconds is not None]
    even = [row for row in timed if row.name.startswith(EVEN)]
    if even:
        slowest = max(even, key=lambda row: row.nanoseconds or 0.0)
        yield _judged(
            f"at most {NANOSECONDS:g} ns per unknown and iteration on the lattices of {EVEN}(n)",
            (slowest.nanoseconds or np.inf) <= NANOSECONDS,
            f"{slowest.nanoseconds:.1f} ns, {slowest.name} {slowest.side}; {len(even)} lattices",
        )
    slow = [row for row in timed if (row.nanoseconds or 0.0) > NANOSECONDS]
    slowest = max(timed, key=lambda row: row.nanoseconds or 0.0)
    yield _judged(
        f"at most {NANOSECONDS:g} ns per unknown and iteration on every lattice of every shape",
        not slow,
        f"{slowest.nanoseconds:.1f} ns, {slowest.name} {slowest.side}; above on {len(slow)} of {len(timed)} lattices; "
        f"per point of all levels at most {max(row.nanoseconds_of_levels or 0.0 for row in timed):.1f} ns",
    )
    over = [row for row in timed if row.relative_residual > max(TARGET, row.rounding)]
    rounded = [row for row in timed if row.relative_residual > TARGET]
    worst = max(timed, key=lambda row: row.relative_residual)
    yield _judged(
        f"every true residual at or below {TARGET:g}, or below the rounding of its own rises",
        not over and not lost,
        f"largest {worst.relative_residual:.1e}, {worst.name} {worst.side}; {len(rounded)} above {TARGET:g}",
    )
    pairs = [
        (row, other)
        for row in timed
        for other in rows
        if other.solver == "prototype" and other.iterations and (other.name, other.side) == (row.name, row.side)
    ]
    if pairs:
        apart = max(abs(row.theta / other.theta - 1) for row, other in pairs)
        yield _judged(f"θ is the prototype's within {AGREEMENT:g}", apart <= AGREEMENT, f"apart by {apart:.1e} at most")
        gains = sorted((other.solve_seconds / row.solve_seconds, f"{row.name} {row.side}") for row, other in pairs)
        yield _judged(
            "no lattice takes longer to solve than with the prototype",
            gains[0][0] >= 1,
            f"{gains[0][0]:.2f} times as fast on {gains[0][1]}, {median(gain for gain, _ in gains):.1f} in the middle",
        )


def _of_neighbours(rows: Sequence[BusySolve]) -> Iterator[Statement]:
    for row in rows:
        if row.solver == "engine":
            text = f"beside a busy core a solve of 0.9 M unknowns takes at most {BUSY:g} times as long"
            yield _judged(
                text,
                row.ratio is not None and row.ratio <= BUSY,
                f"{row.ratio:.2f} times" if row.ratio is not None else f"more than {row.limit:g} s",
            )


def _of_precision(rows: Sequence[Agreement]) -> Iterator[Statement]:
    for against in dict.fromkeys(row.against for row in rows):
        of_one = [row for row in rows if row.against == against]
        field, theta = (max(getattr(row, f"{kind}_difference") for row in of_one) for kind in ("field", "theta"))
        yield _judged(
            f"rises and θ agree with {against} within {SAME:g}",
            max(field, theta) <= SAME,
            f"apart by {field:.1e} and {theta:.1e} at most",
        )


def _of_accuracy(rows: Sequence[Accuracy]) -> Iterator[Statement]:
    searches = [row for row in rows if row.method == "adaptive"]
    if len(searches) < 2:
        return
    true, own = searches
    assert own.lower is not None
    assert own.upper is not None
    half = (own.upper - own.lower) / (own.upper + own.lower)
    yield _judged(
        f"small flip chip: the search ends within ±{WANTED:.0%}, guaranteed, and holds the reference",
        half <= WANTED and own.lower <= true.theta <= own.upper,
        f"±{half:.2%}, middle off by {abs(own.theta / true.theta - 1):.3%}",
    )
    for name, kind in (("scikit-fem", "scikit-fem"), ("one lattice alone, by the same solver", "one-lattice")):
        good = [r for r in rows if r.method.startswith(kind) and abs(r.theta / true.theta - 1) <= WANTED]
        if good:
            fastest = min(good, key=lambda row: row.seconds)
            yield _judged(
                f"small flip chip: all steps of the search take no longer than the last grid of {name}",
                own.seconds <= fastest.seconds,
                f"{own.seconds:.2f} s against {fastest.seconds:.2f} s, {fastest.method} from {fastest.start_grid}",
            )
