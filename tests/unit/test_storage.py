"""Do the lattices store what the materials say? Sums by hand, and who is told of what is missing."""

import tomllib

import numpy as np
import pytest

from tests.models import Coolant, even, fields, matrix, painted, solid
from tests.small_case import TEXT
from thermopkg import workflow
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError, ModelError
from thermopkg.lattice import dual, primal
from thermopkg.lattice.outflow import apply, assembled
from thermopkg.lattice.shifted import shifted, under
from thermopkg.mesh.patch import VolumePatch
from thermopkg.mesh.storage import cell_capacitance
from thermopkg.mesh.voxel import NOTHING

SUMS = 1e-12  # relative; both sides are sums of products
BOTH = (primal.emit, dual.emit)


def two_blocks(mirrored=(False, False), film=100.0, capacity=(2e6, 3e6)):
    """Two bricks on one another with a step, cooled from below: 1 x 1 x 2 and 1 x 1 x 1 mm under an empty corner."""
    ticks = tuple(1e-3 * even(*planes, parts=2) for planes in ((0.0, 1.0), (0.0, 1.0), (0.0, 2.0, 3.0)))
    region = np.zeros((2, 2, 4), int)
    region[..., 2:] = 1
    region[1, 1, 2:] = NOTHING
    conductivity = np.array([[100.0, 100.0, 50.0], [2.0, 2.0, 2.0]])
    return painted(ticks, region, conductivity, {"z-": Coolant(film)}, capacity, mirrored)


@pytest.mark.parametrize("emit", BOTH)
def test_what_is_stored_is_volume_times_capacity(emit) -> None:
    system = emit(two_blocks(), {}, 0.0)
    # 2 mm3 of 2e6 and three quarters of 1 mm3 of 3e6 J/m3/K
    assert system.capacitance.sum() == pytest.approx(2e-9 * 2e6 + 0.75e-9 * 3e6, rel=SUMS)
    assert system.capacitance.shape == system.conductance.shape


def test_a_corner_stores_an_eighth_of_every_cell_around_it() -> None:
    stored = primal.emit(two_blocks(), {}, 0.0).capacitance
    assert stored[0, 0, 0] == pytest.approx(0.25e-9 * 2e6 / 8, rel=SUMS)  # a cell of 0.5 x 0.5 x 1 mm
    assert stored[1, 1, 4] == pytest.approx(3 * 0.125e-9 * 3e6 / 8, rel=SUMS)  # three of 0.5 x 0.5 x 0.5 mm
    assert stored[2, 2, 4] == 0.0


def test_what_is_held_stores_nothing() -> None:
    stored = primal.emit(two_blocks(film=np.inf), {}, 0.0).capacitance
    assert (stored[..., 0] == 0).all()
    assert (stored[..., 1] > 0).all()


@pytest.mark.parametrize("emit", BOTH)
def test_a_quarter_stands_for_the_whole(emit) -> None:
    quarter, own = emit(two_blocks((True, True)), {}, 0.0), emit(two_blocks(), {}, 0.0)
    assert quarter.capacitance.sum() == pytest.approx(4 * own.capacitance.sum(), rel=SUMS)


@pytest.mark.parametrize("emit", BOTH)
@pytest.mark.parametrize("film", [100.0, np.inf])
def test_a_shifted_lattice_is_the_lattice_and_what_it_stores(emit, film) -> None:
    system = emit(two_blocks(film=film), {"block": VolumePatch(frozenset({solid(1)}))}, 0.0)
    shift = 3.0e2
    by_hand = matrix(system.conductance).toarray() + shift * np.diag(system.capacitance.ravel())
    for network in (system.conductance, assembled(system.conductance)):
        found = matrix(shifted(network, system.capacitance, shift)).toarray()
        np.testing.assert_allclose(found, by_hand, rtol=SUMS, atol=SUMS * by_hand.max())
    rise = fields(under(system, shift))[0].reshape(system.conductance.shape)
    left = system.loads["block"] - apply(system.conductance, rise) - shift * system.capacitance * rise
    assert np.abs(left).max() < 1e-12  # of a watt
    assert under(system, 0.0) is system


def test_what_a_region_stores_must_be_known() -> None:
    with pytest.raises(ModelError, match="what solid-1 stores is not known"):
        _ = dual.emit(two_blocks(capacity=(2e6, np.nan)), {}, 0.0).capacitance


# ---------------------------------------------------------------- from a case
def model_of(text):
    return workflow.geometry(from_document(tomllib.loads(text)))


def test_layers_store_by_the_shares_of_what_they_hold() -> None:
    model = model_of(TEXT)
    case = model.package.case

    def stored(name):
        material = case.material_named(name)
        return material.density.value * material.heat_capacity.value

    layer = next(region for region in model.regions if region.material.startswith("copper 50%"))
    assert layer.capacity == pytest.approx(0.5 * stored("copper") + 0.5 * stored("bt-laminate"), rel=SUMS)
    chip = next(region for region in model.regions if region.solid == "chip")
    assert chip.capacity == pytest.approx(stored("silicon"), rel=SUMS)


def test_a_medium_stores_by_the_shares_of_its_joints() -> None:
    lumped = TEXT.replace('height = "0.1 mm" }', 'height = "0.1 mm", model = "effective" }')
    media = [solid for solid in model_of(lumped).package.solids if solid.medium is not None]
    assert media
    for text in (TEXT, lumped):
        totals = cell_capacitance(model_of(text)).sum()
        if text == TEXT:
            by_itself = totals
    # joints keep their volume when they are smeared; the shares of a medium are those of its whole grid
    assert totals == pytest.approx(by_itself, rel=1e-3)


def test_contacts_store_nothing() -> None:
    text = TEXT + '\n[[contact]]\nbetween = ["chip", "mould"]\nresistance = "5 mm^2*K/W"\n'
    model = model_of(text)
    cut = [number for number, region in enumerate(model.regions) if region.of is not None]
    assert cut
    assert (cell_capacitance(model)[np.isin(model.region, cut)] == 0).all()


def test_every_material_that_lacks_something_is_named() -> None:
    text = TEXT.replace('material = "emc-2.5"', 'material = "mine"').replace(
        'size = ["5 mm", "5 mm", "0.4 mm"]\nmaterial = "copper"',
        'size = ["5 mm", "5 mm", "0.4 mm"]\nmaterial = "other"',
    )
    text += """
[materials.mine]
class = "resin"
electrical = "insulator"
conductivity = "2.5 W/m/K"
density = "1900 kg/m^3"

[materials.other]
class = "metal"
electrical = "conductor"
conductivity = "300 W/m/K"
"""
    model = model_of(text)
    with pytest.raises(CaseError) as caught:
        cell_capacitance(model)
    assert {fault.path for fault in caught.value.faults} == {
        "materials.other.density",
        "materials.other.heat_capacity",
        "materials.mine.heat_capacity",
    }
    assert 'add heat_capacity = "..."' in str(caught.value)
