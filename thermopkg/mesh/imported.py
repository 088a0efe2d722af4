"""How does a mesh of somebody else's become a model? Its regions by their materials, its faces by their conditions."""

from pathlib import Path

import numpy as np

from thermopkg.case.mesh_case import MeshCase
from thermopkg.errors import Fault, GeometryError
from thermopkg.mesh.elements import ElementModel, ExposedFacets
from thermopkg.mesh.meshfile import read_mesh
from thermopkg.mesh.region import Region
from thermopkg.mesh.voxel import Surface, surface_of

FACE = "face"  # which way a face of a file looks, nobody knows
LARGEST_FILE = 500_000_000  # bytes
ADIABATIC = -1


def mesh_path(case: MeshCase, folder: Path) -> Path:
    """The mesh's file, from the folder of the case."""
    return folder / case.mesh.file


def imported(case: MeshCase, folder: Path) -> ElementModel:
    """The model of a case, read from its mesh's file.

    Raises
    ------
    GeometryError : with everything that is wrong with the file, or with its path
    """
    path = mesh_path(case, folder)
    if not path.is_file():
        raise GeometryError([Fault("mesh.file", "there is no such file")], path)
    if path.stat().st_size > LARGEST_FILE:
        raise GeometryError([Fault("mesh.file", f"is longer than {LARGEST_FILE:,} bytes")], path)
    found = read_mesh(path, case.region, case.face, case.mesh.unit)
    surfaces, numbers = list[Surface](), dict[str, int]()
    for name, condition in case.face.items():
        surface = surface_of(name, condition, case.ambient)
        numbers[name] = ADIABATIC if surface is None else len(surfaces)
        if surface is not None:
            surfaces.append(surface)
    exposed = tuple(
        ExposedFacets(name, FACE, numbers[name], found.facets[:, found.face == number])
        for number, name in enumerate(found.faces)
    )
    regions = tuple(_region(case, name) for name in found.regions)
    points, cells = np.ascontiguousarray(found.points), np.ascontiguousarray(found.cells)
    return ElementModel(points, cells, found.region.astype(np.int64), regions, tuple(surfaces), exposed)


def _region(case: MeshCase, name: str) -> Region:
    material = case.material_of(name)
    conductivity = material.conductivity.along()
    return Region(name, name, "body", case.region[name].material, material.electrical, conductivity)
