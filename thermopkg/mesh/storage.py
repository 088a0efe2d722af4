"""How much heat does a cell hold? Volume times density times heat capacity, and who does not tell them."""

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import CaseError, Fault, ModelError
from thermopkg.mesh.region import shares_of
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.package.package import Package

WANTED = {"density": "8960 kg/m^3", "heat_capacity": "385 J/kg/K"}  # each with an example, copper's


def check_storage(package: Package) -> None:
    """Every material that a solid holds tells its density and its heat capacity.

    Raises
    ------
    CaseError : naming each that does not, and what it lacks
    """
    used = dict.fromkeys(name for solid in package.solids for name, share in shares_of(solid) if share > 0)
    faults = []
    for name in used:
        material = package.case.material_named(name)
        for key, example in WANTED.items():
            if getattr(material, key) is None:
                told = f'is missing; what follows the time needs it: add {key} = "..." with a unit, as in "{example}"'
                faults.append(Fault(f"materials.{name}.{key}", told))
    if faults:
        raise CaseError(faults, package.case.title)


def cell_capacitance(model: VoxelModel) -> FloatArray:
    """What every cell takes up for every kelvin, J/K, shape (nx, ny, nz); nothing in contacts.

    A half or a quarter that stands for the whole package stores as often as there are of it.

    Raises
    ------
    CaseError : a material lacks its density or its heat capacity
    ModelError : cells painted by hand store an unknown amount
    """
    table = model.capacity_table
    unknown = np.isnan(table)
    if unknown.any():
        if model.package is not None:
            check_storage(model.package)
        raise ModelError(f"what {model.regions[int(unknown.argmax())].solid} stores is not known")
    stored = model.volumes()
    stored *= table[model.region]
    return stored
