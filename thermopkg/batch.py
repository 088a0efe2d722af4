"""What do many packages answer, each solved as a case of its own? Structural sweeps that go on where they stopped."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from thermopkg.case.case import Case
from thermopkg.case.files import merge, read_toml
from thermopkg.errors import CaseError, Fault
from thermopkg.explore.store import Finished, file_of, kept, key_of, text_of
from thermopkg.explore.table import Row, Table
from thermopkg.explore.variants import plan
from thermopkg.report import variants
from thermopkg.report.folder import check_writable, whole, whole_file
from thermopkg.suite import CASE
from thermopkg.tasks import Answer, answers, check_workers
from thermopkg.workflow import Progress, read, silent

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class Sweep:
    """Every case of a sweep with what it answered, ready to be reported."""

    table: Table

    @property
    def all_solved(self) -> bool:
        """Whether no case failed."""
        return not self.table.failed

    def document(self) -> dict[str, Any]:
        """The content of sweep.json."""
        return variants.document(self.table)

    def frame(self) -> "pandas.DataFrame":
        """One row for every case, units in the names of the columns.

        Raises
        ------
        CaseError : pandas is not installed
        """
        return variants.frame(self.table)

    def plot(self, ax: "Axes", number: str | None = None) -> "Axes":
        """One number of every case with its bracket as an error bar; by default the first that was asked for."""
        from thermopkg.report.variants_plot import draw_variants

        return draw_variants(self.table, ax, number=number)

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write sweep.json, sweep.csv and a picture of every number, all of them or none.

        Raises
        ------
        OutputError : the folder cannot be written
        """
        from thermopkg.report.pictures import save
        from thermopkg.report.variants_plot import SIZE, draw_variants

        with whole(folder) as scratch:
            text = json.dumps(self.document(), indent=1, ensure_ascii=False, allow_nan=False)
            (scratch / "sweep.json").write_text(text + "\n", encoding="utf-8")
            (scratch / "sweep.csv").write_text(variants.csv_text(self.table), encoding="utf-8")
            for number in self.table.numbers:
                save(scratch / f"sweep-{number}.png", partial(draw_variants, self.table, number=number), SIZE)
            names = sorted(path.name for path in scratch.iterdir())
        return tuple(folder / name for name in names)

    def _repr_html_(self) -> str:
        """The table and the first number of every case, as a notebook shows them by itself."""
        from thermopkg.report.html import html_of, picture_of
        from thermopkg.report.variants_plot import SIZE, draw_variants

        shown = html_of(variants.variants_sheet(self.table))
        return picture_of(partial(draw_variants, self.table), SIZE, "all cases with their bounds") + shown


def folder_for(case: Path) -> Path:
    """Where a sweep of a case file is kept unless somebody says otherwise."""
    return Path("out") / f"sweep-{case.resolve().parent.name if case.name == CASE else case.stem}"


def packages(
    case: Path,
    more: Sequence[Path] = (),
    changes: Path | None = None,
    wishes: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Case]:
    """Cases by name: a case file, further ones, and the first with each table of changes in a file.

    A table of changes says what a file that extends the case would say: [NAME], [[NAME.part]], NAME.without.

    Parameters
    ----------
    wishes : merged over every case, as if a further file extended it
    Raises
    ------
    CaseError : with the faults of all files and tables
    """
    tables = read_toml(changes) if changes is not None else {}
    files = {str(path.parent if path.name == CASE else path): path for path in (case, *more)}
    wanted: dict[str, tuple[Path, dict[str, Any]]] = {name: (path, {}) for name, path in files.items()}
    faults: list[Fault] = []
    for name, table in tables.items():
        if not isinstance(table, dict):
            faults.append(Fault(f"{changes}: {name}", "is no table of changes; write [NAME] and what changes below it"))
        elif name in wanted:
            faults.append(Fault(f"{changes}: {name}", "is the name of a case file too; take another"))
        else:
            wanted[name] = case, table
    found: dict[str, Case] = {}
    for name, (path, table) in wanted.items():
        try:
            found[name] = read(path, merge(table, dict(wishes)))
        except CaseError as error:
            about = f"{changes}: {name}" if table else error.source
            faults += [Fault(f"{about}: {fault.path}".removesuffix(": "), fault.message) for fault in error.faults]
    if faults:
        raise CaseError(faults, "sweep")
    return found


def sweep_cases(
    cases: Case | Mapping[str, Case],
    folder: Path | str,
    vary: Sequence[str] = (),
    without: Sequence[str] = (),
    scheduler: str | None = None,
    workers: int | None = None,
    progress: Progress = silent,
) -> Sweep:
    """Solve every case, whole and without each of the parts named, at every combination of values; each on its own.

    Each case is kept in the folder as soon as it is finished, and what is kept there is not solved again: a sweep that
    was interrupted or killed goes on where it stopped. What fails is told in its row and tried again the next time.
    Variants that come to one and the same package are solved once.

    Parameters
    ----------
    cases : one, or several by their names
    vary : "chip.bumps.pitch=0.2mm,0.25mm" or "sink.gap=0.03mm:0.2mm:6" for each parameter
    scheduler : address of a dask scheduler; by default the threads of this process work
    workers : cases at once in this process; by default one for each core
    Raises
    ------
    CaseError : what is asked makes no sense, dask is not installed, or the scheduler cannot be reached or has gone
    OutputError : the folder cannot be written
    """
    folder = Path(folder)
    check_workers(scheduler, workers)
    check_writable(folder)
    wanted = plan({"case": cases} if isinstance(cases, Case) else cases, vary, without)
    keys = [key_of(variant.case) if isinstance(variant.case, Case) else None for variant in wanted.variants]
    by_key = {key: variant for key, variant in zip(keys, wanted.variants, strict=True) if key is not None}
    found: dict[str, Answer] = {key: old for key in by_key if (old := kept(folder, key)) is not None}
    if found:
        progress(f"{len(found)} of {len(by_key)} cases are in {folder} already")
    pending = {key: v.case for key, v in by_key.items() if key not in found and isinstance(v.case, Case)}
    for key, answer in answers(pending, scheduler, workers, folder):
        if isinstance(answer, Finished):
            with whole_file(file_of(folder, key)) as scratch:
                scratch.write_text(text_of(answer), encoding="utf-8")
        found[key] = answer
        progress(f"{len(found)}/{len(by_key)} {wanted.label(by_key[key])}: {variants.summary_line(answer)}")
    rows = [
        Row(variant, str(variant.case) if key is None else found[key])
        for key, variant in zip(keys, wanted.variants, strict=True)
    ]
    return Sweep(Table(wanted, tuple(rows)))
