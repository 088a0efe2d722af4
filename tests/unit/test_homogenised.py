"""Do joints that are one medium give the package's answer? Places, materials, claims, maps, and θ against explicit.

Lengths in mm where a test says so. The stack of the tests is one array of cells from rim to rim: nothing leaves it
sideways, so that what it comes to is a sum of resistances.
"""

import json
import math
import tomllib

import numpy as np
import pytest

from tests.case_document import changed
from tests.small_case import TEXT
from thermopkg.answer.unit_cell import homogenised
from thermopkg.case.load import from_document
from thermopkg.claims.chart import chart
from thermopkg.errors import CaseError, GeometryError
from thermopkg.explore.family import family
from thermopkg.explore.homogenisation import homogenisable, modelled
from thermopkg.explore.parameters import parameter, with_value
from thermopkg.homogenising import homogenisation_cost
from thermopkg.mesh.contents import contents
from thermopkg.package import effective
from thermopkg.package.placing import place
from thermopkg.report.result import modelling_notes
from thermopkg.workflow import bounded, geometry, simulate

MM = 1e-3

STACK = """
title = "One cell of an array of balls between two plates of copper"
study = { tolerance = "0.25 %" }
environment = { ambient = "25 degC", bottom = { temperature = "25 degC" } }

[[part]]
name = "lower"
kind = "block"
size = ["0.25 mm", "0.25 mm", "0.3 mm"]
material = "copper"

[[part]]
name = "upper"
kind = "block"
on = "lower"
size = ["0.25 mm", "0.25 mm", "0.3 mm"]
material = "copper"

[[part]]
name = "balls"
kind = "balls"
under = "upper"
material = "sac305"
pitch = "0.25 mm"
count = [1, 1]
diameter = "0.12 mm"
height = "0.1 mm"
fill = "air"

[[part]]
name = "chip"
kind = "chip"
face = "up"
on = "upper"
size = ["0.25 mm", "0.25 mm", "0.1 mm"]
power = "0.1 W"
"""
CELL, BALL, HEIGHT = 0.25e-3, 0.12e-3, 0.1e-3  # m


def stack(**balls):
    document = tomllib.loads(STACK)
    document["part"][2] |= balls
    return document


def small(**models):
    """The small flip chip with models of its bumps and balls."""
    document = tomllib.loads(TEXT)
    for part in document["part"]:
        if part["name"] in models:
            (part["bumps"] if part["kind"] == "chip" else part)["model"] = models[part["name"]]
    return document


def media(document):
    package = homogenised(place(from_document(document)))
    return [solid for solid in package.solids if solid.medium is not None]


def conductivity(name):
    return float(from_document(stack()).material_named(name).conductivity.along()[0])


# ---------------------------------------------------------------- what takes the place of the joints
def test_a_medium_takes_the_room_of_its_cells_with_what_is_there():
    bumps, balls = media(small(chip="effective", balls="effective"))
    # 4 by 4 bumps on a pitch of 0.5 mm take 2 mm, all of the chip; 6 by 6 balls on 1 mm all of the carrier
    np.testing.assert_allclose(bumps.bounds[:2], [[-1 * MM, 1 * MM]] * 2, atol=1e-12)
    np.testing.assert_allclose(balls.bounds[:2], [[-3 * MM, 3 * MM]] * 2, atol=1e-12)
    share = math.pi * 0.2**2 / 4 / 0.5**2
    assert dict(bumps.medium.materials) == pytest.approx({"sn63pb37": share, "emc-2.5": 1 - share})
    assert (bumps.name, bumps.part, bumps.role, bumps.medium.n_joints) == ("chip.bumps", "chip", "bumps", 16)
    case = from_document(small())
    column, fill = (float(case.material_named(n).conductivity.along()[0]) for n in ("sn63pb37", "emc-2.5"))
    across = effective.round_columns(share, column, fill)
    through = share * column + (1 - share) * fill
    np.testing.assert_allclose(bumps.medium.along(), [across, across, through], rtol=1e-9)
    assert dict(balls.medium.materials).keys() == {"sac305", "air"}


def test_cells_end_at_the_face_and_keep_all_of_the_joints():
    """5 by 5 on 0.45 mm want 2.25 mm of a chip of 2 mm: cells of 0.4 mm, and the same metal in them."""
    document = small(chip="effective")
    document["part"][1]["bumps"]["pitch"] = "0.45 mm"
    (bumps,) = media(document)
    np.testing.assert_allclose(bumps.bounds[:2], [[-1 * MM, 1 * MM]] * 2, atol=1e-12)
    assert bumps.medium.n_joints == 25
    assert bumps.medium.cell.size == pytest.approx((0.4 * MM, 0.4 * MM))
    assert bumps.medium.cell.share == pytest.approx(math.pi * 0.2**2 / 4 / 0.4**2)


