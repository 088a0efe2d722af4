"""Is the mesh found as promised? From the geometry's planes, where the width is made, until enough or out of budget."""

import json
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from tests.models import Coolant, even, painted, solid
from tests.small_case import TEXT
from thermopkg import cli, workflow
from thermopkg.answer import adapt as module
from thermopkg.answer.adapt import (
    GROWTH,
    LEFT,
    SHARE,
    Adapted,
    at_corners,
    half_width,
    in_cells,
    slabs_to_halve,
)
from thermopkg.answer.answer import patches, planes_of
from thermopkg.answer.bracket import ResistanceMatrix, own_matrix
from thermopkg.answer.metrics import Wanted
from thermopkg.arraytypes import FloatArray
from thermopkg.case.load import from_document
from thermopkg.lattice import dual, primal
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.patch import FacePatch, VolumePatch
from thermopkg.mesh.planning import bytes_needed, starting_grid
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver, UnitResponses
from thermopkg.system import AMBIENT

Document = dict[str, Any]
SOLVED = 1e-6  # of a bound: what fields solved to 1e-5 of their load move it by, being second order in it


def document(tolerance: str, metrics: Sequence[str] = ("theta_ja",), **study: Any) -> Document:
    """The small flip chip without what breaks its mirror symmetry, under a fan."""
    found = tomllib.loads(TEXT)
    found["part"] = [part for part in found["part"] if part["name"] != "capacitor"]
    found["study"] = {"tolerance": tolerance, "metrics": list(metrics), **study}
    found["environment"]["top"] = {"film": "2000 W/m^2/K"}
    return found


def start_of(document: Document) -> VoxelModel:
    return workflow.mesh(workflow.geometry(from_document(document)))


def search(document: Document) -> Adapted:
    return workflow.search(start_of(document), lambda _: None)


@pytest.fixture(scope="module")
def theta() -> Adapted:
    return search(document("0.6 %"))


@pytest.fixture(scope="module")
def both_metrics() -> Adapted:
    return search(document("1.5 %", ["theta_ja", "psi_jt"]))


@pytest.fixture(params=["theta", "both_metrics"])
def adapted(request: pytest.FixtureRequest) -> Adapted:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Adapted)
    return found


# ---------------------------------------------------------------- which slabs
def lattice_of(nx: int, ny: int, nz: int) -> Grid:
    """Steps that no mirror maps onto one another."""
    return Grid(*(np.cumsum(np.arange(n + 1.0)) for n in (nx, ny, nz)))


def chosen(
    grid: Grid, x: Sequence[float], y: Sequence[float], z: Sequence[float], goal: float, left: float = LEFT
) -> list[list[int]]:
    """Numbers of the slabs that are cut, axis by axis."""
    cut = slabs_to_halve(grid, (np.array(x), np.array(y), np.array(z)), goal, left)
    return [np.flatnonzero(which).tolist() for which in cut]


def test_slabs_are_ranked_by_the_width_they_save_for_each_cell_they_add() -> None:
    """0.5 of the width at half the cells more, against 0.3 at a tenth more: the latter goes first, and is enough."""
    goal = 1 - (1 - LEFT) * 0.3 + 1e-9
    assert chosen(lattice_of(2, 1, 10), [0.5, 0.1], [0.0], [0.3, *[0.1 / 9] * 9], goal) == [[], [], [0]]


def test_no_more_is_cut_than_should_be_enough() -> None:
    shares = [0.4, 0.3, 0.1, 0.08, 0.05, 0.04, 0.02, 0.01]
    assert chosen(lattice_of(1, 1, 8), [0.0], [0.0], shares, 1 - (1 - LEFT) * 0.4 + 1e-9) == [[], [], [0]]
    assert chosen(lattice_of(1, 1, 8), [0.0], [0.0], shares, 1 - (1 - LEFT) * 0.7 + 1e-9) == [[], [], [0, 1]]


def test_what_the_last_cuts_left_decides_how_many_are_enough() -> None:
    shares, goal = [0.4, 0.3, 0.1, 0.08, 0.05, 0.04, 0.02, 0.01], 1 - (1 - 0.4) * 0.4 + 1e-9
    assert chosen(lattice_of(1, 1, 8), [0.0], [0.0], shares, goal, left=0.4) == [[], [], [0]]
    assert chosen(lattice_of(1, 1, 8), [0.0], [0.0], shares, goal, left=0.65) == [[], [], [0, 1]]


def test_a_full_step_cuts_what_carries_most_and_grows_the_grid() -> None:
    shares = np.geomspace(1.0, 1e-3, 20)
    (cut,) = (z for *_, z in [chosen(lattice_of(1, 1, 20), [0.0], [0.0], shares, 1e-3)])
    growth = 1 + len(cut) / 20
    assert growth == pytest.approx(GROWTH)
    assert shares[cut].sum() >= SHARE * shares.sum()
    assert cut == list(range(len(cut)))


