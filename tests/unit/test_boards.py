"""Is the board under a package the one that its preset describes, by number, place and amount of copper?"""

import math
from itertools import pairwise

import numpy as np
import pytest

from tests.case_document import BALLS, CAPACITOR, CARRIER, GONE, block, changed
from thermopkg.answer.answer import mirrored_axes
from thermopkg.case.load import from_document
from thermopkg.case.part import Layer
from thermopkg.case.parts import Board
from thermopkg.case.plausible import warnings
from thermopkg.case.presets import presets
from thermopkg.errors import CaseError
from thermopkg.package.placing import place
from thermopkg.setups.boards import BoardOptions, board_for, on_board
from thermopkg.setups.stance import stance
from thermopkg.workflow import geometry

FRAME = {
    "title": "Frame with a paddle",
    "environment": {"ambient": "25 degC", "top": {"film": "10 W/m^2/K"}},
    "part": [
        {
            "name": "frame",
            "kind": "lead-frame",
            "size": ["8 mm", "6 mm"],
            "thickness": "0.2 mm",
            "material": "c194",
            "paddle": ["4 mm", "3 mm"],
            "leads": {"count": [8, 5], "pitch": "0.5 mm", "width": "0.2 mm", "length": "1 mm"},
        },
        {"name": "glue", "kind": "adhesive", "on": "frame", "thickness": "0.03 mm", "material": "die-attach-film"},
        {"name": "chip", "kind": "chip", "face": "up", "on": "glue", "size": ["3 mm", "2 mm", "1 mm"], "power": "1 W"},
        {"name": "mould", "kind": "encapsulant", "on": "frame", "height": "1.5 mm", "material": "emc-0.9"},
    ],
}


def case(*edits):
    return from_document(changed(("environment.faces", {}), ("study.reading", []), *edits))


def board(style, *edits, **options):
    """The board of the small flip chip: 6 by 6 mm, 36 balls of 0.5 mm on a pitch of 1 mm."""
    return next(p for p in board_for(style, place(case(*edits)), BoardOptions(**options)) if isinstance(p, Board))


def side(zone):
    return round(zone.size[0] * 1e3, 6)


def area(zone):
    return zone.size[0] * zone.size[1]


# ---------------------------------------------------------------- the whole
def effective(layers: tuple[Layer, ...], top: float) -> tuple[float, float]:
    """Conductivity in plane and through of layers in parallel and in series, the uppermost covered by `top`, W/m/K.

    Copper 390, laminate 0.8 in plane and 0.35 through; planes whole, as they are under a package.
    """
    thickness = np.array([layer.thickness for layer in layers])
    below = [0.0 if x.material == "fr4" else max(x.coverages) for x in layers[:-1]]
    copper = np.array([*below, top])
    in_plane, through = copper * 390 + (1 - copper) * 0.8, copper * 390 + (1 - copper) * 0.35
    return float(thickness @ in_plane / thickness.sum()), float(thickness.sum() / (thickness / through).sum())


@pytest.mark.parametrize(
    ("style", "top", "in_plane", "through"),
    [("1s", 0.1, 2.5, 0.37), ("1s", 0.2, 4.2, 0.37), ("1s", 0.3, 5.9, 0.37),
     ("2s2p", 0.1, 20.4, 0.40), ("2s2p", 0.2, 22.1, 0.40), ("2s2p", 0.3, 23.8, 0.40)],
)  # fmt: skip
def test_the_board_conducts_as_its_layers_in_parallel_and_in_series(style, top, in_plane, through):
    """For 2s2p and 10 %: (70 um (39 + 0.72) + 2 * 35 um * 390 + 70 um (19.5 + 0.76) + 1390 um * 0.8) / 1.6 mm."""
    layers = board(style, vias_under_joints=0.0).layers
    assert sum(layer.thickness for layer in layers) == pytest.approx(1.6e-3, rel=1e-9)
    found = effective(layers, top)
    assert found[0] == pytest.approx(in_plane, abs=0.05)  # half of the last digit told
    assert found[1] == pytest.approx(through, abs=0.005)


