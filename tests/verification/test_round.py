"""Do the bounds hold for round joints, painted from both sides, and do they close in on the circle?"""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thermopkg.answer.answer import solve, wanted_of
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.metrics import metric
from thermopkg.case.load import from_document
from thermopkg.errors import GeometryError, ModelError
from thermopkg.mesh.circles import footprints
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.patch import VolumePatch, check_same
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.package.package import Package
from thermopkg.package.placing import place
from thermopkg.workflow import geometry, mesh, search

ROUNDING = 1e-9  # relative; what the solver leaves of widths that are far larger


def block(name: str, size: list[str], material: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "block", "size": size, "material": material, **more}


def substance(conductivity: float) -> dict[str, Any]:
    return {"class": "metal", "electrical": "conductor", "conductivity": {"value": f"{conductivity!r} W/m/K"}}


# ---------------------------------------------------------------- one via between two isothermal plates
SIDE, HEIGHT, DIAMETER, PLATING = 1e-3, 0.5e-3, 0.6e-3, 0.1e-3  # m
METAL, BOARD, FILL = 0.04, 0.004, 0.0004  # W/m/K
PLATE = 1e5  # W/m/K; its own drop is below 1e-6 of all


def through_via(round_: bool = True, **via: Any) -> dict[str, Any]:
    layers = [
        {"material": "plate", "thickness": "0.01 mm"},
        {"material": "board", "thickness": "0.5 mm"},
        {"material": "plate", "thickness": "0.01 mm"},
    ]
    return {
        "title": "a via between two plates",
        "materials": {"plate": substance(PLATE), "board": substance(BOARD), "metal": substance(METAL),
                      "core": substance(FILL)},
        "part": [
            {"name": "carrier", "kind": "substrate", "size": ["1 mm", "1 mm"], "layers": layers[1:2]},
            block("lid", ["1 mm", "1 mm", "0.01 mm"], "plate", on="carrier", power="1 W"),
            {"name": "via", "kind": "vias", "through": ["carrier"], "material": "metal", "diameter": "0.6 mm",
             "places": [["0 mm", "0 mm"]], **via},
        ],
        "environment": {"ambient": "25 degC", "bottom": {"temperature": "25 degC"}},
        "study": {"metrics": [], "round": round_},
    }  # fmt: skip


def package_of(document: dict[str, Any]) -> Package:
    return place(from_document(document))


def bracket_of(package: Package, grid: Grid) -> Bracket:
    """Of the first number that the study asks for."""
    answer = solve(paint(package, grid), every_part=False)
    return metric(wanted_of(package)[0], answer.matrix).bracket


def parallel(*areas: tuple[float, float]) -> float:
    """Rise per watt of bodies side by side between isothermal planes: height over the sum of k times area, K/W."""
    return HEIGHT / sum(conductivity * area for conductivity, area in areas)


CIRCLE = math.pi * DIAMETER**2 / 4
HOLE = math.pi * (DIAMETER - 2 * PLATING) ** 2 / 4
SOLID = parallel((METAL, CIRCLE), (BOARD, SIDE**2 - CIRCLE))
PLATED = parallel((METAL, CIRCLE - HOLE), (FILL, HOLE), (BOARD, SIDE**2 - CIRCLE))


@pytest.mark.parametrize(
    ("via", "exact"), [({}, SOLID), ({"plating": "0.1 mm", "fill": "core"}, PLATED)], ids=["solid", "plated"]
)
def test_bounds_hold_and_close_in_on_parallel_paths(via, exact):
    package = package_of(through_via(**via))
    grid, widths = geometry_grid(package), []
    for halvings in range(5):
        found = bracket_of(package, grid.halved(halvings))
        assert found.lower <= exact * (1 + 1e-5)  # the lid itself adds some 1e-7
        assert found.upper >= exact * (1 - ROUNDING)
        widths.append(found.half_width)
    rates = np.log2(np.array(widths[:-1]) / widths[1:])
    assert (rates > 0.5).all()
    assert rates[-1] == pytest.approx(1.0, abs=0.25)  # the cells that a circle cuts are as many as it is long


def test_squares_have_the_same_area_and_so_the_same_parallel_paths():
    package = package_of(through_via(round_=False))
    found = bracket_of(package, geometry_grid(package))
    assert found.half_width <= 1e-6 * SOLID
    assert found.value == pytest.approx(SOLID, rel=1e-5)


# ---------------------------------------------------------------- a chip on bumps
def chip_on_bumps(**study: Any) -> dict[str, Any]:
    bumps = {"material": "sn63pb37", "pitch": "0.5 mm", "diameter": "0.3 mm", "height": "0.1 mm", "count": [2, 1]}
    return {
        "title": "a chip on two bumps",
        "part": [
            {"name": "carrier", "kind": "substrate", "size": ["1.6 mm", "1.2 mm"],
             "layers": [{"material": "bt-laminate", "thickness": "0.2 mm"}]},
            {"name": "chip", "kind": "chip", "on": "carrier", "size": ["1 mm", "0.6 mm", "0.2 mm"], "power": "1 W",
             "bumps": bumps},
            {"name": "mould", "kind": "encapsulant", "material": "emc-2.5", "height": "0.4 mm"},
        ],
        "environment": {"ambient": "25 degC", "bottom": {"film": "5000 W/m^2/K"}, "top": {"film": "20 W/m^2/K"}},
        "study": {"round": True, **study},
    }  # fmt: skip


