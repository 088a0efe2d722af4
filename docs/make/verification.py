"""What was found where the answer is known? Writes docs/verification from what the tests recorded.

    python -m pytest --book=docs/verification/results.json    run the tests that record
    python docs/make/verification.py                          the pages and their figures
    python docs/make/verification.py --check                  exit 1 where a page is not what the records say

Exact values, derivations and origins come from tests/exact/cases.toml, equations from verification.toml beside this
file, published numbers and other codes from benchmarks/results. Nothing is solved here.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from sketches import INK, PALE, SKETCHES, tint  # noqa: E402

FOLDER = ROOT / "docs" / "verification"
RESULTS, EXACT = FOLDER / "results.json", ROOT / "tests" / "exact" / "cases.toml"
MEASURED = ROOT / "benchmarks" / "results"
COLORS = {"lattice": "#1f5fa8", "elements": "#d1661a", "networks": "#3a7d44"}
NAMES = {"lattice": "voxels", "elements": "tetrahedra", "networks": "networks"}
DOTS = 110  # per inch
ROUNDING = 1e-8  # relative: what records have lost of bounds that are exact
DIGITS = 1e-12  # relative: what records have lost of values
FEW_DECADES = 25  # from the fewest cells to the most; below it each mesh has its own tick
MOST_ROWS = 14  # of quantities in one figure; the table has all
LEAST_FALL = 1.3  # of errors from the coarsest mesh to the finest, to be drawn as a fall
LEAST = 1e-16  # relative deviation that a figure shows


# ---------------------------------------------------------------- what is there
@dataclass(frozen=True)
class Found:
    """One quantity of a case by one engine."""

    quantity: str
    engine: str
    unit: str
    exact: float
    cells: tuple[int, ...]
    value: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    order: float | None
    theory: float | None
    limit: float | None
    tolerance: float | None
    note: str
    test: str

    @property
    def scale(self) -> float:
        return abs(self.exact) or 1.0

    @property
    def best(self) -> float:
        """Relative deviation of what is held to the tolerance."""
        return abs((self.value[-1] if self.limit is None else self.limit) - self.exact) / self.scale

    @property
    def width(self) -> float | None:
        """Relative width of the finest bracket."""
        return (self.upper[-1] - self.lower[-1]) / self.scale if self.upper else None

    @property
    def gaps(self) -> np.ndarray:
        """Relative widths, or relative errors where there are no bounds, from coarse to fine."""
        found = np.subtract(self.upper, self.lower) if self.upper else np.abs(np.subtract(self.value, self.exact))
        return np.maximum(found / self.scale, LEAST)

    @property
    def label(self) -> str:
        return self.quantity.replace("theta_ja", "θ_JA").replace("_", " ").replace("θ JA", "θ_JA")


@dataclass(frozen=True)
class Case:
    """One case as the book shows it."""

    name: str
    title: str
    tolerance: float
    derivation: str
    origin: str
    inputs: Mapping[str, Any]
    family: str
    equation: str
    main: str
    published: str
    lattice_only: str
    found: tuple[Found, ...]

    @property
    def engines(self) -> tuple[str, ...]:
        return tuple(engine for engine in NAMES if any(f.engine == engine for f in self.found))

    @property
    def tests(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(f.test.split("::")[0] for f in self.found))

    def worst(self, engine: str) -> Found:
        """What is farthest from its exact value among all that an engine found."""
        return max((f for f in self.found if f.engine == engine), key=lambda f: f.best)

    def of_main(self) -> tuple[Found, ...]:
        """By all engines, the quantity that is drawn; the first of the case if none is named."""
        return tuple(f for f in self.found if f.quantity == (self.main or self.found[0].quantity))

    @property
    def image(self) -> str:
        return f"images/{self.name}.png"


def cases() -> tuple[Case, ...]:
    """All cases of tests/exact with what is recorded of them, in the order of the book.

    Raises
    ------
    KeyError : a case has no entry in verification.toml
    ValueError : a case has no record, or a record contradicts its exact value
    """
    told = tomllib.loads((HERE / "verification.toml").read_text(encoding="utf-8"))
    exact = tomllib.loads(EXACT.read_text(encoding="utf-8"))
    records = json.loads(RESULTS.read_text(encoding="utf-8"))["records"]
    found: dict[str, list[Found]] = {}
    for row in records:
        found.setdefault(row["case"], []).append(_found(row))
    if missing := sorted(exact.keys() - found.keys()):
        raise ValueError(f"nothing is recorded of {', '.join(missing)}: run pytest --book={RESULTS}")
    whole = []
    for name, table in exact.items():
        entry = told[name]
        whole.append(
            Case(
                name, table["title"], table["tolerance"], table["derivation"], table["origin"], table["inputs"],
                entry["family"], entry["equation"], entry.get("main", ""), entry.get("published", ""),
                entry.get("lattice_only", ""), tuple(found[name]),
            )
        )  # fmt: skip
        _check(whole[-1])
    order = list(told["families"])
    return tuple(sorted(whole, key=lambda c: (order.index(c.family), c.name)))


def _found(row: Mapping[str, Any]) -> Found:
    def many(key: str) -> tuple[float, ...]:
        return tuple(row.get(key, ()))

    return Found(
        row["quantity"], row["engine"], row.get("unit", ""), row["exact"], tuple(row["cells"]), many("value"),
        many("lower"), many("upper"), row.get("order"), row.get("theory"), row.get("limit"), row.get("tolerance"),
        row.get("note", ""), row["test"],
    )  # fmt: skip


def _check(case: Case) -> None:
    for f in case.found:
        slack = ROUNDING * f.scale
        for low, high in zip(f.lower, f.upper, strict=True):
            if not low - slack <= f.exact <= high + slack:
                raise ValueError(f"{case.name}, {f.quantity}, {f.engine}: {f.exact} is not in [{low}, {high}]")
        if f.tolerance is not None and f.best > f.tolerance + DIGITS:
            raise ValueError(f"{case.name}, {f.quantity}, {f.engine}: off by {f.best}, held to {f.tolerance}")


# ---------------------------------------------------------------- figures
def figure(case: Case) -> Figure:
    """A sketch of the case, and beside it brackets and how fast they close, or how far each value is off."""
    main = case.of_main()
    bracketed = [f for f in main if f.upper] if any(len(f.upper) > 1 for f in main) else []
    norms = [f for f in case.found if f.exact == 0]
    closing = [f for f in (*main, *norms) if f.cells[0] < f.cells[-1] and f.gaps[0] > LEAST_FALL * f.gaps[-1]]
    curves = [f for f in case.found if f.quantity.startswith("Z after") and f.engine == "lattice"]
    drawings = [lambda ax: SKETCHES[case.name](ax, case.inputs)]
    if curves:
        drawings.append(lambda ax: draw_curve(ax, curves))
    elif bracketed:
        drawings.append(lambda ax: draw_brackets(ax, bracketed))
    if closing and not curves:
        drawings.append(lambda ax: draw_orders(ax, closing))
    if len(drawings) < 3:
        drawings.append(lambda ax: draw_deviations(ax, case))
    fig = Figure(figsize=(11.2, 3.1), layout="constrained")
    axes = fig.subplots(1, len(drawings), width_ratios=[1.15, 1, 1] if len(drawings) == 3 else [1, 1.3])
    for ax, drawing in zip(axes, drawings, strict=True):
        drawing(ax)
    return fig


def draw_brackets(ax: Axes, found: Sequence[Found]) -> Axes:
    """Both bounds and their middle over the cells, in per cent of the exact value."""
    for f in found:
        low, high, middle = (100 * (np.array(v) - f.exact) / f.scale for v in (f.lower, f.upper, f.value))
        color = COLORS[f.engine]
        ax.fill_between(f.cells, low, high, color=tint(color, 0.22), linewidth=0)
        ax.vlines(f.cells, low, high, color=color, linewidth=0.8)
        for ends in (low, high):
            ax.plot(f.cells, ends, color=color, linewidth=1.0, marker="_", markersize=6)
        ax.plot(f.cells, middle, "o", color=color, markersize=3.5, label=NAMES[f.engine])
    ax.axhline(0, color=INK, linewidth=1.1)
    ax.set_ylabel(f"{found[0].label}, off by, %")
    return _over_cells(ax)


def draw_orders(ax: Axes, found: Sequence[Found]) -> Axes:
    """Widths of brackets, or errors of values without bounds, and the slope of theory."""
    for f in found:
        label = NAMES[f.engine] + (f", {f.quantity.split()[-1]}" if f.exact == 0 else "")
        if f.order is not None:
            label += f", order {f.order:.2f}" + ("" if f.theory is None else f" (theory {_number(f.theory)})")
        style = "s--" if f.exact == 0 and f.theory != 2 else "o-"
        ax.loglog(f.cells, f.gaps, style, color=COLORS[f.engine], markersize=4, linewidth=1.3, label=label)
    bounds = any(f.upper for f in found)
    ax.set_ylabel("width of the bracket" if bounds else "error")
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * (high / low) ** 0.3)  # room for the legend
    return _over_cells(ax)


def draw_deviations(ax: Axes, case: Case) -> Axes:
    """How far every quantity is from its exact value, and what it is held to."""
    rows = list(dict.fromkeys(f.label for f in case.found if f.exact != 0))[:MOST_ROWS]
    for f in case.found:
        if f.label not in rows:
            continue
        y, shift = rows.index(f.label), {"lattice": 0.12, "elements": -0.12, "networks": 0.0}[f.engine]
        off = max(f.best, LEAST)
        ax.plot(off, y + shift, "o", color=COLORS[f.engine], markersize=4.5)
        if f.tolerance is not None:
            ax.plot((LEAST, f.tolerance), (y + shift,) * 2, color=tint(COLORS[f.engine], 0.35), linewidth=4, zorder=0,
                    solid_capstyle="butt")  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlim(LEAST, max(10 * max((f.tolerance or f.best) for f in case.found), 1e-8))
    ax.set_yticks(range(len(rows)), rows, fontsize=7)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlabel("off by, relative; bars: what the test allows", fontsize=8)
    handles = [ax.plot([], [], "o", color=COLORS[e], markersize=4.5, label=NAMES[e])[0] for e in case.engines]
    ax.legend(handles=handles, fontsize=7.5, frameon=False, loc="lower left", bbox_to_anchor=(0, 0.99), ncols=3)
    return _plain(ax)


def draw_curve(ax: Axes, found: Sequence[Found]) -> Axes:
    """Z_th over time: exact values as circles, ours as points between guaranteed bounds."""
    ordered = sorted(found, key=lambda f: float(f.quantity.split()[2]))
    times = [float(f.quantity.split()[2]) for f in ordered]
    ax.loglog(times, [f.exact for f in ordered], "o", color=INK, markersize=8, fillstyle="none", label="exact")
    ax.loglog(times, [f.value[-1] for f in ordered], ".-", color=COLORS["lattice"], markersize=6, label="voxels")
    low, high = (np.array([side(f) for f in ordered]) for side in (lambda f: f.lower[-1], lambda f: f.upper[-1]))
    ax.errorbar(times, 0.5 * (low + high), 0.5 * (high - low), fmt="none", ecolor=COLORS["lattice"], capsize=4,
                linewidth=1.0, label="guaranteed")  # fmt: skip
    ax.set_xlabel("time, s", fontsize=8)
    ax.set_ylabel("Z_th, K/W", fontsize=8)
    ax.legend(fontsize=7.5, frameon=False)
    return _plain(ax)


def _over_cells(ax: Axes) -> Axes:
    ax.set_xscale("log")
    ax.set_xlabel("cells", fontsize=8)
    ax.yaxis.label.set_size(8)
    ax.legend(fontsize=7.5, frameon=False, loc="upper right")
    low, high = ax.dataLim.intervalx
    if high < FEW_DECADES * low:
        ax.set_xticks(sorted({n for line in ax.lines for n in line.get_xdata() if low <= n <= high}))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda n, _: _count(n)))
    ax.xaxis.set_minor_formatter(NullFormatter())
    return _plain(ax)


def _plain(ax: Axes) -> Axes:
    ax.tick_params(which="both", labelsize=7.5, colors=INK)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.grid(True, which="major", color="#ececec", linewidth=0.6)
    ax.set_axisbelow(True)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(PALE)
    return ax


def draw(found: Sequence[Case]) -> None:
    """Every case's figure."""
    (FOLDER / "images").mkdir(parents=True, exist_ok=True)
    for case in found:
        figure(case).savefig(FOLDER / case.image, dpi=DOTS)


