"""Do bodies warm and cool as series say, step by step and in one go? T01 to T11 on both lattices.

Moments in time have no bounds; steps and cells are made finer until the tolerance of each case holds. Tetrahedra are
for packages at rest: there is nothing of theirs here.
"""

import numpy as np
import pytest

from tests.book import limit
from tests.exact import case, warming
from tests.models import Coolant, everything, painted, solid
from tests.verification.test_transient import bar, last_of
from thermopkg.lattice import primal
from thermopkg.mesh.patch import FacePatch
from thermopkg.solve.schedule import Schedule, piecewise_linear, steps
from thermopkg.solve.transient import Marching, march
from thermopkg.system import AMBIENT

EXACTLY = 1e-12  # relative; closed forms recomputed


# ---------------------------------------------------------------- closed forms
def test_series_give_what_was_carried_over() -> None:
    """T02, T03 and T10 by tests/exact/warming.py."""
    inputs, values = case("T02").inputs, case("T02").values
    k, diffusivity = inputs["conductivity"], inputs["conductivity"] / inputs["capacity"]
    for depth, place in ((0.0, "face"), (1e-4, "at_100um"), (5e-4, "at_500um")):
        flux = inputs["flux"] * warming.heated(depth, k, diffusivity, 1e-3)
        bath = inputs["film_rise"] * warming.bathed(depth, k, diffusivity, inputs["film"], 1e-3)
        assert [flux, bath] == pytest.approx([values[f"flux_{place}"], values[f"film_{place}"]], rel=EXACTLY)
        if depth > 0:
            step = inputs["step_rise"] * warming.held(depth, diffusivity, 1e-3)
            assert step == pytest.approx(values[f"step_{place}"], rel=EXACTLY)
    inputs, values = case("T03").inputs, case("T03").values
    half, k = inputs["half_thickness"], inputs["conductivity"]
    for time, name in ((0.5, "500ms"), (2.0, "2s"), (5.0, "5s")):
        numbers = inputs["film"] * half / k, k / inputs["capacity"] * time / half**2
        found = [warming.slab_mean(*numbers), warming.slab(*numbers, 0.0), warming.slab(*numbers, 1.0)]
        expected = [values[f"{what}_after_{name}"] for what in ("mean", "middle", "face")]
        assert np.array(found) * inputs["rise"] == pytest.approx(expected, rel=EXACTLY)
    for name, value in case("T10").values.items():
        assert t10(name) == pytest.approx(value, rel=EXACTLY)


def t10(name: str) -> float:
    """A value of T10 by its closed form."""
    which, *rest = name.split("_")
    own = case("T10").inputs[which]
    if which == "billet":
        numbers = own["film"] * own["length"] / own["conductivity"], own["conductivity"] / own["capacity"] * own["time"]
        lost = own["start"] - own["ambient"]
        if name == "billet_heat":
            return -own["capacity"] * lost * (1 - warming.slab_mean(*numbers))
        return own["ambient"] + lost * warming.slab(*numbers, float(rest[-1]))
    if which == "bar":
        left = 1.0
        for k, side, place in zip(own["conductivity"], own["size"], CORNERS[rest[0]], strict=True):
            left *= warming.slab(own["film"] * side / k, k / own["capacity"] * own["time"] / side**2, place)
        return own["ambient"] + (own["start"] - own["ambient"]) * left
    diffusivity = own["conductivity"] / own["capacity"]
    if which == "ramp":
        return own["end"] * warming.ramped(own["depths"][int(rest[-1]) - 1], diffusivity, own["time"])
    length = own["length"]
    place, start = float(rest[-1]) / length, own["start"] - own["surface"]
    heat = own["source_density"] * length**2
    return own["surface"] + warming.self_heated(
        place, own["conductivity"], diffusivity / length**2, heat, start, own["time"]
    )


CORNERS = {"middle": (0, 0), "far": (1, 0), "near": (0, 1), "corner": (1, 1)}  # of T10's bar, in its half sides


def told(book, name, quantity, unit, cells, values, order=None, ratio=2.0, ambient=0.0) -> None:
    """A value at a moment, by the finest mesh, or by what meshes whose steps are in a ratio tend to at an order.

    Tolerances are those of temperatures, an ambient above 0 °C included.
    """
    truth, tolerance = ambient + case(name).values[quantity], case(name).tolerance
    values = [ambient + value for value in values]
    tended = None if order is None else limit(values, order, ratio)
    assert (values[-1] if tended is None else tended) == pytest.approx(truth, rel=tolerance)
    book.record(name, quantity, "lattice", unit, truth, cells=cells, value=values, limit=tended, tolerance=tolerance)


