"""Do the picture and the tables of the flows say what they are? Bars and bands to scale, labels that can be read."""

import json
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.text import Annotation, Text
from rich.console import Console

from tests.unit.test_flows import SHIPPED, answered
from thermopkg.answer.account import HeatAccount
from thermopkg.answer.flows import Edge, Exit, Flows, Node
from thermopkg.answer.shares import Shares
from thermopkg.package.solids import Role
from thermopkg.report.columns import columns
from thermopkg.report.drawing import picture
from thermopkg.report.heat import heat_document, paths_table, shares_table
from thermopkg.report.sankey import LABEL, draw_sankey
from thermopkg.report.streams import IN, LEAST, OUT, streams, told

ROUNDING = 1e-9  # of all heat
HEIGHT = 190.0  # points


def node(name: str, kind: str, made: float = 0.0, role: Role = "body") -> Node:
    return Node(name, name.split(".")[0], role, kind, made)


def edge(start: str, end: str, net: float) -> Edge:
    return Edge(start, end, net, net, 0.0)


# 10 W: 6 up through mould and sink, 4 down through bumps and carrier, of which 0.5 go round by the mould and back;
# a capacitor that 0.06 W pass, and bumps that lose 0.05 W to the mould
FLOWS = Flows(
    (
        node("chip", "chip", 10.0), node("chip.bumps", "bumps", role="bumps"), node("mould", "encapsulant"),
        node("sink", "heat-sink"), node("carrier", "substrate", role="layer"), node("balls", "balls", role="balls"),
        node("balls.fill", "fill", role="fill"), node("capacitor", "passive"),
    ),
    (
        edge("chip", "mould", 6.0), edge("chip", "chip.bumps", 4.0), edge("chip.bumps", "carrier", 3.95),
        edge("chip.bumps", "mould", 0.05), edge("mould", "sink", 5.4), edge("mould", "carrier", 0.94),
        edge("carrier", "balls", 3.5), edge("carrier", "balls.fill", 0.6), edge("sink", "carrier", 0.0),
        edge("mould", "capacitor", 0.06), edge("capacitor", "carrier", 0.06), edge("carrier", "mould.rim", 0.5),
        edge("mould.rim", "mould", 0.5),
    ),
    (
        Exit("sink", "top", "top", 5.4), Exit("balls", "bottom", "bottom", 3.5), Exit("balls.fill", "bottom", "b", 0.6),
        Exit("carrier", "sides", "sides", 0.35), Exit("mould", "sides", "sides", 0.15),
    ),
    0.0,
)  # fmt: skip
FLOWS = replace(FLOWS, nodes=(*FLOWS.nodes, node("mould.rim", "encapsulant")))


def drawn(flows: Flows) -> Axes:
    """The axes of a finished picture: it is also rendered, where every warning is an error."""
    figure = picture(lambda ax: draw_sankey(flows, ax))
    figure.draw_without_rendering()
    return figure.axes[0]


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


# ---------------------------------------------------------------- what is drawn
def test_the_hand_made_flows_balance() -> None:
    """Guards the tests below."""
    for one in FLOWS.nodes:
        assert FLOWS.imbalance(one.name) == pytest.approx(0.0, abs=ROUNDING)


def test_heat_that_goes_round_is_taken_off_and_nothing_else_changes() -> None:
    found = streams(FLOWS)
    assert ("carrier", "mould.rim") not in found.bands  # 0.5 W from the mould to the carrier, the rim and back
    assert "mould.rim" not in found.bars
    assert found.bands["mould", "sink"] == pytest.approx(5.4)
    assert found.bars["carrier"].watts == pytest.approx(3.95 + 0.94 + 0.06 - 0.5)
    assert found.bars["chip"].watts == found.total == 10.0


def test_small_solids_hand_on_what_passes_them_and_small_bands_are_left_out() -> None:
    found = streams(FLOWS)
    assert "capacitor" not in found.bars
    assert found.bands["mould", "carrier"] == pytest.approx(0.94 + 0.06 - 0.5)
    assert ("chip.bumps", "mould") not in found.bands
    assert found.left_out == pytest.approx(0.05)
    assert found.bars["mould"].watts == pytest.approx(6.05)  # a bar has all of its heat


