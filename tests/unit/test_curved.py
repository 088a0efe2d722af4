"""Are curved joints and slanted wires what their solids are, with the same names, and is it told where gmsh is missing?

What gmsh meshes is tested where it is installed and loads: its wheel needs libraries that a machine without windows may
not have. That it is missing is tested everywhere.
"""

import math
import sys
import tomllib

import numpy as np
import pytest

from tests.unit.test_tetra import areas, check_conforming
from thermopkg.answer.answer import mirrored_axes, wanted_places
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError, GeometryError
from thermopkg.mesh.curved import curved_tetrahedra, gmsh_faults
from thermopkg.mesh.quality import quality, volumes
from thermopkg.package.placing import place

BALL = """
title = "One ball between two plates"
[study]
metrics = ["theta_ja"]
[environment]
ambient = "25 degC"
top = { film = "1000 W/m^2/K" }
sides = { adiabatic = true }
bottom = { film = "100 W/m^2/K" }
[environment.faces]
"chip.top" = { film = "2000 W/m^2/K" }
[[part]]
name = "carrier"
kind = "substrate"
size = ["1 mm", "1 mm"]
layers = [{ material = "bt-laminate", thickness = "0.2 mm" }]
[[part]]
name = "chip"
kind = "chip"
on = "carrier"
size = ["0.6 mm", "0.6 mm", "0.2 mm"]
power = "0.1 W"
bumps = { material = "sn63pb37", pitch = "0.5 mm", diameter = "0.3 mm", height = "0.1 mm", count = [1, 1] }
[[part]]
name = "underfill"
kind = "encapsulant"
on = "carrier"
material = "underfill"
size = ["0.6 mm", "0.6 mm"]
height = "0.1 mm"
[[part]]
name = "balls"
kind = "balls"
under = "carrier"
material = "sac305"
pitch = "1 mm"
diameter = "0.6 mm"
height = "0.4 mm"
count = [1, 1]
"""
WIRE = """
title = "Two wires"
[study]
metrics = ["theta_ja"]
[environment]
ambient = "25 degC"
top = { film = "1000 W/m^2/K" }
[[part]]
name = "carrier"
kind = "substrate"
size = ["3 mm", "3 mm"]
layers = [{ material = "bt-laminate", thickness = "0.3 mm" }]
[[part]]
name = "chip"
kind = "chip"
face = "up"
on = "carrier"
size = ["1 mm", "1 mm", "0.3 mm"]
power = "0.1 W"
[[part]]
name = "wires"
kind = "wires"
from = "chip"
to = "carrier"
material = "gold"
diameter = "0.1 mm"
loop = "0.2 mm"
count = [0, 1]
pitch = "1 mm"
inset = "0.2 mm"
span = "0.8 mm"
[[part]]
name = "mould"
kind = "encapsulant"
on = "carrier"
material = "emc-2.5"
height = "0.8 mm"
"""
with_gmsh = pytest.mark.skipif(bool(gmsh_faults()), reason="gmsh is not installed, or lacks a library of the system")


def small(text):
    return place(from_document(tomllib.loads(text)))


@pytest.fixture(scope="module")
def ball():
    package = small(BALL)
    mirrored = mirrored_axes(package)
    assert mirrored == (True, True)
    return package, curved_tetrahedra(package, wanted_places(package).values(), 1.0, 12, mirrored)


@with_gmsh
def test_a_ball_bulges_between_flat_ends_and_keeps_its_volume(ball):
    """A piece of a sphere between two planes: V = pi h (R^2 - h^2 / 12), so that R^2 = r^2 + h^2 / 12."""
    package, model = ball
    own = next(number for number, region in enumerate(model.regions) if region.solid == "balls")
    points = model.points[:, np.unique(model.cells[:, model.region == own])]
    middle = package.parts["carrier"].box[:2].mean(axis=1)
    away = np.hypot(*(points[:2] - middle[:, None]))
    assert away.max() == pytest.approx(math.sqrt(0.3**2 + 0.4**2 / 12) * 1e-3, rel=0.01)
    end = away[points[2] < 1e-9]
    assert end.max() == pytest.approx(math.sqrt(0.3**2 - 0.4**2 / 6) * 1e-3, rel=1e-6)
    assert quality(model).volumes["balls"] == pytest.approx(math.pi * 0.3**2 * 0.4 * 1e-9, rel=0.05)


