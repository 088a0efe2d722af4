"""Do the pictures say what they must, and do the kelvins along the heat path add up?"""

from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from thermopkg.answer.adapt import Step
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.metrics import Metric
from thermopkg.answer.path import Drop, HeatPath, Way, heat_path
from thermopkg.case.load import from_document
from thermopkg.case.parts import KINDS
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.package.placing import place
from thermopkg.package.solids import Role
from thermopkg.report.cuts import Cut, cut_section, hottest_corner, outlines, sample, telling_y, telling_z, window_x
from thermopkg.report.drawing import picture, rounded, uncrossed
from thermopkg.report.palette import KIND_COLOURS, items
from thermopkg.report.plots import draw_heat_path, draw_layout, draw_plan, draw_section, draw_temperature
from thermopkg.report.refinement import draw_bounds, draw_refinement

ROUND_OFF = 1e-12  # relative; both sides are short sums in float64


# --- a package of 5 mm by 5 mm by 1.18 mm, and the same on a board of 100 mm -----------------------------------------


def parts_of_package(**carrier_place: object) -> list[dict[str, object]]:
    layers = [
        {"material": "copper", "thickness": "20 um", "coverage": 0.6},
        {"material": "bt-laminate", "thickness": "0.2 mm"},
        {"material": "copper", "thickness": "20 um", "coverage": 0.6},
    ]
    bumps = {"material": "sn63pb37", "pitch": "0.4 mm", "diameter": "0.2 mm", "height": "0.1 mm", "count": [6, 6]}
    balls = {"material": "sac305", "pitch": "0.8 mm", "diameter": "0.4 mm", "height": "0.24 mm", "count": [6, 6]}
    return [
        {"name": "carrier", "kind": "substrate", "size": ["5 mm", "5 mm"], "layers": layers, **carrier_place},
        {"name": "chip", "kind": "chip", "on": "carrier", "size": ["3 mm", "3 mm", "0.3 mm"], "power": "1 W",
         "bumps": bumps},
        {"name": "mould", "kind": "encapsulant", "on": "carrier", "material": "emc-2.5", "exposes": ["lid.top"]},
        {"name": "lid", "kind": "heat-sink", "over": "chip", "gap": "0.1 mm", "size": ["4 mm", "4 mm", "0.2 mm"],
         "material": "copper"},
        {"name": "balls", "kind": "balls", "under": "carrier", **balls},
    ]  # fmt: skip


def model_of(parts: list[dict[str, object]], halvings: int = 0) -> VoxelModel:
    environment = {"ambient": "25 degC", "top": {"film": "10 W/m^2/K"}, "bottom": {"film": "10 W/m^2/K"}}
    package = place(from_document({"title": "t", "part": parts, "environment": environment}))
    return paint(package, geometry_grid(package).graded(4.0).halved(halvings))


@cache
def small() -> VoxelModel:
    return model_of(parts_of_package())


@cache
def on_board() -> VoxelModel:
    board = {
        "name": "board", "kind": "board", "size": ["100 mm", "100 mm"],
        "layers": [{"material": "bt-laminate", "thickness": "1.6 mm"}],
    }  # fmt: skip
    return model_of([board, *parts_of_package(over="board", gap="0.24 mm")])


