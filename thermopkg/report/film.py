"""How does a package warm, seen in section? Sections kept at some times on the way, shown side by side or moving.

A section is written as it comes and read again when it is drawn: memory holds one at a time, however long the run is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from PIL import Image

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.report.courses import told_moment
from thermopkg.report.cuts import MM, Cut, cut_section, outlines, sample, section_values, window_x
from thermopkg.report.drawing import (
    INK,
    MM_PER_INCH,
    SMALL_SIZE,
    STRETCHES,
    TEXT_SIZE,
    TITLE_SIZE,
    dress,
    frame,
    rounded,
)
from thermopkg.report.folder import whole_file
from thermopkg.report.maps import HEAT
from thermopkg.report.palette import items
from thermopkg.solve.transient import Moment

FRAMES = 48  # of a film; a few seconds
PANELS = 8  # of a strip, on one page
COLUMNS = 2
FOLDER, STRIP, FILM = "sections", "sections.png", "sections.gif"
STRIP_WIDTH, FILM_WIDTH = 170.0, 150.0  # mm
TALLEST = 32.0, 60.0  # mm, of a section in a strip and in a film
LEFT, RIGHT, BAR, HEAD = 13.0, 4.0, 17.0, 9.0  # mm beside a panel, at the right of all for the scale, and above all
ABOVE, BELOW, LAST = 6.0, 6.0, 10.0  # mm above a panel for its title, below it, and below the last
DOTS, FILM_DOTS = 200, 110  # per inch
COLOURS, GREYS = 208, 48  # of a film: of its scale, and of what is written
PAUSE, LAST_PAUSE = 160, 2000  # ms that a frame stays, and the last
FLAT = 0.5  # K that a scale spans at least
DRAWN, LOOKED_AT = (900, 400), (300, 150)  # dots of a section, and those in which its range is looked for


@dataclass(frozen=True, eq=False)
class Section:
    """The x-z plane at `y`, m, of a package: regions and borders; of a half that stands for all of it, all of it."""

    model: VoxelModel
    y: float

    @cached_property
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


def _ranges(folder: Path, section: Section, times: Sequence[float]) -> FloatArray:
    """Lowest and highest of what lies in the window and is something at each time, degC, shape (n, 2)."""
    images = (_image(section, _kept(folder, time), LOOKED_AT) for time in times)
    return np.array([(float(np.nanmin(image)), float(np.nanmax(image))) for image in images])


def _scale(ranges: FloatArray) -> Normalize:
    """One scale of colours for all times, degC."""
    low, high = float(ranges[:, 0].min()), float(ranges[:, 1].max())
    return Normalize(low, max(high, low + FLAT))


def _window(section: Section, cut: Cut) -> tuple[float, float]:
    low, high = window_x(section.model)
    return max(low, float(cut.u[0])), min(high, float(cut.u[-1]))


def _image(section: Section, values: FloatArray, pixels: tuple[int, int]) -> FloatArray:
    cut = section.cut
    return sample(cut, values, _window(section, cut), (float(cut.v[0]), float(cut.v[-1])), pixels)


def _draw_panel(ax: Axes, section: Section, scale: Normalize) -> str:
    """The place of one section with its borders; how much its height is stretched."""
    cut = section.cut
    window, up = _window(section, cut), (float(cut.v[0]), float(cut.v[-1]))
    framed = frame(ax, window, up, 0.0, None)
    ax.imshow(
        np.zeros(DRAWN[::-1]), origin="lower", extent=(*window, *up), aspect=framed.stretch, interpolation="nearest",
        cmap=HEAT, norm=scale, zorder=1,
    )  # fmt: skip
    lines = LineCollection(list(outlines(cut.merged(), window)), colors="0.6", linewidths=0.25, zorder=2)
    ax.add_collection(lines, autolim=False)
    dress(ax)
    ax.tick_params(labelsize=SMALL_SIZE)
    return framed.told


def _fill_panel(ax: Axes, section: Section, time: float, values: FloatArray) -> None:
    """The temperatures of one moment, degC, into its place."""
    image = _image(section, values, DRAWN)
    ax.images[0].set_data(image.T)
    title = f"{told_moment(time)}: up to {float(np.nanmax(image)):.1f} °C"
    ax.set_title(title, fontsize=TEXT_SIZE, loc="left", color=INK, parse_math=False, pad=3)


def _figure(
    folder: Path, section: Section, times: Sequence[float], scale: Normalize, width: float, columns: int, tallest: float
) -> Figure:
    """Sections at some times on a page of a width in mm, with the one scale at their right."""
    cut = section.cut
    window = _window(section, cut)
    across = (width - BAR) / columns
    ratio = float((cut.v[-1] - cut.v[0]) / (window[1] - window[0])) * (across - LEFT - RIGHT)
    tall = ratio * max((stretch for stretch in STRETCHES if stretch * ratio <= tallest), default=1.0)
    rows = -(-len(times) // columns)
    height = HEAD + rows * (ABOVE + tall + BELOW) + LAST
    figure, told = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), dpi=DOTS), ""
    for number, time in enumerate(times):
        column, row = number % columns, number // columns
        low = height - HEAD - row * (ABOVE + tall + BELOW) - ABOVE - tall
        box = (column * across + LEFT) / width, low / height, (across - LEFT - RIGHT) / width, 1.001 * tall / height
        ax = figure.add_axes(box)
        told = _draw_panel(ax, section, scale)
        _fill_panel(ax, section, time, _kept(folder, time))
        if row == rows - 1 or number + columns >= len(times):
            ax.set_xlabel("x [mm]", fontsize=SMALL_SIZE, color=INK)
        else:
            ax.tick_params(labelbottom=False)
        if column == 0:
            ax.set_ylabel("z [mm]", fontsize=SMALL_SIZE, color=INK)
    up = (height - HEAD - ABOVE - LAST - BELOW) / height
    cax = figure.add_axes(((width - BAR + 2.0) / width, (LAST + BELOW) / height, 3.0 / width, up))
    bar = figure.colorbar(figure.axes[0].images[0], cax=cax)
    bar.set_label("temperature [°C]", fontsize=TEXT_SIZE, color=INK)
    bar.outline.set_visible(False)
    cax.tick_params(labelsize=SMALL_SIZE, labelcolor=INK, width=0.6, length=2.5)
    figure.text(
        LEFT / width, 1 - 5.0 / height, f"Section at y = {rounded(section.y * MM, 3)} mm, {told}",
        fontsize=TITLE_SIZE, color=INK,
    )  # fmt: skip
    return figure


def _telling(hottest: FloatArray) -> IntArray:
    """Which of many frames a strip shows: as far apart in time as in what happens between them."""
    if hottest.size <= PANELS:
        return np.arange(hottest.size)
    moved = np.append(0.0, np.cumsum(np.abs(np.diff(hottest))))
    along = np.arange(hottest.size) / (hottest.size - 1) + moved / (moved[-1] or 1.0)
    return np.unique(np.searchsorted(along, np.linspace(0.0, along[-1], PANELS) * (1 - 1e-9)))


def save_strip(folder: Path, section: Section) -> None:
    """Some of the sections that a run has left side by side, in sections.png."""
    times = times_of(folder)
    ranges = _ranges(folder, section, times)
    chosen = [times[i] for i in _telling(ranges[:, 1])]
    columns = min(COLUMNS, len(chosen))
    figure = _figure(folder, section, chosen, _scale(ranges), STRIP_WIDTH, columns, TALLEST[0])
    with whole_file(folder / STRIP) as scratch:
        figure.savefig(scratch, dpi=DOTS)


def save_film(folder: Path, section: Section) -> None:
    """All sections that a run has left one after the other, in sections.gif."""
    times = times_of(folder)
    scale = _scale(_ranges(folder, section, times))
    figure = _figure(folder, section, times[-1:], scale, FILM_WIDTH, 1, TALLEST[1])

    def drawn(time: float) -> Image.Image:
        _fill_panel(figure.axes[0], section, time, _kept(folder, time))
        buffer = BytesIO()
        figure.savefig(buffer, dpi=FILM_DOTS)
        return Image.open(buffer).convert("RGB")

    frames = (drawn(time).quantize(palette=_colours(), dither=Image.Dither.NONE) for time in times)
    with whole_file(folder / FILM) as scratch:
        next(frames).save(
            scratch, save_all=True, append_images=frames, duration=[PAUSE] * (len(times) - 1) + [LAST_PAUSE], loop=0
        )


def _colours() -> Image.Image:
    """The colours of every frame: those of the scale, evenly, and greys."""
    heat = colormaps[HEAT](np.linspace(0.0, 1.0, COLOURS))[:, :3]
    greys = np.repeat(np.linspace(0.0, 1.0, GREYS)[:, None], 3, axis=1)
    found = Image.new("P", (1, 1))
    found.putpalette((255 * np.concatenate([heat, greys])).round().astype(np.uint8).tobytes())
    return found
