"""Does every cell belong to the solid that a drawing shows there, and every bare face to its surroundings?"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.case_document import BALLS, BUMPS, CAPACITOR, CARRIER, CHIP, MOULD, SINK, block, changed, good
from thermopkg.case.load import from_document
from thermopkg.case.material import library
from thermopkg.errors import GeometryError
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import NOTHING, check_connected, paint
from thermopkg.package.placing import place


def painted(*edits, growth=None):
    package = place(from_document(changed(*edits)))
    grid = geometry_grid(package)
    return paint(package, grid if growth is None else grid.graded(growth))


def volumes(model):
    """Of the cells of every solid, mm^3."""
    return {name: float(model.volumes()[model.cells_of({name})].sum()) * 1e9 for name in names(model)}


def names(model):
    return {region.solid for region in model.regions}


def test_cells_have_the_volumes_of_the_drawing():
    """By hand, mm^3. The mould takes what is left of 6 by 6 by 0.9; layers, chip and sink are boxes."""
    found = volumes(painted((f"{BALLS}.fill", "air")))
    bumps, balls = (n * math.pi / 4 * d * d * h for n, d, h in ((16, 0.2, 0.1), (36, 0.5, 0.4)))
    chip, sink, capacitor = 2 * 2 * 0.3, 5 * 5 * 0.4, 0.6 * 0.3 * 0.3
    assert found == pytest.approx(
        {
            "carrier": 6 * 6 * 0.32,
            "chip": chip,
            "chip.bumps": bumps,
            "sink": sink,
            "mould": 6 * 6 * 0.9 - chip - bumps - sink - capacitor,
            "balls": balls,
            "balls.fill": 6 * 6 * 0.4 - balls,
            "capacitor": 0.4 * 0.3 * 0.3,
            "capacitor.terminals": 2 * 0.1 * 0.3 * 0.3,
        },
        rel=1e-9,
    )


# Tenths of a millimetre: planes a hair apart would be graded into millions of cells.
sizes = st.integers(5, 19).map(lambda tenths: f"{tenths / 10} mm")
offsets = st.integers(-4, 4).map(lambda tenths: f"{tenths / 10} mm")


@settings(max_examples=30)
@given(st.tuples(sizes, sizes, sizes), st.tuples(offsets, offsets), st.integers(1, 3), st.floats(3.0, 8.0))
def test_no_volume_is_lost_or_counted_twice_on_any_grid(size, at, rows, growth):
    """Whole package: carrier 6 by 6 by 0.32 mm, the moulding up to the sink, balls below."""
    aside = block(name="capacitor", on="carrier", size=["0.3 mm", "0.3 mm", "0.2 mm"], at=["2.5 mm", "2.5 mm"])
    model = painted(
        (f"{CHIP}.size", list(size)), (f"{CHIP}.at", list(at)), (f"{BUMPS}.pitch", "0.25 mm"), (f"{BUMPS}.rows", rows),
        (CAPACITOR, aside),
        growth=growth,
    )  # fmt: skip
    height = 0.1 + float(size[2].split()[0]) + 0.1 + 0.4
    balls = 36 * math.pi / 4 * 0.5**2 * 0.4
    assert sum(volumes(model).values()) == pytest.approx(6 * 6 * (0.32 + height) + balls, rel=1e-9)
    firm = [solid for solid in model.package.solids if solid.role not in ("encapsulant", "layer")]
    assert volumes(model) == pytest.approx(volumes(model) | {s.name: s.volume * 1e9 for s in firm}, rel=1e-9)


masks = st.lists(st.text("01", min_size=4, max_size=4), min_size=3, max_size=3).filter(lambda m: "1" in "".join(m))


@given(masks, offsets, st.floats(1.5, 8.0))
def test_the_mirror_image_of_a_package_paints_the_mirror_image(mask, along, growth):
    first = painted((f"{BUMPS}.mask", mask), (f"{SINK}.at", [along, "0 mm"]), growth=growth)
    turned = f"{-float(along.split()[0])!r} mm"
    second = painted(
        (f"{BUMPS}.mask", [row[::-1] for row in mask]),
        (f"{SINK}.at", [turned, "0 mm"]),
        (f"{CAPACITOR}.at.0", "-2 mm"),
        growth=growth,
    )
    np.testing.assert_allclose(first.grid.x, -second.grid.x[::-1], atol=1e-15)
    np.testing.assert_array_equal(first.region, second.region[::-1])


def test_a_smeared_layer_conducts_by_its_shares():
    """A quarter of copper beside three of laminate: the weighted mean of both along each axis."""
    model = painted((f"{CARRIER}.layers.0.coverage", 0.25))
    copper, laminate = (library()[name].conductivity.along() for name in ("copper", "bt-laminate"))
    smeared = next(region for region in model.regions if region.material.startswith("copper 25%"))
    np.testing.assert_allclose(smeared.conductivity, copper / 4 + laminate * 3 / 4, rtol=1e-12)


def test_cells_conduct_as_their_material_does_and_nothing_conducts_nothing():
    model = painted()
    through = model.conductivity(2)
    assert (through[model.cells_of({"mould"})] == 2.5).all()
    assert (through[~model.active] == 0).all()
    assert model.n_active == np.count_nonzero(model.region != NOTHING)


# ---------------------------------------------------------------- what is bare
def bare_area(model):
    """Of the exposed faces that look up or down, by the condition that takes their heat; mm^2."""
    dx, dy, _ = model.grid.steps
    area = np.broadcast_to((dx[:, None] * dy[None, :])[:, :, None], model.grid.shape).ravel()
    found = {}
    for faces in model.exposed:
        if faces.axis != 2:
            continue
        for number in np.unique(faces.surface):
            key = ("adiabatic" if number < 0 else model.surfaces[number].name, "up" if faces.high else "down")
            found[key] = float(area[faces.cells[faces.surface == number]].sum()) * 1e6
    return found


def test_bare_faces_look_at_their_own_surroundings():
    """Upwards the sink, 5 by 5 mm, lies in a moulding of 6 by 6; downwards 36 balls stand out of the carrier."""
    ball = math.pi / 4 * 0.5**2 * 36
    assert bare_area(painted(("environment.faces", {"sink.top": {"temperature": "25 degC"}}))) == pytest.approx(
        {("sink.top", "up"): 25.0, ("top", "up"): 36.0 - 25.0, ("bottom", "down"): 36.0}
    )
    assert bare_area(painted(("environment.faces", {"balls.bottom": {"adiabatic": True}}))) == pytest.approx(
        {("top", "up"): 36.0, ("adiabatic", "down"): ball, ("bottom", "down"): 36.0 - ball}
    )


def test_a_film_of_nothing_takes_no_heat():
    model = painted(("environment.top.film", "0 W/m^2/K"))
    assert {surface.name for surface in model.surfaces} == {"bottom", "mould.sides"}


def test_surfaces_carry_their_film_and_temperature():
    model = painted(("environment.bottom", {"temperature": "25 degC"}))
    assert {(s.name, s.film, s.temperature) for s in model.surfaces} == {
        ("top", 500.0, 298.15),
        ("bottom", math.inf, 298.15),
        ("mould.sides", 5.0, 298.15),
    }


# ---------------------------------------------------------------- does it hold together?
def test_a_sound_package_hangs_together():
    assert check_connected(painted()) is None


def test_everything_that_floats_is_named_with_the_nothing_below_it():
    floating = block(name="lid", over="sink", gap="0.25 mm")
    model = painted((MOULD, block(name="mould", on="carrier", at=["-2.4 mm", "0 mm"])), ("part.6", floating),
                    ("environment.faces", {}))  # fmt: skip
    with pytest.raises(GeometryError) as error:
        check_connected(model)
    messages = sorted(fault.message for fault in error.value.faults)
    assert [message.partition(":")[0] for message in messages] == ["'lid' floats", "'sink' floats"]
    assert "0.25 mm of nothing lie between it and 'sink'" in messages[0]
    assert "0.1 mm of nothing lie between it and 'chip'" in messages[1]


def test_a_part_that_hangs_on_by_an_edge_alone_floats():
    """Heat crosses faces; two blocks that share an edge share none."""
    document = good()
    document["study"], document["environment"]["faces"] = {"metrics": []}, {}
    document["part"] = [block(name="one"), block(name="two", on="one", at=["0.999 mm", "0 mm"])]
    check_connected(paint(package := place(from_document(document)), geometry_grid(package)))
    document["part"] = [
        block(name="one"),
        block(name="bridge", on="one", size=["0.5 mm", "0.5 mm", "0.1 mm"]),
        block(name="two", over="one", gap="0.1 mm", at=["0.75 mm", "0 mm"]),
    ]
    package = place(from_document(document))
    with pytest.raises(GeometryError, match="'two' floats"):
        check_connected(paint(package, geometry_grid(package)))


def test_cells_know_their_own_region_whatever_the_order_of_the_file():
    document = changed((f"{CARRIER}.layers.0.coverage", 1.0))
    turned = {**document, "part": document["part"][::-1]}
    models = [paint(p := place(from_document(d)), geometry_grid(p)) for d in (document, turned)]
    solids = [np.array([r.solid for r in m.regions] + [""])[m.region] for m in models]
    np.testing.assert_array_equal(solids[0], solids[1])
