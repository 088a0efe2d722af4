"""Do both engines meet on one model, and is it told how much of a difference is shape?"""

import json
from dataclasses import replace

import pytest

from tests.small_case import BAR, TEXT
from thermopkg import workflow
from thermopkg.answer.bracket import Bracket
from thermopkg.crosschecking import crosscheck
from thermopkg.explore.engines import Crosscheck
from thermopkg.report.crosscheck import PARTS, crosscheck_document, crosscheck_sheet
from thermopkg.terminal import paper

COARSE = ("--tolerance", "5%", "--cells", "5000", "--order", "1")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "case.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def found(small):
    return crosscheck(workflow.read(small, {"study": {"tolerance": "5 %"}}), most_cells=5_000)


def shown(found):
    console = paper()
    with console.capture() as caught:
        console.print(crosscheck_sheet(found))
    return caught.get()


def test_both_engines_share_the_truth_of_one_model(found):
    assert found.agree
    (one,), (other,) = found.voxels.metrics, found.square.metrics
    assert one.bracket.lower <= other.bracket.upper
    assert other.bracket.lower <= one.bracket.upper
    assert other.relative_half_width < 0.1
    assert (found.square.joints, found.round.joints) == ("square", "round")


def test_the_shape_is_told_with_its_own_bounds(found):
    """Squares and circles of one area differ by far less than these coarse meshes can tell."""
    (shape,) = found.shape
    assert not shape.certain
    assert abs(shape.change.value) < 0.01 * shape.whole.value
    assert "round less square joints" in shown(found)
    (engines,), (voxels,) = found.engines, found.voxels.metrics
    whole = found.round.metrics[0].bracket.value - voxels.bracket.value
    assert engines.change.value + shape.change.value == pytest.approx(whole)
    assert "round tetrahedra less square voxels" in shown(found)


def test_it_is_told_what_was_solved(found):
    assert (found.square.order, found.round.order) == (1, 1)
    assert "fields of order 1 from below" in shown(found)
    assert f"tetrahedra on {PARTS[found.square.copies]} of the package" in shown(found)


def test_round_joints_that_take_too_long_are_left_out_and_told(small):
    found = crosscheck(workflow.read(small, {"study": {"tolerance": "20 %"}}), most_cells=100)
    assert found.round is None
    assert found.left_out > 1000
    assert "round joints left out" in shown(found)


def test_nothing_round_is_compared_in_one_shape(tmp_path):
    path = tmp_path / "bar.toml"
    path.write_text(BAR, encoding="utf-8")
    found = crosscheck(workflow.read(path), most_cells=5_000)
    assert found.round is None
    assert (found.agree, found.shape) == (True, ())
    assert found.square.n_cells <= 5_000


def test_engines_that_are_apart_disagree(found):
    (metric,) = found.square.metrics
    away = replace(metric, bracket=Bracket(9e3, 8e3, 1e4))
    apart = Crosscheck("apart", found.voxels, replace(found.square, metrics=(away,)), None)
    assert not apart.agree
    assert "disagree" in shown(apart)
    assert crosscheck_document(apart)["agree"] is False


# ---------------------------------------------------------------- the command
def test_the_command_tells_both_brackets(small, type_in):
    code, out, err = type_in("crosscheck", small, *COARSE, "--quiet")
    assert (code, err) == (0, "")
    for wanted in ("voxels", "tetrahedra less voxels", "agree", "round less square", "smallest angle"):
        assert wanted in out


def test_the_command_gives_json(small, type_in):
    code, out, _ = type_in("crosscheck", small, *COARSE, "--quiet", "--json")
    document = json.loads(out)
    assert code == 0
    assert [(run["engine"], run["joints"]) for run in document["runs"]] == [
        ("voxels", "square"), ("tetrahedra", "square"), ("tetrahedra", "round"),
    ]  # fmt: skip
    for run in document["runs"]:
        theta = run["metrics"]["theta_ja"]
        assert theta["lower"] < theta["value"] < theta["upper"]
    assert document["runs"][1]["mesh"]["volumes_m3"]["chip"] == pytest.approx(2e-3 * 2e-3 * 0.3e-3)


def test_a_contact_is_compared(tmp_path, type_in):
    path = tmp_path / "contact.toml"
    path.write_text(BAR + '\n[[contact]]\nbetween = ["bar", "foot"]\nresistance = "5 mm^2 K/W"\n', encoding="utf-8")
    code, out, _ = type_in("crosscheck", path, *COARSE, "--quiet")
    assert code == 0
    assert "agree" in out


def test_every_wrong_option_is_told_at_once(small, type_in):
    code, _, err = type_in("crosscheck", small, "--order", "3", "--sides", "7", "--cells", "0")
    assert code == 2
    for wanted in ("--order  3 is not allowed; write 1 or 2", "--sides  7", "--cells  0"):
        assert wanted in err
