"""What does each case of the verification book look like? Drawings of geometry, heat and cooling; none is to scale."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Arc, Circle, Polygon, Rectangle

INK, PALE = "#2b2b2b", "#8a8a8a"
HEAT, COLD, HELD = "#c0392b", "#2f77b4", "#6a4c93"
SOLID, OTHER, METAL = "#dfe6ec", "#f3e2c7", "#c9b8a4"
SMALL = 7.5

Sketch = Callable[[Axes, Mapping[str, Any]], None]


# ---------------------------------------------------------------- strokes
def frame(ax: Axes, x: tuple[float, float], y: tuple[float, float]) -> None:
    ax.set_xlim(*x)
    ax.set_ylim(*y)
    ax.set_aspect("equal")
    ax.axis("off")


def box(ax: Axes, x: float, y: float, w: float, h: float, color: str = SOLID, text: str = "") -> None:
    ax.add_patch(Rectangle((x, y), w, h, facecolor=color, edgecolor=INK, linewidth=0.8))
    if text:
        say(ax, x + w / 2, y + h / 2, text)


def say(ax: Axes, x: float, y: float, text: str, color: str = INK, at: str = "center", size: float = SMALL) -> None:
    ax.text(x, y, text, color=color, ha=at, va="center", fontsize=size, linespacing=1.2)


def film(ax: Axes, x: tuple[float, float], y: tuple[float, float], out: tuple[float, float], text: str = "") -> None:
    """Arrows that leave a face from one of its ends to the other."""
    n = max(3, round(8 * np.hypot(x[1] - x[0], y[1] - y[0])))
    for share in (np.arange(n) + 0.5) / n:
        start = np.array([x[0] + share * (x[1] - x[0]), y[0] + share * (y[1] - y[0])])
        end = start + 0.11 * np.array(out)
        ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": COLD, "linewidth": 0.9})
    if text:
        middle = np.array([sum(x) / 2, sum(y) / 2]) + 0.18 * np.array(out)
        at = "center" if out[0] == 0 else "left" if out[0] > 0 else "right"
        say(ax, *middle, text, COLD, at)


def held(ax: Axes, x: tuple[float, float], y: tuple[float, float], out: tuple[float, float], text: str = "") -> None:
    ax.plot(x, y, color=HELD, linewidth=3.2, solid_capstyle="butt")
    if text:
        at = "center" if out[0] == 0 else "left" if out[0] > 0 else "right"
        say(ax, sum(x) / 2 + 0.08 * out[0], sum(y) / 2 + 0.08 * out[1], text, HELD, at)


def heated(ax: Axes, x: tuple[float, float], y: tuple[float, float], text: str = "", at=None) -> None:
    ax.plot(x, y, color=HEAT, linewidth=3.2, solid_capstyle="butt")
    if text:
        place = at or (sum(x) / 2, sum(y) / 2 + 0.07)
        say(ax, *place, text, HEAT)


def warm(ax: Axes, x: float, y: float, w: float, h: float, text: str = "") -> None:
    """Heat throughout a box: dots."""
    for u in np.linspace(0.12, 0.88, 6):
        for v in np.linspace(0.2, 0.8, 4):
            ax.plot(x + u * w, y + v * h, ".", color=HEAT, markersize=2.2)
    if text:
        say(ax, x + w / 2, y + h / 2, text, HEAT)


def spot(ax: Axes, x: float, y: float, text: str, at: str = "left") -> None:
    ax.plot(x, y, "o", color=INK, markersize=3.5)
    say(ax, x + (0.03 if at == "left" else -0.03), y + 0.045, text, at=at)


# ---------------------------------------------------------------- stacks, from their inputs
def told(value: float) -> str:
    return f"{value:.3g}"


def length(value: float) -> str:
    return f"{value * 1e6:.3g} µm" if value < 0.999e-3 else f"{value * 1e3:.3g} mm" if value < 0.2 else f"{value:.3g} m"


def conducting(value: Any) -> str:
    if isinstance(value, list):
        kx, _, kz = value
        return f"k {told(kx)} in plane, {told(kz)} through"
    return f"k {told(value)}"


def stack(ax: Axes, inputs: Mapping[str, Any], key: str = "layers", films: tuple[str, str] | None = None) -> None:
    """Layers from bottom to top with their thickness and conductivity, sources, films on both ends."""
    layers = inputs[key]
    heights = np.array([layer.get("thickness", 0.0) ** 0.4 for layer in layers])
    heights[heights == 0] = 0.012
    heights = np.maximum(heights / heights.sum(), 0.085 * (heights > 0.012))
    levels = np.concatenate([[0.0], np.cumsum(heights)]) / heights.sum() * 0.9
    for n, layer in enumerate(layers):
        low, high = levels[n], levels[n + 1]
        if "contact" in layer:
            ax.plot((0, 1), (low, low), color=HELD, linewidth=2.5)
            say(ax, 1.04, low, f"contact {layer['contact'] * 1e6:g} mm²K/W", HELD, "left")
            levels[n + 1 :] -= high - low
            continue
        box(ax, 0, low, 1, high - low, (SOLID, OTHER)[n % 2])
        name = f"{layer['name']}: " if "name" in layer else ""
        text = f"{name}{length(layer['thickness'])}, {conducting(layer['conductivity'])}"
        say(ax, 1.04, (low + high) / 2, text, at="left")
    footprint = inputs.get("footprint")
    for source in inputs.get("sources", ()):
        y = levels[source["interface"]]
        x = tuple(value / footprint[0] for value in source["x"]) if footprint else (0, 1)
        label = f"{source['power']:g} W" if len(inputs["sources"]) == 1 else source.get("name", "")
        top = source["interface"] == len(layers)
        heated(ax, x, (y, y), label, (sum(x) / 2, y + 0.06) if top else None)
    if "source_interface" in inputs:
        heated(
            ax,
            (0, 1),
            (levels[inputs["source_interface"]],) * 2,
            f"{inputs['power']:g} W",
            (0.5, levels[inputs["source_interface"]] + 0.05),
        )
    if "source_density" in inputs:
        warm(ax, 0, 0, 1, levels[-1])
    bottom, top = films or (_film(inputs, "bottom"), _film(inputs, "top"))
    if bottom:
        film(ax, (0, 1), (0, 0), (0, -1), bottom)
    if top:
        film(ax, (0, 1), (levels[-1],) * 2, (0, 1), top)
    frame(ax, (-0.08, 2.05), (-0.28, levels[-1] + 0.3))


def _film(inputs: Mapping[str, Any], end: str) -> str:
    value = inputs.get(f"film_{end}", 0.0)
    if not value:
        return ""
    ambient = inputs.get(f"ambient_{end}")
    return f"h {value:g}" + (f" to {ambient:g} °C" if ambient is not None else "")


# ---------------------------------------------------------------- bars
def bar(ax: Axes, left: str = "", right: str = "", inside: str = "", places: Mapping[float, str] | None = None) -> None:
    """A bar from left to right, with what its ends are in contact with."""
    box(ax, 0, 0.3, 1.6, 0.3, SOLID, inside)
    for share, text in (places or {}).items():
        spot(ax, 1.6 * share, 0.6, text, "right" if share == 1 else "left")
    say(ax, -0.06, 0.45, left, at="right")
    say(ax, 1.66, 0.45, right, at="left")
    frame(ax, (-0.75, 2.35), (0.0, 0.95))


def a04(ax: Axes, _: Mapping[str, Any]) -> None:
    box(ax, 0, 0, 1, 0.4, OTHER, "copper 1 mm, k 390")
    box(ax, 0, 0.4, 1, 0.32, SOLID, "silicon 0.5 mm, k (T/300)^-1.3 · 148")
    ax.plot((0, 1), (0.4, 0.4), color=HELD, linewidth=2.5)
    say(ax, 1.04, 0.4, "contact 10 mm²K/W", HELD, "left")
    heated(ax, (0, 1), (0.72, 0.72), "5·10⁵ W/m²")
    film(ax, (0, 1), (0, 0), (0, -1), "h 5000 to 25 °C")
    frame(ax, (-0.1, 1.75), (-0.28, 0.95))


def a06(ax: Axes, _: Mapping[str, Any]) -> None:
    bar(ax, inside="k = 0.031 + 31·10⁻⁶ T", places={0.5: "T(L/2)"})
    held(ax, (0, 0), (0.3, 0.6), (-1, 0), "300°")
    held(ax, (1.6, 1.6), (0.3, 0.6), (1, 0), "100°")


def a07(ax: Axes, _: Mapping[str, Any]) -> None:
    bar(ax, left="adiabatic", places={0.0: "u(0)", 0.5: "u(L/2)"})
    warm(ax, 0, 0.3, 1.6, 0.3)
    say(ax, 0.8, 0.18, "q 1200 W/m³, k = 1 + 0.001 u", HEAT)
    held(ax, (1.6, 1.6), (0.3, 0.6), (1, 0), "u = 0")


def a08(ax: Axes, _: Mapping[str, Any]) -> None:
    bar(ax, inside="100 mm, k 55.6", places={1.0: "T_B"})
    held(ax, (0, 0), (0.3, 0.6), (-1, 0), "1000 K")
    film(ax, (1.6, 1.6), (0.3, 0.6), (1, 0), "ε 0.98\nto 300 K")


def a10(ax: Axes, _: Mapping[str, Any]) -> None:
    box(ax, 0, 0, 1, 1, SOLID, "k = (1, 0.75, 0.5)\nT linear in x, y, z")
    film(ax, (0, 0), (0, 1), (-1, 0), "h 15 to\n30 − 80 y − 60 z")
    film(ax, (1, 1), (0, 1), (1, 0), "h 15 to\n15 − 80 y − 60 z")
    heated(ax, (0, 1), (0, 0), "60 W/m² in", (0.5, -0.1))
    ax.plot((0, 1), (1, 1), color=COLD, linewidth=3.2)
    say(ax, 0.5, 1.09, "60 W/m² out", COLD)
    frame(ax, (-1.0, 2.0), (-0.25, 1.25))


def a12(ax: Axes, _: Mapping[str, Any]) -> None:
    box(ax, 0, 0.55, 0.8, 0.35, SOLID, "0.75, k 0.8")
    box(ax, 0.8, 0.55, 0.5, 0.35, OTHER, "5/12, k 0.1")
    film(ax, (0, 0), (0.55, 0.9), (-1, 0), "h 12\n3000°")
    film(ax, (1.3, 1.3), (0.55, 0.9), (1, 0), "h 2\n80°")
    box(ax, 0.25, 0, 0.8, 0.35, SOLID)
    warm(ax, 0.25, 0, 0.8, 0.35)
    say(ax, 0.2, 0.17, "adiabatic", at="right")
    film(ax, (1.05, 1.05), (0, 0.35), (1, 0), "h 13.97\n150°")
    frame(ax, (-0.6, 1.9), (-0.1, 1.0))


def a13(ax: Axes, _: Mapping[str, Any]) -> None:
    box(ax, 0, 0.35, 1.7, 0.2, SOLID, "20 mm high, 1 mm thick, k 390")
    held(ax, (0, 0), (0.35, 0.55), (-1, 0), "80 °C")
    film(ax, (0, 1.7), (0.55, 0.55), (0, 1), "h 50 to 25 °C")
    film(ax, (0, 1.7), (0.35, 0.35), (0, -1))
    film(ax, (1.7, 1.7), (0.35, 0.55), (1, 0))
    frame(ax, (-0.45, 2.0), (0.1, 0.85))


# ---------------------------------------------------------------- in the plane and in space
def b01(ax: Axes, _: Mapping[str, Any]) -> None:
    box(ax, 0, 0, 0.6, 1.0, SOLID, "k 52")
    held(ax, (0, 0.6), (0, 0), (0, -1), "100 °C")
    film(ax, (0.6, 0.6), (0, 1), (1, 0), "h 750 to 0 °C")
    film(ax, (0, 0.6), (1, 1), (0, 1))
    say(ax, -0.04, 0.7, "adiabatic", at="right")
    for x, y, text, at in (
        (0.6, 0.2, "E", "right"),
        (0, 0.5, "left middle", "right"),
        (0.3, 0.3, "(0.3, 0.3)", "left"),
    ):
        spot(ax, x, y, text, at)
    frame(ax, (-0.55, 1.3), (-0.18, 1.2))


def b02(ax: Axes, _: Mapping[str, Any]) -> None:
    front, shift = np.array([(0, 0), (1, 0), (1, 0.35), (0, 0.35)]), np.array([0.35, 0.25])
    top = np.array([front[3], front[2], front[2] + shift, front[3] + shift])
    side = np.array([front[1], front[1] + shift, front[2] + shift, front[2]])
    for face, color in ((front, SOLID), (top, "#eef2f5"), (side, "#cfd8df")):
        ax.add_patch(Polygon(face, facecolor=color, edgecolor=INK, linewidth=0.8))
    warm(ax, 0, 0, 1, 0.35)
    say(ax, 0.65, 0.78, "h 200", COLD)
    say(ax, 0.5, -0.08, "h 15 below, 10 before, 50 behind", COLD)
    say(ax, -0.05, 0.2, "h 20", COLD, "right")
    say(ax, 1.42, 0.3, "h 35", COLD, "left")
    say(ax, 0.65, 0.48, "10 × 8 × 3 mm, k (60, 40, 15)")
    frame(ax, (-0.35, 1.75), (-0.2, 0.9))


def b03(ax: Axes, _: Mapping[str, Any]) -> None:
    box(ax, 0.2, 0, 0.8, 1.4, SOLID, "k 52")
    ax.plot((0, 0), (-0.1, 1.5), color=PALE, linestyle="-.", linewidth=0.8)
    say(ax, 0.0, 1.58, "axis", PALE)
    held(ax, (0.2, 1.0), (0, 0), (0, -1), "0")
    held(ax, (0.2, 1.0), (1.4, 1.4), (0, 1), "0")
    held(ax, (1, 1), (0, 1.4), (1, 0), "0")
    heated(ax, (0.2, 0.2), (0.4, 1.0), "5·10⁵\nW/m²", (-0.2, 0.7))
    spot(ax, 0.4, 0.4, "E")
    frame(ax, (-0.55, 1.5), (-0.2, 1.7))


def b04(ax: Axes, _: Mapping[str, Any]) -> None:
    ax.add_patch(
        Polygon([(0, 0), (2.2, 0), (2.2, 0.8), (0.8, 0.8), (0.8, 0.4), (0, 0.4)], facecolor=SOLID, edgecolor=INK)
    )
    held(ax, (0, 0), (0, 0.4), (-1, 0), "1")
    held(ax, (2.2, 2.2), (0, 0.8), (1, 0), "0")
    say(ax, 0.4, 0.2, "4 mm")
    say(ax, 1.5, 0.4, "8 mm, k 100")
    ax.plot(0.8, 0.4, "o", color=HEAT, markersize=4)
    say(ax, 0.72, 0.52, "270°", HEAT, "right")
    frame(ax, (-0.25, 2.45), (-0.1, 0.95))


def fc02(ax: Axes, _: Mapping[str, Any]) -> None:
    box(ax, 0, 0, 1.6, 0.9, SOLID, "k 1, without end")
    heated(ax, (0.65, 0.95), (0.9, 0.9), "1 W on a square of side 1")
    ax.plot((0, 0, 1.6, 1.6), (0.9, 0, 0, 0.9), color="white", linewidth=2.5, linestyle=(0, (3, 3)))
    frame(ax, (-0.1, 1.7), (-0.1, 1.1))


def h01(ax: Axes, _: Mapping[str, Any]) -> None:
    for i in range(4):
        for j in range(4):
            box(ax, 0.25 * i, 0.25 * j, 0.25, 0.25, METAL if (i + j) % 2 else "#fbf7ef")
    held(ax, (0, 0), (0, 1), (-1, 0), "0")
    held(ax, (1, 1), (0, 1), (1, 0), "1")
    say(ax, 0.5, -0.08, "k 390 and 1")
    frame(ax, (-0.3, 1.3), (-0.18, 1.1))


def h03(ax: Axes, _: Mapping[str, Any]) -> None:
    box(ax, 0, 0, 1, 1, "#fbf7ef")
    for x, y in ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)):
        ax.add_patch(Circle((x, y), 0.15, facecolor=METAL, edgecolor=INK, linewidth=0.8))
    ax.plot((0.5, 0.5), (0, 1), color=PALE, linestyle=":", linewidth=0.8)
    ax.plot((0, 1), (0.5, 0.5), color=PALE, linestyle=":", linewidth=0.8)
    say(ax, 0.5, -0.08, "bumps k 57, diameter 90, pitch 150 µm; underfill k 0.5")
    frame(ax, (-0.45, 1.45), (-0.18, 1.08))


def p01(ax: Axes, _: Mapping[str, Any]) -> None:
    box(ax, 0, 0, 1.8, 0.34, SOLID, "substrate 0.8 mm, k 18 in plane, 0.45 through")
    box(ax, 0, 0.34, 1.8, 0.34, OTHER)
    box(ax, 0.6, 0.34, 0.6, 0.12, METAL, "bumps")
    box(ax, 0.6, 0.46, 0.6, 0.13, "#b9c9d6", "die k 117")
    heated(ax, (0.6, 1.2), (0.46, 0.46))
    say(ax, 0.3, 0.5, "compound k 3")
    say(ax, 1.24, 0.46, "2 W", HEAT, "left")
    box(ax, 0, 0.68, 1.8, 0.2, METAL, "lid 0.5 mm, k 390")
    film(ax, (0, 1.8), (0, 0), (0, -1), "h 100")
    film(ax, (0, 1.8), (0.88, 0.88), (0, 1), "h 1500")
    frame(ax, (-0.1, 1.9), (-0.28, 1.15))


def s01(ax: Axes, _: Mapping[str, Any]) -> None:
    ax.add_patch(
        Polygon([(-1, -1), (0, -1), (0, 0), (1, 0), (1, 1), (-1, 1)], facecolor=SOLID, edgecolor=HELD, linewidth=2.5)
    )
    ax.add_patch(Arc((0, 0), 0.6, 0.6, theta1=0, theta2=270, color=HEAT, linewidth=1.2))
    say(ax, -0.35, 0.42, "270°", HEAT)
    say(ax, 0.0, 0.75, "u = r^(2/3) sin(2θ/3)\non the boundary", HELD)
    frame(ax, (-1.15, 1.15), (-1.15, 1.15))


# ---------------------------------------------------------------- in time, networks, made up
def t01(ax: Axes, _: Mapping[str, Any]) -> None:
    bar(ax, inside="100 mm, k 35", places={0.2: "20", 0.5: "50", 0.8: "80 mm"})
    held(ax, (0, 0), (0.3, 0.6), (-1, 0), "0 °C")
    held(ax, (1.6, 1.6), (0.3, 0.6), (1, 0), "100 sin(πt/40)")


def t02(ax: Axes, _: Mapping[str, Any]) -> None:
    bar(ax, inside="silicon, without end", places={0.1: "0.1", 0.35: "0.5 mm"})
    heated(ax, (0, 0), (0.3, 0.6), "10⁶ W/m²,\nor h 10⁵ to 100,\nor held at 100", (-0.38, 0.45))


def t03(ax: Axes, _: Mapping[str, Any]) -> None:
    bar(ax, inside="2 mm, k 0.9, 150 °C at first", places={0.5: "middle", 1.0: "face"})
    film(ax, (0, 0), (0.3, 0.6), (-1, 0), "h 500\n25 °C")
    film(ax, (1.6, 1.6), (0.3, 0.6), (1, 0), "h 500\n25 °C")


def t04(ax: Axes, _: Mapping[str, Any]) -> None:
    front, shift = np.array([(0, 0), (1, 0), (1, 0.4), (0, 0.4)]), np.array([0.35, 0.25])
    top = np.array([front[3], front[2], front[2] + shift, front[3] + shift])
    side = np.array([front[1], front[1] + shift, front[2] + shift, front[2]])
    for face, color in ((front, SOLID), (top, "#eef2f5"), (side, "#cfd8df")):
        ax.add_patch(Polygon(face, facecolor=color, edgecolor=INK, linewidth=0.8))
    say(ax, 0.5, 0.2, "8 × 6 × 3 mm, k 0.9\n150 °C at first")
    say(ax, 0.65, 0.78, "h 500 (z), 300 (x), 200 (y), to 25 °C", COLD)
    frame(ax, (-0.3, 1.6), (-0.12, 0.9))


FOUR = (
    ("VM110: slab in a bath", "100 → 1600"),
    ("VM113: bar in a bath", "500 → 100, kx 20, ky 3.6"),
    ("VM114: ramp at the face", "0 → 120"),
    ("VM115: heats itself", "surface 32, 60 at first"),
)


def t10(ax: Axes, _: Mapping[str, Any]) -> None:
    for n, (text, more) in enumerate(FOUR):
        y = 0.75 - 0.25 * n
        box(ax, 0, y, 1.5, 0.19, (SOLID, OTHER)[n % 2], text)
        say(ax, 1.55, y + 0.1, more, at="left")
    frame(ax, (-0.05, 2.6), (-0.05, 1.0))


def t11(ax: Axes, _: Mapping[str, Any]) -> None:
    box(ax, 0, 0, 1, 0.55, METAL, "2 × 2 × 4 ft, 2000 °R at first\none temperature throughout")
    film(ax, (1, 1), (0, 0.55), (1, 0), "ε 1 to 530 °R")
    film(ax, (0, 0), (0, 0.55), (-1, 0))
    film(ax, (0, 1), (0.55, 0.55), (0, 1))
    film(ax, (0, 1), (0, 0), (0, -1))
    frame(ax, (-0.25, 1.75), (-0.2, 0.8))


def t06(ax: Axes, inputs: Mapping[str, Any]) -> None:
    stack(ax, {**inputs, "sources": [{"x": (0, 1), "interface": 3, "power": 1.0}], "footprint": (1, 1)})


def ladder(ax: Axes, n: int, texts: tuple[str, ...]) -> None:
    for i in range(n):
        x = 0.1 + 0.5 * i
        ax.plot((x, x + 0.12), (0.6, 0.6), color=INK, linewidth=1)
        box(ax, x + 0.12, 0.54, 0.26, 0.12, OTHER, f"R{i + 1}")
        ax.plot((x + 0.38, x + 0.5), (0.6, 0.6), color=INK, linewidth=1)
        ax.plot((x, x), (0.6, 0.38), color=INK, linewidth=1)
        for y in (0.38, 0.34):
            ax.plot((x - 0.07, x + 0.07), (y, y), color=INK, linewidth=1.4)
        say(ax, x + 0.09, 0.42, f"C{i + 1}", at="left")
        ax.plot((x, x), (0.34, 0.18), color=INK, linewidth=1)
    ax.plot((0.0, 0.1 + 0.5 * n), (0.18, 0.18), color=INK, linewidth=1)
    ax.plot((0.1 + 0.5 * n,) * 2, (0.6, 0.18), color=INK, linewidth=1)
    ax.annotate("", (0.1, 0.6), (-0.12, 0.6), arrowprops={"arrowstyle": "->", "color": HEAT, "linewidth": 1.2})
    say(ax, 0.25 * n + 0.1, 0.82, texts[0])
    frame(ax, (-0.2, 0.3 + 0.5 * n), (0.05, 1.0))


def m01(ax: Axes, _: Mapping[str, Any]) -> None:
    x, z = np.meshgrid(np.linspace(0, 1, 120), np.linspace(0, 0.5, 60))
    field = (1.5 + np.cos(np.pi * x)) * np.cos(1.2 * z / 0.5 - 0.033)
    ax.contourf(x, z, field, 14, cmap="OrRd", alpha=0.85)
    ax.add_patch(Rectangle((0, 0), 1, 0.5, fill=False, edgecolor=INK, linewidth=0.8))
    film(ax, (0, 1), (0, 0), (0, -1), "h 300")
    film(ax, (0, 1), (0.5, 0.5), (0, 1), "h 21 045")
    frame(ax, (-0.15, 1.15), (-0.28, 0.78))


def m03(ax: Axes, inputs: Mapping[str, Any]) -> None:
    stack(ax, inputs)
    x = np.linspace(0, 1, 100)
    ax.plot(x, 1.02 + 0.07 * np.cos(np.pi * x), color=HEAT, linewidth=1.6)
    say(ax, 0.5, 1.16, "q cos(πx/a) cos(2πy/b)", HEAT)


SKETCHES: Mapping[str, Sketch] = {
    **dict.fromkeys(("A01", "A02", "A03", "FC01", "FC03-1.5", "FC03-3.0", "FC03-6.0", "FC05", "FC08"), stack),
    "A04": a04, "A06": a06, "A07": a07, "A08": a08, "A10": a10, "A12": a12, "A13": a13,
    "B01": b01, "B02": b02, "B03": b03, "B04": b04, "FC02": fc02, "H01": h01, "H03": h03, "P01": p01, "S01": s01,
    "T01": t01, "T02": t02, "T03": t03, "T04": t04, "T10": t10, "T11": t11, "M01": m01, "M03": m03,
    "T06": t06,
    "T07": stack,
    "N01": lambda ax, _: ladder(ax, 4, ("four pairs of Foster as a ladder of Cauer",)),
    "N03": lambda ax, _: ladder(ax, 5, ("a uniform line of R = 2 K/W and C = 0.5 J/K",)),
}  # fmt: skip


def tint(color: str, share: float) -> tuple[float, float, float]:
    """A colour mixed with white."""
    r, g, b = to_rgb(color)
    return (1 - share * (1 - r), 1 - share * (1 - g), 1 - share * (1 - b))