# ---------------------------------------------------------------- step by step
def test_a_bar_whose_end_swings_at_three_places(book) -> None:
    """T01, NAFEMS T3 [nafems1990], published 36.60: cells and steps halved together."""
    exact = case("T01")
    inputs = exact.inputs
    held = {"z-": Coolant(np.inf, 0.0), "z+": Coolant(np.inf, 1.0)}
    swing = Schedule((AMBIENT,), np.array([0.0, 32.0]), lambda _, time: np.array([100 * np.sin(np.pi * time / 40)]))
    places = {"temperature": 0.8, "at_50mm_temperature": 0.5, "at_20mm_temperature": 0.2}
    found, cells = {name: [] for name in places}, []
    for n, step in ((50, 1.0), (100, 0.5), (200, 0.25)):
        model = bar(np.linspace(0.0, inputs["length"], n + 1), inputs["conductivity"], inputs["capacity"], held)
        rise = last_of(march(primal.emit(model, {}, 0.0), swing, Marching(1.0, fixed=step))).rise[0, 0]
        for name, place in places.items():
            found[name].append(float(rise[round(place * n)]))
        cells.append(n)
    for name, values in found.items():
        told(book, "T01", name, "°C", cells, values, 2.0)


def test_silicon_without_an_end_at_three_depths(book) -> None:
    """T02: a step of flux, of a film's ambient and of temperature, and what is felt 0.1 and 0.5 mm below."""
    exact = case("T02")
    inputs = exact.inputs
    k, c = inputs["conductivity"], inputs["capacity"]
    depth = np.unique(
        np.concatenate([np.linspace(0, 1e-4, 41), np.linspace(1e-4, 1e-3, 226), np.geomspace(1e-3, 5e-3, 80)])
    )
    z = 5e-3 - depth[::-1]
    index = {
        place: -1 - int(np.abs(depth - d).argmin())
        for place, d in (("face", 0.0), ("at_100um", 1e-4), ("at_500um", 5e-4))
    }
    face = {"face": FacePatch(solid(0), True, 5e-3, (0.0, 1e-3), (0.0, 1e-3))}
    runs = {
        "flux": ({"z-": Coolant(1e-6)}, face, "face", inputs["flux"] * 1e-6),
        "film": ({"z+": Coolant(inputs["film"], 1.0)}, {}, AMBIENT, inputs["film_rise"]),
        "step": ({"z+": Coolant(np.inf, 1.0)}, {}, AMBIENT, inputs["step_rise"]),
    }
    for run, (cooling, patches, load, amount) in runs.items():
        tolerance = {"flux": 1e-5, "film": 1e-4, "step": 1e-3}[run]
        system = primal.emit(bar(z, k, c, cooling), patches, 0.0)
        schedule = steps([load], np.array([0.0, 1e-3]), np.array([[amount]]))
        rise = last_of(march(system, schedule, Marching(tolerance))).rise[0, 0]
        for place, at in index.items():
            if run != "step" or place != "face":
                told(book, "T02", f"{run}_{place}", "K", [z.size - 1], [float(rise[at])])


