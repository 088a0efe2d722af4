"""Do the files of `thermopkg zth` say what the curves say, and do layers and interfaces lie where they are known to?"""

import csv
import json
import shutil
import tomllib

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests import circuit
from tests.unit.test_export import ngspice
from thermopkg.answer.layers import passed
from thermopkg.answer.networks import networks
from thermopkg.answer.path import Drop, HeatPath, Way
from thermopkg.answer.zth import Span
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError
from thermopkg.impedance import find_impedance, has_planes_of
from thermopkg.interfaces import find_interfaces
from thermopkg.mesh.grid import Grid
from thermopkg.network.coupled import CoupledFoster
from thermopkg.network.fewer import difference
from thermopkg.network.interface import dual_interface
from thermopkg.network.reading import network_of
from thermopkg.network.structure import Stretch, layer, stack_structure
from thermopkg.report.interfaces import interfaces_document
from thermopkg.report.interfaces_plot import draw_parting, draw_two_structures

AREA, FILM = 4e-6, 2e4  # m^2, W/m^2/K
MATERIALS = {"die": (120.0, 1.6e6), "glue": (2.0, 2e6), "base": (400.0, 3.4e6), "grease": (1.0, 1e6)}
# A chip on glue on a base, all of one outline: heat goes one way, and every layer's end is known.
STACK = """
title = "A chip on a base"
[study]
metrics = []
tolerance = "1 %"
[environment]
ambient = "25 degC"
bottom = { film = "20000 W/m^2/K" }
[[part]]
name = "base"
kind = "block"
size = ["2 mm", "2 mm", "1 mm"]
material = "base"
[[part]]
name = "glue"
kind = "adhesive"
on = "base"
thickness = "50 um"
material = "glue"
[[part]]
name = "chip"
kind = "chip"
on = "glue"
face = "up"
size = ["2 mm", "2 mm", "0.3 mm"]
material = "die"
power = "1 W"
"""
# The same on grease and a plate, both as wide.
ON_PLATE = """
[[part]]
name = "grease"
kind = "block"
under = "base"
size = ["2 mm", "2 mm", "50 um"]
material = "grease"
[[part]]
name = "plate"
kind = "block"
under = "grease"
size = ["2 mm", "2 mm", "3 mm"]
material = "base"
"""
SECOND = """
[[part]]
name = "other"
kind = "chip"
on = "base"
at = ["1.5 mm", "0 mm"]
face = "up"
size = ["0.5 mm", "0.5 mm", "0.2 mm"]
material = "die"
power = "1 W"
"""


def written(text: str, **conductivities: float) -> str:
    """A case with the materials of these tests, some of them with other conductivities."""
    tables = [
        f'[materials.{name}]\nclass = "composite"\nelectrical = "insulator"\n'
        f'conductivity = "{conductivities.get(name, k)} W/m/K"\ndensity = "1000 kg/m^3"\n'
        f'heat_capacity = "{c / 1000} J/kg/K"\n'
        for name, (k, c) in MATERIALS.items()
    ]
    return text + "".join(tables)


def case_of(text: str, **conductivities: float):
    return from_document(tomllib.loads(written(text, **conductivities)))


def two_chips() -> str:
    return STACK.replace('size = ["2 mm", "2 mm", "1 mm"]', 'size = ["5 mm", "3 mm", "1 mm"]').replace(
        'thickness = "50 um"', 'thickness = "50 um"\nsize = ["2 mm", "2 mm"]'
    ).replace('on = "base"\nthickness', 'on = "base"\nat = ["-1 mm", "0 mm"]\nthickness') + SECOND  # fmt: skip


def stretches() -> list[Stretch]:
    sizes = (("die", 0.3e-3), ("glue", 50e-6), ("base", 1e-3))
    return [*(layer(name, size, *MATERIALS[name], AREA) for name, size in sizes), Stretch("film", 1 / (FILM * AREA), 0)]


