"""Which of the flows fit into a picture? Bars and bands without circles, small solids left out, exits by face."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from thermopkg.answer.flows import Flows, Node

LEAST = 0.01  # of all heat; smaller solids are left out, and smaller exits drawn as one
ROUNDING = 1e-9  # of all heat; so much may be left of what goes round
FACES = ("top", "sides", "bottom")
REST = "rest"
FILM = "film"  # kind of what is no solid
OUT, IN = "to ", "from "  # before the name of a face; no solid can have a name with a space

Bands = dict[tuple[str, str], float]  # W by the bars at their ends


@dataclass(frozen=True)
class Bar:
    """One bar of the picture: a solid, or all exposed faces that look one way. Heat that passes it and is made, W."""

    name: str
    label: str
    kind: str
    watts: float
    made: float


@dataclass(frozen=True)
class Streams:
    """Bars from the sources on, by name, and the bands between them. No way along the bands comes back to a bar."""

    bars: Mapping[str, Bar]  # with all of their heat
    bands: Bands
    left_out: float  # heat of bands that are too narrow, W
    total: float  # all heat, W

    def into(self, name: str) -> list[str]:
        """Bars that a bar has heat from."""
        return [a for a, b in self.bands if b == name]

    def out_of(self, name: str) -> list[str]:
        """Bars that a bar gives heat to."""
        return [b for a, b in self.bands if a == name]


def streams(flows: Flows) -> Streams:
    """The net flows of an account as a picture shows them.

    Heat that goes round in a circle of solids, which none of them has of itself, is taken off it. A solid that less
    than LEAST of all heat passes hands what it has to where its heat goes. Exits are taken together by the way they
    look, coolants that give heat likewise, and those with less than LEAST are one. Of bands with less than LEAST only
    those are kept without which a bar would have none.
    """
    bands: Bands = {(edge.start, edge.end): edge.net for edge in flows.edges if edge.net > 0}
    for leaving in flows.exits:
        ends = (leaving.node, OUT + leaving.face) if leaving.watts > 0 else (IN + leaving.face, leaving.node)
        bands[ends] = bands.get(ends, 0.0) + abs(leaving.watts)
    given = sum(watts for (a, _), watts in bands.items() if a.startswith(IN))
    total = sum(node.made for node in flows.nodes) + given
    bands = {pair: watts for pair, watts in _without_circles(bands).items() if watts > ROUNDING * total}
    for node in flows.nodes:
        if 0 < _sum_out(bands, node.name) < LEAST * total and not node.made:
            bands = _passed_on(bands, node.name)
    small = {OUT + face for face in FACES if 0 < _sum_in(bands, OUT + face) < LEAST * total}
    if len(small) > 1:
        bands = _renamed(bands, small, OUT + REST)
    nodes = {node.name: node for node in flows.nodes}
    bars = {name: _bar(name, nodes.get(name), bands) for name in dict.fromkeys(n for pair in bands for n in pair)}
    kept = _wide_enough(bands, LEAST * total)
    return Streams(bars, kept, sum(watts for pair, watts in bands.items() if pair not in kept), total)


def told(node: Node) -> str:
    """What a reader calls a solid."""
    if node.role == "fill":
        return f"fill between {node.part}"
    name = node.name.replace(".", " ")
    return name if node.role != "leads" or name.endswith("leads") else f"{name} leads"


def _bar(name: str, node: Node | None, bands: Bands) -> Bar:
    watts = max(_sum_in(bands, name), _sum_out(bands, name))
    if node is None:
        return Bar(name, name.removeprefix(OUT), FILM, watts, watts if name.startswith(IN) else 0.0)
    return Bar(name, told(node), node.kind, watts, node.made)


def _wide_enough(bands: Bands, least: float) -> Bands:
    """Those of at least so many watts, and the widest at either end of every bar."""
    widest: dict[tuple[str, int], tuple[str, str]] = {}
    for pair, watts in bands.items():
        for end, name in enumerate(pair):
            if watts > bands.get(widest.get((name, end), ("", "")), 0.0):
                widest[name, end] = pair
    return {pair: watts for pair, watts in bands.items() if watts >= least or pair in widest.values()}


def _sum_in(bands: Bands, name: str) -> float:
    return sum(watts for (_, end), watts in bands.items() if end == name)


def _sum_out(bands: Bands, name: str) -> float:
    return sum(watts for (start, _), watts in bands.items() if start == name)


def _without_circles(bands: Bands) -> Bands:
    """The same net heat out of every bar, without heat that goes round."""
    left = dict(bands)
    while circle := _circle(left):
        ends = list(zip(circle, [*circle[1:], circle[0]], strict=True))
        least = min(left[pair] for pair in ends)
        for pair in ends:
            left[pair] -= least
        left = {pair: watts for pair, watts in left.items() if watts > 0}
    return left


def _circle(bands: Iterable[tuple[str, str]]) -> list[str]:
    """Bars that lead round, in that order; none where there is no such way."""
    after: dict[str, list[str]] = {}
    for start, end in bands:
        after.setdefault(start, []).append(end)
    done: set[str] = set()
    for root in after:
        way, branches = [root], [iter(after[root])]
        while way:
            following = next(branches[-1], None)
            if following is None:
                done.add(way.pop())
                branches.pop()
            elif following in way:
                return way[way.index(following) :]
            elif following not in done:
                way.append(following)
                branches.append(iter(after.get(following, [])))
    return []


def _passed_on(bands: Bands, name: str) -> Bands:
    """Bands past a bar: what it has from each neighbour goes on to the others as all of its heat does."""
    into = {a: watts for (a, b), watts in bands.items() if b == name}
    out_of = {b: watts for (a, b), watts in bands.items() if a == name}
    left = {pair: watts for pair, watts in bands.items() if name not in pair}
    through = sum(out_of.values())
    for a, watts in into.items():
        for b, onwards in out_of.items():
            left[a, b] = left.get((a, b), 0.0) + watts * onwards / through
    return left


def _renamed(bands: Bands, names: set[str], name: str) -> Bands:
    left: Bands = {}
    for (a, b), watts in bands.items():
        pair = a, name if b in names else b
        left[pair] = left.get(pair, 0.0) + watts
    return left