def test_a_slab_cools_at_its_middle_and_its_faces(book) -> None:
    exact = case("T03")
    inputs, half = exact.inputs, exact.inputs["half_thickness"]
    cooling = {"z-": Coolant(inputs["film"]), "z+": Coolant(inputs["film"])}
    still = steps(["slab"], np.array([0.0, 0.5, 2.0, 5.0]), np.zeros((3, 1)))
    found, cells = {name: [] for name in exact.values}, []
    for n, tolerance in ((20, 4e-3), (40, 1e-3), (80, 2e-4)):
        model = bar(np.linspace(0.0, 2 * half, n + 1), inputs["conductivity"], inputs["capacity"], cooling)
        system = primal.emit(model, {"slab": everything(model)}, 0.0)
        start = np.full(system.conductance.shape, inputs["rise"])
        seen = {round(m.time, 9): m for m in march(system, still, Marching(tolerance), start)}
        for time, name in ((0.5, "500ms"), (2.0, "2s"), (5.0, "5s")):
            found[f"mean_after_{name}"].append(seen[time].means["slab"])
            found[f"middle_after_{name}"].append(float(seen[time].rise[0, 0, n // 2]))
            found[f"face_after_{name}"].append(float(seen[time].rise[0, 0, 0]))
        cells.append(n)
    for name, values in found.items():
        told(book, "T03", name, "°C", cells, values, ambient=25.0)


def test_a_block_cools_at_its_middle_and_its_corners(book) -> None:
    """T04: an eighth of the block, whose middle planes are adiabatic."""
    exact = case("T04")
    inputs = exact.inputs
    names = ("x+", "y+", "z+")
    cooling = {name: Coolant(film) for name, film in zip(names, inputs["films"], strict=True)}
    found, cells = {name: [] for name in exact.values}, []
    for n in (2, 3):
        counts = (8 * n, 6 * n, 6 * n)
        ticks = tuple(np.linspace(0.0, side / 2, m + 1) for side, m in zip(inputs["size"], counts, strict=True))
        model = painted(
            ticks, np.zeros(counts, int), np.full((1, 3), inputs["conductivity"]), cooling, (inputs["capacity"],)
        )
        system = primal.emit(model, {"block": everything(model)}, 0.0)
        still = steps(["block"], np.array([0.0, 1.0, 5.0, 20.0]), np.zeros((3, 1)))
        start = np.full(system.conductance.shape, inputs["rise"])
        seen = {round(m.time, 9): m for m in march(system, still, Marching(4e-3 / n**2), start)}
        for time in (1.0, 5.0, 20.0):
            found[f"mean_after_{time:g}s"].append(seen[time].means["block"])
            found[f"centre_after_{time:g}s"].append(float(seen[time].rise[0, 0, 0]))
            found[f"corner_after_{time:g}s"].append(float(seen[time].rise[-1, -1, -1]))
        cells.append(model.grid.n_cells)
    for name, values in found.items():
        told(book, "T04", name, "°C", cells, values, 2.0, 1.5, 25.0)


def test_four_transients_of_a_manual(book) -> None:
    """T10, each in units of its own, which are read as SI."""
    inputs = case("T10").inputs
    own = inputs["billet"]
    z = np.linspace(0.0, own["length"], 101)
    model = bar(z, own["conductivity"], own["capacity"], {"z+": Coolant(own["film"], 1.0)})
    warm = steps([AMBIENT], np.array([0.0, own["time"]]), np.array([[own["ambient"] - own["start"]]]))
    end = last_of(march(primal.emit(model, {}, 0.0), warm, Marching(5e-2)))
    for x in (0, 0.2, 0.4, 0.6, 0.8, 1):
        told(
            book,
            "T10",
            f"billet_temperature_at_{x:g}",
            "°F",
            [100],
            [own["start"] + float(end.rise[0, 0, round(100 * x)])],
        )
    told(book, "T10", "billet_heat", "BTU/ft²", [100], [end.energy.stored / 1e-6])

    own = inputs["bar"]
    ticks = tuple(np.linspace(0.0, side, 41) for side in own["size"])
    conductivity = np.array([[own["conductivity"][0], 1.0, own["conductivity"][1]]])
    cooling = {"x+": Coolant(own["film"]), "z+": Coolant(own["film"])}
    model = painted(
        (ticks[0], np.array([0.0, 0.01]), ticks[1]),
        np.zeros((40, 1, 40), int),
        conductivity,
        cooling,
        (own["capacity"],),
    )
    system = primal.emit(model, {"bar": everything(model)}, 0.0)
    start = np.full(system.conductance.shape, own["start"] - own["ambient"])
    end = last_of(march(system, steps(["bar"], np.array([0.0, own["time"]]), np.zeros((1, 1))), Marching(2e-2), start))
    for name, (i, j) in {"middle": (0, 0), "far_side": (-1, 0), "near_side": (0, -1), "corner": (-1, -1)}.items():
        told(book, "T10", f"bar_{name}_temperature", "°F", [1600], [own["ambient"] + float(end.rise[i, 0, j])])

    own = inputs["ramp"]
    depth = np.unique([*np.linspace(0.0, 0.4, 401), *np.linspace(0.4, 1.0, 61), *own["depths"]])
    model = bar(depth, own["conductivity"], own["capacity"], {"z-": Coolant(np.inf, 1.0)})
    ramp = piecewise_linear([AMBIENT], np.array([0.0, own["time"]]), np.array([[0.0]]), np.array([[own["end"]]]))
    end = last_of(march(primal.emit(model, {}, 0.0), ramp, Marching(1e-3)))
    for n, place in enumerate(own["depths"], 1):
        told(
            book,
            "T10",
            f"ramp_temperature_{n}",
            "°F",
            [depth.size - 1],
            [float(end.rise[0, 0, np.abs(depth - place).argmin()])],
        )

    own = inputs["plate"]
    z = np.linspace(0.0, own["length"], 51)
    model = bar(z, own["conductivity"], own["capacity"], {"z-": Coolant(np.inf)})
    system = primal.emit(model, {"plate": everything(model)}, 0.0)
    power = own["source_density"] * own["length"] * 1e-6
    start = np.full(system.conductance.shape, own["start"] - own["surface"])
    start[0, 0, 0] = 0.0
    heated = steps(["plate"], np.array([0.0, own["time"]]), np.array([[power]]))
    end = last_of(march(system, heated, Marching(5e-3), start))
    for x in (0.1, 0.2, 0.3, 0.4, 0.5):
        told(
            book,
            "T10",
            f"plate_temperature_at_{x:g}",
            "°F",
            [50],
            [own["surface"] + float(end.rise[0, 0, round(100 * x)])],
        )