@pytest.fixture(scope="module")
def stack():
    found = find_impedance(case_of(STACK), Span(1e-5, 1e2))
    return found, networks(found.found, found.passed, found.stored)


# ---------------------------------------------------------------- where the layers are
def test_layers_of_a_stack_end_where_they_do_and_the_structure_function_has_them_there(stack):
    found, made = stack
    exact = stack_structure(stretches())
    (own,) = made.own
    assert [end.name for end in own.passed.ends] == ["chip", "glue", "base", "surface to ambient"]
    assert (own.passed.towards, own.passed.share) == ("bottom", pytest.approx(1.0))
    assert [mark.end for mark in own.marks] == pytest.approx(exact.resistances[1:], rel=1e-9)  # a lattice has it exact
    assert found.stored == pytest.approx(exact.capacities[-1], rel=1e-12)
    points = own.breaks(1.05 * found.stored)[:3]
    # measured, from two fields a decade: 3.1, 2.3 and 1.0 %, and 3.8, 2.9 and 13 %
    assert [point.resistance for point in points] == pytest.approx(exact.resistances[1:4], rel=0.04)
    assert [point.capacity for point in points[:2]] == pytest.approx(exact.capacities[1:3], rel=0.05)
    assert points[2].capacity == pytest.approx(exact.capacities[3], rel=0.15)
    at = np.linspace(0.2, 0.9, 8) * exact.resistances[3]
    assert own.structure.capacity_at(at) == pytest.approx(exact.capacity_at(at), rel=0.1)


def test_layers_are_those_on_the_side_that_takes_most():
    up = Way("top", 0.3, (Drop("mould", 2.0, "encapsulant"), Drop("surface", 6.0, "film")))
    down = Way("bottom", 0.6, (Drop("base", 3.0, "block"), Drop("film", 5.0, "film")))
    way = passed(HeatPath("chip", 8.0, 0.0, up, down, 0.1), 4.0)
    assert (way.towards, way.share) == ("bottom", pytest.approx(0.6))
    assert [(end.name, end.resistance) for end in way.ends] == [("base", 1.5), ("film", 4.0)]
    assert way.begin_of(("mould", "film")) == 1.5
    assert way.begin_of(("base",)) == 0.0
    assert way.begin_of(("mould",)) is None


def test_a_quarter_has_the_layers_of_the_whole(stack):
    """A second source off the middle makes the package its own image no more."""
    found, made = stack
    assert found.mesh.model.grid.copies == 4
    reading = '[[study.reading]]\nname = "corner"\nface = "chip.top"\nat = ["0.5 mm", "0.4 mm"]\n'
    text = f'{STACK}{reading}size = ["0.2 mm", "0.2 mm"]\n'
    whole = find_impedance(case_of(text), Span(1e-5, 1e2))
    assert whole.mesh.model.grid.copies == 1
    ends = [end.resistance for end in whole.passed["chip.active"].ends]
    assert ends == pytest.approx([mark.end for mark in made.own[0].marks], rel=1e-3)


def test_own_networks_have_the_curve_that_they_say(stack):
    found, made = stack
    (own,) = made.own
    whole = made.coupled.own("chip.active")
    assert len(own.pairs) < 0.6 * len(whole)
    times = np.geomspace(1e-6, 1e3, 3001)
    off = np.abs(own.pairs.impedance(times) - whole.impedance(times)).max() / whole.total
    assert off <= own.error < 1.1e-5  # what may hide between two times makes 1.03e-5 of it
    at = found.found.span.times
    assert own.pairs.impedance(at) == pytest.approx(found.found.curves(at).value[:, 0, 0], rel=1e-5)
    assert difference(whole, own.few.network) <= own.few.error + own.error