@pytest.mark.parametrize("model", ["effective", "unit-cell"])
def test_all_weighs_what_it_weighs_joint_by_joint(model):
    explicit = contents(geometry(from_document(small())))
    lumped = contents(geometry(from_document(small(chip=model, balls=model))))
    masses = [sum(item.mass for item in found if item.solid != "capacitor") for found in (explicit, lumped)]
    assert masses[0] == pytest.approx(masses[1], rel=1e-9)


def test_vias_are_a_medium_in_every_layer_that_they_pass():
    document = small()
    vias = {"name": "vias", "kind": "vias", "through": ["carrier"], "material": "copper", "diameter": "0.2 mm"}
    vias |= {"plating": "25 um", "fill": "via-fill", "pitch": "0.5 mm", "count": [4, 3], "model": "effective"}
    document["part"].append(vias)
    found = media(document)
    assert [(s.name, s.role) for s in found] == [("vias", "vias")] * 3
    heights = [s.bounds[2] * 1e6 for s in found]
    np.testing.assert_allclose(np.diff(heights, axis=1).ravel(), [20, 300, 20])
    for solid in found:
        np.testing.assert_allclose(solid.bounds[:2], [[-1 * MM, 1 * MM], [-0.75 * MM, 0.75 * MM]], atol=1e-12)
    wall, hole = (area / 0.25e-6 for area in effective.plated_areas(0.2e-3, 25e-6))
    core, layer = found[1].medium, found[0].medium
    assert dict(core.materials) == pytest.approx({"copper": wall, "via-fill": hole, "bt-laminate": 1 - wall - hole})
    assert layer.materials[0] == ("copper", pytest.approx(wall))  # and once more in the layer, half of what is left
    assert layer.materials[2] == ("copper", pytest.approx(0.5 * (1 - wall - hole)))
    case = from_document(document)
    k = {name: case.material_named(name).conductivity.along() for name in ("copper", "via-fill", "bt-laminate")}
    through = wall * k["copper"][2] + hole * k["via-fill"][2] + (1 - wall - hole) * k["bt-laminate"][2]
    assert core.along()[2] == pytest.approx(through, rel=1e-9)


def test_a_fill_no_larger_than_the_joints_is_in_their_medium_alone():
    assert [solid.name for solid in place(from_document(stack(model="effective"))).solids] == [
        "lower", "upper", "balls", "chip",
    ]  # fmt: skip


# ---------------------------------------------------------------- what cannot be one
@pytest.mark.parametrize(
    ("edits", "path", "said"),
    [
        ([("model", "lumped")], "part[1].bumps.model", "'lumped' is not allowed; write 'explicit', 'effective' or"),
        ([("model", "effective"), ("rows", 1)], "part[1].bumps", "names rows: only a whole grid is alike throughout"),
        ([("model", "unit-cell"), ("mask", ["11", "10"])], "part[1].bumps", 'write model = "explicit", or leave mask'),
    ],
)
def test_bad_models_are_told_with_what_is_allowed(edits, path, said):
    with pytest.raises(CaseError) as caught:
        from_document(changed(*((f"part.1.bumps.{key}", value) for key, value in edits)))
    (fault,) = caught.value.faults
    assert fault.path == path
    assert said in fault.message


def test_places_are_no_grid():
    document = small(chip="effective")
    bumps = document["part"][1]["bumps"]
    del bumps["pitch"]
    bumps["places"] = [["0 mm", "0 mm"]]
    with pytest.raises(CaseError, match="names places: only a whole grid"):
        from_document(document)


def faults_of(document):
    with pytest.raises(GeometryError) as caught:
        place(from_document(document))
    return [f"{fault.path}: {fault.message}" for fault in caught.value.faults]


def test_what_has_no_fill_or_another_part_in_its_room_stays_explicit():
    document = small(chip="effective", balls="effective")
    del document["part"][4]["fill"]
    document["part"][3] |= {"height": "1 mm", "size": ["1.5 mm", "6 mm"]}
    del document["part"][3]["exposes"]
    found = faults_of(document)
    assert any(f.startswith("part 'balls': has nothing between its joints") for f in found)
    document = small(chip="effective")
    resin = {"name": "underfill", "kind": "encapsulant", "on": "carrier", "material": "underfill", "height": "0.05 mm"}
    document["part"].append(resin | {"size": ["1.6 mm", "6 mm"], "material": "emc-0.9"})
    (fault,) = faults_of(document)
    assert fault.startswith("part 'chip': stands in 'underfill' with some of its joints only; write model")
    document = small(chip="effective")
    chip_part = {"name": "grain", "kind": "block", "on": "carrier", "size": ["0.1 mm", "0.1 mm", "0.05 mm"]}
    document["part"].append(chip_part | {"material": "alumina"})
    (fault,) = faults_of(document)
    assert "has 'grain' between its joints, which is no fill" in fault


