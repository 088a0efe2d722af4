"""What does the command line answer? Exit codes, streams, files, and messages for whoever typed it."""

import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import meshio
import numpy as np
import pytest

from tests.small_case import TEXT
from thermopkg import workflow
from thermopkg.case.template import templates


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "small" / "case.toml"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    return path


def child(*words, **options):
    return subprocess.Popen(
        [sys.executable, "-c", "from thermopkg.cli import main; main()", *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


# ---------------------------------------------------------------- run
def test_run_prints_the_sheet_and_progress_apart(case, type_in):
    code, out, err = type_in("run", case)
    assert code == 0
    for wanted in ("θ_JA = ", "within [", "guaranteed", "sink.top", "relative error", "heat-sink/8", "levels"):
        assert wanted in out
    assert "bounding every part" in err
    assert "bounding every part" not in out


def test_quiet_run_says_nothing_on_standard_error(case, type_in):
    assert type_in("run", case, "--quiet")[2] == ""


def test_json_is_alone_on_standard_output(case, type_in):
    code, out, _ = type_in("run", case, "--json")
    document = json.loads(out)
    theta = document["metrics"]["theta_ja"]
    assert code == 0
    assert theta["lower"] <= theta["value"] <= theta["upper"]
    assert theta["unit"] == "K/W"
    assert set(document["parts"]) >= {"carrier", "chip", "sink", "mould", "balls", "capacitor"}
    assert [row["verdict"] for row in document["claims"]] == ["met"] * 8


def test_out_holds_result_pictures_and_field(case, type_in, tmp_path):
    folder = tmp_path / "deep" / "out"
    code, _, _ = type_in("run", case, "--out", folder)
    assert code == 0
    names = {path.name for path in folder.iterdir()}
    assert {
        "result.json",
        "field.vtu",
        "section.png",
        "layout.png",
        "exploded.png",
        "temperature.png",
        "plan-chip.png",
        "heat-path-chip.png",
        "heat-flow.png",
    } <= names
    document = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    field = meshio.read(folder / "field.vtu")
    assert len(field.cells_dict["hexahedron"]) == document["mesh"]["active_cells"]
    assert set(field.cell_data) == {"part", "material", "heat_flux_W_m2"}
    chip = document["parts"]["chip"]
    assert field.point_data["temperature_degC"].max() == pytest.approx(chip["max"], abs=1.0)
    assert set(np.unique(field.cell_data["part"][0])) == set(range(len(document["vtu"]["part"])))


def test_brackets_and_colons_in_a_title_or_a_path_are_text(case, type_in, tmp_path):
    case.write_text(TEXT.replace('title = "Small', 'title = "[/b] :smiley: [red]Small'), encoding="utf-8")
    code, out, _ = type_in("run", case, "--out", tmp_path / "o[" / "b]")
    assert code == 0
    assert "[/b] :smiley: [red]Small" in out
    assert f"Written to {tmp_path / 'o[' / 'b]'}/" in out.replace("\n", "")
    assert "[/b] :smiley: [red]Small" in type_in("check-case", case)[1]


def test_a_tolerance_of_claims_without_their_worth_is_refused(case, type_in):
    code, out, err = type_in("claims", case, "--tolerance", "1%")
    assert (code, out) == (2, "")
    assert "--worth" in err


def test_refine_halves_the_grid_and_narrows_the_bracket(case, type_in):
    coarse, fine = (json.loads(type_in("run", case, "--json", "--refine", n)[1]) for n in (0, 1))
    assert fine["mesh"]["cells"] == 8 * coarse["mesh"]["cells"]
    inner, outer = fine["metrics"]["theta_ja"], coarse["metrics"]["theta_ja"]
    assert outer["lower"] <= inner["lower"] <= inner["upper"] <= outer["upper"]


def test_failed_claim_is_exit_1_and_still_a_result(case, type_in):
    case.write_text(TEXT.replace('gap  = "0.1 mm"', 'gap  = "0.25 mm"'), encoding="utf-8")
    code, out, _ = type_in("run", case, "--json")
    assert code == 1
    assert [row["claim"] for row in json.loads(out)["claims"] if row["verdict"] == "not met"] == [2]


def test_bad_case_is_exit_2_with_every_fault_and_no_traceback(case, type_in):
    broken = TEXT.replace('material = "sac305"', 'material = "sac350"').replace('power = "1 W"', "power = 1")
    case.write_text(broken, encoding="utf-8")
    code, out, err = type_in("run", case)
    assert (code, out) == (2, "")
    assert "'sac350'" in err
    assert "has no unit" in err
    assert "Traceback" not in err


def test_unwritable_output_is_refused_before_the_solve(case, type_in, tmp_path):
    file = tmp_path / "taken"
    file.write_text("mine", encoding="utf-8")
    code, _, err = type_in("run", case, "--out", file)
    assert code == 2
    assert "is a file" in err
    assert "placing" not in err
    assert file.read_text(encoding="utf-8") == "mine"


def test_grid_beyond_memory_is_refused_with_an_estimate(case, type_in):
    code, _, err = type_in("run", case, "--refine", 6)
    assert code == 2
    assert "cells and need about" in err
    assert "refine = " in err


def test_no_convergence_is_exit_3_and_prints_no_number(case, type_in, monkeypatch):
    monkeypatch.setattr("thermopkg.answer.bracket.MOST_ITERATIONS", 1)
    code, out, err = type_in("run", case)
    assert (code, out) == (3, "")
    assert "not converged" in err


# ---------------------------------------------------------------- interrupts
def test_interrupt_while_writing_leaves_nothing(case, type_in, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("thermopkg.report.vtu.write_vtu", interrupted)
    before = set(tmp_path.rglob("*"))
    code, out, err = type_in("run", case, "--out", tmp_path / "out")
    assert (code, out) == (130, "")
    assert "interrupted" in err
    assert set(tmp_path.rglob("*")) == before


def test_earlier_results_survive_an_interrupted_run(case, type_in, tmp_path, monkeypatch):
    type_in("run", case, "--out", tmp_path / "out")
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(workflow, "solve", interrupted)
    assert type_in("run", case, "--out", tmp_path / "out")[0] == 130
    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_control_c_during_a_run_is_exit_130(case, tmp_path):
    with child("run", case, "--out", tmp_path / "out", "--refine", "2") as run:
        for line in run.stderr:
            if "bounding every part" in line:
                break
        run.send_signal(signal.SIGINT)
        out, err = run.stdout.read(), run.stderr.read()
    assert run.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------- the other commands
def test_claims_charts_without_a_solve(case, type_in, monkeypatch):
    monkeypatch.setattr(workflow, "solve", None)
    code, out, _ = type_in("claims", case, "--json")
    rows = json.loads(out)["claims"]
    assert code == 0
    assert [row["claim"] for row in rows] == list(range(1, 9))
    assert all(row["evidence"] for claim in rows for row in claim["limitations"])


def test_claims_not_met_is_exit_1(case, type_in):
    case.write_text(TEXT.replace('material = "emc-2.5"', 'material = "emc-1.2"'), encoding="utf-8")
    code, out, _ = type_in("claims", case)
    assert code == 1
    assert "not met" in out


def test_claims_all_sorts_every_claim_and_judges_those_of_the_case(case, type_in):
    code, out, _ = type_in("claims", case, "--all")
    assert code == 0
    assert "8 of 32 met" in out
    assert "24 of 32 not met" in out
    assert "the package has no adhesive" in out
    case.write_text(TEXT.replace('claims = ["heat-sink/1", ', 'claims = ["stacked/1", '), encoding="utf-8")
    assert type_in("claims", case, "--all")[0] == 1
    assert len(json.loads(type_in("claims", case, "--all", "--json")[1])["claims"]) == 32


def test_claims_writes_its_chart_as_files(case, type_in, tmp_path):
    files = tmp_path / "new" / "chart.md", tmp_path / "chart.json"
    code, out, _ = type_in("claims", case, "--json", "--markdown", files[0], "--json-file", files[1])
    assert code == 0
    assert files[1].read_text(encoding="utf-8") == out
    assert "| **heat-sink/8** | with claim 1 | **met** | |" in files[0].read_text(encoding="utf-8")


def test_chart_that_cannot_be_written_leaves_nothing(case, type_in, tmp_path):
    before = set(tmp_path.rglob("*"))
    code, out, err = type_in("claims", case, "--markdown", tmp_path)
    assert (code, out) == (2, "")
    assert "is a folder; name a file" in err
    assert set(tmp_path.rglob("*")) == before


def test_check_case_tells_size_and_cells(case, type_in):
    code, out, _ = type_in("check-case", case)
    assert code == 0
    assert "no fault found" in out
    assert "6 parts in 6 × 6 × 1.64 mm" in out  # 0.4 balls + 0.34 carrier + 0.1 bumps + 0.3 chip + 0.1 gap + 0.4 sink


def test_mesh_writes_parts_and_materials(case, type_in, tmp_path):
    code, out, _ = type_in("mesh", case, "--out", tmp_path / "mesh.vtu")
    assert code == 0
    assert "sink" in out
    assert set(meshio.read(tmp_path / "mesh.vtu").cell_data) == {"part", "material"}


def test_materials_lists_and_shows_one_with_its_source(type_in):
    code, out, _ = type_in("materials")
    assert code == 0
    assert "emc-2.5" in out
    code, out, _ = type_in("materials", "copper", "--json")
    assert json.loads(out)["copper"]["conductivity"]["source"]
    code, _, err = type_in("materials", "coper")
    assert code == 2
    assert "copper" in err


def test_schema_is_json_with_every_kind_of_part(type_in):
    code, out, _ = type_in("schema")
    assert code == 0
    assert {"Chip", "HeatSink", "Encapsulant", "Balls"} <= set(json.loads(out)["$defs"])


@pytest.mark.parametrize("name", sorted(templates()))
def test_new_writes_a_case_that_checks(name, type_in, tmp_path):
    file = tmp_path / "new" / "case.toml"
    assert type_in("new", name, file)[0] == 0
    assert tomllib.loads(file.read_text(encoding="utf-8"))["title"]
    assert type_in("check-case", file)[0] == 0


def test_new_does_not_overwrite_unless_forced(type_in, tmp_path):
    file = tmp_path / "case.toml"
    file.write_text("mine", encoding="utf-8")
    name = next(iter(templates()))
    code, _, err = type_in("new", name, file)
    assert code == 2
    assert "--force" in err
    assert file.read_text(encoding="utf-8") == "mine"
    assert type_in("new", name, file, "--force")[0] == 0
    assert file.read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize(
    "words", [["frobnicate"], ["run"], ["run", "no-such.toml"], ["new", "no-such"], ["run", "x", "--refine", "two"]]
)
def test_wrong_words_are_exit_2_without_a_traceback(words, type_in):
    code, out, err = type_in(*words)
    assert (code, out) == (2, "")
    assert err
    assert "Traceback" not in err


def test_help_loads_nothing_heavy():
    probe = (
        "import sys; from thermopkg.cli import app; "
        "heavy = {'numpy', 'numba', 'scipy', 'matplotlib', 'pint', 'pydantic'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


def test_closed_pipe_is_no_error():
    with child("materials") as run:
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == ""
    assert run.returncode == 0


def test_version_is_that_of_the_package():
    import thermopkg

    metadata = tomllib.loads((Path(thermopkg.__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    assert metadata["project"]["version"] == thermopkg.__version__
