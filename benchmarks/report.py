"""How is a run shown? A table and statements as Markdown, everything as JSON, and a plot."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from benchmarks.measure import Measurement
from benchmarks.solvers import TARGET
from benchmarks.statements import Statement, times_of_engine

GB = 1e9
QUIET = 0.1  # cores; what a machine does for itself stays below
HEADER = (
    *("size", "solver", "operator", "unknowns", "assembly s", "set-up s", "solve s", "total s", "iterations"),
    *("peak GB", "true residual", "θ K/W", "time / engine"),
)


@dataclass(frozen=True)
class Run:
    """One run of the benchmark: where, with what, and what came out."""

    date: str
    machine: dict[str, str]
    versions: dict[str, str]
    threads: int
    rows: tuple[Measurement, ...]
    statements: tuple[Statement, ...]


def table(rows: Sequence[Measurement]) -> list[str]:
    """A Markdown table, padded so that it also reads as plain text."""
    cells = [HEADER, *(_cells(row, rows) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADER))]
    words = 3  # the first columns are words and start at the left
    rule = ["-" * width if column < words else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    return [
        "| "
        + " | ".join(
            cell.ljust(width) if column < words else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        + " |"
        for line in (cells[0], rule, *cells[1:])
    ]


def _cells(row: Measurement, rows: Sequence[Measurement]) -> tuple[str, ...]:
    times = times_of_engine(row, rows)
    seconds = (row.assembly_seconds, row.setup_seconds, row.solve_seconds, row.total_seconds)
    return (
        *(row.size, row.solver, row.operator, f"{row.n_unknowns:,}"),
        *(f"{value:.3f}" if value < 1 else f"{value:.2f}" for value in seconds),
        *(f"{row.iterations}", f"{row.peak_bytes / GB:.2f}", f"{row.relative_residual:.1e}", f"{row.theta:.6f}"),
        "-" if times is None else f"{times:.2f}",
    )


def engine_lines(rows: Sequence[Measurement]) -> list[str]:
    """What the engine costs per unknown."""
    return [
        f"engine, {row.size} {row.operator}: "
        f"{1e9 * row.solve_seconds / row.iterations / row.n_unknowns:.1f} ns per unknown and iteration, "
        f"{(row.peak_bytes - row.idle_bytes) / row.n_unknowns:.0f} bytes per unknown above the idle process"
        for row in rows
        if row.solver == "engine"
    ]


def statement_lines(found: Sequence[Statement]) -> list[str]:
    """One line a statement, the verdict first."""
    return [f"{s.verdict}: {s.text}" + (f" ({s.measured})" if s.measured else "") for s in found]


def setting_lines(run: Run) -> list[str]:
    """What the figures hold for."""
    runs = sorted({(row.size, row.runs) for row in run.rows}, key=lambda pair: pair[1])
    others = max(row.others for row in run.rows)
    return [
        f"{run.date}; {run.machine['processor']}, {run.machine['cores']} cores, {run.machine['memory']}, "
        f"{run.machine['system']}",
        ", ".join(f"{name} {version}" for name, version in run.versions.items()),
        f"{run.threads} threads allowed to every solver (numba, OpenMP, scikit-fem's assembly), one to BLAS; "
        "pyamg and SciPy's iteration use one",
        ", ".join(f"{size}: " + ("one run" if n == 1 else f"fastest of {n} runs") for size, n in runs),
        f"other programs kept up to {others:.2f} cores busy meanwhile"
        + ("" if others <= QUIET else ": the machine was not quiet, so do not quote these times"),
        f"every solver to |f - A u| <= {TARGET:g} |f|; loading and compiling on a tiny problem is not in the times",
        "peak: the whole process; time / engine: set-up and solve, and for scikit-fem the total",
    ]


def write(run: Run, folder: Path) -> None:
    """peers.json, peers.md and peers.png."""
    folder.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = asdict(run)
    (folder / "peers.json").write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    page = [
        *("# The solver beside its peers", ""),
        *("What is measured, and how to repeat it: [README](../README.md).", ""),
        *(*table(run.rows), ""),
        *(*_listed(engine_lines(run.rows)), ""),
        *("## Statements", "", *_listed(statement_lines(run.statements)), ""),
        *("## Settings", "", *_listed(setting_lines(run)), ""),
        "![time and memory](peers.png)",
    ]
    (folder / "peers.md").write_text("\n".join(page) + "\n", encoding="utf-8")
    figure(run.rows).savefig(folder / "peers.png", dpi=150)


def _listed(lines: Sequence[str]) -> list[str]:
    return [f"- {line}" for line in lines]


# ---------------------------------------------------------------- the plot
def figure(rows: Sequence[Measurement]) -> Figure:
    """Time and memory side by side, a row of panels for each size."""
    sizes = list(dict.fromkeys(row.size for row in rows))
    panels = [[row for row in rows if row.size == size] for size in sizes]
    whole = Figure(figsize=(10, sum(1.3 + 0.32 * len(panel) for panel in panels)), layout="constrained")
    heights = [len(panel) + 2 for panel in panels]
    axes = whole.subplots(len(sizes), 2, squeeze=False, sharex="col", height_ratios=heights)
    for (left, right), panel in zip(axes, panels, strict=True):
        dots(left, panel, [row.total_seconds for row in panel], "time from cells to answer, s")
        dots(right, panel, [row.peak_bytes / GB for row in panel], "peak memory of the process, GB")
        left.set_title(f"{max(row.n_unknowns for row in panel) / 1e6:.1f} M unknowns", loc="left")
        right.tick_params(labelleft=False)
    return whole


def dots(ax: Axes, rows: Sequence[Measurement], values: Sequence[float], label: str) -> Axes:
    """One dot a row on a logarithmic axis, with its value; the engine's rows in their own colour."""
    for place, (row, value) in enumerate(zip(rows, values, strict=True)):
        ax.plot(value, place, "o", color="tab:red" if row.solver == "engine" else "tab:gray")
        ax.annotate(f"{value:.3g}", (value, place), xytext=(7, 0), textcoords="offset points", va="center")
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.margins(x=0.2)  # room for the values
    ax.set_yticks(range(len(rows)), [f"{row.solver}, {row.operator}" for row in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlabel(label)
    ax.grid(axis="x", alpha=0.3)
    return ax
