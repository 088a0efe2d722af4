"""May a part of a face have a condition of its own, exactly where the case puts it, and is nonsense refused?"""

import numpy as np
import pytest

from tests.case_document import CLAIMS, block, changed
from thermopkg.answer.answer import mirrored_axes
from thermopkg.case.case import Case
from thermopkg.case.environment import FaceRegion, FixedTemperature
from thermopkg.case.load import from_document
from thermopkg.case.plausible import warnings
from thermopkg.claims.removal import environments
from thermopkg.errors import CaseError, GeometryError
from thermopkg.explore.parameters import parameter, with_value
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import check_circles, check_connected, paint
from thermopkg.package.placing import place
from thermopkg.workflow import bounded, geometry, mesh, simulate

HELD = {"temperature": "25 degC"}
RING = {
    "name": "ring",
    "face": "plate.top",
    "size": ["18 mm", "16 mm"],
    "inside": ["10 mm", "12 mm"],
    "condition": HELD,
}
PLATE = block(name="plate", size=["30 mm", "20 mm", "1 mm"])
SOURCE = block(name="source", on="plate", power="1 W", size=["2 mm", "2 mm", "0.5 mm"])


def document(*regions, parts=(PLATE, SOURCE), **environment):
    return {
        "title": "A plate held at a ring",
        "study": {"metrics": []},
        "environment": {"ambient": "25 degC", **environment, "region": list(regions)},
        "part": list(parts),
    }


def painted(*regions, halvings=0, **environment):
    package = place(from_document(document(*regions, **environment)))
    return paint(package, geometry_grid(package).halved(halvings))


def areas(model):
    """Of the exposed faces under every condition, and the box around them along x and y, mm."""
    dx, dy, _ = model.grid.steps
    found = {}
    for faces in model.exposed:
        if faces.axis != 2:
            continue
        i, j, _ = np.unravel_index(faces.cells, model.grid.shape)
        for number in np.unique(faces.surface[faces.surface >= 0]):
            taken = faces.surface == number
            x, y = (
                model.grid.x[[i[taken].min(), i[taken].max() + 1]],
                model.grid.y[[j[taken].min(), j[taken].max() + 1]],
            )
            area = float((dx[i] * dy[j])[taken].sum()) * 1e6
            key = model.surfaces[number].name, "up" if faces.high else "down"
            found[key] = (round(area, 9), (x * 1e3).round(9).tolist(), (y * 1e3).round(9).tolist())
    return found


# ---------------------------------------------------------------- where it lies
@pytest.mark.parametrize("halvings", [0, 1])
def test_a_ring_takes_the_area_of_the_drawing(halvings):
    """By hand: 18 by 16 mm less 10 by 12 mm, on a grid that has the planes of both."""
    assert areas(painted(RING, halvings=halvings)) == {("ring", "up"): (18 * 16 - 10 * 12, [-9.0, 9.0], [-8.0, 8.0])}


def test_a_region_is_moved_from_the_middle_of_its_face_and_leaves_the_rest_to_the_general_condition():
    spot = {
        "name": "spot",
        "face": "plate.bottom",
        "size": ["4 mm", "6 mm"],
        "at": ["10 mm", "-3 mm"],
        "condition": HELD,
    }
    found = areas(painted(spot, bottom={"film": "10 W/m^2/K"}))
    assert found[("spot", "down")] == (24.0, [8.0, 12.0], [-6.0, 0.0])
    assert found[("bottom", "down")][0] == 30 * 20 - 24


def test_a_region_holds_what_is_bare_of_its_own_face_alone():
    """18 by 16 mm less what the source covers of it, 2 by 2 mm; the source's own top is not on the plate's face."""
    whole = {key: value for key, value in RING.items() if key != "inside"}
    assert areas(painted(whole))[("ring", "up")][0] == 18 * 16 - 4


def test_an_adiabatic_region_shelters_a_part_of_a_cooled_face():
    found = areas(painted({**RING, "condition": {"adiabatic": True}}, top={"film": "10 W/m^2/K"}))
    assert found == {("top", "up"): (30 * 20 - (18 * 16 - 10 * 12), [-15.0, 15.0], [-10.0, 10.0])}


# ---------------------------------------------------------------- what it does
def test_a_region_over_a_whole_face_is_that_face():
    whole = {**RING, "face": "plate.bottom", "size": ["30 mm", "20 mm"], "condition": {"film": "100 W/m^2/K"}}
    del whole["inside"]
    one = bounded(geometry(from_document(document(whole)))).wanted[0].bracket
    other = bounded(geometry(from_document(document(faces={"plate.bottom": whole["condition"]})))).wanted[0].bracket
    assert (one.lower, one.upper) == pytest.approx((other.lower, other.upper), rel=1e-12)


