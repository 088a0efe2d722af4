"""Are fields in two and three dimensions where series say? Films on many faces, a hollow cylinder, corners of 270°.

Points have no bounds: they are read off fields, and their error is seen to fall. Means and heats lie in brackets.
"""

from dataclasses import replace

import numpy as np
from skfem import MeshTet

from tests import element_models
from tests.exact import case
from tests.known import at, element_field, lattice_field, recorded_bounds, recorded_point
from tests.models import Coolant, bounded, even, everything, painted, solid
from thermopkg.answer.referee import element_bracket
from thermopkg.mesh.patch import FacePatch, VolumePatch

DIRECTIONS = ("x-", "x+", "y-", "y+", "z-", "z+")


# ---------------------------------------------------------------- NAFEMS T4
def test_plate_with_a_film_on_two_sides(book) -> None:
    """B01: where the held base meets the cooled side the flux grows like a logarithm, which is felt far away."""
    exact = case("B01")
    inputs, (a, b) = exact.inputs, exact.inputs["size"]
    cooling = {"z-": Coolant(np.inf, inputs["base_temperature"]), "x+": Coolant(inputs["film_right"]),
               "z+": Coolant(inputs["film_top"])}  # fmt: skip
    points = {"right_at_200mm": (a, 0.2), "left_middle": (0.0, 0.5), "top_left": (0.0, b), "at_300_300mm": (0.3, 0.3)}
    conductivity = np.full((1, 3), inputs["conductivity"])
    found = {(engine, name): [] for engine in ("lattice", "elements") for name in points}
    cells = {"lattice": [], "elements": []}
    for n in (1, 2, 4):
        x, z = even(0.0, a, parts=24 * n), even(0.0, b, parts=40 * n)
        model = painted((x, even(0.0, 0.1), z), np.zeros((24 * n, 1, 40 * n), int), conductivity, cooling)
        field = lattice_field(model)[:, 0]
        cells["lattice"].append(model.grid.n_cells)
        for name, (px, pz) in points.items():
            found["lattice", name].append(float(field[np.abs(x - px).argmin(), np.abs(z - pz).argmin()]))
        x, z = even(0.0, a, parts=6 * n), even(0.0, b, parts=10 * n)
        mesh = MeshTet.init_tensor(x, even(0.0, a / (6 * n)), z)
        own = element_models.elements(mesh, conductivity, np.zeros(mesh.t.shape[1], int), cooling)
        rise = element_field(own)
        cells["elements"].append(own.n_cells)
        for name, (px, pz) in points.items():
            found["elements", name].append(at(own, rise, (px, 0.0, pz)))
    for (engine, name), values in found.items():
        recorded_point(
            book,
            exact,
            f"{name}_temperature",
            engine,
            "°C",
            cells[engine],
            values,
            {"lattice": 2.0, "elements": 3.0}[engine],
        )


