"""What does ParaView play? The fields of a run at half decades of time, and the file that lists them."""

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from thermopkg.arraytypes import BoolArray
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.report.folder import whole_file
from thermopkg.report.vtu import write_vtu
from thermopkg.solve.transient import Moment

APART = 10**0.5  # of the times of two fields, at least
FOLDER, LIST = "fields", "fields.pvd"


def with_fields(
    moments: Iterator[Moment], folder: Path, model: VoxelModel, reference: float, last: float, fresh: bool
) -> Iterator[Moment]:
    """The same moments; the first, those half a decade apart and the one at the end leave a field in the folder.

    Parameters
    ----------
    model : of the primal lattice that the moments are of
    reference : K, that rises are counted from
    last : time of the end, s
    fresh : whether the run begins, and fields of an earlier one that lie there are to go
    """
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for old in (folder / FOLDER).glob("*.vtu") if fresh else ():
        old.unlink()
    latest = max(_times(folder), default=-np.inf)
    for moment in moments:
        if moment.time > latest and (latest <= 0 or moment.time >= APART * latest or moment.time == last):
            _write(folder, model, reference, moment)
            latest = moment.time
        yield moment


def _write(folder: Path, model: VoxelModel, reference: float, moment: Moment) -> None:
    held = np.where(_inside(model), reference + moment.rise, np.nan)
    with whole_file(folder / FOLDER / f"{moment.time!r}.vtu") as scratch:
        write_vtu(scratch, model, held)
    rows = [
        f'    <DataSet timestep="{time!r}" part="0" file={quoteattr(f"{FOLDER}/{time!r}.vtu")}/>'
        for time in sorted(_times(folder))
    ]
    text = '<?xml version="1.0"?>\n<VTKFile type="Collection" version="0.1">\n  <Collection>\n'
    with whole_file(folder / LIST) as scratch:
        scratch.write_text(text + "\n".join(rows) + "\n  </Collection>\n</VTKFile>\n", encoding="utf-8")


def _times(folder: Path) -> list[float]:
    """Of the fields that are there, s; a file is called by its time."""
    return [float(path.stem) for path in (folder / FOLDER).glob("*.vtu") if not path.name.startswith(".")]


def _inside(model: VoxelModel) -> BoolArray:
    """Corners that belong to something."""
    nx, ny, nz = model.grid.shape
    corners = np.zeros((nx + 1, ny + 1, nz + 1), bool)
    for corner in np.ndindex(2, 2, 2):
        corners[tuple(slice(by, n + by) for by, n in zip(corner, (nx, ny, nz), strict=True))] |= model.active
    return corners
