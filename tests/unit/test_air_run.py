"""What does a run in air print and write? The sheet's section, result.json, --json, and faults, through the command."""

import json
import tomllib

import pytest

from tests.small_case import TEXT

LEAKAGE = 'leakage = { power = "5 mW", doubling = "25 K" }\nbumps'


def in_air(text):
    """The small flip chip in still air, with less power and with leakage."""
    for film in ("500", "10", "20"):
        text = text.replace(f'{{ film = "{film} W/m^2/K" }}', '{ air = "still" }')
    return text.replace('power = "1 W"', 'power = "0.2 W"').replace("bumps", LEAKAGE, 1)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    file = tmp_path_factory.mktemp("air") / "case.toml"
    file.write_text(in_air(TEXT).replace("[study]", '[study]\ntolerance = "5 %"\njunction_limit = "150 degC"', 1))
    assert "air" in tomllib.loads(file.read_text())["environment"]["top"]
    return file


@pytest.fixture(scope="module")
def folder(path):
    return path.parent / "out"


def test_sheet_tells_where_the_package_came_to_rest(path, folder, type_in):
    code, out, err = type_in("run", path, "--out", folder)
    assert code == 0
    assert "Where films, conductivities and powers came to rest" in out
    for wanted in ("h, W/m²K", "natural, hot side up, small part", "sink.top", "chip makes 0.2 W of its own and leaks",
                   "Leakage runs away at", "films, conductivities and leakage settled in",
                   "the bounds are those of the linear package there",
                   "Every face in air has one film", "is read at every cell's temperature: ",
                   "guaranteed for the linear package at rest", "Allowed powers count leakage in"):  # fmt: skip
        assert wanted in " ".join(out.split()), wanted
    assert "letting films and temperatures come to rest" in err


def test_result_has_the_operating_point(folder):
    document = json.loads((folder / "result.json").read_text())
    point = document["operating_point"]
    assert set(point["faces"]) == {
        "sink.top",
        "mould.top",
        "mould.sides",
        "carrier.sides",
        "balls.bottom",
        "balls.sides",
    }
    made = 0.2 + point["leaking"]["chip"]["leakage"]
    assert sum(face["watts"] for face in point["faces"].values()) == pytest.approx(made, rel=1e-4)
    for name, face in point["faces"].items():
        film = face["film"]
        assert film["value"] == pytest.approx(film["convective"] + film["radiative"])
        assert face["watts"] == pytest.approx(
            film["value"] * face["area"]["value"] * 1e-6 * (face["mean"]["value"] - face["ambient"]["value"])
        ), name
    assert point["faces"]["sink.top"]["area"]["value"] == pytest.approx(25.0, rel=1e-9)  # 5 mm by 5 mm
    junction = document["readings"]["chip.active"]["mean"]["value"] if "readings" in document else None
    at = point["leaking"]["chip"]["junction"]["value"]
    assert point["leaking"]["chip"]["leakage"] == pytest.approx(0.005 * 2 ** ((at - 25) / 25), rel=1e-6)
    assert junction is None or junction == pytest.approx(at, abs=5)
    assert point["reads_temperature"] is True
    assert point["runaway_factor"] > 1
    assert 1 <= point["rounds"] <= 12


def test_json_is_the_same_document(path, folder, type_in):
    code, out, _ = type_in("run", path, "--json", "--quiet")
    assert code == 0
    printed, written = json.loads(out), json.loads((folder / "result.json").read_text())
    assert printed["operating_point"]["faces"].keys() == written["operating_point"]["faces"].keys()
    assert printed["metrics"]["theta_ja"]["value"] == pytest.approx(written["metrics"]["theta_ja"]["value"], rel=1e-6)


def test_a_case_that_gives_films_has_no_operating_point(tmp_path, type_in):
    file = tmp_path / "case.toml"
    file.write_text(TEXT.replace("[study]", "[study]\nrefine = 0", 1))
    code, out, _ = type_in("run", file, "--json", "--quiet")
    assert code == 0
    assert json.loads(out)["operating_point"] is None


def test_extending_case_switches_a_film_to_air_and_back(tmp_path, type_in):
    """A condition is replaced as a whole: nothing of the film is left beside the air, nor the other way round."""
    (tmp_path / "film.toml").write_text(TEXT.replace("[study]", "[study]\nrefine = 0", 1))
    air = 'extends = "film.toml"\ntitle = "air"\n[environment]\ntop = { air = "1 m/s", emissivity = 0.3 }\n'
    air += 'sides = { air = "1 m/s" }\nbottom = { air = "1 m/s" }\n'
    (tmp_path / "air.toml").write_text(air)
    back = 'extends = "air.toml"\ntitle = "back"\n[environment]\n' + "".join(
        f'{side} = {{ film = "9 W/m^2/K" }}\n' for side in ("top", "sides", "bottom")
    )
    (tmp_path / "back.toml").write_text(back)
    _, out, _ = type_in("run", tmp_path / "air.toml", "--json", "--quiet")
    faces = json.loads(out)["operating_point"]["faces"]
    assert faces["sink.top"]["emissivity"] == pytest.approx(0.3)
    assert faces["mould.sides"]["reynolds"] > 0
    code, out, _ = type_in("run", tmp_path / "back.toml", "--json", "--quiet")
    assert code == 0
    assert json.loads(out)["operating_point"] is None


def test_leakage_that_runs_away_is_told_in_one_line(path, tmp_path, type_in):
    file = tmp_path / "case.toml"
    file.write_text(path.read_text().replace('"5 mW"', '"5 W"'))
    code, out, err = type_in("run", file, "--quiet")
    assert code not in (0, 1)
    assert out == ""
    assert "thermal runaway: the leakage of 'chip'" in err
    assert "Traceback" not in err


def test_air_too_cold_is_a_fault_of_the_file(path, tmp_path, type_in):
    file = tmp_path / "case.toml"
    file.write_text(path.read_text().replace('ambient = "25 degC"', 'ambient = "-90 degC"'))
    code, _, err = type_in("check-case", file)
    assert code == 2
    assert "environment.ambient" in err
    assert "its laws are known from -73.15 to 926.85 degC" in " ".join(err.split())