def test_balls_that_take_a_mask_from_their_pads_are_no_whole_grid():
    document = small(balls="effective")
    balls = document["part"][4]
    pads = {"name": "pads", "kind": "pads", "under": "carrier", "material": "copper", "pitch": "1 mm", "rows": 1}
    document["part"].append(pads | {"diameter": "0.4 mm", "height": "20 um"})
    balls["under"] = "pads"
    (fault,) = faults_of(document)
    assert "carries 20 of 36 joints of its grid: only a whole one is a medium" in fault


# ---------------------------------------------------------------- what it answers
def test_the_stack_is_a_sum_of_resistances_and_explicit_joints_add_their_constriction():
    """As a medium: layers of one area in series. Shares add up between faces of one temperature, which the plates do
    not have: every joint adds a constriction on either side, of a disc between that of one temperature and that of one
    flux, which is 1.18 times as large at a share of 0.18 (1.08 on a half-space, [carslawjaeger1959])."""
    share, area = math.pi * BALL**2 / 4 / CELL**2, CELL**2
    ball, air, copper, silicon = (conductivity(name) for name in ("sac305", "air", "copper", "silicon"))
    layers = [(0.6e-3, copper), (HEIGHT, share * ball + (1 - share) * air), (0.1e-3, silicon)]
    by_hand = sum(thickness / (k * area) for thickness, k in layers)
    found = homogenisation_cost(from_document(stack()), ("effective",))
    (medium,) = found.others
    assert medium.metrics[0].bracket.value == pytest.approx(by_hand, rel=1e-6)
    assert medium.metrics[0].bracket.half_width < 1e-6 * by_hand
    ((difference,),) = (found.differences(run) for run in found.others)
    more = 2 * effective.constriction(BALL, share, copper)
    assert difference.certain
    assert -difference.change.upper > 0.95 * more  # never below that of one temperature, but for the three terms
    assert -difference.change.lower < 1.18 * 1.05 * more
    assert medium.n_cells * 1000 < found.explicit.n_cells


def test_a_package_with_media_is_close_to_the_explicit_one_and_far_smaller():
    """No bound for the difference is known; that it stays within 5 % here, and that media conduct no worse through
    the layer than joints do, follows from the constriction that the medium leaves out."""
    document = small()
    document["study"] = {"tolerance": "2 %", "max_cells": 100_000}
    found = homogenisation_cost(from_document(document))
    assert [run.name for run in found.others] == ["effective", "unit-cell"]
    for run in found.others:
        (difference,) = found.differences(run)
        assert -0.05 * difference.whole.value < difference.change.value < 0.0
        # on so coarse a grid slabs across the heat are not what makes the width; the search comes through even so
        assert run.metrics[0].relative_half_width <= 0.02


def test_a_case_that_names_media_is_solved_as_written_too():
    document = stack(model="effective")
    document["study"]["tolerance"] = "2 %"
    found = homogenisation_cost(from_document(document), ("unit-cell",))
    assert [run.name for run in (found.explicit, *found.others)] == ["explicit", "as written", "unit-cell"]
    assert not found.explicit.media
    assert found.others[0].media[0].medium.model == "effective"


def test_joints_that_cannot_be_one_medium_are_named():
    document = small()
    document["part"][1]["bumps"]["rows"] = 1
    del document["part"][4]["fill"]
    can, kept = homogenisable(from_document(document))
    assert can == ()
    assert kept["chip"] == "names rows: no whole grid"
    assert kept["balls"].startswith("has nothing between its joints")
    with pytest.raises(CaseError, match="no joints can be one medium: chip names rows"):
        homogenisation_cost(from_document(document))


def test_round_joints_have_round_cells():
    document = small(chip="unit-cell")
    document["study"]["round"] = True
    (bumps,) = media(document)
    square = media(small(chip="unit-cell"))[0].medium
    assert bumps.medium.cell.circles
    assert bumps.medium.upper[0] < square.lower[0]
    assert bumps.medium.lower[0] < bumps.medium.cell.by_formula()[0] < bumps.medium.upper[0]