def test_everything_is_cut_where_nothing_less_is_a_full_step() -> None:
    assert chosen(lattice_of(1, 1, 1), [1.0], [0.0], [0.0], 0.1) == [[0], [], []]
    assert chosen(lattice_of(1, 1, 1), [1.0], [1.0], [1.0], 0.1) == [[0], [0], [0]]


def test_equals_are_cut_together() -> None:
    """Though either alone would do: x and y of a square package differ by what the solver leaves."""
    assert chosen(lattice_of(4, 4, 1), [0.5, 0, 0, 0], [0.50001, 0, 0, 0], [0.0], 0.95) == [[0], [0], []]


def test_slabs_that_mirror_one_another_are_cut_together() -> None:
    mirrored = Grid(np.array([-3.0, -1.0, 0.0, 1.0, 3.0]), np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    assert chosen(mirrored, [0.1, 0.0, 0.0, 0.9], [0.0], [0.0], 0.9) == [[0, 3], [], []]
    assert chosen(lattice_of(4, 1, 1), [0.1, 0.0, 0.0, 0.9], [0.0], [0.0], 0.9) == [[3], [], []]


# ---------------------------------------------------------------- the search
def test_the_first_grid_has_the_planes_of_geometry_and_readings_alone(adapted: Adapted) -> None:
    package = adapted.model.package
    readings = [planes_of(patch) for patch in patches(package).values()]
    first = geometry_grid(package, tuple(np.concatenate(planes) for planes in zip(*readings, strict=True)))  # type: ignore[arg-type]
    assert adapted.steps[0].n_cells == first.n_cells == starting_grid(package, package.case.study, readings).n_cells
    for old, new in zip(first.axes, adapted.model.grid.axes, strict=True):
        assert np.isin(old, new).all()


def test_the_search_ends_at_the_first_grid_that_is_fine_enough(adapted: Adapted) -> None:
    tolerance = adapted.model.package.case.study.tolerance / 100
    *before, last = adapted.steps
    assert adapted.reached
    assert len(before) >= 2
    assert last.widest <= tolerance < min(step.widest for step in before)
    assert last.n_cells == adapted.model.grid.n_cells


def test_bounds_never_widen_on_the_way(adapted: Adapted) -> None:
    for coarse, fine in zip(adapted.steps, adapted.steps[1:], strict=False):
        assert coarse.n_cells < fine.n_cells
        for one, other in zip(coarse.metrics, fine.metrics, strict=True):
            slack = SOLVED * other.bracket.upper
            if one.name == "psi_jt":  # a difference: its half-width narrows, its ends need not be nested
                assert other.bracket.half_width <= one.bracket.half_width + slack
            else:
                assert one.bracket.lower - slack <= other.bracket.lower
                assert other.bracket.upper <= one.bracket.upper + slack


def test_mirror_symmetric_packages_keep_symmetric_grids(adapted: Adapted) -> None:
    for ticks in adapted.model.grid.axes[:2]:
        assert_allclose(ticks + ticks[::-1], 0.0, atol=1e-12 * (ticks[-1] - ticks[0]))


def test_square_packages_keep_square_grids(adapted: Adapted) -> None:
    assert_allclose(adapted.model.grid.x, adapted.model.grid.y, atol=1e-12)


def test_shares_of_the_parts_are_the_whole(adapted: Adapted) -> None:
    for step in adapted.steps:
        assert set(step.parts) == {item.name for item in adapted.model.package.solids}
        assert sum(step.parts.values()) == pytest.approx(1.0)
        assert min(step.parts.values()) >= 0.0


@pytest.fixture(scope="module")
def cold() -> Adapted:
    """The same search whose every solve begins at rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "at_corners", lambda _, __, after: np.zeros([n + 1 for n in after.shape]))
        patch.setattr(module, "in_cells", lambda _, __, after: np.zeros(after.shape))
        return search(document("0.6 %"))


def test_solves_that_start_from_the_last_field_need_fewer_iterations(theta: Adapted, cold: Adapted) -> None:
    assert [step.n_cells for step in theta.steps] == [step.n_cells for step in cold.steps]
    assert theta.steps[0].iterations == cold.steps[0].iterations
    for warm, rest in zip(theta.steps[1:], cold.steps[1:], strict=True):
        for ours, theirs in zip(warm.iterations, rest.iterations, strict=True):
            assert ours < theirs


def test_the_search_costs_no_more_than_twice_the_solve_of_its_last_grid(theta: Adapted, cold: Adapted) -> None:
    """In cells times iterations: beside someone who knows the grid from the start and solves on it once."""
    cost = sum(step.n_cells * sum(step.iterations) for step in theta.steps)
    last = cold.steps[-1].n_cells * sum(cold.steps[-1].iterations)
    assert cost <= 2 * last


# ---------------------------------------------------------------- several answers
def refined_for(monkeypatch: pytest.MonkeyPatch, document: Document) -> tuple[Adapted, list[str]]:
    """A search, and for whose sake each of its grids was to be refined."""
    names: list[str] = []

    def noting(sides: Any, wanted: Wanted, *rest: Any) -> Any:
        names.append(wanted.name)
        return half_width(sides, wanted, *rest)

    monkeypatch.setattr(module, "half_width", noting)
    return search(document), names


def two_sources(tolerance: str) -> Document:
    found = document(tolerance, [])
    heater = {"name": "heater", "kind": "block", "on": "carrier", "at": ["2 mm", "2 mm"],
              "size": ["0.8 mm", "0.8 mm", "0.2 mm"], "material": "silicon", "power": "0.2 W"}  # fmt: skip
    found["part"].append(heater)
    return found


@pytest.mark.parametrize("metrics", [("theta_ja", "psi_jt"), ()], ids=["theta and psi", "two sources"])
def test_the_widest_of_several_answers_is_refined(monkeypatch: pytest.MonkeyPatch, metrics: Sequence[str]) -> None:
    asked = document("2 %", metrics) if metrics else two_sources("2 %")
    adapted, names = refined_for(monkeypatch, asked)
    assert len(adapted.steps[0].metrics) == 2
    for step, name in zip(adapted.steps, names, strict=True):
        widths = {metric.name: metric.relative_half_width for metric in step.metrics}
        assert name == max(widths, key=lambda name: widths[name])
        assert step.widest == max(widths.values())
    assert all(metric.relative_half_width <= 0.02 for metric in adapted.steps[-1].metrics)


def test_psi_is_measured_by_the_junction_s_rise(both_metrics: Adapted) -> None:
    """A small difference of two large rises has a width that is small beside either, and may be large beside itself."""
    theta, psi = both_metrics.steps[-1].metrics
    assert psi.relative_half_width == pytest.approx(psi.bracket.half_width / theta.bracket.value)
    assert psi.bracket.value < 0.5 * theta.bracket.value


# ---------------------------------------------------------------- the half-width of a combination
MODEL = painted(
    (even(0.0, 1.0, 2.5, 3.0), even(0.0, 2.0, 2.7), even(0.0, 0.4, 1.0, 2.0)),
    np.broadcast_to([0, 1, 1], (3, 2, 3)).copy(),
    np.array([[5.0, 7.0, 2.0], [11.0, 3.0, 8.0]]),
    {"z-": Coolant(np.inf, 4.0), "z+": Coolant(3.0), "x+": Coolant(2.0, -1.0)},
)
PLACES = {
    "face": FacePatch(solid(0), True, 0.4, (0.0, 1.0), (0.0, 2.0)),
    "body": VolumePatch(frozenset({solid(1)})),
}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"face": 1.0}, {"face": 3.0}),
        ({"face": 1.0}, {"face": 3.0, AMBIENT: 1.0}),
        ({"face": 1.0}, {"body": 2.0}),
        ({"body": 1.0}, {AMBIENT: 1.0}),
        ({"face": 1.0, "body": -1.0}, {"face": 3.0, "body": 2.0, AMBIENT: 1.0}),
    ],
    ids=str,
)
def test_slabs_are_the_half_width_of_any_combination(first: Mapping[str, float], second: Mapping[str, float]) -> None:
    """Between two ambients, one of them held: what the bracket of the matrix says, by another way."""

    def solved(emit: Callable[..., Any]) -> UnitResponses:
        system = emit(MODEL, PLACES, 0.0)
        return SteadySolver(system, ConjugateGradients(1e-11)).respond(dict.fromkeys(system.loads, 1e-11))

    below, above = solved(primal.emit), solved(dual.emit)
    bracket = ResistanceMatrix(below.names, own_matrix(below), own_matrix(above)).combination(first, second)
    wanted = Wanted("any", first, second, first, 1.0, "K", "")
    fields = below.only(below.names), above.only(above.names)
    found = half_width((MODEL, MODEL), wanted, *fields, above.system, PLACES, 0.0)
    assert found.total == pytest.approx(bracket.half_width, rel=1e-8)


# ---------------------------------------------------------------- fields from grid to grid
steps = st.lists(st.floats(0.1, 10.0), min_size=1, max_size=4).map(lambda d: np.concatenate([[0.0], np.cumsum(d)]))


@given(st.builds(Grid, steps, steps, steps), st.integers(0, 2**32 - 1))
def test_the_primal_field_goes_on_as_it_was(before: Grid, seed: int) -> None:
    """A product of lines is one on any finer grid as well."""
    rng = np.random.default_rng(seed)
    after = before.divided(tuple(rng.random(n) < 0.5 for n in before.shape))  # type: ignore[arg-type]
    slopes, offsets = rng.normal(size=(2, 3))

    def lines(grid: Grid) -> FloatArray:
        x, y, z = (offset + slope * ticks for offset, slope, ticks in zip(offsets, slopes, grid.axes, strict=True))
        return np.asarray(x[:, None, None] * y[None, :, None] * z[None, None, :])

    assert_allclose(at_corners(lines(before), before, after), lines(after), atol=1e-10)


@given(st.builds(Grid, steps, steps, steps), st.integers(0, 2**32 - 1))
def test_the_dual_field_goes_on_cell_by_cell(before: Grid, seed: int) -> None:
    rng = np.random.default_rng(seed)
    after = before.divided(tuple(rng.random(n) < 0.5 for n in before.shape))  # type: ignore[arg-type]
    field = rng.normal(size=before.shape)
    found = in_cells(field, before, after)
    volumes = [np.multiply.outer(np.multiply.outer(*grid.steps[:2]), grid.steps[2]) for grid in (before, after)]
    assert found.shape == after.shape
    assert set(found.ravel()) == set(field.ravel())
    assert (found * volumes[1]).sum() == pytest.approx((field * volumes[0]).sum(), abs=1e-9 * volumes[0].sum())


# ---------------------------------------------------------------- the command line
@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "small" / "case.toml"
    path.parent.mkdir()
    text = TEXT.replace('film = "500 W/m^2/K"', 'film = "2000 W/m^2/K"')
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["thermopkg", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return run


def test_tolerance_is_reached_and_the_way_is_told(case: Path, type_in: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = type_in("run", case, "--tolerance", "2%", "--strict")
    assert code == 0
    assert "How the mesh was found" in out
    assert "wider than" not in out
    assert "within ±" in err


def test_cells_run_out_and_the_sheet_says_so(case: Path, type_in: Callable[..., tuple[int, str, str]]) -> None:
    words = ("run", case, "--tolerance", "0.05%", "--max-cells", "40000")
    code, out, _ = type_in(*words)
    assert code == 0
    assert "wider than the ±0.05 % wanted: the next grid would be beyond the budget" in out
    code, out, _ = type_in(*words, "--strict", "--json")
    found = json.loads(out)
    assert code == 3
    assert found["tolerance"]["reached"] > found["tolerance"]["wanted"] == 0.0005
    assert all(step["cells"] <= 40_000 for step in found["refinement"])
    assert found["mesh"]["cells"] == found["refinement"][-1]["cells"]


def test_memory_runs_out_like_cells(case: Path, type_in: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = type_in("run", case, "--tolerance", "0.05%", "--max-memory", "8 MB", "--strict", "--json")
    found = json.loads(out)
    assert code == 3
    assert found["tolerance"]["reached"] > 0.0005
    stopped = search(document("0.05 %", max_memory="8 MB"))
    assert not stopped.reached
    assert bytes_needed(stopped.model.grid) <= 8e6


def test_planes_that_nearly_meet_take_memory_for_more_levels() -> None:
    even = np.linspace(0.0, 1.0, 81)
    uneven = np.sort(np.append(even, even[10:70:20] + np.array([1e-7, 1e-6, 1e-5])))
    grids = [Grid(x, x, np.linspace(0.0, 1.0, 11)) for x in (even, uneven)]
    per_cell = [bytes_needed(grid) / grid.n_cells for grid in grids]
    assert per_cell[1] > 1.5 * per_cell[0]


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--tolerance", "0 %", "no finite mesh is exact"),
        ("--tolerance", "200 %", "50 %"),
        ("--tolerance", "-1 %", "-1 %"),
        ("--tolerance", "x", "'x'"),
        ("--tolerance", "0.5", "has no unit"),
        ("--tolerance", "0.5 mm", "%"),
        ("--max-memory", "8", "has no unit"),
        ("--max-memory", "8 W", "memory"),
        ("--max-memory", "0 GB", "memory"),
        ("--max-cells", "0", "max_cells"),
        ("--max-cells", "many", "--max-cells"),
    ],
)
def test_wrong_wishes_are_exit_2_with_what_is_allowed(
    case: Path, type_in: Callable[..., tuple[int, str, str]], option: str, value: str, says: str
) -> None:
    code, out, err = type_in("run", case, option, value)
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err