@with_gmsh
def test_solids_faces_and_their_conditions_keep_their_names(ball):
    package, model = ball
    check_conforming(model, (True, True))
    assert volumes(model).min() > 0
    found = quality(model).volumes
    assert set(found) == {solid.name for solid in package.solids}
    assert found["carrier"] == pytest.approx(1 * 1 * 0.2e-9, rel=1e-6)
    assert found["chip"] == pytest.approx(0.6 * 0.6 * 0.2e-9, rel=1e-6)
    exposed = {}
    for facets in model.exposed:
        size = model.copies * areas(model.points, facets.corners).sum()
        exposed[facets.part, facets.face] = size, facets.surface
    names = [surface.name for surface in model.surfaces]
    top, cooled = exposed["chip", "top"]
    assert (top, names[cooled]) == (pytest.approx(0.36e-6, rel=1e-6), "chip.top")
    top, cooled = exposed["carrier", "top"]
    assert (top, names[cooled]) == (pytest.approx(1e-6 - 0.36e-6, rel=1e-6), "top")  # beside the underfill
    assert exposed["balls", "sides"][1] == -1
    sphere = 2 * math.pi * math.sqrt(0.3**2 + 0.4**2 / 12) * 0.4e-6
    assert exposed["balls", "sides"][0] == pytest.approx(sphere, rel=0.03)
    assert exposed["balls", "bottom"][0] == pytest.approx(math.pi * (0.3**2 - 0.4**2 / 6) * 1e-6, rel=0.06)


@with_gmsh
def test_columns_of_circles_stay_columns_where_nothing_bulges():
    package = small(BALL)
    model = curved_tetrahedra(package, (), 1.0, 12, (True, True), bulging=False)
    own = next(number for number, region in enumerate(model.regions) if region.solid == "balls")
    points = model.points[:, np.unique(model.cells[:, model.region == own])]
    away = np.hypot(*(points[:2] - package.parts["carrier"].box[:2].mean(axis=1)[:, None]))
    assert away.max() == pytest.approx(0.3e-3, rel=1e-6)


@with_gmsh
def test_wires_go_straight_down_to_the_carrier():
    """As long as the stem and the slant: pi d^2 / 4 (0.2 mm + sqrt(0.8^2 + 0.5^2) mm), of a circle in 8 pieces."""
    package = small(WIRE)
    mirrored = mirrored_axes(package)
    model = curved_tetrahedra(package, (), 1.0, 8, mirrored)
    check_conforming(model, mirrored)
    straight = 2 * math.pi / 4 * 0.1**2 * (0.2 + math.hypot(0.8, 0.5)) * 1e-9
    assert quality(model).volumes["wires"] == pytest.approx(0.9 * straight, rel=0.06)
    own = next(number for number, region in enumerate(model.regions) if region.solid == "wires")
    points = model.points[:, np.unique(model.cells[:, model.region == own])]
    assert points[2].min() == pytest.approx(0.3e-3, abs=1e-9)
    assert points[2].max() == pytest.approx(0.6e-3 + 0.2e-3 + 0.05e-3, rel=0.01)


@with_gmsh
def test_the_command_meshes_curved_joints(tmp_path, type_in):
    path = tmp_path / "case.toml"
    path.write_text(BALL, encoding="utf-8")
    code, out, err = type_in(
        *("crosscheck", path, "--mesher", "gmsh", "--sides", "8", "--order", "1", "--cells", "1"),
        *("--tolerance", "5%", "--quiet"),
    )
    assert (code, err) == (0, "")
    assert "curved less square joints" in out


# ---------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("raise ImportError('no such module')", r"not installed: pip install 'thermopkg\[gmsh\]'"),
        (
            "raise OSError('libGLU.so.1: cannot open')",
            r"does not load: libGLU.so.1: cannot open; on Debian, apt install",
        ),
    ],
)
def test_that_gmsh_is_missing_is_told_before_anything_is_solved(monkeypatch, tmp_path, type_in, module, told):
    (tmp_path / "gmsh.py").write_text(module, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "gmsh", raising=False)
    with pytest.raises(CaseError, match=told):
        curved_tetrahedra(small(BALL))
    path = tmp_path / "case.toml"
    path.write_text(BALL, encoding="utf-8")
    code, out, err = type_in("crosscheck", path, "--mesher", "gmsh", "--quiet")
    assert (code, out) == (2, "")
    assert "--mesher" in err


def test_an_unknown_mesher_is_refused(tmp_path, type_in):
    path = tmp_path / "case.toml"
    path.write_text(BALL, encoding="utf-8")
    code, _, err = type_in("crosscheck", path, "--mesher", "netgen", "--quiet")
    assert code == 2
    assert "'netgen' is not allowed; write layers or gmsh" in err


def test_contacts_are_refused():
    contact = '\n[[contact]]\nbetween = ["carrier", "underfill"]\nresistance = "5 mm^2 K/W"\n'
    with pytest.raises(GeometryError, match="no layers as thin as a contact"):
        curved_tetrahedra(small(BALL + contact))