def test_exits_are_together_by_the_way_they_look() -> None:
    found = streams(FLOWS)
    exits = {name: bar.watts for name, bar in found.bars.items() if name.startswith(OUT)}
    assert exits == pytest.approx({"to top": 5.4, "to bottom": 4.1, "to sides": 0.5})


def test_exits_that_are_small_are_one() -> None:
    little = (Exit("sink", "top", "top", 9.9), Exit("sink", "sides", "s", 0.06), Exit("sink", "bottom", "b", 0.04))
    flows = Flows((node("sink", "heat-sink", 10.0),), (), little, 0.0)
    found = streams(flows)
    assert {name: bar.watts for name, bar in found.bars.items()} == pytest.approx(
        {"sink": 10.0, "to top": 9.9, "to rest": 0.1}
    )
    only = replace(flows, exits=(*little[:1], Exit("sink", "sides", "s", 0.1)))
    assert set(streams(only).bars) == {"sink", "to top", "to sides"}  # one alone keeps its name


def test_a_coolant_that_gives_heat_is_a_source() -> None:
    flows = Flows((node("slab", "block"),), (), (Exit("slab", "bottom", "b", 2.0), Exit("slab", "top", "t", -2.0)), 0.0)
    found = streams(flows)
    assert found.bands == {(IN + "top", "slab"): 2.0, ("slab", OUT + "bottom"): 2.0}
    assert found.total == 2.0
    assert drawn(flows).get_title(loc="left") == "Which way the watts go: 2 W from from top".replace(
        "from from", "from"
    )


@pytest.mark.parametrize(
    ("solid", "name"),
    [(node("balls.fill", "fill", role="fill"), "fill between balls"),
     (node("chip.bumps", "bumps", role="bumps"), "chip bumps"), (node("frame", "leads", role="leads"), "frame leads"),
     (node("tape.leads", "leads", role="leads"), "tape leads")],
)  # fmt: skip
def test_solids_are_called_as_a_reader_would(solid: Node, name: str) -> None:
    assert told(solid) == name


# ---------------------------------------------------------------- where it stands
@st.composite
def networks(draw: st.DrawFn) -> Flows:
    """Balanced flows: random ways from sources over some solids, which lead round too, to any face."""
    n = draw(st.integers(1, 9))
    names = [f"s{i}" for i in range(n)]
    made, watts, exits = dict.fromkeys(names, 0.0), dict[tuple[str, str], float](), dict[tuple[str, str], float]()
    for _ in range(draw(st.integers(1, 12))):
        way = draw(st.lists(st.sampled_from(names), min_size=1, max_size=n, unique=True))
        heat = draw(st.floats(1e-3, 5.0))
        face = draw(st.sampled_from(["top", "sides", "bottom"]))
        made[way[0]] += heat
        for pair in pairwise(way):
            watts[pair] = watts.get(pair, 0.0) + heat
        exits[way[-1], face] = exits.get((way[-1], face), 0.0) + heat
    edges = []
    for a, b in combinations(names, 2):
        net = watts.get((a, b), 0.0) - watts.get((b, a), 0.0)
        if net:
            edges.append(edge(a, b, net) if net > 0 else edge(b, a, -net))
    nodes = tuple(node(name, "block", made[name]) for name in names)
    return Flows(nodes, tuple(edges), tuple(Exit(a, face, "f", w) for (a, face), w in exits.items()), 0.0)


@settings(max_examples=60)
@given(networks())
def test_bars_of_a_column_stand_apart_and_bands_lead_onwards(flows: Flows) -> None:
    found = streams(flows)
    plan = columns(found, HEIGHT, LABEL)
    for pair, middles in plan.bands.items():
        assert plan.column[pair[0]] + len(middles) - 1 == plan.column[pair[1]]
        assert len(middles) >= 2
    for one, other in combinations(found.bars, 2):
        if plan.column[one] == plan.column[other]:
            high = 0.5 * plan.scale * (found.bars[one].watts + found.bars[other].watts)
            assert abs(plan.middle[one] - plan.middle[other]) >= high + plan.free * LABEL - 1e-6
    for name, bar in found.bars.items():
        assert 0.5 * plan.scale * bar.watts <= plan.middle[name] + 1e-6
        assert plan.middle[name] + 0.5 * plan.scale * bar.watts <= HEIGHT - plan.free * LABEL + 1e-6