@pytest.mark.parametrize("condition", [HELD, {"film": "500 W/m^2/K"}], ids=["held", "film"])
def test_a_region_over_half_a_face_is_that_of_a_part_cut_in_two(condition):
    """The same cells under the same conditions, written in two ways."""
    half = {"name": "half", "face": "plate.bottom", "size": ["15 mm", "20 mm"], "at": ["7.5 mm", "0 mm"]}
    base, on = block(name="base", size=["30 mm", "20 mm", "1 mm"]), {**SOURCE, "on": "base"}
    near, far = (
        block(name=name, under="base", size=["15 mm", "20 mm", "1 mm"], at=[at, "0 mm"])
        for name, at in (("near", "-7.5 mm"), ("far", "7.5 mm"))
    )
    split, whole = (base, near, far), (base, {**PLATE, "under": "base"})
    in_two = document(parts=(*split, on), faces={"far.bottom": condition})
    in_one = document({**half, "condition": condition}, parts=(*whole, on))
    brackets = [bounded(geometry(from_document(d))).wanted[0].bracket for d in (in_two, in_one)]
    assert (brackets[0].lower, brackets[0].upper) == pytest.approx((brackets[1].lower, brackets[1].upper), rel=1e-9)


def test_all_heat_leaves_through_the_ring_and_the_balance_names_it():
    answer = simulate(from_document(document(RING))).answer
    assert answer.balance.by_surface == pytest.approx({"ring": 1.0}, rel=1e-6)
    assert answer.wanted[0].bracket.lower > 0


def test_air_cools_what_regions_leave_of_a_face():
    """By hand: 30 by 20 mm less the ring and the source above, less 5 by 5 mm below."""
    shade = {"name": "shade", "face": "plate.bottom", "size": ["5 mm", "5 mm"], "condition": {"adiabatic": True}}
    still = {"air": "still"}
    answer = simulate(from_document(document(RING, shade, top=still, bottom=still))).answer
    areas = {face.name: face.area * 1e6 for face in answer.point.faces if face.name.startswith("plate")}
    assert areas == pytest.approx({"plate.top": 600 - (18 * 16 - 10 * 12) - 4, "plate.bottom": 600 - 25}, rel=1e-9)


def test_a_package_is_its_own_image_only_if_its_regions_are():
    spot = {"name": "spot", "face": "plate.bottom", "size": ["4 mm", "6 mm"], "condition": HELD}
    asides = ["0 mm", "0 mm"], ["5 mm", "0 mm"], ["0 mm", "5 mm"]
    packages = [place(from_document(document({**spot, "at": at}))) for at in asides]
    assert [mirrored_axes(package) for package in packages] == [(True, True), (False, True), (True, False)]
    wholes = [mesh(paint(package, geometry_grid(package)), whole=True) for package in packages[:2]]
    parts = [mesh(paint(package, geometry_grid(package)), whole=False) for package in packages[:2]]
    assert [part.grid.copies for part in parts] == [4, 2]
    for whole, part in zip(wholes, parts, strict=True):
        assert areas(part)[("spot", "down")][0] * part.grid.copies == areas(whole)[("spot", "down")][0] == 24.0


# ---------------------------------------------------------------- what is refused
def region(**keys):
    return {**RING, **keys}


