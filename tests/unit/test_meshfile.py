"""Do meshes come out of files as they went in, and is everything wrong with a file told in words that mend it?"""

import tomllib
from dataclasses import replace

import meshio
import numpy as np
import pytest

from tests.small_case import BAR
from thermopkg.answer.answer import patches
from thermopkg.answer.referee import element_bracket
from thermopkg.case.load import from_document
from thermopkg.errors import GeometryError
from thermopkg.mesh.meshfile import FileMesh, mesh_of, model_of, read_mesh, write_mesh
from thermopkg.mesh.quality import volumes
from thermopkg.mesh.tetra import tetrahedra
from thermopkg.package.placing import place

PACKAGE = place(from_document(tomllib.loads(BAR)))
MODEL = tetrahedra(PACKAGE, patches(PACKAGE).values())
REGIONS, FACES = ("foot", "bar"), ("foot.bottom",)
KINDS = ("msh", "vtu", "inp")


def names_in(kind, names, wanted):
    """A VTU file knows numbers alone."""
    return [str(names.index(name)) for name in wanted] if kind == "vtu" else list(wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mesh_comes_back_as_it_went(kind, tmp_path):
    """The same bracket comes of it, to the digits that a text file keeps."""
    path, mesh = tmp_path / f"bar.{kind}", mesh_of(MODEL)
    write_mesh(path, mesh)
    back = read_mesh(path, names_in(kind, mesh.regions, REGIONS), names_in(kind, mesh.faces, FACES))
    back = replace(back, regions=REGIONS, faces=FACES)
    assert back.points.min(axis=1) == pytest.approx(MODEL.points.min(axis=1), abs=1e-12)
    assert back.cells.shape == MODEL.cells.shape
    numbers = {f"{facets.part}.{facets.face}": facets.surface for facets in MODEL.exposed}
    again = model_of(back, MODEL, {name: numbers[name] for name in FACES})
    assert volumes(again).sum() == pytest.approx(volumes(MODEL).sum(), rel=1e-9)
    found, exact = (
        element_bracket(model, {"bar": patches(PACKAGE)["bar"]}, 293.15).entry("bar", "bar") for model in (again, MODEL)
    )
    assert (found.lower, found.upper) == pytest.approx((exact.lower, exact.upper), rel=1e-7)


def test_layers_of_one_solid_are_regions_of_their_own(tmp_path):
    """They conduct differently; under one name they would come back as one."""
    layered = replace(MODEL, regions=tuple(replace(region, solid="bar") for region in MODEL.regions))
    mesh = mesh_of(layered)
    assert mesh.regions == ("bar.1", "bar.2")
    write_mesh(tmp_path / "bar.msh", mesh)
    back = read_mesh(tmp_path / "bar.msh", mesh.regions, FACES)
    numbers = {f"{facets.part}.{facets.face}": facets.surface for facets in MODEL.exposed}
    again = model_of(back, layered, {name: numbers[name] for name in FACES})
    np.testing.assert_allclose(np.sort(again.conductivity[0]), np.sort(MODEL.conductivity[0]))


# ---------------------------------------------------------------- what is wrong with a file
def cube() -> FileMesh:
    """Two tetrahedra on one face, one region each, cooled from below: 1 mm across."""
    points = 1e-3 * np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]).T
    cells = np.array([[0, 1, 2, 3], [1, 2, 3, 4]]).T
    return FileMesh(points, cells, np.array([0, 1]), ("low", "high"), np.array([[0, 1, 2]]).T, np.array([0]), ("pad",))


def wrong(change) -> FileMesh:
    mesh = cube()
    points, cells = mesh.points.copy(), mesh.cells.copy()
    match change:
        case "in mm":
            return replace(mesh, points=30e3 * points)
        case "tiny":
            return replace(mesh, points=1e-3 * points)
        case "flat":
            points[:, 3] = points[:, 0] / 2 + points[:, 1] / 2
            return replace(mesh, points=points)
        case "inside out":
            cells[:2, 1] = cells[[1, 0], 1]
            return replace(mesh, cells=cells)
        case "not finite":
            points[0, 4] = np.nan
            return replace(mesh, points=points)
        case "inner face":
            return replace(mesh, facets=np.array([[1, 2, 3]]).T)
        case "loose face":
            return replace(mesh, facets=np.array([[0, 1, 4]]).T)
        case "twice":
            return replace(mesh, cells=np.concatenate([cells, cells[:, :1], cells[:, :1]], axis=1),
                           region=np.array([0, 1, 0, 0]))  # fmt: skip
        case "no tetrahedra":
            return replace(mesh, cells=cells[:, :0], region=mesh.region[:0])
    raise AssertionError(change)


