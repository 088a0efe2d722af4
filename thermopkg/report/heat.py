"""How does the account of heat read? Which way the watts go and where the kelvins are: tables, and plain data."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from thermopkg.answer.account import HeatAccount
from thermopkg.answer.flows import Flows, Path, Way, paths
from thermopkg.answer.shares import Shares
from thermopkg.report.streams import told

MOST_SHARES = 10  # rows of a sheet; what is left is told together
LEAST_PATH = 5e-4  # of all heat; ways below are told together
WORDS: dict[Way, str] = {
    "inside": "into", "board": "into the board, through", "top": "at the top, through",
    "bottom": "at the bottom, through", "sides": "at the sides, through",
}  # fmt: skip
LONGEST_LIST = 4  # solids that one way is told to lead through


# ---------------------------------------------------------------- on a sheet
def paths_table(flows: Flows) -> Table:
    """Off what makes heat, and out of the package: watts, percent, and through what."""
    found = paths(flows)
    table = _table()
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    sources = ", ".join(told(node) for node in flows.nodes if node.made) or "what makes heat"
    for heading, parting in ((f"off {sources}", found.off_sources), ("out of the package", found.out)):
        for i, (watts, way) in enumerate(_rows(flows, parting)):
            share = f"{100 * watts / flows.made:.1f} %" if flows.made else ""
            table.add_row(heading if i == 0 else "", f"{watts:.4f} W", share, Text(way, style="dim"))
    return table


def _rows(flows: Flows, parting: Sequence[Path]) -> list[tuple[float, str]]:
    """Watts and words of every way, the least of them together."""
    least = LEAST_PATH * sum(abs(path.watts) for path in parting)
    rows = [(path.watts, way_told(flows, path)) for path in parting if abs(path.watts) >= least]
    small = [path.watts for path in parting if abs(path.watts) < least]
    return [*rows, (sum(small), f"{len(small)} more")] if small else rows


def way_told(flows: Flows, path: Path) -> str:
    """A way in words: "at the top, through sink"."""
    names = [told(flows.node(name)) for name in path.through]
    more = len(names) - LONGEST_LIST
    listed = ", ".join(names[:LONGEST_LIST]) + (f" and {more} more" if more > 0 else "")
    return f"{WORDS[path.way]} {listed}"


def shares_table(account: HeatAccount, shares: Shares) -> Table:
    """Kelvins and percent of the rise in each solid and film, most first."""
    names = {node.name: told(node) for node in account.flows.nodes}
    table = _table()
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    listed = list(shares.by_part.items())
    rows = [(names.get(name, name), share) for name, share in listed[:MOST_SHARES]]
    rest = listed[MOST_SHARES:]
    if rest:
        rows.append((f"{len(rest)} more", sum(share for _, share in rest)))
    for name, share in rows:
        table.add_row(name, f"{share * shares.rise:.3f} K", f"{100 * share:.2f} %")
    return table


def _table() -> Table:
    return Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))


# ---------------------------------------------------------------- as data
def heat_document(account: HeatAccount | None) -> dict[str, Any]:
    """Flows, paths and shares as JSON types; null where they are not known."""
    if account is None:
        return {"flows": None, "paths": None, "shares": None}
    found = paths(account.flows)
    return {
        "flows": _flows(account.flows),
        "paths": {
            "off_sources": [_path(account.flows, path) for path in found.off_sources],
            "out_of_package": [_path(account.flows, path) for path in found.out],
            "unit": "W",
        },
        "shares": None if account.shares is None else _shares(account.shares),
    }


def _flows(flows: Flows) -> dict[str, Any]:
    return {
        "nodes": [
            {"name": node.name, "part": node.part, "role": node.role, "kind": node.kind, "made": node.made}
            for node in flows.nodes
        ],
        "edges": [
            {"from": edge.start, "to": edge.end, "net": edge.net, "there": edge.there, "back": edge.back}
            for edge in flows.edges
        ],
        "exits": [
            {"node": leaving.node, "face": leaving.face, "condition": leaving.condition, "watts": leaving.watts}
            for leaving in flows.exits
        ],
        "remainder": flows.remainder,
        "unit": "W",
    }


def _path(flows: Flows, path: Path) -> dict[str, Any]:
    share = path.watts / flows.made if flows.made else None
    return {"way": path.way, "through": list(path.through), "watts": path.watts, "share": share}


def _shares(shares: Shares) -> dict[str, Any]:
    return {"rise": {"value": shares.rise, "unit": "K"}, "by_part": dict(shares.by_part)}
