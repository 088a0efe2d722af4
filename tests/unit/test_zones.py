"""Does copper that covers more in one place than in another lie where it is drawn, and conduct there as it should?"""

import tomllib

import numpy as np
import pytest

from tests.case_document import CARRIER, CLAIMS, changed, good
from tests.small_case import TEXT
from thermopkg.case.load import from_document
from thermopkg.case.material import library
from thermopkg.case.plausible import warnings
from thermopkg.claims.chart import chart
from thermopkg.errors import CaseError
from thermopkg.explore.parameters import parameter, parameters, value_of, with_value
from thermopkg.mesh.contents import contents
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import check_connected, paint
from thermopkg.package.placing import place
from thermopkg.workflow import bounded, geometry

ZONES, COVERAGE = f"{CARRIER}.layers.0.zones", f"{CARRIER}.layers.0.coverage"
INNER = {"size": ["4 mm", "4 mm"], "coverage": 0.7}
CORNER = {"size": ["1 mm", "2 mm"], "coverage": 0.9, "at": ["1 mm", "0.5 mm"]}  # x 0.5 to 1.5, y -0.5 to 1.5 mm


def painted(*edits):
    package = place(from_document(changed(*edits)))
    return paint(package, geometry_grid(package))


def coppered(model):
    """Volumes of the carrier's copper and what fills it, solid by solid, m^3."""
    return [item.volume for item in contents(model) if item.part == "carrier" and item.material.startswith("copper")]


def of_layer(model):
    """The solids of the copper layer, which is the lowest of the carrier."""
    solids = model.package.of_part("carrier")
    return [solid for solid in solids if solid.bounds[2, 0] == min(s.bounds[2, 0] for s in solids)]


def at(model, x, y, z):
    """Conductivity along x of the cell that holds a point, mm."""
    cell = (
        int(np.searchsorted(ticks, value * 1e-3)) - 1 for ticks, value in zip(model.grid.axes, (x, y, z), strict=True)
    )
    return float(model.conductivity(0)[tuple(cell)])


# ---------------------------------------------------------------- where it lies
def test_each_zone_is_a_solid_of_the_layer_where_it_is_drawn():
    layer, inner, corner = of_layer(painted((ZONES, [INNER, CORNER])))
    found = [(s.part, s.name, s.role, s.material, s.share, s.filler) for s in (layer, inner, corner)]
    assert found == [("carrier", "carrier", "layer", "copper", share, "bt-laminate") for share in (0.5, 0.7, 0.9)]
    assert (corner.boxes[0] * 1e3).round(9).tolist() == [[0.5, 1.5], [-0.5, 1.5], [0.4, 0.42]]
    np.testing.assert_array_equal(layer.boxes[0, 2], corner.boxes[0, 2])


def test_a_later_zone_is_painted_over_an_earlier_one():
    """By hand, 20 um over 36 mm2 less 16, 16 less 2, and 2; the other way round the larger zone takes all."""
    volumes = [20e-6 * area for area in (20e-6, 14e-6, 2e-6)]
    assert coppered(painted((ZONES, [INNER, CORNER]))) == pytest.approx(volumes, rel=1e-9)
    assert coppered(painted((ZONES, [CORNER, INNER]))) == pytest.approx([20e-6 * 20e-6, 0.0, 20e-6 * 16e-6], rel=1e-9)


def test_every_place_conducts_by_the_coverage_it_has():
    copper, laminate = (library()[name].conductivity.along()[0] for name in ("copper", "bt-laminate"))
    model = painted((ZONES, [INNER, CORNER]))
    for x, y, share in ((-2.9, 0.1, 0.5), (-1.9, 0.1, 0.7), (1.1, 1.4, 0.9), (1.1, 1.6, 0.7)):
        assert at(model, x, y, 0.41) == pytest.approx(share * copper + (1 - share) * laminate, rel=1e-12)


def test_where_nothing_is_covered_there_is_the_fill_alone():
    """A clearance: its main material is the laminate, so that no current is taken to cross it."""
    model = painted((COVERAGE, 0), (ZONES, [{**INNER, "coverage": 1.0}, {**CORNER, "coverage": 0}]))
    rim, plane, hole = of_layer(model)
    assert [(solid.material, solid.share, solid.filler) for solid in (rim, plane, hole)] == [
        ("bt-laminate", 1.0, None), ("copper", 1.0, None), ("bt-laminate", 1.0, None),
    ]  # fmt: skip
    electrical = {
        region.electrical for region in model.regions if region.solid == "carrier" and "laminate" in region.material
    }
    assert electrical == {"insulator"}


