"""Does every cell conduct as its own temperature says, in as few regions as that takes?"""

from dataclasses import replace

import numpy as np
import pytest

from tests.plates import STILL, block, package_of, substance
from thermopkg.arraytypes import FloatArray
from thermopkg.mesh import warming
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.mesh.warming import CLASS_WIDTH, MOST_CLASSES
from thermopkg.package.package import Package, TemperatureField

WEIGHTS = (0.5**0.5, 0.3**0.5)  # along y and z; with these no two cells have one temperature
LAW = {"value": "148 W/m/K", "reference": "300 K", "exponent": -1.3}


def law(temperature: FloatArray) -> FloatArray:
    """W/m/K of what LAW says."""
    return np.asarray(148.0 * (temperature / 300.0) ** -1.3)


def plates(**more: object) -> Package:
    return package_of(
        {
            "study": {"metrics": [], "temperature_dependent": True},
            "environment": {"ambient": "25 degC", "top": STILL},
            "materials": {"law": substance(LAW), "plain": substance("20 W/m/K")},
            "part": [block("lower", "1 mm", "plain"), block("upper", "1 mm", "law", on="lower")],
            **more,
        }
    )


def warm(package: Package, halvings: int, low: float = 300.0, high: float = 400.0) -> tuple[VoxelModel, FloatArray]:
    """Warmer towards high x, y and z; the model, and the temperatures of its cells."""
    grid = geometry_grid(package).halved(halvings)
    x, y, z = np.meshgrid(*((t - t[0]) / (t[-1] - t[0]) for t in grid.axes), indexing="ij")
    share = (x + WEIGHTS[0] * y + WEIGHTS[1] * z) / (1 + sum(WEIGHTS))
    field = TemperatureField(grid.axes, low + (high - low) * share**2)
    middles = tuple(0.5 * (t[1:] + t[:-1]) for t in grid.axes)
    return paint(replace(package, temperature=field), grid), field.at((middles[0], middles[1], middles[2]))


def test_cells_that_are_few_conduct_exactly_as_their_temperatures_say() -> None:
    model, temperature = warm(plates(), 3)
    upper = model.cells_of({"upper"})
    assert upper.sum() <= MOST_CLASSES
    for axis in range(3):
        assert model.conductivity(axis)[upper] == pytest.approx(law(temperature[upper]), rel=1e-11)  # 1e-9 K


def test_cells_that_are_many_share_classes_of_temperature() -> None:
    model, temperature = warm(plates(), 5)
    upper = model.cells_of({"upper"})
    assert upper.sum() > 3 * MOST_CLASSES
    off = np.log(model.conductivity(2)[upper] / law(temperature[upper]))
    assert abs(off.mean()) < 0.01 * CLASS_WIDTH  # read at the mean of its class, a cell is off to either side alike
    error = np.abs(off)
    # classes are even in temperature; k goes with T^-1.3, so the coldest are 400/300 times the mean one at most
    assert error.max() <= CLASS_WIDTH * 400 / 300
    # ln k spans 1.3 ln(400 / 300) between the ends of the field; the upper plate has no less than half of it
    assert 0.5 * 1.3 * np.log(4 / 3) / CLASS_WIDTH < len(model.regions) - 2 <= 1.3 * np.log(4 / 3) / CLASS_WIDTH + 1


def test_what_does_not_follow_the_temperature_stays_one_region() -> None:
    model, _ = warm(plates(), 3)
    assert np.unique(model.region[model.cells_of({"lower"})]).tolist() == [0]
    assert (model.conductivity(0)[model.cells_of({"lower"})] == 20.0).all()


def test_classes_are_of_the_part_material_and_emissivity_of_their_solid() -> None:
    model, _ = warm(plates(materials={"law": substance(LAW, emissivity="30 %"), "plain": substance("20 W/m/K")}), 2)
    classes = model.regions[2:]
    assert len(classes) == 4**3  # as many as the upper plate has cells
    assert {(r.part, r.solid, r.material, r.emissivity) for r in classes} == {("upper", "upper", "law", 0.3)}