def test_layers_lie_from_the_back_to_the_traces():
    um = [(layer.material, round(layer.thickness * 1e6, 6)) for layer in board("2s2p", vias_under_joints=0.0).layers]
    assert um == [
        ("copper", 70),
        ("fr4", 375),
        ("copper", 35),
        ("fr4", 640),
        ("copper", 35),
        ("fr4", 375),
        ("copper", 70),
    ]
    um = [(layer.material, round(layer.thickness * 1e6, 6)) for layer in board("1s").layers]
    assert um == [("fr4", 1530), ("copper", 70)]


@pytest.mark.parametrize(
    ("size", "wanted"),
    [(6, (101.5, 114.5)), (40, (101.5, 114.5)), (41, (127.0, 139.5)), (65, (127.0, 139.5)), (90, (152.5, 165.0))],
)
def test_the_board_is_as_large_as_the_package_asks(size, wanted):
    found = board("1s", (f"{CARRIER}.size", [f"{size} mm", "6 mm"]), ("part.3.size", ["6 mm", "6 mm"]))
    assert tuple(round(length * 1e3, 6) for length in found.size) == wanted


def test_planes_are_squares_that_keep_clear_of_the_edge():
    """101.5 mm less 1 mm on either side; what is beyond is laminate alone."""
    planes = [layer for layer in board("2s2p").layers if layer.thickness == pytest.approx(35e-6)]
    assert [(layer.coverage, [(side(z), z.coverage) for z in layer.zones]) for layer in planes] == [
        (0.0, [(99.5, 1.0)])
    ] * 2


# ---------------------------------------------------------------- traces
def test_traces_flare_and_keep_their_copper():
    """36 traces side by side, 24 mm around: 0.22 of the edge is 0.1467 mm each, less than 40 % of 1 mm.

    Each runs 25 mm straight outwards: 36 * 0.1467 mm * 25 mm of copper between the package and a square of 56 mm.
    """
    zones = board("1s").layers[-1].zones
    assert [side(zone) for zone in zones] == pytest.approx([56.0, 6 + 100 / 3, 6 + 50 / 3, 6.0], abs=1e-5)
    copper = sum(outer.coverage * (area(outer) - area(inner)) for outer, inner in pairwise(zones))
    assert copper == pytest.approx(36 * (0.22 * 24e-3 / 36) * 25e-3, rel=1e-6)
    assert [zone.coverage for zone in zones[:-1]] == sorted(zone.coverage for zone in zones[:-1])
    assert board("1s").layers[-1].coverage == 0.0  # nothing beyond


def test_few_joints_have_traces_of_their_share_of_the_pitch():
    """12 balls on 1 mm are told to have lines of 0.4 mm; 12 * 0.4 / 24 = 0.2 of the edge is less than 0.22 of it."""
    zones = board("1s", joints=12, pitch=1e-3).layers[-1].zones
    first = zones[-2]
    assert first.coverage == pytest.approx(12 * 0.4e-3 / (2 * (6e-3 + first.size[0])), rel=1e-9)
    assert board("1s", joints=12, pitch=1e-3, trace_width=0.2e-3).layers[-1].zones[-2].coverage == pytest.approx(
        first.coverage / 2, rel=1e-9
    )


def test_under_the_package_lie_lands_and_the_traces_on_their_way_out():
    """Lands of pi/4 0.5^2 mm2 each, and a trace of 0.1 mm a sixth of 6 mm long from each, over 36 mm2."""
    (shadow,) = board("1s", trace_width=0.1e-3).layers[-1].zones[3:]
    assert shadow.coverage == pytest.approx((36 * math.pi / 4 * 0.25 + 36 * 0.1 * 1.0) / 36, rel=1e-9)
    (full,) = board("1s", joints=900).layers[-1].zones[3:]
    assert full.coverage == 1.0  # no more lands than there is room for