FAULTS = {
    "in mm": r"unit .*30 m long, read in m; a package has .*name its unit",
    "tiny": r"unit .*1e-06 m long",
    "flat": r"cells +[12] have no volume",
    "inside out": r"cells +1 are turned inside out",
    "not finite": r"points +1 cells are not finite",
    "inner face": r"face '\w+' +1 triangles lie inside",
    "loose face": r"face '\w+' +1 triangles are sides of no cell",
    "twice": r"cells +\d faces lie between more than two cells",
    "no tetrahedra": r"cells +hold no tetrahedra; there are triangle",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", FAULTS)
def test_a_wrong_shape_is_told(change, kind, tmp_path):
    path, mesh = tmp_path / f"wrong.{kind}", wrong(change)
    write_mesh(path, mesh)
    with pytest.raises(GeometryError, match=FAULTS[change]):
        read_mesh(path, names_in(kind, mesh.regions, mesh.regions), names_in(kind, mesh.faces, mesh.faces))


@pytest.mark.parametrize("kind", ["msh", "inp"])
def test_wrong_names_are_told_all_at_once(kind, tmp_path):
    path = tmp_path / f"names.{kind}"
    write_mesh(path, cube())
    with pytest.raises(GeometryError) as caught:
        read_mesh(path, ["low", "lid"], ["roof"])
    told = str(caught.value)
    assert "region 'lid'   is not in the file; there are high, low" in told
    assert "region 'high'  is in the file and has no material; wanted are low, lid" in told
    assert "face 'roof'    is not in the file; there are pad" in told


def test_an_empty_region_is_told(tmp_path):
    path = tmp_path / "empty.msh"
    write_mesh(path, replace(cube(), regions=("low", "high", "lid")))
    with pytest.raises(GeometryError, match=r"region 'lid' +is empty: no cell belongs to it"):
        read_mesh(path, ["low", "high", "lid"])


def test_cells_of_no_region_are_told(tmp_path):
    path, mesh = tmp_path / "none.vtu", cube()
    meshio.write(path, meshio.Mesh(mesh.points.T, [("tetra", mesh.cells.T)]))
    with pytest.raises(GeometryError, match="2 cells belong to none"):
        read_mesh(path, [])


@pytest.mark.parametrize("kind", ["hexahedron", "wedge", "tetra10"])
def test_cells_of_another_kind_are_told(kind, tmp_path):
    path, n = tmp_path / "mixed.vtu", {"hexahedron": 8, "wedge": 6, "tetra10": 10}[kind]
    points = np.random.default_rng(1).random((10, 3))
    meshio.write(path, meshio.Mesh(points, [("tetra", [[0, 1, 2, 3]]), (kind, [list(range(n))])]))
    with pytest.raises(GeometryError, match=f"are of kind '{kind}', too"):
        read_mesh(path, ["0"])


@pytest.mark.parametrize(("name", "text"), [("a.msh", "nothing"), ("a.vtu", "<x"), ("a.inp", ""), ("a.obj", "v")])
def test_a_file_that_is_none_is_told(name, text, tmp_path):
    (tmp_path / name).write_text(text)
    with pytest.raises(GeometryError, match=r"cannot be read|allowed are|hold no tetrahedra|two coordinates"):
        read_mesh(tmp_path / name, ["low"])


def test_a_file_in_millimetres_is_read_as_such(tmp_path):
    path = tmp_path / "mm.msh"
    write_mesh(path, replace(cube(), points=1e3 * cube().points))
    mesh = read_mesh(path, ["low", "high"], unit="mm")
    assert mesh.points.max() == pytest.approx(1e-3)