def test_without_a_field_all_is_read_at_25_degrees() -> None:
    package = plates()
    model = paint(package, geometry_grid(package))
    assert len(model.regions) == 2
    assert model.conductivity(0)[model.cells_of({"upper"})] == pytest.approx(law(np.array([298.15])), rel=1e-14)


def test_exposed_faces_and_contacts_keep_their_cells() -> None:
    package = plates(contact=[{"between": ["lower", "upper"], "resistance": "10 mm^2*K/W"}])
    grid = geometry_grid(package)
    cold, (model, _) = paint(package, grid), warm(package, 0)
    assert [faces.cells.tolist() for faces in model.exposed] == [faces.cells.tolist() for faces in cold.exposed]
    cut = np.array([region.of is not None for region in model.regions])[model.region]
    assert cut.sum() == 1
    assert model.conductivity(2)[cut] == pytest.approx(cold.conductivity(2)[cut], rel=1e-14)
    whole = model.whole  # every cell is given back to a region of its own solid
    assert all(region.of is None for region in whole.regions)
    solids = np.array([region.solid for region in whole.regions])[whole.region]
    assert solids.ravel().tolist() == ["lower", "upper", "upper"] or solids.ravel().tolist() == [
        "lower",
        "lower",
        "upper",
    ]
    assert whole.conductivity(2)[~cut] == pytest.approx(model.conductivity(2)[~cut], rel=1e-14)


def test_regions_never_outgrow_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "MOST_REGIONS", 7)
    model, temperature = warm(plates(), 3)
    assert len(model.regions) <= 7
    upper = model.cells_of({"upper"})
    assert np.abs(model.conductivity(2)[upper] / law(temperature[upper]) - 1).max() < 1.3 * 100 / 300 / 5
    monkeypatch.setattr(warming, "MOST_REGIONS", 2)  # no room at all: one class
    assert len(warm(plates(), 3)[0].regions) == 3


def test_filler_and_copper_add_up_at_their_own_temperature() -> None:
    """Half copper, half of what LAW says, in a layer of a board of one temperature."""
    package = package_of(
        {
            "study": {"metrics": [], "temperature_dependent": True},
            "environment": {"ambient": "25 degC", "top": STILL},
            "materials": {"law": substance(LAW), "plain": substance("20 W/m/K")},
            "part": [
                {"name": "board", "kind": "board", "size": ["10 mm", "10 mm"],
                 "layers": [{"material": "plain", "thickness": "0.1 mm", "coverage": 0.25, "fill": "law"}]},
            ],
        }
    )  # fmt: skip
    grid = geometry_grid(package)
    field = TemperatureField(grid.axes, np.full([t.size for t in grid.axes], 350.0))
    model = paint(replace(package, temperature=field), grid)
    assert model.conductivity(0).ravel() == pytest.approx([0.25 * 20.0 + 0.75 * float(law(np.array(350.0)))], rel=1e-11)


def test_whole_grid_and_quarter_have_the_same_classes() -> None:
    """Nothing but temperatures makes classes: a quarter of a field that is its own image has those of all of it."""
    package = plates()
    quarter = geometry_grid(package, mirrored=(True, True)).halved(2)
    x, y = (np.concatenate([2 * t[0] - t[:0:-1], t]) for t in (quarter.x, quarter.y))
    found = []
    for grid in (quarter, Grid(x, y, quarter.z)):
        away = [
            np.abs(ticks - middle) for ticks, middle in zip(grid.axes[:2], (quarter.x[0], quarter.y[0]), strict=True)
        ]
        values = 300.0 + 1e4 * (away[0][:, None, None] + away[1][None, :, None]) + np.zeros(grid.z.size)
        model = paint(replace(package, temperature=TemperatureField(grid.axes, values)), grid)
        found.append(sorted({float(r.conductivity[0]) for r in model.regions[2:]}))
    assert found[0] == pytest.approx(found[1], rel=1e-12)
