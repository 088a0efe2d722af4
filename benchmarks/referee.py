"""Do both engines share a value on every shipped case? Brackets of lattices and of tetrahedra, all joints square.

python -m benchmarks.referee                        writes benchmarks/results/referee.{json,md}
python -m benchmarks.referee --most 30000 --only open-frame

Brackets are guaranteed on any mesh, so the geometry's own will do. Where that has more than --most tetrahedra, joints
are put at twice, four times, ... their pitch: both engines then bound the same thinner package. What is measured is
kept case by case: a run that is cut off goes on where it stopped, with --resume.
"""

import argparse
import json
import platform
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from thermopkg.answer.answer import mirrored_axes, reference_temperature, wanted_of, wanted_places
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.metrics import metric
from thermopkg.answer.referee import element_bracket
from thermopkg.case.case import Case
from thermopkg.case.part import Joints
from thermopkg.errors import CaseError, ConvergenceError, GeometryError, ModelError
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.tetra import tetrahedra
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.workflow import bounded, geometry, linearised, read, read_any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "referee.json"
MOST = 1_000_000  # tetrahedra of a case as it stands: all that are shipped, in half an hour
STILL_SOLVED = 5  # times as many, where no thinner package can be made
THINNINGS = (2, 4, 8)  # times the pitch


@dataclass(frozen=True)
class Row:
    """One number of one case by both engines, in its unit; or why there is none."""

    case: str
    thinned: int  # times the pitch of the joints that are too many
    quantity: str
    unit: str
    voxels: tuple[float, float]
    tetrahedra: tuple[float, float]
    cells: tuple[int, int]
    seconds: tuple[float, float]
    refused: str = ""

    @property
    def overlap(self) -> bool:
        """Whether the two brackets share a value."""
        return self.voxels[0] <= self.tetrahedra[1] and self.tetrahedra[0] <= self.voxels[1]


def compared(path: Path, most: int) -> list[Row]:
    """Every number that a case asks for, by both engines on the meshes of the geometry."""
    name, thinned = path.parent.name, 1
    try:
        case = read(path, {"study": {"refine": 0}})
        case = case.model_copy(update={"study": case.study.model_copy(update={"round": False})})
        coarse = geometry(linearised(case))
        model = meshed(coarse)
        for times in THINNINGS:
            if model.n_cells <= most:
                break
            try:
                following = geometry(linearised(thinner(case, times)))
            except (CaseError, GeometryError):  # no joint of this pitch fits under the smallest chip
                break
            coarse, model, thinned = following, meshed(following), times
        if model.n_cells > STILL_SOLVED * most:
            return [_refused(name, thinned, f"{model.n_cells:,} tetrahedra at {thinned} times the pitch of all joints")]
        started = time.perf_counter()
        voxels = bounded(coarse)
        between = time.perf_counter()
        package = coarse.package
        matrix = element_bracket(model, wanted_places(package), reference_temperature(package.case))
        ended = time.perf_counter()
    except (CaseError, GeometryError, ModelError, ConvergenceError) as error:
        return [_refused(name, thinned, str(error).splitlines()[-1].strip())]
    rows = []
    for own, wanted in zip(voxels.wanted, wanted_of(package), strict=True):
        other = metric(wanted, matrix).bracket
        rows.append(
            Row(
                *(name, thinned, own.name, own.unit, _ends(own.bracket), _ends(other)),
                (voxels.model.grid.n_cells, model.n_cells),
                (between - started, ended - between),
            )
        )
    return rows or [_refused(name, thinned, "nothing is asked for")]