# ---------------------------------------------------------------- words
def _count(n: float) -> str:
    if n >= 999_500:
        return f"{n / 1e6:.3g} M"
    return f"{n / 1e3:.3g}k" if n >= 9_995 else f"{n:.0f}"


def _number(value: float) -> str:
    return "4/3" if abs(value - 4 / 3) < 1e-9 else f"{value:g}"


def exactly(value: float) -> str:
    """Eight digits."""
    return f"{value:.8g}"


def within(f: Found) -> str:
    """Bounds with as many digits as tell them apart."""
    if not f.upper:
        return "no bound"
    gap = max(f.upper[-1] - f.lower[-1], 1e-9 * f.scale)
    digits = max(0, 1 - int(np.floor(np.log10(gap))))
    return f"[{f.lower[-1]:.{digits}f}, {f.upper[-1]:.{digits}f}]"


def small(value: float | None) -> str:
    """A share, in per cent from a thousandth on."""
    if value is None:
        return ""
    if value < 1e-14:
        return "0"
    if value >= 1:
        return f"{100 * value:.0f} %"
    return f"{100 * value:.2g} %" if value >= 1e-3 else f"{value:.1e}".replace("e-0", "e-")


def orders(f: Found) -> str:
    if f.order is None:
        return ""
    return f"{f.order:.2f}" + ("" if f.theory is None else f" / {_number(f.theory)}")


