"""What does a thermal data sheet say of a package? Every row solved in its setup, one mesh growing into the next."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from thermopkg.answer.adapt import Adapted
from thermopkg.answer.answer import powers_of
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.examination import Examined, examine
from thermopkg.answer.wandering import wandering
from thermopkg.case.case import Case
from thermopkg.case.datasheet import DataSheetWishes
from thermopkg.case.model import closest
from thermopkg.case.parts import Block, Chip, Passive
from thermopkg.case.plausible import warnings
from thermopkg.errors import CaseError, Fault, ModelError
from thermopkg.explore.datasheet import Line, Setting, SolvedRows
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.report.folder import whole
from thermopkg.setups.boards import BoardOptions, on_board
from thermopkg.setups.rows import Row, SetupCase, rows_for
from thermopkg.setups.rows import data_sheet as data_sheet_rows
from thermopkg.system import AMBIENT
from thermopkg.units import quote
from thermopkg.workflow import Progress, geometry, meshed, silent


@dataclass(frozen=True, eq=False)
class DataSheet(SolvedRows):
    """All rows of a package, ready to be reported."""

    def document(self) -> dict[str, Any]:
        """The content of datasheet.json."""
        from thermopkg.report.datasheet_document import datasheet_document

        return datasheet_document(self)

    def markdown(self) -> str:
        """As a page of Markdown."""
        from thermopkg.report.datasheet_markdown import datasheet_markdown

        return datasheet_markdown(self)

    def _repr_html_(self) -> str:
        """The table, as a notebook shows it by itself."""
        from thermopkg.report.datasheet import datasheet_table
        from thermopkg.report.html import html_of

        return html_of(datasheet_table(self))


def data_sheet(case: Case, names: Sequence[str] = (), progress: Progress = silent) -> DataSheet:
    """Solve every row of a package's data sheet.

    The setups are solved one after the other, those in air each from the mesh and the fields of the one before.

    Parameters
    ----------
    case : the package by itself, with one heated chip; its environment is left out, its study's tolerance kept
    names : of the rows that are wanted; by default all
    Raises
    ------
    CaseError : with every reason why the sheet cannot be made, before any solve
    GeometryError, ModelError, ConvergenceError : as `simulate`
    """
    started = time.perf_counter()
    rows = _rows(case, names)
    study = case.study.model_copy(update={"temperature_dependent": not case.study.round, "refine": None})
    setups = rows_for(case.model_copy(update={"study": study}), rows, _options(case.datasheet))
    alone = geometry(case)
    coarse = [geometry(one.case) for one in setups]  # whatever does not fit is told before any solve
    settings: list[Setting] = []
    before: dict[str, Adapted] = {}
    for one, model in sorted(zip(setups, coarse, strict=True), key=lambda pair: _turn(pair[0])):
        progress(one.setup.title)
        kin = _kin(one)
        try:
            setting, before[kin] = _solved(one, model, before.get(kin), progress)
        except ModelError as error:
            raise ModelError(f"{one.setup.title}: {error}") from error
        settings.append(setting)
    settings.sort(key=lambda setting: setups.index(setting.setup))
    by_row = {line.row: line for setting in settings for line in setting.lines}
    lines = tuple(by_row[row] for row in rows)
    return DataSheet(case, alone, lines, tuple(settings), warnings(case), time.perf_counter() - started)


def _rows(case: Case, names: Sequence[str]) -> tuple[Row, ...]:
    """The rows that are wanted.

    Raises
    ------
    CaseError : there is no such row, here or among what is published, not one heated chip, or no way onto a board
    """
    rows = data_sheet_rows(case.datasheet.speeds, case.datasheet.in_wind)
    wanted = tuple(row for row in rows if not names or row.name in names)
    faults = [*_unknown(case, rows, names), *_not_one_chip(case), *_on_no_board(case, wanted)]
    if faults:
        raise CaseError(dict.fromkeys(faults), case.title)
    return wanted


def _unknown(case: Case, rows: Sequence[Row], names: Sequence[str]) -> Iterator[Fault]:
    known = [row.name for row in rows]
    for path, asked in (("--row", names), ("datasheet.published", case.datasheet.published)):
        for name in asked:
            if name not in known:
                listed = closest(name, known) or f"; rows are {', '.join(known)}"
                yield Fault(path, f"{quote(name)} is no row of this sheet{listed}")


def _not_one_chip(case: Case) -> Iterator[Fault]:
    hot = [part.name for part in case.part if isinstance(part, Chip) and (part.power > 0 or part.leakage is not None)]
    others = [part.name for part in case.part if isinstance(part, Passive | Block) and part.power > 0]
    if len(hot) != 1 or others:
        told = f"{', '.join([*hot, *others])} make heat" if hot or others else "nothing makes heat"
        yield Fault("part", f"{told}; a data sheet is of one heated chip: give power to one chip alone")


def _on_no_board(case: Case, rows: Sequence[Row]) -> Iterator[Fault]:
    """Why the package cannot stand on the boards of the rows."""
    for style in dict.fromkeys(row.setup.board for row in rows):
        try:
            if style is not None:
                on_board(case, style, _options(case.datasheet))
        except CaseError as error:
            yield from error.faults


def _options(wishes: DataSheetWishes) -> BoardOptions:
    return BoardOptions(
        joints=wishes.joints,
        pitch=wishes.pitch,
        trace_width=wishes.trace_width,
        densest=wishes.densest,
        vias_under_joints=wishes.vias_under_joints,
        back_coverage=wishes.back_coverage,
    )


def _turn(one: SetupCase) -> tuple[bool, bool]:
    """Each from the mesh of the one before: those with a psi last, for it wants a finer one than a theta."""
    return any(row.metric.startswith("psi_") for row in one.rows), one.setup.board != "2s2p"


def _kin(one: SetupCase) -> str:
    """Setups of one kind want much the same mesh. A ring wants a finer one, elsewhere: it begins anew.

    Measured on a package of 27 mm at 1 %: 5 million cells by itself, 7 million from the mesh of those in air.
    """
    if one.setup.surroundings == "ring":
        return "ring"
    return "plate" if one.setup.board is None else "air"


def _solved(one: SetupCase, coarse: VoxelModel, like: Adapted | None, progress: Progress) -> tuple[Setting, Adapted]:
    started = time.perf_counter()
    adapted = meshed(coarse, lambda text: progress(f"{one.setup.title}: {text}"), whole=False, like=like)
    examined = examine(adapted.model, adapted.starts)
    junction, power = _junction(examined)
    setting = Setting(
        setup=one,
        lines=tuple(_line(one, examined, number, adapted, junction, power) for number in range(len(one.rows))),
        junction=junction,
        power=power,
        point=adapted.point,
        heat=examined.heat,
        model=examined.model,
        steps=adapted.steps,
        seconds=time.perf_counter() - started,
    )
    return setting, replace(adapted, starts=examined.fields)


def _line(one: SetupCase, examined: Examined, number: int, adapted: Adapted, junction: Bracket, power: float) -> Line:
    row, metric = one.rows[number], examined.wanted[number]
    rise_per_watt = (junction.value - examined.reference) / power
    return Line(
        row=row,
        metric=metric,
        wandering=wandering(examined, number, adapted.point),
        measure=rise_per_watt if row.metric.startswith("psi_") else abs(metric.bracket.value),
        reached=bool(metric.relative_half_width <= one.case.study.tolerance / 100),
        published=one.case.datasheet.published.get(row.name),
    )


def _junction(examined: Examined) -> tuple[Bracket, float]:
    """Temperature of the active face, K, and what it makes, W."""
    powers = {n: p for n, p in powers_of(examined.model.package).items() if n in examined.matrix.names}
    place = next(name for name in powers if name != AMBIENT)
    return examined.matrix.combination({place: 1.0}, powers).scaled(1.0, examined.reference), powers[place]


def write(sheet: DataSheet, folder: Path) -> tuple[Path, ...]:
    """Write datasheet.json, datasheet.md, and the page as PDF and PNG, all of them or none; returns what was written.

    Raises
    ------
    OutputError : the folder cannot be written
    """
    from thermopkg.report.datasheet_page import save_page

    with whole(folder) as scratch:
        text = json.dumps(sheet.document(), indent=1, ensure_ascii=False, allow_nan=False)
        (scratch / "datasheet.json").write_text(text + "\n", encoding="utf-8")
        (scratch / "datasheet.md").write_text(sheet.markdown(), encoding="utf-8")
        save_page(sheet, scratch)
        names = sorted(path.name for path in scratch.iterdir())
    return tuple(folder / name for name in names)