def thinner(case: Case, times: int) -> Case:
    """The case with every grid of joints at a multiple of its pitch."""

    def spaced(joints: Joints) -> Joints:
        if joints.pitch is None or joints.mask is not None or joints.rows is not None:
            return joints
        count = None if joints.count is None else tuple(max(1, n // times) for n in joints.count)
        return joints.model_copy(update={"pitch": times * joints.pitch, "count": count})

    if times == 1:
        return case
    parts = []
    for part in case.part:
        if isinstance(part, Joints):  # balls are a part of their own
            parts.append(spaced(part))
            continue
        own = {key: spaced(value) for key, value in part if isinstance(value, Joints)}
        parts.append(part.model_copy(update=own))
    return case.model_copy(update={"part": tuple(parts)})


def meshed(coarse: VoxelModel) -> ElementModel:
    """The coarsest tetrahedra of a package with square joints; the half or quarter that tells all."""
    package = coarse.package
    return tetrahedra(package, wanted_places(package).values(), 1.0, None, mirrored_axes(package))


def _ends(bracket: Bracket) -> tuple[float, float]:
    return bracket.lower, bracket.upper


def _refused(name: str, thinned: int, why: str) -> Row:
    return Row(name, thinned, "", "", (0.0, 0.0), (0.0, 0.0), (0, 0), (0.0, 0.0), why)


# ---------------------------------------------------------------- what is told
def report(rows: Sequence[Row], date: str) -> str:
    """Counts and a line for every number, Markdown."""
    solved = [row for row in rows if not row.refused]
    apart = [row for row in solved if not row.overlap]
    refused = [row for row in rows if row.refused]
    cases = len({row.case for row in solved})
    as_they_stand = len({row.case for row in solved if row.thinned == 1})
    lines = [
        "# Lattices against tetrahedra on every shipped case",
        f"`python -m benchmarks.referee`, {date}, Python {platform.python_version()}, beside other work. Meshes are "
        "the geometry's own, joints square, fields of order 1.",
        "",
        f"- **{cases} cases, {len(solved)} numbers: {len(solved) - len(apart)} pairs of brackets share a value, "
        f"{len(apart)} do not**",
        f"- {as_they_stand} cases as they stand; {cases - as_they_stand} with joints at a multiple of their pitch, in "
        "both engines, so that the tetrahedra stay few",
        f"- {len(packages()) - cases - len(refused)} shipped cases not run",
        f"- {len(refused)} cases refused" + "".join(f"\n  - {row.case}: {row.refused}" for row in refused),
        "",
        "| case | pitch | number | voxels | tetrahedra | share a value | cells of both |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in solved:
        pitch = "" if row.thinned == 1 else f"× {row.thinned}"
        both = " | ".join(f"{low:.5g} to {high:.5g}" for low, high in (row.voxels, row.tetrahedra))
        told = "yes" if row.overlap else "**no**"
        cells = " / ".join(f"{n:,}" for n in row.cells)
        lines.append(f"| {row.case} | {pitch} | {row.quantity}, {row.unit} | {both} | {told} | {cells} |")
    return "\n".join(lines) + "\n"


def packages() -> list[Path]:
    """Every shipped case that has parts; those that bring a mesh are of the second engine alone."""
    paths = sorted(ROOT.glob("cases/*/case.toml"))
    return [path for path in paths if isinstance(read_any(path), Case)]


def kept(path: Path) -> Iterator[Row]:
    """Rows of an earlier run."""
    if path.exists():
        for own in json.loads(path.read_text(encoding="utf-8"))["rows"]:
            yield Row(**{key: tuple(value) if isinstance(value, list) else value for key, value in own.items()})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=MOST, help="tetrahedra of a case whose joints are kept")
    parser.add_argument("--only", nargs="*", help="names of cases; all of them if left out")
    parser.add_argument("--resume", action="store_true", help="keep the cases that are in the results already")
    parser.add_argument("--out", type=Path, default=RESULTS, help="JSON file; the report stands beside it")
    given = parser.parse_args()
    rows = list(kept(given.out)) if given.resume else []
    done, date = {row.case for row in rows}, datetime.now(UTC).date().isoformat()
    for path in packages():
        name = path.parent.name
        if name in done or (given.only and name not in given.only):
            continue
        rows += compared(path, given.most)
        print(name, rows[-1].refused or ("shared" if rows[-1].overlap else "APART"), flush=True)
        told = {"date": date, "most": given.most, "rows": [asdict(row) for row in rows]}
        given.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    given.out.with_suffix(".md").write_text(report(rows, date), encoding="utf-8")
    return int(any(not row.refused and not row.overlap for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
