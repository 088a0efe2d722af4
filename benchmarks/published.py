"""How far are the shipped packages from what their makers publish? Writes the tables of docs/validation.md.

python -m benchmarks.published --out benchmarks/results/published.md      # two or three minutes, 2 GB
"""

import argparse
import platform
from collections.abc import Iterable, Iterator
from pathlib import Path

import thermopkg
from thermopkg.answer.bracket import Bracket
from thermopkg.case.case import Case
from thermopkg.case.datasheet import Published
from thermopkg.case.part import Layer
from thermopkg.case.parts import Carrier
from thermopkg.datasheet import DataSheet, Line, data_sheet
from thermopkg.suite import find_cases
from thermopkg.workflow import read

CASES = Path(__file__).parents[1] / "cases"
OUT = Path(__file__).parent / "results" / "published.md"
TOLERANCE = 4.0  # %; the middle of a bracket is much nearer, and published numbers are no better
OVERMOULDED, COMPOUND = "overmould-0.6", "overmould"
CONDUCTIVITIES = (0.9, 1.2, 1.6, 2.0)  # W/m/K, of the compound
DIES, HOLES = ("fg256-xc2s50", "fg256-xc2s200"), "bt-with-vias"
THROUGH = {  # W/m/K, of the carrier's core: what the copper in its holes may be worth
    "as the case has it": None,
    "half the copper in the holes": 3.4,
    "no holes at all": 0.33,
}
LADDER_ROWS = ("theta_ja 2s2p still", "theta_jma 2s2p 1.27 m/s", "theta_jb")


def wanted(case: Case) -> Case:
    """The same at the tolerance of these tables."""
    return case.model_copy(update={"study": case.study.model_copy(update={"tolerance": TOLERANCE})})


def compared() -> Iterator[DataSheet]:
    """The data sheets of all shipped packages of which numbers are published, by those rows alone."""
    for path in sorted(find_cases([CASES]), key=lambda path: (len(path.parent.name), path)):
        case = read(path)
        if case.datasheet.published:
            yield data_sheet(wanted(case), tuple(case.datasheet.published))


def with_compound(case: Case, conductivity: float) -> Case:
    """With another compound over the die, W/m/K."""
    return with_conductivity(case, COMPOUND, "value", conductivity)


def with_conductivity(case: Case, material: str, field: str, conductivity: float) -> Case:
    """With another number in one of the case's own materials, W/m/K."""
    own = case.materials[material]
    changed = own.model_copy(update={"conductivity": own.conductivity.model_copy(update={field: conductivity})})
    return case.model_copy(update={"materials": {**case.materials, material: changed}})


def without_copper(case: Case) -> Case:
    """With carriers of laminate alone, which hardly lead any heat around a die."""
    parts = (
        part.model_copy(update={"layers": _laminate(part.layers)}) if isinstance(part, Carrier) else part
        for part in case.part
    )
    return case.model_copy(update={"part": tuple(parts)})


def _laminate(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    return tuple(layer for layer in layers if layer.material != "copper")


# ---------------------------------------------------------------- tables
def comparison(sheets: Iterable[DataSheet]) -> list[str]:
    """Published numbers beside the model's, with the bracket of the mesh and what materials and films leave open."""
    rows = [
        "| package | row | published | model, K/W | deviation | materials ± | films ± |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for sheet in sheets:
        for line in sheet.lines:
            told = sheet.case.datasheet.published[line.row.name]
            rows.append(
                f"| {_name(sheet)} | {line.row.name} | {_published(told)} | {_bounds(line.metric.bracket)} "
                f"| {_deviation(line, told)} | {line.wandering.by_materials:.1%} | {line.wandering.films:.1%} |"
            )
    return rows


def _name(sheet: DataSheet) -> str:
    return sheet.case.title.rpartition("die of an ")[2].rpartition("model of the ")[2]


def _published(told: Published) -> str:
    return f"{told.value:g}" if told.value is not None else f"below {told.below:g}"


def _bounds(bracket: Bracket) -> str:
    return f"{bracket.value:.3g} [{bracket.lower:.3g}, {bracket.upper:.3g}]"


def _deviation(line: Line, told: Published) -> str:
    if told.value is None:
        return "met" if told.below is not None and line.metric.bracket.upper < told.below else "not met"
    return f"{line.metric.bracket.value / told.value - 1:+.1%}"


def on_top(case: Case) -> float:
    """theta_JC(top), K/W."""
    return data_sheet(wanted(case), ["theta_jc_top"]).lines[0].metric.bracket.value


def compounds() -> list[str]:
    """What the compound over a die costs, by its conductivity, with and without a way around."""
    case = read(CASES / OVERMOULDED / "case.toml")
    rows = ["| compound, W/m/K | theta_jc_top, K/W | no copper in the carrier |", "| --- | --- | --- |"]
    for conductivity in CONDUCTIVITIES:
        own = with_compound(case, conductivity)
        rows.append(f"| {conductivity:g} | {on_top(own):.2f} | {on_top(without_copper(own)):.2f} |")
    return rows


def holes() -> list[str]:
    """What the unknown inside of the carrier is worth: deviations of the smallest and the largest die."""
    heads = [f"{die.rpartition('-')[2].upper()} {row}" for die in DIES for row in LADDER_ROWS]
    rows = [f"| through the carrier's core | {' | '.join(heads)} |", "| --- |" + " --- |" * len(heads)]
    for told, through in THROUGH.items():
        cells = []
        for die in DIES:
            case = wanted(read(CASES / die / "case.toml"))
            case = case if through is None else with_conductivity(case, HOLES, "through", through)
            found = data_sheet(case, LADDER_ROWS)
            cells += [_deviation(found.line(row), case.datasheet.published[row]) for row in LADDER_ROWS]
        rows.append(f"| {told} | {' | '.join(cells)} |")
    return rows


def page() -> str:
    """All tables."""
    made = f"thermopkg {thermopkg.__version__}, Python {platform.python_version()}; brackets within {TOLERANCE:g} %."
    told = (
        ("What is published", comparison(compared())),
        ("Compound over a die", compounds()),
        ("Holes in the carrier", holes()),
    )
    parts = [line for title, table in told for line in (f"## {title}", *table, "")]
    return "\n".join(["# Published and found", f"Written by `python -m benchmarks.published`. {made}", "", *parts])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT, help="file to write")
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(page(), encoding="utf-8")