@pytest.mark.parametrize(
    ("regions", "environment", "said"),
    [
        ([region(inside=["18 mm", "16 mm"])], {}, ["region[0]  the hole of 18 by 16 mm leaves no ring of 18 by 16 mm"]),
        ([region(inside=["19 mm", "2 mm"])], {}, ["region[0]  the hole of 19 by 2 mm leaves no ring"]),
        ([region(face="plate.sides")], {}, ["region[0]  lies on 'plate.sides'; regions lie on top and bottom faces"]),
        ([region(face="plat.top")], {}, ["region[0].face  'plat' is not a part", "did you mean 'plate'?"]),
        ([region(name="top")], {}, ["region[0].name  'top' is taken"]),
        ([RING, RING], {}, ["region[0].name  'ring' is taken", "region[1].name  'ring' is taken"]),
        ([region(condition={"air": "still"})], {}, ["region[0].condition  follows the mean temperature of a whole"]),
        (
            [region(condition={"film": "10 W/m^2/K", "emissivity": 0.9})],
            {},
            ["region[0].condition  follows the mean temperature of a whole face"],
        ),
        (
            [region(condition={"film": "10 W/m^2/K"})],
            {"faces": {"plate.top": HELD}},
            ["region[0].condition  is a film where all of 'plate.top' is held at 25 degC"],
        ),
        ([region(condition={"film": "10 W/m^2/K"})], {"top": HELD}, ["is a film where all of 'plate.top' is held"]),
        (
            [RING, region(name="spot", inside=None, size=["9 mm", "9 mm"], at=["6 mm", "0 mm"],
                          condition={"temperature": "30 degC"})],
            {},
            ["region[1]  'spot' and 'ring' have a part of 'plate.top' in common, and different conditions"],
        ),
        ([region(condition={})], {}, ["region[0].condition  one condition is wanted"]),
        ([{k: v for k, v in RING.items() if k != "condition"}], {}, ["region[0].condition  missing"]),
        ([region(insid=["1 mm", "1 mm"])], {}, ["region[0].insid  unknown key; did you mean 'inside'?"]),
    ],
)  # fmt: skip
def test_a_region_that_makes_no_sense_is_refused(regions, environment, said):
    regions = [{key: value for key, value in item.items() if value is not None} for item in regions]
    with pytest.raises(CaseError) as caught:
        from_document(document(*regions, **environment), claims=CLAIMS)
    for text in said:
        assert text in str(caught.value)


def test_all_faults_of_regions_are_told_at_once():
    film = {"film": "10 W/m^2/K"}
    regions = region(name="top"), region(name="other", condition={"air": "still"}), region(name="third", condition=film)
    with pytest.raises(CaseError) as caught:
        from_document(document(*regions, top={"temperature": "30 degC"}))
    assert [fault.path for fault in caught.value.faults] == [
        "environment.region[0].name", "environment.region[1].condition", "environment.region[2].condition",
        "environment.region[1]", "environment.region[2]", "environment.region[2]",
    ]  # fmt: skip


def test_a_region_beyond_its_face_is_refused_with_the_number():
    with pytest.raises(GeometryError) as caught:
        place(from_document(document(region(size=["40 mm", "16 mm"], at=["1 mm", "3 mm"]))))
    assert (
        "environment.region[0]  'ring' reaches beyond 'plate.top' by 4 mm at low x, 6 mm at high x, 1 mm at high y"
        in str(caught.value)
    )


@pytest.mark.parametrize(
    "other",
    [
        region(name="inner", size=["10 mm", "12 mm"], inside=None, condition={"temperature": "30 degC"}),
        region(name="below", face="plate.bottom", condition={"temperature": "30 degC"}),
        region(name="again", size=["4 mm", "4 mm"], inside=None, at=["7 mm", "0 mm"]),
    ],
    ids=["in the hole", "on another face", "the same condition"],
)
def test_regions_may_lie_in_a_hole_on_another_face_or_share_a_condition(other):
    other = {key: value for key, value in other.items() if value is not None}
    check_connected(geometry(from_document(document(RING, other))))


# ---------------------------------------------------------------- who asks for conditions
def test_the_film_of_a_region_can_be_varied_and_its_slips_are_pointed_out():
    case = from_document(document({**RING, "condition": {"film": "0.1 W/m^2/K"}}))
    (found,) = warnings(case)
    assert found.path == "environment.region[0].condition.film"
    varied = with_value(case, parameter(case, "ring.film"), 50.0)
    assert varied.environment.region[0].condition.film == 50.0


def test_still_air_in_the_worth_of_a_claim_has_no_regions():
    case = from_document(document(RING))
    assert all(other.environment.region == () for other in environments(case).values())


def test_a_region_on_what_is_painted_round_is_refused():
    ring = {"name": "ring", "face": "balls.bottom", "size": ["1 mm", "1 mm"], "condition": HELD}
    edits = ("study.round", True), ("environment.region", [ring]), ("part.4.fill", "air")
    package = place(from_document(changed(*edits), claims=CLAIMS))
    with pytest.raises(GeometryError, match=r"part 'balls'.*a face with a condition of its own"):
        check_circles(paint(package, geometry_grid(package)))


def test_regions_are_written_out_and_read_back_and_built_in_python():
    case = from_document(document(RING))
    assert Case.model_validate(case.model_dump(by_alias=True)) == case
    built = FaceRegion(
        name="ring", face="plate.top", size=("18 mm", "16 mm"), inside=("10 mm", "12 mm"),
        condition=FixedTemperature(temperature="25 degC"),
    )  # fmt: skip
    assert built == case.environment.region[0]
