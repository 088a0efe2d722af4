"""How is a run of the scaling benchmark shown, and how are sections of several runs put together?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from benchmarks.iterations import Iterations
from benchmarks.lean_bracket import WholeBracket
from benchmarks.report import QUIET, statement_lines
from benchmarks.same_accuracy import Accuracy
from benchmarks.scaling_statements import EXPONENT, GB, BusySolve, Row, exponent, statements
from benchmarks.single_precision import Agreement

SectionName = Literal["bracket", "iterations", "busy", "float32", "accuracy"]
SECTIONS: tuple[SectionName, ...] = get_args(SectionName)

TITLES: Mapping[SectionName, str] = {
    "bracket": "A whole bracket",
    "iterations": "Iterations and their time",
    "busy": "Beside a busy core",
    "float32": "float32 inside the preconditioner",
    "accuracy": "The same accuracy, not the same mesh",
}
NOTES: Mapping[SectionName, str] = {
    "bracket": "From the solids to both bounds, what the solver leaves included: paint, emit, set up and solve, one "
    "lattice after the other. Peak: the whole process; bytes per unknown: above the idle process. Residuals: in "
    "float64, of the load's last solve; how deep it must be is what the bound itself asks for.",
    "iterations": "One load to a true residual of 1e-8, computed anew by NumPy. ns: per unknown of the finest level "
    "and iteration, all levels included; levels: points on all levels over those of the finest; ns / levels: per point "
    "of any level. Aspect: of the flattest cell. Idle: points that take no part.",
    "busy": "Solves of the primal lattice of 0.9 M unknowns, each in a process of its own, alone and beside a process "
    "that does nothing but count.",
    "float32": "Both solved to a residual of 1e-11. Differences: of rises, over the largest; of θ, relative.",
    "accuracy": "A 4 mm die on 64 bumps. The engine is told a tolerance and finds its mesh; its time is that of all "
    "steps and of the final bounds. The others have no bound and had to be told the answer in order to know when to "
    "stop: each begins with a grid (planes: just those of the geometry; even: steps of at most 0.25 mm besides), is "
    "cut evenly ever finer until its θ is within 1 % of the reference, and only its last grid is timed. The "
    "reference is the middle of the engine's bracket on a far finer grid, the first row.",
}


@dataclass(frozen=True)
class Section:
    """One section as it was last run, with what its figures hold for."""

    name: SectionName
    date: str
    machine: dict[str, str]
    versions: dict[str, str]
    threads: int
    rows: tuple[Row, ...]
    failed: tuple[str, ...]


Sections = dict[SectionName, Section]


# ---------------------------------------------------------------- files
def read_sections(folder: Path) -> Sections:
    """What earlier runs have left in scaling.json; nothing where there is none."""
    path = folder / "scaling.json"
    found: Sections = {}
    for name, stored in json.loads(path.read_text(encoding="utf-8")).items() if path.exists() else ():
        rows = tuple(_row(name, row) for row in stored["rows"])
        found[name] = Section(**{**stored, "rows": rows, "failed": tuple(stored["failed"])})
    return found


def _row(section: SectionName, row: dict[str, Any]) -> Row:
    match section:
        case "bracket":
            return WholeBracket.from_json(row)
        case "iterations":
            return Iterations(**row)
        case "busy":
            return BusySolve(**{**row, "alone": tuple(row["alone"]), "beside": tuple(row["beside"])})
        case "float32":
            return Agreement(**row)
        case "accuracy":
            return Accuracy(**row)


def write(sections: Sections, folder: Path) -> None:
    """scaling.json, scaling.md and, where brackets were measured, scaling.png."""
    folder.mkdir(parents=True, exist_ok=True)
    record = {name: asdict(sections[name]) for name in SECTIONS if name in sections}
    (folder / "scaling.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = ["# How the engine scales", "", "What is measured, and how to repeat it: [README](../README.md).", ""]
    page += lines_of(sections)
    brackets = _brackets(sections)
    if brackets:
        page += ["", "![time and memory over cells](scaling.png)"]
        figure(brackets).savefig(folder / "scaling.png", dpi=150)
    (folder / "scaling.md").write_text("\n".join(page) + "\n", encoding="utf-8")


def lines_of(sections: Sections) -> list[str]:
    """Statements first, then a table for each section."""
    rows = [row for name in SECTIONS if name in sections for row in sections[name].rows]
    lines = ["## Statements", "", *(f"- {line}" for line in statement_lines(statements(rows)))]
    for name in SECTIONS:
        if name in sections:
            section = sections[name]
            lines += ["", f"## {TITLES[name]}", "", NOTES[name], "", *table(section.rows), ""]
            lines += [f"- {line}" for line in (*setting_lines(section), *section.failed)]
    return lines


def setting_lines(section: Section) -> list[str]:
    """What the figures hold for."""
    machine, others = section.machine, [row.others for row in section.rows if hasattr(row, "others")]
    lines = [
        f"{section.date}; {machine['processor']}, {machine['cores']} cores, {machine['memory']}, {machine['system']}; "
        f"{section.threads} threads; fastest of so many runs as the table says",
        ", ".join(f"{name} {version}" for name, version in section.versions.items()),
    ]
    if others:
        warning = "" if max(others) <= QUIET else ": the machine was not quiet, so do not quote these times"
        lines.append(f"other programs kept up to {max(others):.2f} cores busy meanwhile{warning}")
    return lines


# ---------------------------------------------------------------- tables
def table(rows: Sequence[Row]) -> list[str]:
    """A Markdown table of rows of one kind, padded so that it also reads as plain text."""
    named = [_cells(row, rows) for row in rows]
    if not named:
        return ["nothing was measured"]
    lines = [list(named[0]), *(list(cells.values()) for cells in named)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    rule = ["-" * (width - 1) + ":" for width in widths]
    return [
        "| " + " | ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in (lines[0], rule, *lines[1:])
    ]


def _cells(row: Row, rows: Sequence[Row]) -> dict[str, str]:
    """What a row shows, by the head of its column."""
    match row:
        case WholeBracket():
            return {
                "cells": f"{row.n_cells:,}",
                "seconds": f"{row.seconds:.3g}",
                "ns per cell": f"{row.nanoseconds_per_cell:.0f}",
                "primal s": f"{row.primal.seconds:.3g}",
                "dual s": f"{row.dual.seconds:.3g}",
                "iterations": f"{row.primal.iterations} / {row.dual.iterations}",
                "residuals": f"{row.primal.relative_residual:.0e} / {row.dual.relative_residual:.0e}",
                "bracket K/W": f"[{row.lower:.4f}, {row.upper:.4f}]",
                "half-width": f"{row.half_width:.2%}",
                "peak GB": f"{row.peak_bytes / GB:.2f}",
                "bytes per unknown": f"{row.bytes_per_unknown:.0f}",
                "runs": f"{row.runs}",
            }
        case Iterations():
            return {
                "lattice": f"{row.name} {row.side}",
                "solver": row.solver,
                "unknowns": f"{row.n_unknowns:,}",
                "aspect": f"{row.aspect:.0f}",
                "idle": f"{row.idle_share:.0%}",
                "iterations": "no convergence" if row.iterations is None else f"{row.iterations}",
                "ns": "-" if row.nanoseconds is None else f"{row.nanoseconds:.1f}",
                "levels": "-" if row.levels is None else f"{row.levels:.1f}",
                "ns / levels": "-" if row.nanoseconds_of_levels is None else f"{row.nanoseconds_of_levels:.1f}",
                "set-up s": f"{row.setup_seconds:.3f}",
                "solve s": f"{row.solve_seconds:.3f}",
                "true residual": f"{row.relative_residual:.1e}",
                "runs": f"{row.runs}",
            }
        case BusySolve():
            return {
                "solver": row.solver,
                "alone s": _spread(row.alone),
                "beside s": _spread(row.beside),
                "ratio of medians": "-" if row.ratio is None else f"{row.ratio:.2f}",
                "not done in time": f"{row.runs - len(row.beside)}",
                "runs": f"{row.runs}",
            }
        case Agreement():
            return {
                "against": row.against,
                "lattice": row.side,
                "unknowns": f"{row.n_unknowns:,}",
                "rises": f"{row.field_difference:.1e}",
                "θ": f"{row.theta_difference:.1e}",
                "iterations": f"{row.iterations}",
                "its own": "-" if row.iterations_against is None else f"{row.iterations_against}",
            }
        case Accuracy():
            reference = next(other.theta for other in rows if isinstance(other, Accuracy))
            bounds = "none" if row.lower is None else f"[{row.lower:.4f}, {row.upper:.4f}]"
            return {
                "method": row.method,
                "start": row.start_grid,
                "cut into": "as found" if row.method == "adaptive" else f"{row.parts}",
                "cells": f"{row.n_cells:,}",
                "unknowns": f"{row.n_unknowns:,}",
                "seconds": f"{row.seconds:.3g}",
                "θ K/W": f"{row.theta:.4f}",
                "bounds": bounds,
                "error": f"{row.theta / reference - 1:+.3%}",
            }


def _spread(seconds: Sequence[float]) -> str:
    return f"{min(seconds):.3f} to {max(seconds):.3f}" if seconds else "-"


# ---------------------------------------------------------------- the plot
def _brackets(sections: Sections) -> list[WholeBracket]:
    rows = sections["bracket"].rows if "bracket" in sections else ()
    return [row for row in rows if isinstance(row, WholeBracket)]


def figure(rows: Sequence[WholeBracket]) -> Figure:
    """Time and memory of whole brackets over cells."""
    whole = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = whole.subplots(1, 2)
    found = exponent(rows)
    fitted = "" if found is None else f", exponent {found:.2f} (wanted: at most {EXPONENT:g})"
    growth(left, rows, [row.seconds for row in rows], "time of a whole bracket, s")
    left.set_title(f"time{fitted}", loc="left", fontsize="medium")
    growth(right, rows, [row.peak_bytes / GB for row in rows], "peak memory of the process, GB")
    right.set_title("memory, one lattice at a time", loc="left", fontsize="medium")
    return whole


def growth(ax: Axes, rows: Sequence[WholeBracket], values: Sequence[float], label: str) -> Axes:
    """Values over cells on logarithmic axes, beside a line of slope one through the largest."""
    cells = [row.n_cells for row in rows]
    ax.loglog(cells, values, "o", color="tab:red", label="measured")
    ax.loglog(cells, [values[-1] * n / cells[-1] for n in cells], "--", color="tab:gray", label="in proportion")
    for n, value in zip(cells, values, strict=True):
        ax.annotate(f"{value:.2g}", (n, value), xytext=(-4, 6), textcoords="offset points", ha="right")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("cells")
    ax.set_ylabel(label)
    ax.margins(0.15)
    ax.grid(alpha=0.3)
    ax.legend(loc="lower right")
    return ax
