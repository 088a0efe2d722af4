"""Which packages are meshed? Five shipped ones of different kinds, with any gap and any number of bumps."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from thermopkg.case.load import load
from thermopkg.package.package import Package
from thermopkg.package.placing import place

CASES = Path(__file__).resolve().parents[1] / "cases"
GAPS = (0.02, 0.05, 0.1, 0.2)  # mm
BUMPS = {100: (10, 10), 400: (20, 20), 900: (30, 30), 2000: (50, 40)}  # along x and y

Parts = list[dict[str, Any]]


def package(name: str, gap: float, n_bumps: int) -> Package:
    """One of PACKAGES with a gap between its faces, mm, and so many bumps under its lowest chip."""
    shipped, parts = PACKAGES[name]
    return place(load(CASES / shipped / "case.toml", overrides={"part": parts(gap, BUMPS[n_bumps])}))


def _flip_chip(gap: float, count: tuple[int, int]) -> Parts:
    return [{"name": "chip", "bumps": _bumps(10, count, gap)}, {"name": "sink", "gap": f"{gap} mm"}]


def _stack(gap: float, count: tuple[int, int]) -> Parts:
    """The upper chip stands on as many bumps as its size takes on a pitch of its own."""
    upper = _bumps(8 * 0.93, count, gap)
    del upper["count"]
    return [
        {"name": "chip-1", "bumps": _bumps(8, count, gap)},
        {"name": "chip-2", "bumps": upper},
        {"name": "sink", "gap": f"{gap} mm"},
    ]


def _two_carriers(gap: float, count: tuple[int, int]) -> Parts:
    return [{"name": f"chip-{i}", "bumps": _bumps(6, count, gap)} for i in (1, 2)]


def _open_frame(gap: float, count: tuple[int, int]) -> Parts:
    return [
        {"name": "chip", "bumps": {**_bumps(5, count, gap), "rows": None}},
        {"name": "underfill", "height": f"{gap} mm"},
        {"name": "grease", "size": ["5 mm", "5 mm", f"{gap} mm"]},
    ]


def _on_board(gap: float, count: tuple[int, int]) -> Parts:
    return [{"name": "chip", "bumps": _bumps(6, count, gap)}, {"name": "sink", "gap": f"{gap} mm"}]


def _bumps(chip: float, count: tuple[int, int], height: float) -> dict[str, Any]:
    """A grid that fills a chip; lengths in mm. Half of the pitch is solder."""
    pitch = round(0.97 * chip / max(count), 4)
    sizes = {"pitch": pitch, "diameter": round(pitch / 2, 4), "height": height}
    return {"count": list(count), **{key: f"{value} mm" for key, value in sizes.items()}}


PACKAGES: Mapping[str, tuple[str, Callable[[float, tuple[int, int]], Parts]]] = {
    "flip chip under a sink": ("heat-sink-1", _flip_chip),
    "stack of two chips": ("stacked-pair", _stack),
    "two carriers face to face": ("stacked-2-bumps", _two_carriers),
    "open frame": ("open-frame", _open_frame),
    "ball grid on a board": ("on-board", _on_board),
}
