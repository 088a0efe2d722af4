"""How does a package warm, seen in section? Sections kept at some times on the way, shown side by side or moving.

A section is written as it comes and read again when it is drawn: memory holds one at a time, however long the run is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from PIL import Image

from thermopkg.arraytypes import FloatArray
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.report.cuts import MM, Cut, cut_section, outlines, sample, section_values, window_x
from thermopkg.report.drawing import INK, MM_PER_INCH, SMALL_SIZE, TEXT_SIZE, TITLE_SIZE, dress, frame, rounded
from thermopkg.report.folder import whole_file
from thermopkg.report.maps import HEAT
from thermopkg.report.palette import items
from thermopkg.report.zth import told_time
from thermopkg.solve.transient import Moment

FRAMES = 48  # of a film; a few seconds
PANELS = 8  # of a strip, on one page
COLUMNS = 2
FOLDER, STRIP, FILM = "sections", "sections.png", "sections.gif"
PAGE = (170.0, 44.0)  # mm: the width of a strip, and the height of a row of it
FRAME = (150.0, 75.0)  # mm, of one of a film
EDGES = (13.0, 4.0, 12.0, 17.0)  # mm around a panel: left, right, bottom, and at the right of all, where the scale is
DOTS, FILM_DOTS = 200, 110  # per inch
COLOURS = 192  # of a film
PAUSE, LAST_PAUSE = 160, 2000  # ms that a frame stays, and the last
FLAT = 0.5  # K that a scale spans at least


@dataclass(frozen=True, eq=False)
class Section:
    """The x-z plane at `y`, m, of a package: regions and borders; of a half that stands for all of it, all of it."""

    model: VoxelModel
    y: float

    @property
    def cut(self) -> Cut:
        """What lies where, by the number of its item."""
        found = cut_section(self.model, self.y)
        region = items(self.model)[1][found.region].astype(np.int16)
        if not self.model.grid.mirrored[0]:
            return Cut(found.at, found.u, found.v, region)
        u = np.concatenate([2 * found.u[0] - found.u[:0:-1], found.u])
        return Cut(found.at, u, found.v, np.concatenate([region[::-1], region]))

    def values(self, field: FloatArray) -> FloatArray:
        """A field at the grid's corners on the corners of the cut, shape (nu + 1, nv + 1)."""
        found = section_values(self.model, field, self.y)
        return np.concatenate([found[:0:-1], found]) if self.model.grid.mirrored[0] else found


def frame_times(first: float, last: float, log: bool) -> FloatArray:
    """At which times a film wants its frames, s: evenly, or as many in each decade."""
    return np.geomspace(first, last, FRAMES) if log else np.linspace(first, last, FRAMES)


def with_sections(
    moments: Iterator[Moment], folder: Path, section: Section, reference: float, due: FloatArray, fresh: bool
) -> Iterator[Moment]:
    """The same moments; the first, and the first at or behind each time that is due, leave their section in the folder.

    Parameters
    ----------
    reference : degC, that rises are counted from
    fresh : whether the run begins, and sections of an earlier one that lie there are to go
    """
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for old in (folder / FOLDER).glob("*.npy") if fresh else ():
        old.unlink()
    latest = max(times_of(folder), default=-np.inf)
    for moment in moments:
        if moment.time > latest and (latest < 0 or _passed(due, latest) < _passed(due, moment.time)):
            seen = (reference + section.values(moment.rise)).astype(np.float32)
            with whole_file(folder / FOLDER / f"{moment.time!r}.npy") as scratch, scratch.open("wb") as file:
                np.save(file, seen)
            latest = moment.time
        yield moment


def _passed(due: FloatArray, time: float) -> int:
    return int(np.searchsorted(due, time * (1 + 1e-12), side="right"))


def times_of(folder: Path) -> list[float]:
    """Of the sections that are there, s, ascending; a file is called by its time."""
    return sorted(float(path.stem) for path in (folder / FOLDER).glob("*.npy") if not path.name.startswith("."))


def _kept(folder: Path, time: float) -> FloatArray:
    return np.asarray(np.load(folder / FOLDER / f"{time!r}.npy"), float)


def _scale(folder: Path, section: Section, times: Sequence[float]) -> Normalize:
    """One scale of colours for all times, degC, of what lies in the window and is something."""
    low, high = np.inf, -np.inf
    for time in times:
        image = _image(section, _kept(folder, time), (200, 100))
        low, high = min(low, float(np.nanmin(image))), max(high, float(np.nanmax(image)))
    return Normalize(low, max(high, low + FLAT))


def _window(section: Section, cut: Cut) -> tuple[float, float]:
    low, high = window_x(section.model)
    return max(low, float(cut.u[0])), min(high, float(cut.u[-1]))