# ---------------------------------------------------------------- vias
def test_vias_are_the_copper_of_their_barrels():
    """A barrel of 0.3 mm with 25 um of copper has 0.0216 mm2; half of 36 joints have one, under 5.443 mm squared."""
    (dielectric,) = [
        layer for layer in board("2s2p", vias_under_joints=0.5).layers if layer.zones and layer.thickness > 3e-4
    ]
    (zone,) = dielectric.zones
    assert (dielectric.coverage, dielectric.fill, dielectric.thickness) == (0.0, "fr4", 0.375e-3)
    assert side(zone) == pytest.approx(5 + math.sqrt(math.pi) / 2 * 0.5, abs=1e-5)
    assert zone.coverage * area(zone) == pytest.approx(18 * 0.0216e-6, rel=1e-3)
    layers = board("2s2p", vias_under_joints=0.5).layers
    assert layers.index(next(x for x in layers if x.zones and x.thickness > 3e-4)) == len(layers) - 2  # over a plane
    assert not [
        layer for layer in board("2s2p", vias_under_joints=0.0).layers if layer.zones and layer.thickness > 3e-4
    ]


def test_a_paddle_has_its_land_and_as_many_vias_as_fit():
    """4 by 3 mm on a pitch of 1.2 mm take 3 by 2; 26 leads of 0.2 mm by 1 mm have lands of their size."""
    (found,) = board_for("2s2p", place(from_document(FRAME)))
    traces, dielectric = found.layers[-1], found.layers[-2]
    assert (traces.zones[-1].size, traces.zones[-1].coverage) == ((4e-3, 3e-3), 1.0)
    assert traces.zones[-2].coverage == pytest.approx(26 * 0.2 * 1.0 / (8 * 6), rel=1e-9)
    (zone,) = dielectric.zones
    assert zone.coverage * area(zone) == pytest.approx(6 * 0.0216e-6, rel=1e-3)
    assert found.size == (76.2e-3, 114.3e-3)  # that of small leaded packages
    geometry(on_board(from_document(FRAME), "2s2p"))


# ---------------------------------------------------------------- where it lies
@pytest.mark.parametrize("at", [["0 mm", "0 mm"], ["0.2 mm", "-0.1 mm"]])
def test_the_board_is_centred_under_the_package_wherever_its_balls_are(at):
    package = place(on_board(case((f"{BALLS}.at", at)), "2s2p"))
    found, carrier, balls = (package.parts[name].box for name in ("board", "carrier", "balls"))
    np.testing.assert_allclose(found[:2].mean(axis=1), carrier[:2].mean(axis=1), atol=1e-12)
    assert found[2, 1] == balls[2, 0]
    assert found[2, 0] == 0.0


def test_the_gap_under_the_package_is_filled_and_everything_hangs_together():
    mounted = on_board(case(), "2s2p")
    assert mounted.part_named("balls").fill == "air"
    model = geometry(mounted)
    volume = float(model.volumes()[model.cells_of({"balls.fill"})].sum())
    assert volume == pytest.approx(0.4e-3 * (36e-6 - 36 * math.pi / 4 * 0.25e-6), rel=1e-9)
    assert on_board(case((f"{BALLS}.fill", "compound")), "1s").part_named("balls").fill == "compound"
    assert warnings(mounted) == ()


def test_pads_are_soldered_to_the_board_with_air_around_them():
    pads = {"name": "balls", "kind": "pads", "under": "carrier", "material": "copper", "pitch": "1 mm"}
    pads |= {"diameter": "0.5 mm", "height": "20 um"}
    model = geometry(on_board(case((BALLS, pads)), "1s"))
    volume = float(model.volumes()[model.cells_of({"board-gap"})].sum())
    assert volume == pytest.approx(20e-6 * (36e-6 - 36 * math.pi / 4 * 0.25e-6), rel=1e-9)


def test_a_quarter_of_a_symmetric_package_on_its_board_tells_all():
    assert mirrored_axes(place(on_board(case(), "2s2p"))) == (False, True)  # a capacitor stands aside along x
    assert mirrored_axes(place(on_board(case((CAPACITOR, GONE)), "2s2p"))) == (True, True)