def test_a_zoned_layer_is_never_what_fills_others():
    """The copper layer covers all outside its zone, but is not of copper alone: its own zone takes the laminate."""
    layer, zone = of_layer(painted((COVERAGE, 1.0), (ZONES, [{**INNER, "coverage": 0.3}])))
    assert (layer.filler, zone.filler) == (None, "bt-laminate")


def test_more_copper_under_the_chip_never_warms_it():
    """Theta falls where conductivity rises (Rayleigh); both are bounded, so that the brackets must be apart."""

    def bracket(coverage):
        edits = (ZONES, [{**INNER, "coverage": coverage}]), ("study.tolerance", "0.1 %")
        return bounded(geometry(from_document(changed(*edits)))).wanted[0].bracket

    assert bracket(1.0).upper < bracket(0.0).lower


# ---------------------------------------------------------------- what is refused and pointed out
@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([(ZONES, [{**INNER, "coverage": 1.1}])], ["layers[0].zones[0].coverage  1.1 is no share", "0 to 1"]),
        ([(ZONES, [{**INNER, "coverage": -0.1}])], ["zones[0].coverage  -0.1 is no share"]),
        ([(ZONES, [{"size": ["4 mm", "4 mm"]}])], ["zones[0].coverage  missing"]),
        ([(ZONES, [{**INNER, "thickness": "1 um"}])], ["zones[0].thickness  unknown key"]),
        ([(COVERAGE, 0)], ["part[0].layers[0].coverage  0 is no share for a layer without zones"]),
        (
            [(ZONES, [INNER, {**CORNER, "at": ["2.75 mm", "-2.5 mm"]}, {"size": ["7 mm", "1 mm"], "coverage": 0.5}])],
            [
                "layers[0].zones[1]  sticks out of 'carrier' by 0.25 mm at high x, 0.5 mm at low y; make it smaller",
                "layers[0].zones[2]  sticks out of 'carrier' by 0.5 mm at low x, 0.5 mm at high x",
            ],
        ),
        (
            [(COVERAGE, 1.0), (ZONES, [INNER]), (f"{CARRIER}.layers.1.coverage", 0.5)],
            ["layers[0]  covers a share of 0.7; with what is the rest filled?", "layers[1]  covers a share of 0.5"],
        ),
        ([(ZONES, [INNER] * 65)], ["layers[0].zones  has 65 entries; 64 are the most"]),
    ],
    ids=["above one", "negative", "no coverage", "unknown key", "only fill", "beyond the part", "no fill", "endless"],
)  # fmt: skip
def test_faulty_zones_are_refused_with_place_and_remedy(edits, said):
    with pytest.raises(CaseError) as caught:
        from_document(changed(*edits), claims=CLAIMS)
    for text in said:
        assert text in str(caught.value)


def test_a_zone_that_a_later_one_hides_is_pointed_out():
    (found,) = warnings(from_document(changed((ZONES, [CORNER, INNER]))))
    assert (found.path, found.message) == (
        "part 'carrier'.layers[0].zones[0]", "is painted over by zones[1]; name the larger ones first"
    )  # fmt: skip
    assert warnings(from_document(changed((ZONES, [INNER, CORNER])))) == ()


# ---------------------------------------------------------------- who walks layers
def test_coverages_of_zones_can_be_varied():
    case = from_document(changed((COVERAGE, 0), (ZONES, [INNER, {**CORNER, "coverage": 0}])))
    name = "carrier[0].zones[0].coverage"
    known = {key for key in parameters(case) if key.endswith("coverage")}
    assert known == {name}  # what is all copper or all laminate shares its plane with nothing
    assert value_of(case, parameter(case, name)) == 0.7
    assert with_value(case, parameter(case, name), 0.4).part[0].layers[0].zones[0].coverage == 0.4
    assert parameters(case)["carrier[0].zones[1].size.x"].structural


def test_a_layer_in_zones_goes_across_a_carrier_as_one():
    """Claim 8 wants a packaging substrate: two conducting layers, one of them in three zones, around an insulating."""
    document = tomllib.loads(TEXT)
    document["part"][0]["layers"][2]["zones"] = [INNER, CORNER]
    model = geometry(from_document(document))
    check_connected(model)
    (verdict,) = chart(model, ["heat-sink/8"])
    assert verdict.verdict == "met"
    evidence = " ".join(row.evidence for row in verdict.limitations)
    assert "2 conducting and 1 insulating layers go across carrier: a packaging substrate" in evidence


def test_zones_are_written_out_and_read_back():
    document = good()
    document["part"][0]["layers"][0]["zones"] = [INNER, CORNER]
    case = from_document(document, claims=CLAIMS)
    assert from_document(case.model_dump(by_alias=True, exclude_none=True, mode="json")) == case
