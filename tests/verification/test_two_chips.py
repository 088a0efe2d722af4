"""Do two chips warm each other as they must? Superposition of single runs, and the exact matrix in one dimension."""

import json

import numpy as np
import pytest

from tests.exact.slab import solve_slab
from tests.exact.stack import isotropic
from tests.exact.two_sources import two_source_matrix
from tests.models import fields, resistances
from thermopkg import workflow
from thermopkg.answer.answer import ACTIVE, patches, reference_temperature, solve
from thermopkg.case.load import from_document
from thermopkg.lattice import dual, primal

SUPERPOSED = 1e-8  # relative; one number by three runs
SERIES = 1e-9  # relative; both bounds in one dimension
CHIPS = ("chip-1" + ACTIVE, "chip-2" + ACTIVE)


def size(*millimetres):
    return [f"{value!r} mm" for value in millimetres]


def bumps(material, height):
    return {"material": material, "pitch": "0.5 mm", "diameter": "0.25 mm", "height": f"{height!r} mm"}


def made(parts, environment, power, **more):
    for part in parts:
        if part["name"] in power:
            part["power"] = f"{float(power[part['name']])!r} W"
    study = {"metrics": [], "refine": 0, **more.pop("study", {})}
    return from_document({"title": "Two chips", "part": parts, "environment": environment, "study": study, **more})


# ---------------------------------------------------------------- superposition
def pair(first, second):
    """Two chips of different size, the smaller off the middle, flipped onto one another and moulded."""
    laminate = [{"material": "bt-laminate", "thickness": "0.3 mm"}]
    parts = [
        {"name": "carrier", "kind": "substrate", "size": size(5, 5), "layers": laminate},
        {"name": "chip-1", "kind": "chip", "on": "carrier", "size": size(3, 3, 0.3), "bumps": bumps("sn63pb37", 0.1)},
        {"name": "chip-2", "kind": "chip", "on": "chip-1", "at": size(0.4, 0.2), "size": size(1.5, 1.5, 0.2),
         "bumps": bumps("sn63pb37", 0.05)},
        {"name": "mould", "kind": "encapsulant", "material": "emc-2.5", "exposes": ["chip-2.top"]},
    ]  # fmt: skip
    environment = {"ambient": "25 degC", "top": {"film": "800 W/m^2/K"}, "bottom": {"film": "50 W/m^2/K"}}
    case = made(parts, environment, {"chip-1": first, "chip-2": second}, study={"junction_limit": "100 degC"})
    return solve(workflow.mesh(workflow.geometry(case)))


def junction_rises(answer):
    means = {reading.name: reading.mean for reading in answer.readings}
    return np.array([means[name].value - answer.reference for name in CHIPS])


def entries(answer):
    return np.array([[answer.matrix.entry(row, column).value for column in CHIPS] for row in CHIPS])


def test_matrix_agrees_with_superposition_of_single_runs():
    watts = np.array([2.0, 0.7])
    both, first, second = pair(*watts), pair(watts[0], 0.0), pair(0.0, watts[1])
    assert junction_rises(first) + junction_rises(second) == pytest.approx(junction_rises(both), rel=SUPERPOSED)
    columns = np.stack([junction_rises(first) / watts[0], junction_rises(second) / watts[1]], axis=1)
    assert columns == pytest.approx(entries(both), rel=SUPERPOSED)
    # and the drawn fields add up as the means do
    single = [np.nan_to_num(run.temperature - run.reference) for run in (first, second)]
    assert np.nan_to_num(both.temperature - both.reference) == pytest.approx(sum(single), rel=SUPERPOSED, abs=1e-9)


def test_bounds_agree_with_elimination_of_all_powers_at_once():
    """Each lattice by sparse elimination, the sum of the loads as one right side: no matrix, no multigrid."""
    watts = np.array([2.0, 0.7])
    answer = pair(*watts)
    model, reference = answer.model, answer.reference
    places = {name: patch for name, patch in patches(model.package).items() if name in CHIPS}
    rows = [answer.matrix.names.index(name) for name in CHIPS]
    assert reference == reference_temperature(model.package.case)
    system = primal.emit(model, places, reference)
    field = watts @ fields(system)
    exact = [float(np.vdot(system.loads[name].ravel(), field)) for name in CHIPS] + system.constants @ watts
    assert answer.matrix.lower[np.ix_(rows, rows)] @ watts == pytest.approx(exact, rel=SUPERPOSED)
    above = resistances(dual.emit(model, places, reference))
    left = answer.matrix.upper[np.ix_(rows, rows)] - above  # what the solver left, a hundredth of the width at most
    width = above - answer.matrix.lower[np.ix_(rows, rows)]
    assert np.linalg.eigvalsh(left).min() >= -SUPERPOSED * above.max()
    assert (np.diag(left) <= 0.0101 * np.diag(width)).all()


def test_unheated_chip_has_its_row_and_its_limit():
    answer = pair(2.0, 0.0)
    assert answer.sources == CHIPS
    assert answer.allowed.powers == (2.0, 0.0)
    assert answer.allowed.alone[1].lower > 0