@settings(max_examples=60)
@given(networks())
def test_bars_pass_on_all_that_comes_to_them_and_is_made(flows: Flows) -> None:
    found = streams(flows)
    made = sum(one.made for one in flows.nodes)
    assert found.total == pytest.approx(made, rel=ROUNDING)
    exits = sum(bar.watts for name, bar in found.bars.items() if name.startswith(OUT))
    assert exits == pytest.approx(made, rel=ROUNDING)
    for name, bar in found.bars.items():
        into = sum(watts for (_, b), watts in found.bands.items() if b == name)
        assert into + bar.made <= bar.watts + ROUNDING * made
        assert sum(watts for (a, _), watts in found.bands.items() if a == name) <= bar.watts + ROUNDING * made
    for pair, watts in found.bands.items():
        widest = [max(w for p, w in found.bands.items() if p[end] == pair[end]) for end in (0, 1)]
        assert watts >= LEAST * found.total or watts in widest


def test_a_column_of_many_bars_leaves_them_less_room() -> None:
    many = [f"s{i}" for i in range(20)]
    nodes = (node("chip", "chip", 20.0), *(node(name, "block") for name in many))
    exits = tuple(Exit(name, "top" if i % 2 else "bottom", "f", 1.0) for i, name in enumerate(many))
    found = streams(Flows(nodes, tuple(edge("chip", name, 1.0) for name in many), exits, 0.0))
    plan = columns(found, HEIGHT, LABEL)
    assert plan.scale * 20.0 == pytest.approx(0.3 * HEIGHT)  # of the height 0.7 are kept for labels
    middles = np.sort([plan.middle[name] for name in many])
    assert np.diff(middles) == pytest.approx((plan.scale + plan.free * LABEL) * np.ones(19))


def test_what_can_be_drawn_without_crossing_is() -> None:
    """Two chips side by side, each with one way up and one way down."""
    nodes = [node(name, "chip", 4.0) for name in ("left", "right")]
    nodes += [node(name, "block") for name in ("a", "b", "c", "d")]
    edges = [edge("left", "a", 3.0), edge("left", "b", 1.0), edge("right", "c", 1.0), edge("right", "d", 3.0)]
    exits = [Exit("a", "top", "t", 3.0), Exit("b", "bottom", "b", 1.0)]
    exits += [Exit("c", "top", "t", 1.0), Exit("d", "bottom", "b", 3.0)]
    found = streams(Flows(tuple(nodes), tuple(edges), tuple(exits), 0.0))
    plan = columns(found, HEIGHT, LABEL)
    between = [pair for pair in plan.bands if pair[0] in ("left", "right")]
    for one, other in combinations(between, 2):
        first, last = (plan.bands[one][end] - plan.bands[other][end] for end in (0, -1))
        assert first * last > 0


# ---------------------------------------------------------------- drawn
def test_bars_and_bands_are_as_wide_as_their_watts() -> None:
    ax = drawn(FLOWS)
    found = streams(FLOWS)
    bars = sorted(patch.get_height() for patch in ax.patches if isinstance(patch, Rectangle))
    scale = bars[-1] / 10.0  # the chip's
    assert bars == pytest.approx(sorted(scale * bar.watts for bar in found.bars.values()))
    bands = [patch for patch in ax.patches if isinstance(patch, PathPatch)]
    widths = []
    for band in bands:
        ends = band.get_path().vertices
        start = ends[np.isclose(ends[:, 0], ends[:, 0].min())]
        widths.append(np.ptp(start[:, 1]))
    assert sorted(widths) == pytest.approx(sorted(scale * watts for watts in found.bands.values()))


def test_labels_tell_watts_and_percent() -> None:
    ax = drawn(FLOWS)
    assert ax.get_title(loc="left") == "Which way the watts go: 10 W from chip"
    texts = words(ax)
    for name, watts in {"chip": "10 W, 100 %", "sink": "5.4 W, 54 %", "top": "5.4 W, 54 %", "sides": "0.5 W, 5.0 %",
                        "fill between balls": "0.6 W, 6.0 %"}.items():  # fmt: skip
        assert name in texts
        assert watts in texts
    assert "not drawn: flows below 1 % of all heat" in texts  # 0.05 W of 10 from the bumps to the mould
    whole = replace(FLOWS, edges=tuple(replace(e, net=0.0) if e.net == 0.05 else e for e in FLOWS.edges))
    assert "not drawn" not in " ".join(words(drawn(whole)))


