"""What is a case that brings its own mesh? A file of tetrahedra, what its regions are, and what its faces border on."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict

from thermopkg.case.case import LONGEST_TITLE, SCHEMA, readable
from thermopkg.case.environment import AirCondition, Condition, FilmCondition, FixedTemperature
from thermopkg.case.material import Material, library
from thermopkg.case.model import Finding, Line, MaterialName, Model, NewMaterialName, Text
from thermopkg.units import Memory, Power, Temperature, Tolerance, quote

MOST_REGIONS = 500
MOST_UP = 2  # folders, from cases/NAME to that which holds cases/ and meshes/
MeshUnit = Literal["m", "mm", "um"]


class MeshRegion(Model):
    """What the cells of one region of the file are made of, and the heat that is made in them evenly."""

    material: MaterialName
    power: Power = 0.0


class MeshSource(Model):
    """Where the mesh is, and the unit of its coordinates."""

    file: Annotated[Line, Field(min_length=1)]  # from the folder of the case
    unit: MeshUnit = "m"


class MeshStudy(Model):
    """How closely the answer is wanted, and with which fields."""

    tolerance: Tolerance = 1.0  # half-width of the guaranteed bracket over its value, in percent
    max_cells: Annotated[int, Strict(), Field(ge=1)] | None = None  # by default what fits into the memory
    max_memory: Memory | None = None  # by default what the machine has free
    order: Literal[1, 2] = 1  # of the fields


class MeshCase(Model):
    """A thermal case on a mesh of somebody else's; SI units and kelvin inside."""

    title: Annotated[Line, Field(min_length=1, max_length=LONGEST_TITLE)]
    description: Text = ""
    case_schema: Annotated[
        int, Strict(), AfterValidator(readable), Field(alias="schema", json_schema_extra={"const": SCHEMA})
    ] = SCHEMA
    ambient: Temperature
    mesh: MeshSource
    region: Annotated[dict[Line, MeshRegion], Field(min_length=1, max_length=MOST_REGIONS)]
    face: Annotated[dict[Line, Condition], Field(min_length=1)]
    study: MeshStudy = MeshStudy()
    materials: dict[NewMaterialName, Material] = {}

    def material_of(self, region: str) -> Material:
        """The case's own material before the library's."""
        name = self.region[region].material
        return self.materials[name] if name in self.materials else library()[name]

    @property
    def powers(self) -> dict[str, float]:
        """Heat made in each region that makes some, W."""
        return {name: own.power for name, own in self.region.items() if own.power > 0}

    @property
    def coolants(self) -> dict[str, float]:
        """Temperature of everything that takes heat, K, by the face's name."""
        found = {}
        for name, condition in self.face.items():
            match condition:
                case FilmCondition(film=film, ambient=own) if film > 0:
                    found[name] = self.ambient if own is None else own
                case FixedTemperature(temperature=temperature):
                    found[name] = temperature
                case _:
                    pass
        return found


def mesh_findings(case: MeshCase) -> Iterator[Finding]:
    """What does not go together, or is not known on meshes of somebody else's."""
    for name, condition in case.face.items():
        match condition:
            case AirCondition():
                told = "air is known on the faces of packages; write a film"
                yield Finding(("face", name), told)
            case FilmCondition(emissivity=float()):
                yield Finding(
                    ("face", name, "emissivity"), "radiation is known on packages alone; count it in the film"
                )
            case _:
                pass
    if not case.coolants and not any(isinstance(condition, AirCondition) for condition in case.face.values()):
        yield Finding(("face",), "takes no heat: give one of the faces a film above zero, or a temperature")
    if not case.powers:
        yield Finding(("region",), "makes no heat: give one of the regions a power")
    parts = case.mesh.file.replace("\\", "/").split("/")
    if case.mesh.file.startswith(("/", "~")) or any(sign in case.mesh.file for sign in ("\\", ":", "\0")):
        told = f"{quote(case.mesh.file)} is not a path relative to this file, with / between folders"
        yield Finding(("mesh", "file"), told)
    elif parts.count("..") > MOST_UP:
        told = f"{quote(case.mesh.file)} leaves the tree of cases and meshes: at most {MOST_UP} folders up"
        yield Finding(("mesh", "file"), told)