# ---------------------------------------------------------------- the command
@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two chips, as the command writes them."""
    from typer.testing import CliRunner

    from thermopkg.cli import app

    folder = tmp_path_factory.mktemp("pair")
    (folder / "case.toml").write_text(written(two_chips()), encoding="utf-8")
    words = ["zth", str(folder / "case.toml"), "--from", "100us", "--to", "100s", "--out", str(folder / "out")]
    told = CliRunner().invoke(app, [*words, "--tolerance", "5%", "--max-cells", "20000", "--quiet", "--pairs", "3"])
    assert told.exit_code == 0, told.output
    return folder / "out", told.output


def table(path):
    rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    return {head: np.array(list(map(float, column))) for head, *column in zip(*rows, strict=True)}


def test_every_file_is_there(pair):
    out, told = pair
    each = [f"{kind}-{chip}" for chip in ("chip", "other") for kind in ("pulsed", "slopes", "structure")]
    assert {path.name for path in out.iterdir()} == {
        *("zth.json", "zth.csv", "zth.png", "networks.json", "networks.md", "network.cir", "network-3.cir"),
        *("network.npz", *(f"{name}.png" for name in each)),
        *(f"{name}.csv" for name in each if not name.startswith("slopes")),
    }
    for wanted in (
        "3 pairs",
        "tau",
        "ends down",
        "glue",
        "breaks",
        "all sources coupled by 3 time constants",
        "3 stages",
    ):
        assert wanted in told


def test_netlist_steps_as_the_curves_do(pair):
    out, _ = pair
    curves = table(out / "zth.csv")
    found = circuit.read((out / "network.cir").read_text(encoding="utf-8"))
    assert found.pins == ("chip", "other")
    for k in (0, 30, 60, 100):
        rise = found.step(curves["time [s]"][k])
        assert rise[0, 0] == pytest.approx(curves["chip [K/W]"][k], rel=1e-8)
        assert rise[0, 1] == pytest.approx(curves["chip by other [K/W]"][k], rel=1e-8, abs=1e-9)
        assert rise[1, 1] == pytest.approx(curves["other [K/W]"][k], rel=1e-8)


def test_short_netlist_is_off_by_no_more_than_it_says(pair):
    out, _ = pair
    curves = table(out / "zth.csv")
    few = circuit.read((out / "network-3.cir").read_text(encoding="utf-8"))
    error = json.loads((out / "networks.json").read_text(encoding="utf-8"))["few_coupled"]["error"]
    ends = np.array([curves[f"{name} [K/W]"][-1] for name in ("chip", "other")])
    names = [["chip", "chip by other"], ["other by chip", "other"]]
    off = [
        np.abs(few.step(curves["time [s]"][k]) - [[curves[f"{name} [K/W]"][k] for name in row] for row in names])
        for k in range(0, 120, 4)
    ]
    assert 0.8 * error < (np.array(off) / np.sqrt(np.outer(ends, ends))).max() <= error


@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
def test_ngspice_steps_as_the_curves_do(pair, tmp_path):
    out, _ = pair
    deck = f"""step