def test_finer_brackets_lie_inside_coarser_ones():
    package = package_of(chip_on_bumps())
    grid = geometry_grid(package)
    brackets = [bracket_of(package, grid.halved(n)) for n in range(4)]
    for outer, inner in pairwise(brackets):
        assert outer.lower <= inner.lower * (1 + ROUNDING)
        assert inner.upper <= outer.upper * (1 + ROUNDING)
    assert brackets[-1].half_width < 0.35 * brackets[0].half_width


def test_without_contrast_a_circle_is_nothing():
    def found(round_: bool) -> Bracket:
        document = chip_on_bumps(round=round_)
        document["part"][1]["bumps"]["material"] = "emc-2.5"
        package = package_of(document)
        return bracket_of(package, geometry_grid(package_of(chip_on_bumps())))

    assert found(True).lower == pytest.approx(found(False).lower, rel=ROUNDING)
    assert found(True).upper == pytest.approx(found(False).upper, rel=ROUNDING)


def test_the_search_ends_within_the_tolerance():
    model = mesh(geometry(from_document(chip_on_bumps(tolerance="3 %", max_cells=400_000))))
    adapted = search(model, lambda _: None)
    assert adapted.reached
    # the shares of the width add up to all of it, cells that a circle cuts included: the search looked at the whole
    assert sum(adapted.steps[-1].parts.values()) == pytest.approx(1.0, rel=1e-12)
    answer = solve(adapted.model, adapted.starts, every_part=False)
    fine = bracket_of(model.package, adapted.model.grid.halved())
    (theta,) = answer.metrics
    assert theta.relative_half_width <= 0.03
    assert theta.bracket.lower <= fine.value <= theta.bracket.upper


# ---------------------------------------------------------------- which cells
def volume(model: VoxelModel, solid: str) -> float:
    return float(model.volumes()[model.cells_of({solid})].sum())


@given(st.lists(st.floats(0.0, 1e-3), max_size=8), st.lists(st.floats(0.0, 1e-3), max_size=8))
@settings(max_examples=30)
def test_one_side_holds_the_circle_and_the_other_lies_in_it(x, y):
    package = package_of(through_via())
    grid = geometry_grid(package)
    ticks = [
        np.unique(np.round(np.concatenate([t, np.array(own) - SIDE / 2]), 9)) for t, own in ((grid.x, x), (grid.y, y))
    ]
    model = paint(package, Grid(ticks[0], ticks[1], grid.z))
    exact = CIRCLE * HEIGHT
    assert volume(model.seen("insulating"), "via") <= exact * (1 + ROUNDING)
    assert volume(model.seen("conducting"), "via") >= exact * (1 - ROUNDING)


def test_a_worse_conductor_is_painted_the_other_way_round():
    document = through_via(material="core")  # a tenth of what surrounds it
    package = package_of(document)
    model = paint(package, geometry_grid(package).halved(2))
    exact = CIRCLE * HEIGHT
    assert volume(model.seen("conducting"), "via") < exact < volume(model.seen("insulating"), "via")


def test_of_orthotropic_neighbours_each_direction_takes_its_own():
    document = through_via()
    document["materials"]["board"]["conductivity"] = {"in_plane": "1 W/m/K", "through": "0.0004 W/m/K"}
    package = package_of(document)
    model = paint(package, geometry_grid(package).halved(1))
    for side, wanted in (("conducting", [1.0, 1.0, METAL]), ("insulating", [METAL, METAL, 0.0004])):
        seen = model.seen(side)
        cut = seen.region >= len(package.solids)
        assert cut.any()
        assert {tuple(seen.regions[n].conductivity) for n in np.unique(seen.region[cut])} == {tuple(wanted)}


def test_footprint_by_hand():
    """A circle of radius 1.5 around the middle of 4 by 4 unit cells: the four in the middle lie in it, corners do not.

    The farthest corner of a middle cell is sqrt(2) = 1.41 away, the nearest of a corner cell as far.
    """
    ticks = np.arange(5.0)
    (found,) = footprints(Grid(ticks, ticks, np.arange(2.0)), np.array([[2.0, 2.0, 0.0, 1.5]]))
    whole = np.zeros((4, 4), bool)
    whole[1:3, 1:3] = True
    assert (found.whole == whole).all()
    assert found.touched.all()
    (ring,) = footprints(Grid(ticks, ticks, np.arange(2.0)), np.array([[2.0, 2.0, 1.4, 1.45]]))
    assert not ring.whole.any()
    assert ring.touched.all()
    (small,) = footprints(Grid(ticks, ticks, np.arange(2.0)), np.array([[2.0, 2.0, 0.0, 1.0]]))
    assert small.touched.shape == (2, 2)


# ---------------------------------------------------------------- where no bound is known
def test_a_bare_round_joint_is_refused():
    document = chip_on_bumps()
    del document["part"][2]
    with pytest.raises(GeometryError, match=r"'chip'.*borders on nothing.*fill"):
        geometry(from_document(document))


def test_a_face_with_a_film_of_its_own_is_refused():
    document = through_via()
    document["environment"]["faces"] = {"via.bottom": {"film": "100 W/m^2/K"}}
    with pytest.raises(GeometryError, match=r"'via'.*condition of its own"):
        geometry(from_document(document))


def test_a_mean_over_what_a_circle_cuts_is_refused():
    package = package_of(through_via())
    model = paint(package, geometry_grid(package).halved(1))
    both = model.seen("conducting"), model.seen("insulating")
    check_same(*both, {"lid": VolumePatch(frozenset({"lid"}))})
    with pytest.raises(ModelError, match="carrier: a round joint cuts"):
        check_same(*both, {"carrier": VolumePatch(frozenset({"carrier"}))})