def corners(model: VoxelModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.meshgrid(*model.grid.axes, indexing="ij")


def without_nothing(model: VoxelModel, temperature: np.ndarray) -> np.ndarray:
    """NaN at the corners that no active cell touches."""
    active = np.pad(model.active, 1)
    touched = np.zeros(temperature.shape, bool)
    for i, j, k in np.ndindex(2, 2, 2):
        touched |= active[i:, j:, k:][: touched.shape[0], : touched.shape[1], : touched.shape[2]]
    return np.where(touched, temperature, np.nan)


def warm_spot(model: VoxelModel) -> np.ndarray:
    """A smooth field, degC, hottest at the corner nearest to the middle of the chip's active face."""
    face = model.package.active_faces[0]
    x, y, z = corners(model)
    distance = np.hypot(np.hypot(x - 0.3e-3, y - 0.2e-3), 4 * (z - face.z))
    return without_nothing(model, 40.0 + 50.0 * np.exp(-distance / 2e-3))


def drawn(draw: object) -> Axes:
    """The axes of a finished picture: it is also rendered, where every warning is an error."""
    figure = picture(draw)
    figure.draw_without_rendering()
    return figure.axes[0]


def labels_of(ax: Axes) -> list[Annotation]:
    return [child for child in ax.texts if isinstance(child, Annotation)]


def boxes_of_labels(ax: Axes) -> list[Bbox]:
    """Of the words alone, without their lines."""
    return [Text.get_window_extent(label) for label in labels_of(ax)]


# --- the section -----------------------------------------------------------------------------------------------------


def test_section_names_each_part_and_material_once():
    ax = drawn(lambda ax: draw_section(small(), ax))
    assert sorted(label.get_text() for label in labels_of(ax)) == [
        "balls: sac305",
        "carrier: bt-laminate",
        "carrier: copper 60%, bt-laminate (2 layers)",
        "chip bumps: sn63pb37",
        "chip: silicon",
        "lid: copper",
        "mould: emc-2.5",
    ]


def test_section_leads_every_label_to_what_it_names():
    model = small()
    ax = drawn(lambda ax: draw_section(model, ax))
    found, table = items(model)
    cut = cut_section(model, telling_y(model))
    for label in labels_of(ax):
        x, z = label.xy
        cell = np.searchsorted(cut.u, x) - 1, np.searchsorted(cut.v, z) - 1
        assert found[table[cut.region[cell]]].label == label.get_text()


@pytest.mark.parametrize("model", [small, on_board])
def test_section_labels_stand_apart_and_on_the_page(model):
    ax = drawn(lambda ax: draw_section(model(), ax))
    boxes = boxes_of_labels(ax)
    boxes += [ax.xaxis.label.get_window_extent(), ax.yaxis.label.get_window_extent()]
    page = ax.figure.bbox
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(page.x0 <= b.x0 and b.x1 <= page.x1 and page.y0 <= b.y0 and b.y1 <= page.y1 for b in boxes)


def test_section_measures_in_mm():
    ax = drawn(lambda ax: draw_section(small(), ax))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x [mm]", "z [mm]")
    assert ax.get_xlim() == pytest.approx((-2.5, 2.5), rel=ROUND_OFF)
    # balls 0.24, carrier 0.24, bumps 0.1, chip 0.3, gap 0.1, lid 0.2
    assert ax.get_ylim() == pytest.approx((0.0, 1.18), abs=1e-9)


def test_section_states_the_stretch_that_it_has():
    ax = drawn(lambda ax: draw_section(small(), ax))
    assert ax.get_aspect() > 1
    assert ax.get_title(loc="left").endswith(f"vertical ×{ax.get_aspect():g}")
    (x0, x1), (z0, z1) = ax.get_xlim(), ax.get_ylim()
    box = ax.get_window_extent()
    assert (box.height / (z1 - z0)) / (box.width / (x1 - x0)) == pytest.approx(ax.get_aspect(), rel=1e-6)


def test_section_is_to_scale_when_asked():
    ax = drawn(lambda ax: draw_section(small(), ax, stretch=1.0))
    assert ax.get_aspect() == 1.0
    assert ax.get_title(loc="left").endswith("to scale")


def test_section_moves_off_the_middle_to_meet_bumps_and_balls():
    # six rows of either: their pitches of 0.4 and 0.8 mm leave the middle empty; the rows of bumps at 0.2 and of balls
    # at 0.4 mm share what lies between 0.4 - 0.1772 and 0.2 + 0.0886 mm, half the sides of their equal-area squares
    model = small()
    y = telling_y(model)
    assert 0.2228e-3 < y < 0.2886e-3
    shown = {model.regions[n].role for n in np.unique(cut_section(model, y).region) if n >= 0}
    assert {"bumps", "balls"} <= shown


def test_section_on_a_wide_board_shows_the_package_and_says_so():
    ax = drawn(lambda ax: draw_section(on_board(), ax))
    # 12 percent of the package's 5 mm on either side
    assert ax.get_xlim() == pytest.approx((-3.1, 3.1), rel=ROUND_OFF)
    assert ax.get_xlabel() == "x [mm]; the board goes on from −50 to 50 mm"


def test_every_item_has_a_colour_of_its_own():
    found, _ = items(on_board())
    assert len({item.colour for item in found}) == len(found)


def test_every_kind_and_role_has_a_colour():
    roles = set(get_args(Role)) - {"body", "layer"}
    assert set(KINDS) | roles <= set(KIND_COLOURS)


def test_section_is_painted_on_as_few_cells_whatever_the_grid():
    coarse, fine = (
        drawn(lambda ax, n=n: draw_section(model_of(parts_of_package(), halvings=n), ax, y=0.25e-3)) for n in (0, 1)
    )
    meshes = [next(c for c in ax.collections if isinstance(c, QuadMesh)) for ax in (coarse, fine)]
    assert meshes[0].get_coordinates().shape == meshes[1].get_coordinates().shape


def test_section_draws_into_a_figure_that_lays_itself_out():
    figure = Figure(layout="constrained")
    upper, lower = figure.subplots(2)
    assert draw_section(small(), upper) is upper
    assert draw_temperature(small(), warm_spot(small()), lower) is lower
    figure.draw_without_rendering()


# --- temperatures ----------------------------------------------------------------------------------------------------


def isotherms(ax: Axes) -> QuadContourSet:
    return next(c for c in ax.collections if isinstance(c, QuadContourSet))


def colour_bar(ax: Axes) -> Axes:
    return ax.child_axes[0]


def test_temperature_has_units_everywhere():
    ax = drawn(lambda ax: draw_temperature(small(), warm_spot(small()), ax))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x [mm]", "z [mm]")
    assert colour_bar(ax).get_ylabel() == "temperature [°C]"
    lines = isotherms(ax)
    assert lines.labelTexts
    assert {text.get_text() for text in lines.labelTexts} <= {f"{level:g} °C" for level in lines.levels}


def test_temperature_is_cut_through_the_hottest_point():
    field = warm_spot(small())
    ax = drawn(lambda ax: draw_temperature(small(), field, ax))
    y = small().grid.y[np.unravel_index(np.nanargmax(field), field.shape)[1]]
    title = ax.get_title(loc="left")
    assert title.startswith(f"Section at y = {rounded(y * 1e3, 3)} mm, vertical ×")
    assert title.endswith(f"hottest {np.nanmax(field):.1f} °C")


def test_isotherms_lie_within_the_field():
    field = warm_spot(small())
    levels = isotherms(drawn(lambda ax: draw_temperature(small(), field, ax))).levels
    assert len(levels) >= 3
    assert np.nanmin(field) < min(levels) < max(levels) < np.nanmax(field)


def test_temperature_is_blank_where_nothing_is():
    ax = drawn(lambda ax: draw_temperature(on_board(), warm_spot(on_board()), ax))
    image = ax.images[0]
    shown = np.ma.filled(image.get_array(), np.nan)
    left, right, bottom, top = image.get_extent()

    def at(x: float, z: float) -> float:
        row, column = (z - bottom) / (top - bottom) * shown.shape[0], (x - left) / (right - left) * shown.shape[1]
        return shown[int(row), int(column)]

    assert np.isnan(at(2.8, 2.0))  # over the board, beside the package
    assert np.isfinite(at(2.8, 0.8))  # in the board
    assert np.isfinite(at(0.0, 2.4))  # in the chip


def test_isotherm_labels_stand_inside_the_picture():
    ax = drawn(lambda ax: draw_temperature(on_board(), warm_spot(on_board()), ax))
    frame = ax.get_window_extent()
    boxes = [text.get_window_extent() for text in isotherms(ax).labelTexts]
    assert boxes
    assert all(frame.x0 <= b.x0 and b.x1 <= frame.x1 and frame.y0 <= b.y0 and b.y1 <= frame.y1 for b in boxes)
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_a_field_without_differences_has_no_isotherms():
    model = small()
    field = without_nothing(model, np.full(tuple(n + 1 for n in model.grid.shape), 25.0))
    ax = drawn(lambda ax: draw_temperature(model, field, ax))
    assert not any(isinstance(c, QuadContourSet) for c in ax.collections)
    assert ax.images[0].get_clim() == pytest.approx((24.5, 25.5), rel=ROUND_OFF)


def test_plan_shows_the_chip_to_scale():
    model = small()
    ax = drawn(lambda ax: draw_plan(model, warm_spot(model), ax, z=model.package.active_faces[0].z, part="chip"))
    assert ax.get_aspect() == 1.0
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x [mm]", "y [mm]")
    # the chip's 3 mm and 12 percent of it on either side
    assert (*ax.get_xlim(), *ax.get_ylim()) == pytest.approx((-1.86, 1.86, -1.86, 1.86), rel=1e-9)
    # on the balls, the carrier and the bumps: 0.24 + 0.24 + 0.1
    assert "chip at z = 0.58 mm" in ax.get_title(loc="left")
    assert colour_bar(ax).get_ylabel() == "temperature [°C]"
    # 36 bumps, as outlines
    assert [len(c.get_paths()) for c in ax.collections].count(36) == 1


# --- cutting and labelling -------------------------------------------------------------------------------------------


def test_sampling_returns_a_bilinear_field_itself():
    cut = Cut(0.0, np.array([0.0, 1.0, 4.0]), np.array([0.0, 0.5, 2.0]), np.zeros((2, 2), np.int16))
    field = lambda u, v: 3 + 2 * u - v + 0.5 * u * v  # noqa: E731  said twice below
    image = sample(cut, field(cut.u[:, None], cut.v), (0.0, 4.0), (0.0, 2.0), (8, 5))
    u, v = (np.arange(8) + 0.5) / 2, (np.arange(5) + 0.5) * 0.4
    assert image == pytest.approx(field(u[:, None], v), rel=ROUND_OFF)


def test_outlines_are_the_borders_of_regions():
    # a square of 2 by 2 in the corner of one of 3 by 3: 12 around, and 2 + 2 between them
    region = np.zeros((3, 3), np.int16)
    region[:2, :2] = 1
    cut = Cut(0.0, np.arange(4.0), np.arange(4.0), region)
    lines = outlines(cut, (0.0, 3.0))
    assert np.abs(np.diff(lines, axis=1)).sum() == pytest.approx(16.0)
    # cut off at u = 1: the side at u = 0, both ends to there, and nothing along the cut
    lines = outlines(cut, (-1.0, 1.0))
    assert np.abs(np.diff(lines, axis=1)).sum() == pytest.approx(3.0 + 3 * 1.0)


def test_of_equal_hottest_points_the_middle_one_is_taken():
    ticks = (np.array([0.0, 1.0, 2.0, 9.0]), np.array([0.0, 1.0, 2.0]))
    values = np.array([[90.0, 20.0, np.nan], [20.0, 90.0 - 1e-9, 20.0], [90.0, 20.0, 20.0], [90.0, 20.0, 89.0]])
    assert hottest_corner(values, ticks) == (1, 1)


def test_window_is_everything_where_no_board_is():
    assert window_x(small()) == pytest.approx((-2.5, 2.5), rel=ROUND_OFF)


PITCH, COLUMN, SPAN = 10.0, 300.0, (0.0, 150.0)  # points


@given(st.lists(st.tuples(st.floats(0, 290), st.floats(0, 150)), min_size=1, max_size=12, unique=True))
def test_leader_lines_neither_cross_nor_crowd(points):
    points = np.array(points)
    heights = uncrossed(points, COLUMN, SPAN, PITCH)
    assert np.diff(np.sort(heights)) == pytest.approx(np.maximum(np.diff(np.sort(heights)), PITCH), rel=1e-9)
    assert SPAN[0] - 1e-9 <= heights.min() <= heights.max() <= SPAN[1] + 1e-9
    for (one, to), (other, there) in combinations(zip(points, heights, strict=True), 2):
        start = max(one[0], other[0])
        gap = (
            one[1] + (to - one[1]) * (start - one[0]) / (COLUMN - one[0])
            - other[1] - (there - other[1]) * (start - other[0]) / (COLUMN - other[0])
        )  # fmt: skip
        assert gap * (to - there) >= -1e-6


@pytest.mark.parametrize(("value", "text"), [(-50.0, "−50"), (0.00784, "0.00784"), (123456.0, "123500"), (0.0, "0")])
def test_numbers_are_rounded_without_powers_of_ten(value, text):
    assert rounded(value) == text


# --- the heat path ---------------------------------------------------------------------------------------------------

LEAVING = {"top": 0.7, "sides": 0.1, "bottom": 0.15, "lid.top": 0.05}


def path_of(model: VoxelModel, temperature: np.ndarray) -> HeatPath:
    return heat_path(model, without_nothing(model, temperature), "chip", 25.0, LEAVING)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("model", [small, on_board])
def test_drops_add_up_to_the_rise_over_ambient(model, seed):
    shape = tuple(n + 1 for n in model().grid.shape)
    path = path_of(model(), np.random.default_rng(seed).uniform(30.0, 90.0, shape))
    rise = path.junction - path.ambient
    assert (path.up.kelvin, path.down.kelvin) == pytest.approx((rise, rise), rel=ROUND_OFF)


def test_drops_of_a_linear_field_are_slope_times_thickness():
    # 100 K/mm, 80 degC at the active face, which stands at 0.58 mm; a field without curvature in x and y adds nothing
    # to means over a centred square
    x, y, z = corners(small())
    path = path_of(small(), 80.0 - 100e3 * (z - 0.58e-3) + 1e3 * x - 2e3 * y)
    assert path.junction == pytest.approx(80.0, rel=1e-9)
    up = {"chip": 30.0, "mould": 10.0, "lid": 20.0, "surface to ambient": -5.0}
    down = {"bumps + mould": -10.0, "carrier": -24.0, "balls": -24.0, "surface to ambient": 113.0}
    assert {drop.name: drop.kelvin for drop in path.up.drops} == pytest.approx(up, rel=1e-9)
    # on the balls' lowest plane only their own feet count, which lie symmetrically
    assert {drop.name: drop.kelvin for drop in path.down.drops} == pytest.approx(down, rel=1e-9)


def test_path_goes_on_through_the_board():
    path = path_of(on_board(), corners(on_board())[2])
    assert [drop.name for drop in path.down.drops] == [
        "bumps + mould",
        "carrier",
        "balls",
        "board",
        "surface to ambient",
    ]


def test_path_spans_what_is_open():
    # only the outermost row of balls is kept, which lies outside the chip's shadow: nothing stands under the carrier
    board = {
        "name": "board", "kind": "board", "size": ["6 mm", "6 mm"],
        "layers": [{"material": "bt-laminate", "thickness": "1 mm"}],
    }  # fmt: skip
    *others, balls = parts_of_package(over="board", gap="0.24 mm")
    model = model_of([board, *others, {**balls, "rows": 1}])
    names = [drop.name for drop in path_of(model, corners(model)[2]).down.drops]
    assert names == ["bumps + mould", "carrier", "open gap", "board", "surface to ambient"]


def test_path_names_the_fill_between_balls():
    *others, balls = parts_of_package()
    model = model_of([*others, {**balls, "fill": "air"}])
    assert "balls + air" in [drop.name for drop in path_of(model, corners(model)[2]).down.drops]
    model = model_of([*others, {**balls, "fill": "air", "rows": 1}])
    assert "air" in [drop.name for drop in path_of(model, corners(model)[2]).down.drops]


def test_heat_is_counted_by_the_side_where_it_leaves():
    path = path_of(small(), corners(small())[2])
    # the lid's own face looks up
    assert (path.up.watts, path.down.watts, path.elsewhere) == pytest.approx((0.75, 0.15, 0.1), rel=1e-9)


def test_heat_path_names_each_segment_with_kelvins_and_share():
    z = corners(small())[2]
    path = path_of(small(), 80.0 - 100e3 * np.abs(z - 0.58e-3))
    ax = drawn(lambda ax: draw_heat_path(path, ax))
    assert ax.get_ylabel() == "temperature [°C]"
    # of the rise of 55 K: shares 30/55, 10/55, 20/55 and what is left
    up = ["chip  30 K (55 %)", "mould  10 K (18 %)", "lid  20 K (36 %)", "surface to ambient  −5 K (−9.1 %)"]
    down = ["bumps + mould  10 K (18 %)", "carrier  24 K (44 %)", "balls  24 K (44 %)"]
    texts = [label.get_text() for label in labels_of(ax)]
    assert set(up + down) <= set(texts)
    assert len(texts) == 8
    assert [tick.get_text() for tick in ax.get_xticklabels()] == [
        "0.75 W leave at the top",
        "0.15 W leave at the bottom",
    ]
    assert ax.get_xlabel() == "0.1 W leave at the sides"
    # bars: every segment starts where the one before it ends
    assert sum(bar.get_height() for bar in ax.patches) == pytest.approx(2 * 55.0, rel=1e-9)


def test_heat_path_rounds_to_nothing_what_a_solver_leaves():
    drops = (Drop("bumps", -1e-10, "bumps"), Drop("surface to ambient", 50.0, "film"))
    path = HeatPath("chip", 75.0, 25.0, Way("top", 1.0, drops), Way("bottom", 0.0, drops), 0.0)
    ax = drawn(lambda ax: draw_heat_path(path, ax))
    assert [label.get_text() for label in labels_of(ax)].count("bumps  0 K (0 %)") == 2
    assert ax.get_xlabel() == ""


def test_heat_path_labels_stand_apart_and_on_the_page():
    z = corners(on_board())[2]
    path = path_of(on_board(), 80.0 - 1e3 * np.abs(z - path_of(on_board(), z).junction))
    ax = drawn(lambda ax: draw_heat_path(path, ax))
    boxes = boxes_of_labels(ax)
    boxes += [tick.get_window_extent() for tick in ax.get_xticklabels()] + [ax.xaxis.label.get_window_extent()]
    page = ax.figure.bbox
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(page.x0 <= b.x0 and b.x1 <= page.x1 and page.y0 <= b.y0 and b.y1 <= page.y1 for b in boxes)


# --- the bounds ------------------------------------------------------------------------------------------------------


def test_bounds_are_drawn_over_cells_on_a_logarithmic_axis():
    # the lower and upper bounds of package P01
    steps = [(11_500, Bracket(7.2875, 7.1659, 7.4091)), (92_000, Bracket(7.2857, 7.2501, 7.3213))]
    ax = drawn(lambda ax: draw_bounds(steps, ax, name="θ_JA", unit="K/W"))
    assert ax.get_xscale() == "log"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("cells", "θ_JA [K/W]")
    assert ax.get_title(loc="left") == "θ_JA = 7.286 K/W, within [7.250, 7.322]"
    curves = {line.get_label(): list(line.get_ydata()) for line in ax.lines}
    assert curves["lower bound"] == [7.1659, 7.2501]
    assert curves["upper bound"] == [7.4091, 7.3213]


# ---------------------------------------------------------------- the search for the mesh
def test_refinement_shows_every_grid_and_who_makes_the_width() -> None:
    metric = Metric("theta_ja", Bracket(10.0, 9.0, 11.0), 0.1, "K/W", "a definition")
    better = replace(metric, bracket=Bracket(10.0, 9.9, 10.1))
    parts = {"mould": 0.6, "carrier": 0.399, "chip": 0.001}
    steps = [Step(1000, (metric,), 0.1, parts, (9, 9), 0.1), Step(9000, (better,), 0.01, parts, (9, 9), 0.1)]
    ax = drawn(lambda ax: draw_refinement(steps, ax))
    shares = ax.child_axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1 k", "9 k"]
    assert "within [9.90, 10.10]" in ax.get_title(loc="left") + ax.get_title()
    assert [label.get_text() for label in shares.get_yticklabels()] == ["carrier", "mould"]
    assert sorted(text.get_text() for text in shares.texts) == ["40 %", "60 %"]


def test_labels_of_near_grids_give_way_to_the_last() -> None:
    metric = Metric("theta_ja", Bracket(10.0, 9.0, 11.0), 0.1, "K/W", "a definition")
    steps = [Step(n, (metric,), 0.1, {"mould": 1.0}, (9, 9), 0.1) for n in (100_000, 980_000, 1_000_000)]
    ax = drawn(lambda ax: draw_refinement(steps, ax))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["100 k", "", "1 M"]


# --- the package seen from above --------------------------------------------------------------------------------------


def test_layout_cuts_the_chip_and_names_what_it_meets_once():
    model = small()
    box = model.package.parts["chip"].box
    assert box[2, 0] < telling_z(model) < box[2, 1]
    ax = draw_layout(model, Figure(figsize=(5, 4)).add_axes((0.1, 0.1, 0.8, 0.8)))
    labels = [child.get_text() for child in ax.get_children() if isinstance(child, Annotation)]
    assert sorted(labels) == ["chip: silicon", "lid, above", "mould: emc-2.5"]
    dashed = [c for c in ax.collections if isinstance(c, LineCollection) and c.get_linestyle()[0][1] is not None]
    assert [len(c.get_segments()) for c in dashed] == [4]
    lid = np.array(dashed[0].get_segments())
    assert np.ptp(lid.reshape(-1, 2), axis=0) == pytest.approx([4.0, 4.0])  # mm, as the case says


def test_layout_shows_the_package_and_not_all_of_the_board():
    ax = draw_layout(on_board(), Figure(figsize=(5, 4)).add_axes((0.1, 0.1, 0.8, 0.8)))
    assert ax.get_xlim() == pytest.approx((-2.5, 2.5))
    assert ax.get_ylim() == pytest.approx((-2.5, 2.5))


def test_layout_outlines_the_leads_that_it_misses():
    """On a frame with 6 leads on each of two sides, cut through the chip above them."""
    leads = {"count": [0, 6], "pitch": "0.7 mm", "width": "0.3 mm", "length": "1.5 mm"}
    frame = {"name": "frame", "kind": "lead-frame", "size": ["5 mm", "5 mm"], "thickness": "0.2 mm"}
    bumps = {"material": "sn63pb37", "diameter": "0.2 mm", "height": "0.1 mm"}
    places = [[x, y] for x in ("-1.2 mm", "1.2 mm") for y in ("-0.35 mm", "0.35 mm")]
    chip = {"name": "chip", "kind": "chip", "on": "frame", "size": ["3 mm", "3 mm", "0.3 mm"]}
    mould = {"name": "mould", "kind": "encapsulant", "on": "frame", "material": "emc-2.5", "height": "0.6 mm"}
    model = model_of(
        [
            {**frame, "material": "copper", "leads": leads},
            {**chip, "power": "1 W", "bumps": {**bumps, "places": places}},
            mould,
        ]
    )
    ax = draw_layout(model, Figure(figsize=(5, 4)).add_axes((0.1, 0.1, 0.8, 0.8)))
    labels = [child.get_text() for child in ax.get_children() if isinstance(child, Annotation)]
    assert sorted(labels) == ["chip: silicon", "frame leads, below", "mould: emc-2.5"]
    assert [len(c.get_paths()) for c in ax.collections].count(12) == 1
    through = draw_layout(model, Figure(figsize=(5, 4)).add_axes((0.1, 0.1, 0.8, 0.8)), z=0.1e-3)
    labels = [child.get_text() for child in through.get_children() if isinstance(child, Annotation)]
    assert sorted(labels) == ["chip, above", "frame: copper", "mould: emc-2.5"]