def tables(path: Path) -> dict[str, str]:
    """The tables of a page of measurements by their headings."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|"):
            found.setdefault(heading, []).append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


# ---------------------------------------------------------------- pages
def pages(found: Sequence[Case]) -> dict[str, str]:
    """Every page by its file's name, as Markdown."""
    environment = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    environment.filters |= {
        "exactly": exactly, "within": within, "small": small, "orders": orders, "count": _count,
        "engine": NAMES.__getitem__, "plain": lambda text: text.replace("|", "\\|"),
    }  # fmt: skip
    families = tomllib.loads((HERE / "verification.toml").read_text(encoding="utf-8"))["families"]
    everything = [f for case in found for f in case.found]
    crosscode = MEASURED / "crosscode.json"
    shared = {
        "cases": found,
        "families": families,
        "found": everything,
        "brackets": sum(len(f.upper) for f in everything),
        "version": json.loads(RESULTS.read_text(encoding="utf-8"))["thermopkg"],
        "pyrth": next(iter(tables(MEASURED / "pyrth.md").values())),
        "published": tables(MEASURED / "published.md"),
        "crosscode": json.loads(crosscode.read_text(encoding="utf-8"))["rows"] if crosscode.exists() else [],
    }
    written = {"index.md": environment.get_template("verification_index.md.jinja").render(shared)}
    family = environment.get_template("verification_family.md.jinja")
    for key, title in families.items():
        written[f"{key}.md"] = family.render(shared, title=title, members=[c for c in found if c.family == key])
    for name in ("cross-code", "published", "not-verified"):
        written[f"{name}.md"] = environment.get_template(f"verification_{name}.md.jinja").render(shared)
    return written


def main() -> int:
    parser = argparse.ArgumentParser(description="Write docs/verification from what the tests recorded.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page is not up to date")
    options = parser.parse_args()
    found = cases()
    written = pages(found)
    if options.check:
        kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
        return 0 if kept == written else 1
    draw(found)
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