@pytest.mark.parametrize("count", [[1, 1], [2, 1]])
def test_single_balls_show_a_pitch_too(count):
    """The nearest two are 1 mm apart; of one alone, as wide again as it is."""
    places = [["0 mm", "0 mm"], ["1 mm", "0 mm"]][: count[0]]
    edits = (f"{BALLS}.places", places), (f"{BALLS}.pitch", GONE)
    found = stance(place(case(*edits)))
    assert (found.joints, found.pitch) == (count[0], pytest.approx(1e-3))


# ---------------------------------------------------------------- what is refused
def refusal(style="2s2p", *edits, **options):
    with pytest.raises(CaseError) as caught:
        board_for(style, place(case(*edits)), BoardOptions(**options))
    return str(caught.value)


def test_a_package_that_has_a_board_is_refused():
    slab = {"name": "board", "kind": "board", "under": "balls", "size": ["20 mm", "20 mm"],
            "layers": [{"material": "fr4", "thickness": "1 mm"}]}  # fmt: skip
    assert "part 'board'  is a board already; leave it out" in refusal("1s", ("part.6", slab))


def test_a_package_without_joints_is_soldered_flat_once_they_are_told():
    edits = ((BALLS, block(name="balls", under="carrier", size=["6 mm", "6 mm", "0.4 mm"])),)
    told = refusal("2s2p", *edits)
    assert "part 'balls'  is the lowest and has neither balls, pads nor leads" in told
    assert "BoardOptions(joints=360, pitch=1.27e-3)" in told
    found = board("2s2p", *edits, joints=36, pitch=1e-3)
    assert found.under == "balls"
    assert found.layers[-1].zones[0].coverage == pytest.approx(board("2s2p").layers[-1].zones[0].coverage)
    geometry(on_board(case(*edits), "2s2p", BoardOptions(joints=36, pitch=1e-3)))


def test_a_package_that_is_too_large_is_refused_with_the_largest():
    size = (f"{CARRIER}.size", ["91 mm", "6 mm"]), ("part.3.size", ["6 mm", "6 mm"])
    assert "the package  is 91 mm wide; the boards of this style take packages up to 90 mm" in refusal("1s", *size)
    assert "up to 48 mm" in refusal("1s", *size, preset="jesd51-3-style 1s")


def test_odd_options_are_refused_all_at_once():
    odd = {"preset": "jesd51-9-style 1s", "joints": 0, "pitch": -1.0, "trace_width": math.inf, "name": "carrier"}
    told = refusal("2s2p", **odd, densest=1.5, vias_under_joints=-0.1, back_coverage=2.0)
    for text in (
        "options.preset             'jesd51-9-style 1s' is no 2s2p board", "options.joints             0 joints lead",
        "options.pitch              -1 m is no length", "options.trace_width        inf m is no length",
        "options.densest            1.5 is no share", "options.vias_under_joints  -0.1 is no share",
        "options.back_coverage      2 is no share", "options.name               'carrier' is the name of a part",
    ):  # fmt: skip
        assert text in told
    assert "'jesd' is no test board; there are jesd51-9-style 1s" in refusal("1s", preset="jesd")
    assert "'3s' is no test board; there are 1s, 2s2p" in refusal("3s")
    assert "0.5 mm is not below the pitch of 0.4 mm" in refusal("1s", joints=4, pitch=0.4e-3, trace_width=0.5e-3)


def test_a_case_keeps_its_environment_study_and_materials_on_a_board():
    own = case()
    mounted = on_board(own, "1s")
    assert (mounted.environment, mounted.study, mounted.materials) == (own.environment, own.study, own.materials)
    assert mounted.title == "Small flip chip, on a 1s board"
    assert [part.name for part in mounted.part] == [*(part.name for part in own.part), "board"]
    assert set(presets().board) >= {"jesd51-9-style 1s", "jesd51-9-style 2s2p"}
    assert from_document(mounted.model_dump(by_alias=True, exclude_none=True, mode="json")) == mounted
