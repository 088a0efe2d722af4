"""Does every package become tetrahedra? Five of them, with gaps from 0.02 to 0.2 mm and 100 to 2,000 round bumps.

python -m benchmarks.meshing    writes meshing.md to benchmarks/results; a minute or two

Each is meshed as far as its mirrors tell all. Volumes are held against those of the solids, as the voxels hold them.
"""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bump_packages import BUMPS, GAPS, PACKAGES, package
from thermopkg.answer.answer import mirrored_axes, wanted_places
from thermopkg.errors import CaseError, GeometryError
from thermopkg.mesh.contents import contents
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.quality import quality
from thermopkg.mesh.tetra import tetrahedra
from thermopkg.mesh.voxel import paint

RESULTS = Path(__file__).resolve().parents[1] / "benchmarks" / "results"


@dataclass(frozen=True)
class Row:
    """One package; seconds of the processor, degrees; `volume` is the largest relative error of any solid's."""

    package: str
    bumps: int
    gap: float
    cells: int
    seconds: float
    smallest_angle: float
    largest_aspect: float
    volume: float
    failure: str = ""


def measure(name: str, n_bumps: int, gap: float) -> Row:
    try:
        own = package(name, gap, n_bumps)
        mirrored = mirrored_axes(own)
        started = time.process_time()
        model = tetrahedra(own, wanted_places(own).values(), mirrored=mirrored)
        took = time.process_time() - started
    except (CaseError, GeometryError) as error:
        return Row(name, n_bumps, gap, 0, 0.0, 0.0, 0.0, 0.0, str(error).replace("\n", " "))
    figures = quality(model)
    exact = Counter[str]()
    for item in contents(paint(own, geometry_grid(own, mirrored=mirrored))):
        exact[item.solid] += item.volume  # type: ignore[assignment]
    off = max(abs(figures.volumes[solid] / volume - 1) for solid, volume in exact.items())
    return Row(name, n_bumps, gap, model.n_cells, took, figures.smallest_angle, figures.largest_aspect, off)


def table(rows: list[Row]) -> str:
    lines = [
        "| package | bumps | gap, mm | tetrahedra | s | smallest angle | largest aspect | volumes off by |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        figures = (
            [row.failure, "", "", "", ""]
            if row.failure
            else [f"{row.cells:,}", f"{row.seconds:.1f}", f"{row.smallest_angle:.2f}°", f"{row.largest_aspect:,.0f}",
                  f"{row.volume:.0e}"]
        )  # fmt: skip
        lines.append("| " + " | ".join([row.package, f"{row.bumps:,}", f"{row.gap:g}", *figures]) + " |")
    return "\n".join(lines)


def report(rows: list[Row]) -> str:
    """The page of results."""
    failed = sum(bool(row.failure) for row in rows)
    told = (
        f"{len(rows)} meshes, **{failed} failures**, {sum(row.cells for row in rows) / 1e6:.0f} M tetrahedra in "
        f"{sum(row.seconds for row in rows):.0f} s of the processor. Gaps are those between faces and the heights of "
        "bumps alike; bumps fill the lowest chip, half of the pitch is solder."
    )
    return "\n\n".join(["# Five packages as tetrahedra, by gap and by number of bumps", told, table(rows)])


def main() -> int:
    rows = [measure(name, n_bumps, gap) for name in PACKAGES for n_bumps in BUMPS for gap in GAPS]
    (RESULTS / "meshing.md").write_text(report(rows) + "\n", encoding="utf-8")
    print(report(rows))
    return sum(bool(row.failure) for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
