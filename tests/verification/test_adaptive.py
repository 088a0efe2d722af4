"""Does the searched mesh keep the guarantee? Against an answer found elsewhere, and against much finer grids."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exact import case as exact_case
from tests.exact import stack_of
from thermopkg import workflow
from thermopkg.answer.adapt import Adapted, adapt
from thermopkg.answer.answer import solve
from thermopkg.answer.metrics import mean_rise
from thermopkg.case.load import from_document
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.patch import FacePatch
from thermopkg.mesh.voxel import paint
from thermopkg.package.package import Package
from thermopkg.package.solids import Solid, box

Document = dict[str, Any]


# ---------------------------------------------------------------- an answer found elsewhere
def package_p01() -> tuple[Package, FacePatch, float, float]:
    """P01 as solids: the whole of it, die and bumps in moulding; and its source, power and theta."""
    exact = exact_case("P01")
    inputs, (source,) = exact.inputs, exact.sources
    layers = {table["name"]: layer for table, layer in zip(inputs["layers"], stack_of(inputs["layers"]), strict=True)}
    sides = inputs["footprint"]
    materials = {
        name: {"class": "composite", "electrical": "insulator", "conductivity": {
            "in_plane": f"{layer.conductivity[0]} W/m/K", "through": f"{layer.conductivity[2]} W/m/K"}}
        for name, layer in layers.items()
    }  # fmt: skip
    moulding = {"class": "composite", "electrical": "insulator",
                "conductivity": f"{inputs['encapsulant_conductivity']} W/m/K"}  # fmt: skip
    height = sum(layer.thickness for layer in layers.values())
    case = from_document({
        "title": "P01", "study": {"metrics": []}, "materials": {**materials, "moulding": moulding},
        "environment": {"ambient": "0 degC", "bottom": {"film": f"{inputs['film_bottom']} W/m^2/K"},
                        "top": {"film": f"{inputs['film_top']} W/m^2/K"}},
        "part": [{"name": "body", "kind": "block", "material": "die",
                  "size": [*(f"{side} m" for side in sides), f"{height} m"]}],
    })  # fmt: skip
    solids, bottom = [], 0.0
    whole, die = (sides[0] / 2, sides[1] / 2), (sum(source.x) / 2, sum(source.y) / 2)
    for name, layer in layers.items():
        top = bottom + layer.thickness
        filling = "moulding" if name in inputs["confined_to_die"] else name
        solids.append(Solid(f"{name} layer", "body", "body", filling, box(whole, tuple(sides), bottom, top)[None]))
        if filling != name:
            size = source.x[1] - source.x[0], source.y[1] - source.y[0]
            solids.append(Solid(name, "body", "body", name, box(die, size, bottom, top)[None]))
        bottom = top
    z = sum(layers[name].thickness for name in ("substrate", "bumps"))
    face = FacePatch("die", False, z, source.x, source.y)
    return Package(case, {}, tuple(solids), (), {}), face, exact.powers[0], exact.values["theta_ja"]


def test_every_step_towards_a_package_solved_elsewhere_holds_its_theta() -> None:
    """P01 by spectral elements, good to 3e-7. From 45 cells on, to half a percent."""
    package, face, power, theta = package_p01()
    wanted = [mean_rise("die", {"die": power})]
    found = adapt(package, geometry_grid(package), {"die": face}, wanted, 273.15, 5e-3, lambda _: True)
    assert found.steps[0].n_cells == 3 * 3 * 5
    assert found.reached
    for step in found.steps:
        (rise,) = step.metrics
        assert rise.bracket.lower <= power * theta <= rise.bracket.upper
    assert found.steps[-1].metrics[0].bracket.value == pytest.approx(power * theta, rel=1e-3)


# ---------------------------------------------------------------- much finer grids
def length(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda value: round(value, 3))


@st.composite
def small_packages(draw: st.DrawFn) -> Document:
    """A chip on a few bumps, moulded in under a sink or bare under a proud one; sizes in mm."""
    chip, thick = draw(length(1.0, 3.0)), draw(length(0.1, 0.6))
    n = draw(st.integers(1, 4))
    pitch = chip / n
    carrier = chip + draw(length(0.5, 6.0))
    sink = draw(length(0.6, 1.0)) * carrier
    compound, laminate = draw(st.floats(0.2, 10.0)), draw(st.floats(0.2, 30.0))
    films = {side: 10 ** draw(st.floats(0.5, 4.0)) for side in ("top", "bottom", "sides")}
    moulded = draw(st.booleans())

    def composite(value: float) -> dict[str, str]:
        return {"class": "composite", "electrical": "insulator", "conductivity": f"{value!r} W/m/K"}

    def size(*values: float) -> list[str]:
        return [f"{value!r} mm" for value in values]

    gap = draw(length(0.02, 0.4))
    parts: list[Document] = [
        {"name": "carrier", "kind": "substrate", "size": size(carrier, carrier),
         "layers": [{"material": "laminate", "thickness": f"{draw(length(0.1, 1.0))} mm"}]},
        {"name": "chip", "kind": "chip", "on": "carrier", "size": size(chip, chip, thick),
         "power": f"{draw(st.floats(0.1, 10.0))!r} W",
         "bumps": {"material": "sac305", "pitch": f"{pitch!r} mm", "diameter": f"{0.5 * pitch!r} mm",
                   "height": f"{draw(length(0.02, 0.2))} mm", "count": [n, n]}},
    ]  # fmt: skip
    if moulded:
        parts += [
            {"name": "sink", "kind": "heat-sink", "over": "chip", "gap": f"{gap} mm", "size": size(sink, sink, 0.4),
             "material": "copper"},
            {"name": "mould", "kind": "encapsulant", "material": "compound", "exposes": ["sink.top"]},
        ]  # fmt: skip
    else:
        parts += [
            {"name": "grease", "kind": "block", "on": "chip", "size": size(chip, chip, gap), "material": "compound"},
            {"name": "sink", "kind": "heat-sink", "on": "grease", "size": size(sink, sink, 0.4), "material": "copper"},
        ]
    return {
        "title": "a package",
        "study": {"metrics": ["theta_ja"], "tolerance": f"{draw(st.sampled_from([8, 4, 2]))} %"},
        "materials": {"laminate": composite(laminate), "compound": composite(compound)},
        "environment": {"ambient": "25 degC", **{k: {"film": f"{v!r} W/m^2/K"} for k, v in films.items()}},
        "part": parts,
    }


def found_for(document: Document) -> Adapted:
    return workflow.search(workflow.mesh(workflow.geometry(from_document(document))), lambda _: None)


@settings(max_examples=20)
@given(small_packages())
def test_the_answer_of_a_much_finer_grid_lies_in_the_searched_bracket(document: Document) -> None:
    """Finer in every place than the searched one, so that its bracket lies inside; its middle is the better answer."""
    adapted = found_for(document)
    assert adapted.reached
    package, grid = adapted.model.package, adapted.model.grid
    ours = solve(paint(package, grid), every_part=False).metrics[0].bracket
    theirs = solve(paint(package, grid.halved()), every_part=False).metrics[0].bracket
    assert ours.half_width <= package.case.study.tolerance / 100 * ours.value
    assert ours.lower <= theirs.lower <= theirs.value <= theirs.upper <= ours.upper


@settings(max_examples=20)
@given(small_packages())
def test_brackets_of_searched_and_of_even_grids_overlap(document: Document) -> None:
    """Halved everywhere twice instead: neither grid holds the other, yet both brackets hold the truth."""
    adapted = found_for(document)
    package = adapted.model.package
    ours = adapted.steps[-1].metrics[0].bracket
    even = solve(paint(package, geometry_grid(package).halved(2)), every_part=False).metrics[0].bracket
    assert ours.lower <= even.upper
    assert even.lower <= ours.upper
    if even.half_width < 0.25 * ours.half_width:
        assert ours.lower <= even.value <= ours.upper
