"""Which faces does air cool, and what does it take from each? Exposed faces by part and side, and their films."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from thermopkg.air.film import Air, Extent, FaceFilm, film
from thermopkg.air.properties import HIGHEST, LOWEST
from thermopkg.air.radiation import radiative_film
from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.case.environment import Adiabatic, AirCondition, Condition, Environment, FilmCondition
from thermopkg.errors import Fault, GeometryError
from thermopkg.lattice.primal import face_points
from thermopkg.mesh.voxel import ExposedFaces, VoxelModel
from thermopkg.package.package import Package
from thermopkg.units import FILM, TEMPERATURE, format_si

Side = Literal["top", "bottom", "sides"]
LEAST_FILM = 1e-6  # W/m^2/K; a face at the temperature of the air loses nothing, and a condition wants a number


@dataclass(frozen=True, eq=False)
class AirFace:
    """All exposed faces of a part that look one way, under one condition whose film follows from their temperature.

    `points` are corners of the grid (flat indices) and `weights` what each counts in the mean, together one; (n,).
    """

    part: str
    side: Side
    condition: AirCondition | FilmCondition
    ambient: float  # K
    emissivity: float
    area: float  # m^2
    extent: Extent  # of the body that the part belongs to
    is_board: bool
    points: IntArray
    weights: FloatArray

    @property
    def name(self) -> str:
        """As conditions name faces: sink.top."""
        return f"{self.part}.{self.side}"

    def mean(self, values: FloatArray) -> float:
        """Of a field at the grid's corners over the face."""
        return float(values.reshape(-1)[self.points] @ self.weights)

    def is_known_at(self, temperature: float) -> bool:
        """Whether the laws of air know of a face as warm as this, K; radiation alone knows no end."""
        return not isinstance(self.condition, AirCondition) or LOWEST <= temperature <= HIGHEST

    def film(self, temperature: float, pressure: float) -> FaceFilm:
        """What the face loses at a mean temperature (K), with air at a pressure (Pa).

        Air takes from a face beyond what is known of it as much as where that ends: good enough on the way to a rest.
        """
        match self.condition:
            case AirCondition(air=speed):
                air, known = (
                    Air(speed, "plate" if self.is_board else "small-part"),
                    min(max(temperature, LOWEST), HIGHEST),
                )
                return film(self.side, self.extent, known, self.ambient, air, self.emissivity, pressure)
            case FilmCondition(film=own):
                return stated(own, radiative_film(temperature, self.ambient, self.emissivity))


def stated(convective: float, radiative: float) -> FaceFilm:
    """A film that the case gives, and radiation beside it, W/m^2/K: of the former nothing more is known."""
    return FaceFilm(
        film=convective + radiative,
        convective=convective,
        radiative=radiative,
        length=0.0,
        nusselt=0.0,
        rayleigh=0.0,
        reynolds=None,
        richardson=None,
        regime="as the case has it",
        source=(),
        confidence="computed",
        uncertainty=0.0,
        caution="",
    )


def follows_temperature(condition: Condition) -> bool:
    """Whether the film of a condition follows from the temperature of the face."""
    return isinstance(condition, AirCondition) or (isinstance(condition, FilmCondition) and bool(condition.emissivity))


def air_faces(model: VoxelModel, environment: Environment) -> tuple[AirFace, ...]:
    """Every face whose film follows from its temperature.

    Parameters
    ----------
    model : its surfaces may stand for films already found
    environment : as the case has it
    """
    found: dict[tuple[str, Side], list[tuple[ExposedFaces, IntArray]]] = {}
    for faces in model.exposed:
        side: Side = "sides" if faces.axis < 2 else "top" if faces.high else "bottom"
        region = model.region.reshape(-1)[faces.cells]
        parts = [item.part for item in model.regions]
        names = np.array([surface.name for surface in model.surfaces] + [""])[faces.surface]
        for part in dict.fromkeys(parts):
            condition = environment.faces.get(f"{part}.{side}", getattr(environment, side))
            if not follows_temperature(condition):
                continue
            own = np.array([p == part for p in parts])[region] & np.isin(names, (f"{part}.{side}", side))
            if own.any():
                found.setdefault((part, side), []).append((faces, np.flatnonzero(own)))
    return tuple(_air_face(model, environment, *key, pieces) for key, pieces in found.items())


def check_round_faces(package: Package, faces: Sequence[AirFace]) -> None:
    """No face of what is painted round has a film of its own.

    Raises
    ------
    GeometryError : naming each part for which a bound would not hold
    """
    if not package.has_circles:
        return
    round_parts = {solid.part for solid in package.solids if solid.discs is not None}
    names = dict.fromkeys(face.part for face in faces if face.part in round_parts)
    if faults := [Fault(f"part '{name}'", ROUND_IN_AIR) for name in names]:
        raise GeometryError(faults, source=package.case.title)


ROUND_IN_AIR = (
    "is to be painted round and has a face in air, whose film would be its own: a bound for a round film is not known. "
    "Give that side a film without emissivity, or leave round = true out"
)


def _air_face(
    model: VoxelModel, environment: Environment, part: str, side: Side, pieces: list[tuple[ExposedFaces, IntArray]]
) -> AirFace:
    condition = environment.faces.get(f"{part}.{side}", getattr(environment, side))
    points, quarters, emission = [], [], 0.0
    for faces, chosen in pieces:
        corners, quarter = face_points(model, faces, chosen)
        points.append(corners.ravel())
        quarters.append(quarter.ravel())
        regions = model.region.reshape(-1)[faces.cells[chosen]]
        emission += float(_emissivities(model, condition)[regions] @ quarter.sum(axis=0))
    area = float(sum(quarter.sum() for quarter in quarters))
    return AirFace(
        part,
        side,
        condition,
        environment.ambient if condition.ambient is None else condition.ambient,
        min(emission / area, 1.0),  # to rounding, where all of it is black
        model.grid.copies * area,
        *_body(model.package, part),
        np.concatenate(points),
        np.concatenate(quarters) / area,
    )


def _emissivities(model: VoxelModel, condition: AirCondition | FilmCondition) -> FloatArray:
    """Of every region, shape (n_regions,)."""
    if condition.emissivity is not None:
        return np.full(len(model.regions), condition.emissivity)
    return np.array([region.emissivity for region in model.regions])


def _body(package: Package, part: str) -> tuple[Extent, bool]:
    """The box of what a part belongs to, which is a board by itself, or else everything that is no board."""
    is_board = package.parts[part].kind == "board"
    bounds = np.stack(
        [
            solid.bounds
            for solid in package.solids
            if (solid.part == part if is_board else package.parts[solid.part].kind != "board")
        ]
    )
    sizes = bounds[:, :, 1].max(axis=0) - bounds[:, :, 0].min(axis=0)
    return Extent(*(float(size) for size in sizes)), is_board


def with_films(environment: Environment, faces: Sequence[AirFace], films: Sequence[FaceFilm]) -> Environment:
    """The environment with a number for every film."""
    found = {
        face.name: FilmCondition(
            film=format_si(max(own.film, LEAST_FILM), FILM), ambient=format_si(face.ambient, TEMPERATURE)
        )
        for face, own in zip(faces, films, strict=True)
    }
    general = {
        side: Adiabatic() if follows_temperature(condition) else condition
        for side, condition in (("top", environment.top), ("bottom", environment.bottom), ("sides", environment.sides))
    }
    kept = {name: condition for name, condition in environment.faces.items() if not follows_temperature(condition)}
    return environment.model_copy(update={**general, "faces": {**kept, **found}})