.include {out}/network.cir
X1 c1 c2 0 package
I1 0 c1 PWL(0 0 1n 1 20 1)
I2 0 c2 0
.options reltol=1e-7 abstol=1e-14 vntol=1e-11 method=gear maxord=4
.control
set numdgt=12
tran 100u 10 0 5m
wrdata out.txt v(c1) v(c2)
.endc
.end
"""
    columns = ngspice(tmp_path, deck).T
    curves = table(out / "zth.csv")
    asked = (curves["time [s]"] > 1e-3) & (curves["time [s]"] < 9.0)
    for column, name in ((1, "chip [K/W]"), (3, "other by chip [K/W]")):
        rise = np.interp(curves["time [s]"][asked], columns[0], columns[column])
        assert rise == pytest.approx(curves[name][asked], abs=1e-4 * curves["chip [K/W]"][-1])


def test_documents_are_read_back(pair):
    out, _ = pair
    document = json.loads((out / "networks.json").read_text(encoding="utf-8"))
    coupled = network_of(document["coupled"])
    assert isinstance(coupled, CoupledFoster)
    assert coupled.names == ("chip", "other")
    curves = table(out / "zth.csv")
    assert coupled.impedance(curves["time [s]"])[:, 0, 1] == pytest.approx(curves["chip by other [K/W]"], abs=1e-9)
    for name, own in document["sources"].items():
        pairs, steps = network_of(own["foster"]), network_of(own["cauer"])
        assert pairs.total == pytest.approx(steps.total, rel=1e-12)
        assert pairs.total == pytest.approx(curves[f"{name} [K/W]"][-1], rel=1e-6)
        assert len(network_of(own["few"]["cauer"])) == 3
        assert own["layers"]["ends"][-1]["resistance_K_per_W"] == pytest.approx(pairs.total, rel=1e-6)


def test_state_space_has_the_same_end(pair):
    out, _ = pair
    with np.load(out / "network.npz") as kept:
        end = kept["C"] @ np.linalg.solve(-kept["A"], kept["B"]) + kept["D"]
        assert kept["places"].tolist() == ["chip", "other"]
    assert end == pytest.approx(network_of(json.loads((out / "networks.json").read_text())["coupled"]).total, rel=1e-9)


def test_pulses_are_those_of_a_data_sheet(pair):
    out, _ = pair
    pulsed, curves = table(out / "pulsed-chip.csv"), table(out / "zth.csv")
    duties = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
    assert list(pulsed) == ["width [s]", *(f"D = {duty:g} [K/W]" for duty in duties), "single pulse [K/W]"]
    assert pulsed["single pulse [K/W]"] == pytest.approx(curves["chip [K/W]"], rel=1e-4)
    end = curves["chip [K/W]"][-1]
    for duty in duties:
        rises = pulsed[f"D = {duty:g} [K/W]"]
        assert (rises >= pulsed["single pulse [K/W]"] - 1e-12).all()
        assert duty * end < rises[0] < duty * end + pulsed["single pulse [K/W]"][0]  # many short ones: the mean and one
        assert rises[-1] == pytest.approx(end, rel=1e-6)


def test_structures_are_written_with_their_layers(pair):
    out, _ = pair
    rows = list(csv.DictReader((out / "structure-chip.csv").read_text(encoding="utf-8").splitlines()))
    numbers = np.array([[float(row[head]) for head in list(row)[:4]] for row in rows])
    assert (np.diff(numbers[:, :2], axis=0) >= 0.0).all()
    assert list(dict.fromkeys(row["layer"] for row in rows)) == ["chip", "glue", "base", "surface to ambient"]
    reach = numbers[5:-5]
    assert (np.abs(reach[:, 2] - reach[:, 0]) < 0.2 * reach[:, 0] + 0.05).all()


def test_a_single_chip_is_a_ladder_and_json_is_one_document(type_in, tmp_path):
    path, out = tmp_path / "case.toml", tmp_path / "out"
    path.write_text(written(STACK), encoding="utf-8")
    words = ("zth", path, "--from", "1ms", "--to", "10s", "--tolerance", "5%", "--quiet")
    code, told, err = type_in(*words, "--json", "--out", out, "--duty", "0.3", "--duty", "0")
    assert (code, err) == (0, "")
    document = json.loads(told)
    assert document["networks"] == json.loads((out / "networks.json").read_text(encoding="utf-8"))
    assert document["networks"]["few_coupled"]["error"] == document["networks"]["sources"]["chip"]["few"]["error"]
    netlist = (out / "network.cir").read_text(encoding="utf-8")
    assert "E1" not in netlist  # no transformers
    steps = network_of(document["networks"]["sources"]["chip"]["cauer"])
    assert circuit.read(netlist).step(1e6)[0, 0] == pytest.approx(steps.total, rel=1e-9)
    assert (out / "pulsed-chip.csv").read_text().splitlines()[0] == "width [s],D = 0.3 [K/W],single pulse [K/W]"


def test_a_part_that_makes_heat_throughout_has_networks_without_layers():
    text = two_chips().replace('kind = "chip"\non = "base"', 'kind = "block"\non = "base"').replace(
        'face = "up"\nsize = ["0.5', 'size = ["0.5'
    )  # fmt: skip
    study = "metrics = []\nmax_cells = 3000"
    found = find_impedance(case_of(text.replace("metrics = []", study)), Span(1e-3, 1e2))
    made = networks(found.found, found.passed, found.stored)
    assert [(own.name, own.passed is None) for own in made.own] == [("chip.active", False), ("other", True)]
    assert made.own[1].marks == ()


def test_a_chip_whose_face_is_held_warms_nothing_and_that_is_told(type_in, tmp_path):
    case = tmp_path / "case.toml"
    held = '[environment.faces]\n"chip.top" = { temperature = "25 degC" }\n[[part]]'
    case.write_text(written(STACK.replace("[[part]]", held, 1)), encoding="utf-8")
    code, out, err = type_in("zth", case, "--from", "1ms", "--quiet")
    assert (code, out) == (2, "")
    assert "chip.active is held at a temperature: a watt there warms nothing" in err


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("--pairs", "0"), ["--pairs", "0 pairs are no network", "ask for 1 or more"]),
        (("--pairs", "-2", "--duty", "1.5", "--duty", "-0.1"), ["-2 pairs", "1.5 is no share", "-0.1 is no share"]),
        (("--duty", "half"), ["--duty", "valid number"]),
        (("--pairs", "few"), ["--pairs", "valid integer"]),
    ],
)
def test_wrong_wishes_are_told(type_in, tmp_path, words, wanted):
    path = tmp_path / "case.toml"
    path.write_text(written(STACK), encoding="utf-8")
    code, out, err = type_in("zth", path, *words)
    assert (code, out) == (2, "")
    for text in wanted:
        assert text in err


@pytest.mark.parametrize("command", ["zth", "interfaces"])
def test_a_place_that_cannot_be_written_is_told_before_any_work(type_in, tmp_path, command):
    case, taken = tmp_path / "case.toml", tmp_path / "taken"
    case.write_text(written(STACK), encoding="utf-8")
    taken.write_text("a file", encoding="utf-8")
    code, out, err = type_in(command, *([case] if command == "zth" else [case, case]), "--out", taken)
    assert (code, out) == (2, "")
    assert "is a file; name a folder" in err
    assert "placing" not in err


# ---------------------------------------------------------------- two interfaces
@pytest.fixture(scope="module")
def on_two():
    return find_interfaces(case_of(STACK + ON_PLATE), case_of(STACK + ON_PLATE, grease=5.0), Span(1e-4, 1e2))


def test_a_known_case_is_found_on_one_grid(on_two):
    (one,) = on_two.sources
    theta = sum(stretch.resistance for stretch in stretches()[:3])  # chip, glue and base
    assert (on_two.differing, on_two.one_grid, one.swapped) == (("grease",), True, False)
    assert one.at_rest == pytest.approx((theta, theta), rel=2e-4)
    assert one.found.difference == pytest.approx(50e-6 / AREA * (1 / 1.0 - 1 / 5.0), rel=1e-4)
    assert one.found.by_curves.value == pytest.approx(theta, rel=0.03)  # measured: 1.6 %
    for criterion in (one.found.by_curves, one.found.by_structures):
        low, high = criterion.spread
        assert low < theta < high
    again = dual_interface(one.worse.pairs, one.better.pairs)
    assert again.by_curves.resistances == pytest.approx(one.found.by_curves.resistances)


def test_pictures_of_two_interfaces_tell_theta_jc(on_two):
    (one,) = on_two.sources
    ax = draw_two_structures(one, Figure().add_subplot(), stored=on_two.first.stored)
    told = [text.get_text() for text in ax.get_legend().get_texts()]
    assert told[:2] == ["worse interface", "better interface"]
    assert f"{one.found.by_curves.value:.3g}"[:4] in told[2]
    assert ax.get_ylim()[1] <= 2.0 * on_two.first.stored
    ax = draw_parting(one, Figure().add_subplot())
    assert [text.get_text().split(":")[0] for text in ax.texts] == ["0.25", "0.5", "1", "2", "4"]
    assert ax.get_xlabel() == "time [s]"


def test_thresholds_that_are_never_met_are_null(on_two):
    (one,) = on_two.sources
    both = on_two.first.found, on_two.second.found
    document = interfaces_document(("worse", "better"), both, on_two.differing, True, on_two.sources)
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text)["sources"]["chip"]["slopes"]["theta_jc_K_per_W"] == one.found.by_curves.value
    assert document["sources"]["chip"]["worse"] == "worse"


def test_the_command_takes_them_in_either_order_and_writes_them(type_in, tmp_path):
    for name, conductivity in (("good", 5.0), ("bad", 1.0)):
        (tmp_path / name).write_text(written(STACK + ON_PLATE, grease=conductivity), encoding="utf-8")
    words = ("interfaces", tmp_path / "good", tmp_path / "bad", "--from", "1ms", "--to", "100s", "--tolerance", "5%")
    code, told, err = type_in(*words, "--quiet", "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    for wanted in ("slopes part", "structures part", "at rest", "differ in grease", "one grid", "0.25: ", "jesd51-14"):
        assert wanted in told
    names = {"interfaces.json", "interfaces.csv", "interfaces-chip.png", "parting-chip.png"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    curves = table(tmp_path / "out/interfaces.csv")
    assert (curves["chip on the worse [K/W]"][-1]) > curves["chip on the better [K/W]"][-1] + 5.0
    code, told, _ = type_in(*words, "--quiet", "--json")
    assert code == 0
    assert json.loads(told) == json.loads((tmp_path / "out/interfaces.json").read_text(encoding="utf-8"))


def test_two_packages_that_are_no_pair_are_told():
    plate = case_of(STACK + ON_PLATE)
    with pytest.raises(CaseError, match="heat is made in chip, other, and in 'A chip on a base' in chip"):
        find_interfaces(plate, case_of(two_chips()))
    with pytest.raises(CaseError, match="the same as 'A chip on a base' in all that conducts"):
        find_interfaces(plate, case_of((STACK + ON_PLATE).replace('"1 W"', '"2 W"')))


def test_contacts_surfaces_and_sizes_part_packages_too():
    plain = STACK.replace("1 %", "5 %")
    contact = plain + '[[contact]]\nbetween = ["glue", "base"]\nresistance = "20 mm^2*K/W"\n'
    found = find_interfaces(case_of(plain), case_of(contact), Span(1e-3, 1e2))
    assert found.differing == ("contact of 'glue' and 'base'",)
    assert found.sources[0].swapped
    assert not found.one_grid  # the contact has planes of its own
    begins, other = found.sources[0].at_rest
    assert begins == pytest.approx(6.875, rel=1e-3)  # the end of the glue
    assert other is None  # only one of both has it on its way
    film = find_interfaces(case_of(plain), case_of(plain.replace("20000", "5000")), Span(1e-3, 1e2))
    assert (film.differing, film.one_grid) == (("surface to ambient",), True)
    theta = sum(stretch.resistance for stretch in stretches()[:3])
    assert film.sources[0].at_rest == pytest.approx((theta, theta), rel=1e-2)


def test_a_grid_has_the_planes_of_another_or_it_has_not():
    coarse = Grid(np.array([0.0, 1.0]), np.array([0.0, 1.0]), np.array([0.0, 0.5, 1.0]))
    assert has_planes_of(coarse.halved(), coarse)
    assert not has_planes_of(coarse, coarse.halved())
    longer = Grid(coarse.x, coarse.y, np.array([0.0, 0.5, 1.0, 1.5]))
    assert not has_planes_of(longer, coarse)
    assert not has_planes_of(Grid(*coarse.axes, mirrored=(True, False)), coarse)