# ---------------------------------------------------------------- six films
def test_block_between_six_films_on_tetrahedra_and_cells(book) -> None:
    exact = case("B02")
    inputs, size = exact.inputs, exact.inputs["size"]
    films = [film for axis in "xyz" for film in inputs[f"film_{axis}"]]
    cooling = {d: Coolant(film) for d, film in zip(DIRECTIONS, films, strict=True)}
    power = inputs["source_density"] * np.prod(size)
    conductivity = np.array([inputs["conductivity"]])
    brackets = {"lattice": [], "elements": []}
    centres = {"lattice": [], "elements": []}
    cells = {"lattice": [], "elements": []}
    for n in (2, 4, 8):
        ticks = tuple(even(0.0, side, parts=n) for side in size)
        model = painted(ticks, np.zeros((n,) * 3, int), conductivity, cooling)
        places = {"block": everything(model)}
        brackets["lattice"].append(bounded(model, places).entry("block", "block").scaled(power))
        centres["lattice"].append(lattice_field(model, places, {"block": power})[(n // 2,) * 3])
        cells["lattice"].append(model.grid.n_cells)
        mesh = MeshTet.init_tensor(*ticks)
        own = element_models.elements(mesh, conductivity, np.zeros(mesh.t.shape[1], int), cooling)
        places = {"block": VolumePatch(frozenset({solid(0)}))}
        brackets["elements"].append(element_bracket(own, places, 0.0).entry("block", "block").scaled(power))
        centres["elements"].append(at(own, element_field(own, places, {"block": power}, 1), [0.5 * s for s in size]))
        cells["elements"].append(own.n_cells)
    for engine, found in brackets.items():
        recorded_bounds(book, exact, "mean_rise", engine, "K", cells[engine], found, 2.0)
        recorded_point(book, exact, "centre_rise", engine, "K", cells[engine], centres[engine], 2.0)


# ---------------------------------------------------------------- the NAFEMS cylinder
def test_hollow_cylinder_heated_through_a_window(book) -> None:
    """B03: on cells as a plate of conductivity k r, which is the equation times r; on tetrahedra as a thin wedge."""
    exact = case("B03")
    inputs = exact.inputs
    (inner, outer), height, window = inputs["radii"], inputs["height"], inputs["window"]
    points = {"at_r40_z40mm": (0.04, 0.04), "at_r20_z70mm": (0.02, 0.07), "at_r60_z70mm": (0.06, 0.07)}
    found = {(engine, name): [] for engine in ("lattice", "elements") for name in points}
    cells = {"lattice": [], "elements": []}
    held = {"z+": Coolant(np.inf), "y-": Coolant(np.inf), "y+": Coolant(np.inf)}
    for n in (1, 2, 4):
        r, y = even(inner, outer, parts=16 * n), even(0.0, height, parts=28 * n)
        middles = 0.5 * (r[1:] + r[:-1])
        region = np.broadcast_to(np.arange(16 * n), (1, 28 * n, 16 * n)).copy()
        conductivity = inputs["conductivity"] * np.repeat(middles[:, None], 3, 1)
        model = painted((even(0.0, 1.0), y, r), region, conductivity, held)
        patch = {"window": FacePatch(solid(0), False, inner, (0.0, 1.0), tuple(window))}
        power = inputs["flux"] * inner * (window[1] - window[0])
        field = lattice_field(model, patch, {"window": power})[0]
        cells["lattice"].append(model.grid.n_cells)
        for name, (pr, pz) in points.items():
            found["lattice", name].append(float(field[np.abs(y - pz).argmin(), np.abs(r - pr).argmin()]))
        r, y = even(inner, outer, parts=8 * n), even(0.0, height, parts=14 * n)
        angle = 0.005  # rad; its flat faces miss 2e-6 of the circle
        mesh = MeshTet.init_tensor(np.array([-angle / 2, angle / 2]), y, r)
        flat = element_models.elements(
            mesh, np.full((1, 3), inputs["conductivity"]), np.zeros(mesh.t.shape[1], int), held
        )
        turn, along, radius = flat.points
        wedge = replace(flat, points=np.array([radius * np.sin(turn), along, radius * np.cos(turn)]))
        bore, half = inner * np.cos(angle / 2), inner * np.sin(angle / 2)
        patch = {"window": FacePatch(solid(0), False, float(bore), (-half, half), tuple(window))}
        rise = element_field(wedge, patch, {"window": inputs["flux"] * 2 * half * (window[1] - window[0])})
        cells["elements"].append(wedge.n_cells)
        for name, (pr, pz) in points.items():
            found["elements", name].append(at(wedge, rise, (-pr * np.sin(angle / 2), pz, pr * np.cos(angle / 2))))
    for (engine, name), values in found.items():
        theory = {"lattice": 2.0, "elements": None}[engine]
        recorded_point(book, exact, f"{name}_rise", engine, "K", cells[engine], values, theory)