def test_several_sources_are_named_with_their_own() -> None:
    nodes = node("one", "chip", 1.0), node("two", "chip", 3.0)
    flows = Flows(nodes, (edge("one", "two", 0.4),), (Exit("two", "top", "t", 3.4), Exit("one", "top", "t", 0.6)), 0.0)
    assert drawn(flows).get_title(loc="left") == "Which way the watts go: 3 W from two, 1 W from one"


def test_a_single_solid_is_drawn() -> None:
    flows = Flows((node("bar", "block", 2.0),), (), (Exit("bar", "top", "t", 2.0),), 0.0)
    assert {"bar", "top", "2 W, 100 %"} <= set(words(drawn(flows)))


@pytest.mark.parametrize("name", SHIPPED)
def test_labels_of_shipped_cases_stand_apart_and_on_the_page(name: str) -> None:
    heat = answered(name).heat
    assert heat is not None
    ax = drawn(heat.flows)
    boxes = [Text.get_window_extent(text) for text in ax.texts if isinstance(text, Annotation)]
    assert len(boxes) >= 8
    page = ax.figure.bbox
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(page.x0 <= b.x0 and b.x1 <= page.x1 and page.y0 <= b.y0 and b.y1 <= page.y1 for b in boxes)


# ---------------------------------------------------------------- told
def text_of(block: object) -> list[str]:
    console = Console(width=118, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(block)
    return [" ".join(line.split()) for line in captured.get().splitlines()]


def test_table_of_ways_tells_watts_percent_and_through_what() -> None:
    assert text_of(paths_table(FLOWS)) == [
        "off chip 6.0000 W 60.0 % into mould",
        "4.0000 W 40.0 % into chip bumps",
        "out of the package 5.4000 W 54.0 % at the top, through sink",
        "3.5000 W 35.0 % at the bottom, through balls",
        "0.6000 W 6.0 % at the bottom, through fill between balls",
        "0.5000 W 5.0 % at the sides, through carrier, mould",
    ]


def test_table_of_shares_tells_ten_and_the_rest_together() -> None:
    parts = {f"part-{i}": 0.09 for i in range(9)} | {"film of top": 0.1, "balls.fill": 0.06, "mould": 0.03}
    shares = Shares(50.0, parts, 1.0, 1.0)
    rows = text_of(shares_table(HeatAccount(FLOWS, shares), shares))
    assert len(rows) == 11
    assert rows[0] == "part-0 4.500 K 9.00 %"
    assert rows[9:] == ["film of top 5.000 K 10.00 %", "2 more 4.500 K 9.00 %"]
    shares = replace(shares, by_part={"balls.fill": 1.0})
    assert text_of(shares_table(HeatAccount(FLOWS, shares), shares)) == ["fill between balls 50.000 K 100.00 %"]


def test_document_has_the_account_and_can_be_written() -> None:
    document = json.loads(json.dumps(heat_document(HeatAccount(FLOWS, Shares(50.0, {"mould": 1.0}, 1.0, 1.0)))))
    assert document["flows"]["nodes"][0] == {
        "name": "chip", "part": "chip", "role": "body", "kind": "chip", "made": 10.0,
    }  # fmt: skip
    assert document["flows"]["edges"][0] == {"from": "chip", "to": "mould", "net": 6.0, "there": 6.0, "back": 0.0}
    assert document["flows"]["exits"][0] == {"node": "sink", "face": "top", "condition": "top", "watts": 5.4}
    assert document["paths"]["off_sources"][0] == {"way": "inside", "through": ["mould"], "watts": 6.0, "share": 0.6}
    assert document["paths"]["out_of_package"][0]["share"] == pytest.approx(0.54)
    assert document["shares"] == {"rise": {"value": 50.0, "unit": "K"}, "by_part": {"mould": 1.0}}
    assert heat_document(None) == {"flows": None, "paths": None, "shares": None}