def _image(section: Section, values: FloatArray, pixels: tuple[int, int]) -> FloatArray:
    cut = section.cut
    return sample(cut, values, _window(section, cut), (float(cut.v[0]), float(cut.v[-1])), pixels)


def _draw_panel(ax: Axes, section: Section, values: FloatArray, scale: Normalize, title: str) -> str:
    """One section in its place; how much its height is stretched."""
    cut = section.cut
    window, up = _window(section, cut), (float(cut.v[0]), float(cut.v[-1]))
    framed = frame(ax, window, up, 0.0, None)
    ax.imshow(
        _image(section, values, (900, 400)).T, origin="lower", extent=(*window, *up), aspect=framed.stretch,
        interpolation="nearest", cmap=HEAT, norm=scale, zorder=1,
    )  # fmt: skip
    lines = LineCollection(list(outlines(cut.merged(), window)), colors="0.6", linewidths=0.25, zorder=2)
    ax.add_collection(lines, autolim=False)
    dress(ax)
    ax.tick_params(labelsize=SMALL_SIZE)
    ax.set_title(title, fontsize=TEXT_SIZE, loc="left", color=INK, parse_math=False, pad=3)
    return framed.told


def _figure(
    folder: Path, section: Section, times: Sequence[float], scale: Normalize, size: tuple[float, float], columns: int
) -> Figure:
    """Sections at some times on a page of a size in mm, with the one scale at their right."""
    width, height = size
    figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), dpi=DOTS)
    left, right, bottom, bar = EDGES
    head, rows = 10.0, -(-len(times) // columns)
    across, down = (width - bar) / columns, (height - head) / rows
    told = ""
    for number, time in enumerate(times):
        column, row = number % columns, number // columns
        place = (column * across + left, height - head - (row + 1) * down + bottom)
        box = (place[0] / width, place[1] / height, (across - left - right) / width, (down - bottom - 6.0) / height)
        ax = figure.add_axes(box)
        values = _kept(folder, time)
        hottest = float(np.nanmax(_image(section, values, (400, 200))))
        told = _draw_panel(ax, section, values, scale, f"{told_time(time)}: up to {hottest:.1f} °C")
        if row == rows - 1 or number + columns >= len(times):
            ax.set_xlabel("x [mm]", fontsize=SMALL_SIZE, color=INK)
        if column == 0:
            ax.set_ylabel("z [mm]", fontsize=SMALL_SIZE, color=INK)
    shown = figure.axes[0].images[0]
    cax = figure.add_axes(
        ((width - bar + 2.0) / width, bottom / height, 3.0 / width, (height - bottom - head) / height)
    )
    scale_bar = figure.colorbar(shown, cax=cax)
    scale_bar.set_label("temperature [°C]", fontsize=TEXT_SIZE, color=INK)
    cax.tick_params(labelsize=SMALL_SIZE, labelcolor=INK, width=0.6, length=2.5)
    figure.text(
        left / width, 1 - 5.5 / height, f"Section at y = {rounded(section.y * MM, 3)} mm, {told}",
        fontsize=TITLE_SIZE, color=INK,
    )  # fmt: skip
    return figure


def save_strip(folder: Path, section: Section) -> None:
    """Some of the sections that a run has left side by side, in sections.png."""
    times = times_of(folder)
    chosen = [times[i] for i in np.unique(np.linspace(0, len(times) - 1, PANELS).round().astype(int))]
    scale = _scale(folder, section, times)
    rows = -(-len(chosen) // COLUMNS)
    figure = _figure(folder, section, chosen, scale, (PAGE[0], 10.0 + rows * PAGE[1]), min(COLUMNS, len(chosen)))
    with whole_file(folder / STRIP) as scratch:
        figure.savefig(scratch, dpi=DOTS)


def save_film(folder: Path, section: Section) -> None:
    """All sections that a run has left one after the other, in sections.gif."""
    times = times_of(folder)
    scale = _scale(folder, section, times)

    def drawn(time: float) -> Image.Image:
        buffer = BytesIO()
        _figure(folder, section, [time], scale, FRAME, 1).savefig(buffer, dpi=FILM_DOTS)
        return Image.open(buffer).convert("RGB")

    colours = drawn(times[-1]).quantize(COLOURS)  # those of the warmest frame do for all
    frames = (drawn(time).quantize(palette=colours, dither=Image.Dither.NONE) for time in times)
    with whole_file(folder / FILM) as scratch:
        next(frames).save(
            scratch, save_all=True, append_images=frames, duration=[PAUSE] * (len(times) - 1) + [LAST_PAUSE], loop=0
        )
