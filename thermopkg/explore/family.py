"""How does a package change with its parameters? Conductivities, films, layers and powers, each affine in them.

The package is put together at the ends of every range and at the corners of all of them, and what its parameters do is
read off there. Faces may move up and down, every interval between two of them at its own rate, and nothing else may
move: then one grid, stretched, serves every design.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

import numpy as np

from thermopkg.answer.answer import wanted_places
from thermopkg.answer.settling import is_linear
from thermopkg.answer.unit_cell import homogenised
from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.errors import CaseError, Fault, GeometryError
from thermopkg.explore.parameters import Parameter, value_of, with_values
from thermopkg.explore.sheet import Sheet, misfits, sheet
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.patch import VolumePatch, volume_shares
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.package.package import Package
from thermopkg.package.placing import place

MOST_CORNERS = 64  # of the ranges, at which the package is held against what was read off
STRAIGHT = 1e-9  # relative; how well the two must agree


@dataclass(frozen=True, eq=False)
class Affine:
    """constant + slopes . design, of shapes s and (*s, n_parameters)."""

    constant: FloatArray
    slopes: FloatArray

    def at(self, design: FloatArray) -> FloatArray:
        """The values at one design, shape s."""
        return np.asarray(self.constant + self.slopes @ design)

    def lowest(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """The smallest values between the ends of ranges, shape s."""
        return np.asarray(self.constant + np.minimum(self.slopes * low, self.slopes * high).sum(axis=-1))


@dataclass(frozen=True, eq=False)
class Family:
    """All packages of a case between the ends of some ranges, on one grid that stretches.

    Values in SI, in the order of `parameters`; `base` is the design of the model.
    """

    model: VoxelModel
    parameters: tuple[Parameter, ...]
    low: FloatArray  # shape (n_parameters,)
    high: FloatArray
    base: FloatArray
    conductivity: Affine  # of every region along x, y, z, W/m/K, shape (n_regions, 3)
    film: Affine  # of every surface, W/m^2/K, infinite where it is held, shape (n_surfaces,)
    stretch: Affine  # height of every layer of cells over that in the model, shape (nz,)
    power: Affine  # of every load that makes heat, W, shape (n_powers,)

    def model_at(self, design: FloatArray) -> VoxelModel:
        """The package of a design on the stretched grid.

        Raises
        ------
        GeometryError : its parts do not fit together, or take other cells
        """
        package = _placed(self.model.package.case, self.parameters, design)
        x, y, z = self.model.grid.axes
        heights = np.diff(z) * self.stretch.at(design)
        found = paint(package, Grid(x, y, z[0] + np.concatenate([[0.0], np.cumsum(heights)])))
        if not np.array_equal(found.region, self.model.region):
            told = "its parts take other cells than in the middle of the ranges"
            raise GeometryError([Fault(_told(self.parameters, design), told)], package.case.title)
        return found


def family(model: VoxelModel, parameters: Sequence[Parameter], low: FloatArray, high: FloatArray) -> Family:
    """What parameters do to a package.

    Parameters
    ----------
    model : the package on the grid that is to serve all designs
    low, high : ends of the ranges, SI, shape (n_parameters,)
    Raises
    ------
    CaseError : with every parameter that cannot be varied on one grid, and why
    GeometryError : at an end of the ranges the parts do not fit together
    """
    package, case = model.package, model.package.case
    faults = [
        *_not_linear(case),
        *unsupported(package),
        *(f for p, end in zip(parameters, low, strict=True) for f in _refused(p, end)),
    ]
    if faults:
        raise CaseError(faults, case.title)
    own, base = sheet(package), np.array([value_of(case, p) for p in parameters])
    ends: list[tuple[Sheet, Sheet]] = []
    for i, parameter in enumerate(parameters):
        first, second = (sheet(_placed(case, [parameter], end[i : i + 1])) for end in (low, high))
        ends.append((first, second))
        told_of_both = [*misfits(own, first), *misfits(own, second), *_mixed(package, own, first, second)]
        faults += [Fault(parameter.name, told) for told in dict.fromkeys(told_of_both)]
    if faults:
        raise CaseError(faults, case.title)

    def read(name: str) -> Affine:
        value = getattr(own, name)
        movable = np.isfinite(value)
        slopes = np.zeros((*value.shape, len(parameters)))
        for i, (first, second) in enumerate(ends):
            rise = np.subtract(getattr(second, name), getattr(first, name), out=np.zeros(value.shape), where=movable)
            slopes[..., i] = rise / (high[i] - low[i])
        return Affine(value - slopes @ base, slopes)

    heights, conductivity, film, power = (read(name) for name in ("heights", "conductivity", "film", "power"))
    for corner in islice(product(*zip(low, high, strict=True)), MOST_CORNERS):
        design = np.array(corner)
        found = sheet(_placed(case, parameters, design))
        lifted = heights.at(design) - heights.at(design).min()  # every package stands on zero
        pairs = (lifted, found.heights), (conductivity.at(design), found.conductivity), (film.at(design), found.film)
        if any(told for told in misfits(own, found)) or not all(_agree(*pair) for pair in pairs):
            told = "together do more to the package than each of them alone: vary one of them at a time"
            raise CaseError([Fault(", ".join(p.name for p in parameters), told)], case.title)
    stretch = _stretch(model, own, heights, base, high)
    found_family = Family(model, tuple(parameters), low, high, base, conductivity, film, stretch, power)
    faults = _uneven(found_family)
    if faults:
        raise CaseError(faults, case.title)
    return found_family


def _placed(case: Case, parameters: Sequence[Parameter], design: FloatArray) -> Package:
    """The package of a design; a fault of it tells the design."""
    values = {p: float(value) for p, value in zip(parameters, design, strict=True)}
    try:
        return homogenised(place(with_values(case, values)))
    except CaseError as error:
        told = _told(parameters, design)
        raise type(error)([Fault(told, f"{f.path}: {f.message}") for f in error.faults], case.title) from error


def _told(parameters: Sequence[Parameter], design: FloatArray) -> str:
    return ", ".join(f"{p.name} = {p.shown(value)}" for p, value in zip(parameters, design, strict=True))


def _agree(first: FloatArray, second: FloatArray) -> bool:
    return bool(np.allclose(first, second, rtol=STRAIGHT, atol=STRAIGHT * np.abs(second[np.isfinite(second)]).max()))


def _stretch(model: VoxelModel, own: Sheet, heights: Affine, base: FloatArray, high: FloatArray) -> Affine:
    """How every layer of cells grows: as the interval between the faces below and above it does."""
    order = np.unique(own.heights, return_index=True)[1]
    planes = own.heights[order]
    z = model.grid.z
    above = np.clip(np.searchsorted(planes, 0.5 * (z[1:] + z[:-1])), 1, planes.size - 1)
    lower, upper = order[above - 1], order[above]
    height = own.heights[upper] - own.heights[lower]
    slopes = (heights.slopes[upper] - heights.slopes[lower]) / height[:, None]
    slopes = np.where(np.abs(slopes) * high < STRAIGHT, 0.0, slopes)  # what only rounding moves stays
    return Affine(1.0 - slopes @ base, slopes)


# ---------------------------------------------------------------- what is refused
def unsupported(package: Package) -> list[Fault]:
    """Why no other design of a package can be told from its solution; nothing where it can."""
    faults, temperatures = list[Fault](), package.case.environment.temperatures()
    if package.has_circles:
        told = "is for one package at a time: what a circle cuts is seen by either bound in its own way; leave it out"
        faults.append(Fault("study.round", told))
    if package.case.contact:
        told = "is solved one package at a time; --one-by-one can vary it and all else, or leave the contacts out"
        faults.append(Fault("contact", told))
    if len(set(temperatures.values())) > 1:
        listed = ", ".join(f"{name} {value - 273.15:g} degC" for name, value in temperatures.items())
        told = f"is to have one temperature for everything that cools; here {listed}. Make them equal"
        faults.append(Fault("environment", told))
    return faults


def _not_linear(case: Case) -> Iterator[Fault]:
    """What follows the temperature in a case, which is to be one that stands for a package at rest."""
    if not is_linear(case):
        yield Fault("", "follows the temperature: take the linear case that stands for it at rest, linearised(case)")


def _refused(parameter: Parameter, low: float) -> list[Fault]:
    if parameter.structural:
        told = "changes the package in plan or a number of joints: every value is a package with a mesh of its own"
        return [Fault(parameter.name, told)]
    if low <= 0:
        return [Fault(parameter.name, "begins at zero, where what it belongs to is gone: begin above zero")]
    return []


def _mixed(package: Package, own: Sheet, *ends: Sheet) -> list[str]:
    """Why a parameter that moves what many joints conduct as one medium cannot be varied: not in proportion."""
    media = np.array([solid.medium is not None for solid in package.solids])
    known = [end for end in ends if end.conductivity.shape == own.conductivity.shape]
    if not any((end.conductivity[media] != own.conductivity[media]).any() for end in known):
        return []
    names = ", ".join(dict.fromkeys(solid.name for solid in package.solids if solid.medium is not None))
    return [f"is in a medium ({names}), which does not follow it in proportion; --one-by-one can vary it"]


def _uneven(family: Family) -> list[Fault]:
    """Places throughout whose volume heat is made or read, and which are stretched in part only."""
    faults = []
    for name, patch in wanted_places(family.model.package).items():
        if not isinstance(patch, VolumePatch):
            continue
        layers = np.flatnonzero(volume_shares(family.model, patch).any(axis=(0, 1)))
        rates = family.stretch.slopes[layers]
        for p, parameter in enumerate(family.parameters):
            if np.ptp(rates[:, p]) * family.high[p] > STRAIGHT:
                told = f"stretches a part of '{name}', whose whole volume makes heat or is read; leave one of them out"
                faults.append(Fault(parameter.name, told))
    return faults