def test_two_chips_under_a_limit_are_drawn_and_written_with_all_bounds(tmp_path):
    case = pair(2.0, 0.7).model.package.case
    outcome = workflow.simulate(case)
    workflow.write(outcome, tmp_path / "out")
    assert (tmp_path / "out" / "allowed-power.png").stat().st_size > 10_000
    document = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    matrix, allowed = document["resistance"], document["allowed_power"]
    assert matrix["sources"] == allowed["chips"] == ["chip-1", "chip-2"]
    lower, value, upper = (np.array(matrix[name]) for name in ("lower", "value", "upper"))
    assert (lower < value).all()
    assert (value < upper).all()
    assert len(allowed["polygon"]["safe"]) == 4
    for name in CHIPS:
        junction = document["readings"][name]["mean"]
        assert junction["lower"] < junction["value"] < junction["upper"]


# ---------------------------------------------------------------- one dimension
SIDE = 2.0  # mm, of everything
COMPOUND = 3.1  # W/m/K, of the bumps as of what lies between them: the layer of bumps is one material
FILMS = {"bottom": 300.0, "top": 1500.0}  # W/m²/K


def stack(first, second, **study):
    """Two carriers, two chips and an adhesive of one outline, heat in the faces of both chips that look down."""

    def carrier(name, thickness, **place):
        layers = [{"material": "laminate", "thickness": f"{thickness!r} mm"}]
        return {"name": name, "kind": "substrate", "size": size(SIDE, SIDE), "layers": layers, **place}

    def chip(name, on, thickness, gap):
        return {"name": name, "kind": "chip", "on": on, "size": size(SIDE, SIDE, thickness), "material": "die",
                "bumps": bumps("compound", gap)}  # fmt: skip

    def block(name, on, thickness, material):
        return {"name": name, "kind": "block", "on": on, "size": size(SIDE, SIDE, thickness), "material": material}

    parts = [
        carrier("carrier-1", 0.4),
        chip("chip-1", "carrier-1", 0.3, 0.1),
        block("adhesive", "chip-1", 0.05, "glue"),
        chip("chip-2", "adhesive", 0.2, 0.08),
        block("carrier-2", "chip-2", 0.5, "laminate"),
        {"name": "fill", "kind": "encapsulant", "on": "carrier-1", "material": "compound",
         "exposes": ["carrier-2.top"]},
    ]  # fmt: skip
    isotropic_materials = {"laminate": 0.35, "die": 120.0, "glue": 0.9, "compound": COMPOUND}
    materials = {
        name: {"class": "composite", "electrical": "insulator", "conductivity": f"{k!r} W/m/K"}
        for name, k in isotropic_materials.items()
    }
    environment = {"ambient": "25 degC", **{side: {"film": f"{h!r} W/m^2/K"} for side, h in FILMS.items()}}
    return made(parts, environment, {"chip-1": first, "chip-2": second}, materials=materials, study=study)


BELOW = [isotropic(0.4e-3, 0.35), isotropic(0.1e-3, COMPOUND)]  # carrier-1 and the gap of chip-1
BETWEEN = [isotropic(0.3e-3, 120.0), isotropic(0.05e-3, 0.9), isotropic(0.08e-3, COMPOUND)]
ABOVE = [isotropic(0.2e-3, 120.0), isotropic(0.5e-3, 0.35)]
AREA = (SIDE * 1e-3) ** 2


def exact_matrix():
    return two_source_matrix(BELOW, BETWEEN, ABOVE, FILMS["bottom"], FILMS["top"], AREA)


def test_formula_for_two_sources_agrees_with_the_slab_of_many():
    columns = []
    for plane in (len(BELOW), len(BELOW) + len(BETWEEN)):
        found = solve_slab([*BELOW, *BETWEEN, *ABOVE], *FILMS.values(), interface_heat={plane: 1 / AREA})
        columns.append(found.interfaces[[len(BELOW), len(BELOW) + len(BETWEEN)]])
    assert np.stack(columns, axis=1) == pytest.approx(exact_matrix(), rel=1e-13)


@pytest.mark.parametrize("refine", [0, 1])
def test_two_carrier_stack_of_one_outline_has_the_exact_matrix_from_both_sides(refine):
    answer = solve(workflow.mesh(workflow.geometry(stack(1.5, 0.5, refine=refine))))
    for i, row in enumerate(CHIPS):
        for j, column in enumerate(CHIPS):
            found, exact = answer.matrix.entry(row, column), exact_matrix()[i, j]
            assert (found.lower, found.upper) == pytest.approx((exact, exact), rel=SERIES)
    rises = exact_matrix() @ [1.5, 0.5]
    assert junction_rises(answer) == pytest.approx(rises, rel=SERIES)


def test_allowed_powers_of_that_stack_are_those_of_the_formula():
    limit = 60.0  # K over the ambient of 25 degC
    allowed = solve(workflow.mesh(workflow.geometry(stack(1.5, 0.5, junction_limit="85 degC")))).allowed
    matrix = exact_matrix()
    both = np.linalg.solve(matrix, [limit, limit])
    corners = [(0, 0), (limit / matrix[0].max(), 0), tuple(both), (0, limit / matrix[1].max())]
    assert (both > 0).all()
    for polygon in (allowed.safe, allowed.middle, allowed.optimistic):
        assert [pytest.approx(corner, rel=1e-7) for corner in corners] == list(polygon)
    assert allowed.factor.value == pytest.approx(limit / (matrix @ [1.5, 0.5]).max(), rel=SERIES)
