"""Is a case with a mesh of its own read, refused and shown as it should be? Files of one cell, and the commands."""

import json
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import meshio
import numpy as np
import pytest

from tests.small_case import BAR
from thermopkg.case.load import load, load_any
from thermopkg.case.mesh_case import MeshCase
from thermopkg.errors import CaseError, GeometryError
from thermopkg.mesh.imported import imported
from thermopkg.mesh.meshfile import FileMesh, read_mesh, write_mesh

CASES = Path(__file__).parents[2] / "cases"
TEXT = """
title = "one cell"
ambient = "25 degC"
[mesh]
file = "cell.msh"
unit = "mm"
[region]
body = { material = "copper", power = "1 W" }
[face]
foot = { film = "100 W/m^2/K" }
"""


def cell(region: str = "body", face: str = "foot") -> FileMesh:
    """One tetrahedron of a millimetre, its first face named."""
    points = np.array([[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    return FileMesh(points, np.arange(4)[:, None], np.zeros(1, int), (region,), np.array([[0], [1], [2]]),
                    np.zeros(1, int), (face,))  # fmt: skip


@pytest.fixture
def case(tmp_path):
    """Writes a case and its mesh, and gives the path."""

    def write(text: str = TEXT, mesh: FileMesh | None = None) -> Path:
        write_mesh(tmp_path / "cell.msh", cell() if mesh is None else mesh)
        (tmp_path / "case.toml").write_text(text, encoding="utf-8")
        return tmp_path / "case.toml"

    return write


def test_a_case_names_its_mesh_and_what_it_is_made_of(case) -> None:
    path = case()
    read = load_any(path)
    assert isinstance(read, MeshCase)
    assert read.powers == {"body": 1.0}
    assert read.coolants == {"foot": 298.15}
    model = imported(read, path.parent)
    assert model.n_cells == 1
    assert model.regions[0].material == "copper"
    assert model.points.max() == pytest.approx(1e-3)


WRONG = {
    "material": (("copper", "coper"), "region.body.material", "close: copper"),
    "key": (("unit =", "units ="), "mesh.units", "unknown key"),
    "unit": (('"mm"', '"inch"'), "mesh.unit", "inch"),
    "no face": (('foot = { film = "100 W/m^2/K" }', "foot = { adiabatic = true }"), "face", "takes no heat"),
    "no power": ((', power = "1 W"', ""), "region", "makes no heat"),
    "no unit of the film": (('"100 W/m^2/K"', "100"), "face.foot.film", "unit"),
    "air": (('film = "100 W/m^2/K"', 'air = "still"'), "face.foot", "write a film"),
    "radiation": (('film = "100 W/m^2/K"', 'film = "1 W/m^2/K", emissivity = 0.9'), "face.foot.emissivity", "film"),
    "absolute": (('"cell.msh"', '"/cell.msh"'), "mesh.file", "not a path relative"),
    "far up": (('"cell.msh"', '"../../../cell.msh"'), "mesh.file", "at most 2 folders up"),
    "parts": (("[mesh]", "part = []\n[mesh]"), "part", "does not go with [mesh]"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_with_a_case_is_told_with_its_place(case, kind) -> None:
    (old, new), place, words = WRONG[kind]
    assert old in TEXT
    with pytest.raises(CaseError) as error:
        load_any(case(TEXT.replace(old, new, 1)))
    assert [fault.path for fault in error.value.faults] == [place]
    assert words in str(error.value)


def test_all_faults_are_told_at_once(case) -> None:
    with pytest.raises(CaseError) as error:
        load_any(case(TEXT.replace("copper", "coper").replace('"mm"', '"inch"')))
    assert len(error.value.faults) == 2


@pytest.mark.parametrize(
    ("mesh", "words"),
    [(cell("other"), "region 'body'"), (cell("body", "top"), "face 'foot'")],
    ids=["region", "face"],
)
def test_names_that_file_and_case_do_not_share_are_told(case, mesh, words) -> None:
    path = case(mesh=mesh)
    with pytest.raises(GeometryError, match=words):
        imported(load_any(path), path.parent)


def test_a_mesh_that_is_not_there_is_told_with_its_path(case, type_in) -> None:
    path = case()
    (path.parent / "cell.msh").unlink()
    code, out, err = type_in("run", path, "--quiet")
    assert (code, out) == (2, "")
    assert "cell.msh" in err
    assert "there is no such file" in err


def test_a_package_of_thirty_metres_is_told(case, type_in) -> None:
    large = replace(cell(), points=30.0 * cell().points)
    code, _, err = type_in("check-case", case(TEXT.replace('"mm"', '"m"'), large))
    assert code == 2
    assert "unit" in err


@pytest.mark.parametrize("command", ["claims", "sheet", "mesh", "levers", "zth", "transient", "crosscheck"])
def test_commands_that_need_parts_say_so(case, type_in, tmp_path, command) -> None:
    words = ("--out", tmp_path / "out.vtu") if command == "mesh" else ()
    code, out, err = type_in(command, case(), *words)
    assert (code, out) == (2, "")
    assert "this asks for parts" in err


def test_a_package_is_still_a_package(tmp_path) -> None:
    (tmp_path / "case.toml").write_text(BAR, encoding="utf-8")
    assert load_any(tmp_path / "case.toml") == load(tmp_path / "case.toml")


def test_a_run_prints_bounds_and_writes_its_files(type_in, tmp_path) -> None:
    out = tmp_path / "out"
    code, told, _ = type_in("run", CASES / "mesh-corner" / "case.toml", "--tolerance", "2%", "--out", out, "--quiet")
    assert code == 0
    for wanted in ("θ_JA", "guaranteed", "within", "Where the watts leave", "heater", "smallest angle"):
        assert wanted in told
    assert {path.name for path in out.iterdir()} == {"result.json", "temperature.png", "refinement.png", "field.vtu"}
    document = json.loads((out / "result.json").read_text(encoding="utf-8"))
    theta, mean = document["metrics"]["theta_ja"], document["parts"]["heater"]["mean"]
    assert theta["lower"] < theta["value"] < theta["upper"]
    assert mean["value"] == pytest.approx(25.0 + theta["value"], rel=1e-3)  # one watt; the last mesh by other fluxes
    field = meshio.read(out / "field.vtu")
    assert len(field.cells[0].data) == document["mesh"]["cells"]
    assert field.point_data["temperature_degC"].max() < 45.0


def test_strict_and_checks_know_meshes(case, type_in) -> None:
    shipped = CASES / "mesh-fin" / "case.toml"
    code, told, _ = type_in("run", shipped, "--tolerance", "0.001%", "--max-cells", "4000", "--strict", "--quiet")
    assert code == 3
    assert "beyond the budget" in told
    code, told, _ = type_in("check-case", shipped)
    assert code == 0
    assert "no fault found" in told
    code, told, _ = type_in("check-case", case(), "--json")
    assert json.loads(told)["mesh"]["n_cells"] == 1


def test_xdmf_goes_there_and_back(tmp_path) -> None:
    numbered = cell("0", "0")
    write_mesh(tmp_path / "cell.xdmf", numbered)
    found = read_mesh(tmp_path / "cell.xdmf", ["0"], ["0"], "mm")
    np.testing.assert_allclose(found.points, 1e-3 * numbered.points)
    assert (found.regions, found.faces) == (("0",), ("0",))
    assert found.facets.shape == (3, 1)


def test_a_format_whose_library_is_missing_names_the_extra(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(GeometryError, match=r"thermopkg\[hdf\]"):
        write_mesh(tmp_path / "cell.xdmf", cell("0", "0"))


def test_cases_of_meshes_extend_one_another(tmp_path, case) -> None:
    case()
    (tmp_path / "warm.toml").write_text('extends = "case.toml"\nambient = "50 degC"\n', encoding="utf-8")
    read = load_any(tmp_path / "warm.toml")
    assert isinstance(read, MeshCase)
    assert read.coolants == {"foot": pytest.approx(323.15)}
    assert tomllib.loads(TEXT)["title"] == read.title