# ---------------------------------------------------------------- what is told of it
@pytest.mark.parametrize("model", ["effective", "unit-cell"])
def test_the_result_says_what_is_a_medium_and_by_what(model):
    document = small(chip=model)
    document["study"] = {"tolerance": "5 %"}
    outcome = simulate(from_document(document))
    (row,) = outcome.document()["homogenised"]
    assert (row["solid"], row["model"], row["joints"]) == ("chip.bumps", model, 16)
    k = row["conductivity"]
    if model == "effective":
        assert k["x"]["lower"] is None
    else:
        assert k["x"]["lower"] < k["x"]["value"] < k["x"]["upper"]
        assert k["z"]["lower"] == k["z"]["value"] == k["z"]["upper"]
    (note,) = (n for n in modelling_notes(outcome.answer) if n.startswith("chip.bumps"))
    assert "16 joints" in note
    assert ("formula" if model == "effective" else "unit cell, within [") in note
    assert "Round balls are square" in " ".join(modelling_notes(outcome.answer))
    json.dumps(outcome.document(), allow_nan=False)


NAMES = tuple(f"heat-sink/{number}" for number in range(1, 9))


def test_claims_on_joints_are_not_shown_and_say_how_many_there_are():
    met = chart(geometry(from_document(small())), NAMES)
    lumped = chart(geometry(from_document(small(chip="effective"))), NAMES)
    assert {verdict.verdict for verdict in met} == {"met"}
    assert {verdict.verdict for verdict in lumped} == {"not shown"}
    hidden = [row for verdict in lumped for row in verdict.limitations if "homogenised" in row.evidence]
    assert {row.verdict for row in hidden} == {"not shown"}
    assert "chip.bumps (16 of sn63pb37, 0.1 mm high)" in hidden[0].evidence
    assert 'model = "explicit"' in hidden[0].evidence
    (process,) = (row for row in hidden if row.evidence.startswith("a process"))
    assert "not known to be consistent with one moulding: homogenised" in process.evidence
    # distances, bare faces and materials are as well known as before
    shown = [row for verdict in lumped for row in verdict.limitations if "homogenised" not in row.evidence]
    assert shown
    assert {row.verdict for row in shown} == {"met"}


def test_maps_hold_for_what_leaves_a_medium_as_it_is():
    case = from_document(small(chip="unit-cell"))
    model = geometry(case)
    gap = parameter(case, "sink.gap")
    found = family(model, [gap], np.array([0.05e-3]), np.array([0.2e-3]))
    assert found.model_at(np.array([0.15e-3])).n_active == model.n_active
    solder = parameter(case, "chip.bumps.conductivity")
    with pytest.raises(CaseError, match="does not follow it in proportion"):
        family(model, [solder], np.array([50.0]), np.array([60.0]))
    other = place(with_value(case, solder, 60.0))
    assert any(solid.medium is not None and solid.medium.pending for solid in other.solids)


def test_models_can_be_changed_in_python():
    case = modelled(from_document(small()), {"balls": "effective"})
    (balls,) = [solid for solid in place(case).solids if solid.medium is not None]
    assert balls.name == "balls"
    assert bounded(geometry(case)).wanted[0].bracket.lower > 0


# ---------------------------------------------------------------- the command
@pytest.fixture
def file(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_command_sets_the_models_side_by_side(file, type_in):
    code, out, err = type_in("homogenise", file, "--tolerance", "5 %")
    assert code == 0
    for wanted in ("explicit", "effective", "unit-cell", "θ_JA in K/W", "cells", "chip.bumps", "16", "within ["):
        assert wanted in out
    assert "solving, joints unit-cell" in err


def test_command_answers_programs(file, type_in):
    code, out, _ = type_in("homogenise", file, "--tolerance", "5 %", "--model", "effective", "--json", "-q")
    document = json.loads(out)
    assert code == 0
    (run,) = document["homogenised"]
    change = run["differences"]["theta_ja"]
    explicit, own = document["explicit"]["metrics"]["theta_ja"], run["metrics"]["theta_ja"]
    assert change["lower"] == pytest.approx(own["lower"] - explicit["upper"])
    assert change["upper"] == pytest.approx(own["upper"] - explicit["lower"])
    assert [row["solid"] for row in run["joints"]] == ["chip.bumps", "balls"]
    assert document["kept"] == {}


def test_command_refuses_other_models_and_cases_without_joints(file, type_in, tmp_path):
    code, _, err = type_in("homogenise", file, "--model", "lumped")
    assert code == 2
    assert "'lumped' is not allowed; write effective or unit-cell" in err
    bare = tmp_path / "bare.toml"
    document = """
title = "A bar"
study = { metrics = [] }
environment = { ambient = "20 degC", bottom = { film = "2000 W/m^2/K" } }
part = [{ name = "bar", kind = "block", size = ["2 mm", "2 mm", "1 mm"], material = "silicon", power = "1 W" }]
"""
    bare.write_text(document, encoding="utf-8")
    code, _, err = type_in("homogenise", bare)
    assert code == 2
    assert "there are no bumps, balls, pads or vias" in err
