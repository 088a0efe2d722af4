"""Does the exploded view show every part, lifted apart, with nothing drawn over what lies nearer?"""

from functools import cache

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from thermopkg.case.load import from_document
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.package.placing import place
from thermopkg.report.exploded import ACROSS, UP, draw_exploded

FILM = {"film": "10 W/m^2/K"}
CHIPS = 2  # side by side, so that they share a level


@cache
def pair() -> VoxelModel:
    bumps = {"material": "sn63pb37", "pitch": "0.4 mm", "diameter": "0.2 mm", "height": "0.1 mm", "count": [3, 3]}
    chips = [
        {"name": f"chip-{n}", "kind": "chip", "on": "carrier", "size": ["1.5 mm", "1.5 mm", "0.3 mm"],
         "at": [x, "0 mm"], "bumps": bumps}
        for n, x in ((1, "-1.2 mm"), (2, "1.2 mm"))
    ]  # fmt: skip
    layers = [{"material": "bt-laminate", "thickness": "0.2 mm"}, {"material": "copper", "thickness": "20 um"}]
    parts = [
        {"name": "carrier", "kind": "substrate", "size": ["6 mm", "4 mm"], "layers": layers},
        *chips,
        {"name": "mould", "kind": "encapsulant", "on": "carrier", "material": "emc-2.5", "height": "0.6 mm"},
    ]
    environment = {"ambient": "25 degC", "top": FILM}
    document = {"title": "t", "part": parts, "environment": environment, "study": {"metrics": []}}
    package = place(from_document(document))
    return paint(package, geometry_grid(package))


def drawn(model: VoxelModel) -> tuple[list[str], PolyCollection]:
    figure = Figure(figsize=(6, 5))
    ax = draw_exploded(model, figure.add_axes((0.1, 0.1, 0.8, 0.8)))
    (polygons,) = (c for c in ax.collections if isinstance(c, PolyCollection))
    labels = [child.get_text() for child in ax.get_children() if isinstance(child, Annotation)]
    assert "heights ×" in ax.get_title(loc="left")
    return labels, polygons


def test_every_part_is_named_once_and_bumps_apart_from_their_chip():
    labels, _ = drawn(pair())
    assert sorted(labels) == [
        "carrier: bt-laminate, copper",
        "chip-1: 9 bumps of sn63pb37",
        "chip-1: silicon",
        "chip-2: 9 bumps of sn63pb37",
        "chip-2: silicon",
        "mould: emc-2.5",
    ]


def test_three_sides_of_every_box_are_drawn():
    _, polygons = drawn(pair())
    n_boxes = sum(len(solid.boxes) for solid in pair().package.solids)
    assert n_boxes == 2 + CHIPS * (1 + 9) + 1
    assert len(polygons.get_paths()) == 3 * n_boxes


def test_levels_do_not_touch_and_chips_beside_one_another_share_one():
    _, polygons = drawn(pair())
    tops = [path.vertices[:4] for path in polygons.get_paths()[2::3]]
    # the middle of a top face lies at u = ACROSS (x + y), v = UP (y - x) + height: both chips lie at y = 0
    middles = np.array([top.mean(axis=0) for top in tops])
    heights = middles[:, 1] + UP * middles[:, 0] / ACROSS  # of boxes at y = 0; others are off by 2 UP y
    spans = np.array([np.ptp(top[:, 0]) for top in tops]) / ACROSS
    chips = heights[np.isclose(spans, 3.0)]  # 1.5 mm + 1.5 mm
    assert chips.size == CHIPS
    assert chips[0] == pytest.approx(chips[1], abs=1e-9)
    carrier = heights[np.isclose(spans, 10.0)]  # two layers and the mould, 6 mm + 4 mm
    assert np.sort(carrier)[1] < chips[0] < np.sort(carrier)[2]


def test_what_is_nearer_is_drawn_later():
    _, polygons = drawn(pair())
    tops = np.array([path.vertices[:4].mean(axis=0) for path in polygons.get_paths()[2::3]])
    # in a level of equal boxes the nearer one stands lower on paper: each array of nine is drawn downwards
    spans = np.array([np.ptp(path.vertices[:4, 0]) for path in polygons.get_paths()[2::3]])
    bumps = np.flatnonzero(spans < 1.0)  # 0.18 mm + 0.18 mm on paper; chips 3 mm
    assert bumps.size == CHIPS * 9
    for array in (bumps[:9], bumps[9:]):
        assert (np.diff(tops[array, 1]) <= 1e-9).all()
