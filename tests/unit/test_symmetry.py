"""Does a half or a quarter tell all of a package that is its own mirror image, and of no other?"""

from dataclasses import replace

import numpy as np
import pytest

from tests.small_case import TEXT
from thermopkg.answer.answer import mirrored_axes, solve
from thermopkg.case.case import Case
from thermopkg.mesh.contents import contents
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.voxel import paint
from thermopkg.package.package import Package
from thermopkg.package.placing import place
from thermopkg.package.symmetry import mirror_axes
from thermopkg.workflow import bounded, geometry, meshed, read

QUARTER = (True, True)
SAME = 1e-8  # relative; two solves of one lattice, each to its own remainder


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    path = tmp_path_factory.mktemp("symmetry") / "case.toml"
    path.write_text(TEXT)
    found = read(path)
    study = found.study.model_copy(update={"claims": (), "metrics": ("theta_ja", "psi_jt")})
    # the passive stands on one side
    parts = tuple(part for part in found.part if part.kind != "passive")
    return found.model_copy(update={"study": study, "part": parts})


@pytest.fixture(scope="module")
def package(case: Case) -> Package:
    return place(case)


def unfolded(grid: Grid) -> Grid:
    """The whole grid that a quarter is a quarter of."""
    x, y = (np.concatenate([2 * t[0] - t[:0:-1], t]) for t in (grid.x, grid.y))
    return Grid(x, y, grid.z)


@pytest.mark.parametrize("mirrored", [(True, False), (False, True), QUARTER])
def test_both_bounds_of_a_part_are_those_of_the_whole(package: Package, mirrored: tuple[bool, bool]) -> None:
    part = geometry_grid(package, mirrored=mirrored).graded(8.0)
    x = unfolded(part).x if mirrored[0] else part.x
    y = unfolded(part).y if mirrored[1] else part.y
    answers = [solve(paint(package, grid)) for grid in (part, Grid(x, y, part.z))]
    for found, whole in zip(*(answer.metrics for answer in answers), strict=True):
        assert found.bracket.lower == pytest.approx(whole.bracket.lower, rel=SAME)
        assert found.bracket.upper == pytest.approx(whole.bracket.upper, rel=SAME)
    for found, whole in zip(*(answer.parts for answer in answers), strict=True):
        assert found.mean.value == pytest.approx(whole.mean.value, rel=SAME)
        assert found.highest == pytest.approx(whole.highest, rel=SAME)
    first, second = (answer.balance for answer in answers)
    assert first.by_face == pytest.approx(second.by_face, rel=1e-6)


def test_contents_of_a_quarter_are_those_of_the_whole(package: Package) -> None:
    volumes = [
        [item.volume for item in contents(paint(package, geometry_grid(package, mirrored=mirrored)))]
        for mirrored in (QUARTER, (False, False))
    ]
    assert volumes[0] == pytest.approx(volumes[1], rel=1e-9)


def test_search_on_a_quarter_finds_what_the_search_on_the_whole_finds(case: Case) -> None:
    coarse = geometry(case)
    whole = meshed(coarse)
    ends = solve(whole.model, whole.starts, every_part=False).metrics[0].bracket
    found = bounded(coarse)
    assert found.model.grid.mirrored == QUARTER
    assert found.model.grid.n_cells < 0.5 * whole.model.grid.n_cells
    assert ends.lower < found.metrics[0].bracket.upper
    assert found.metrics[0].bracket.lower < ends.upper
    assert found.metrics[0].relative_half_width <= case.study.tolerance / 100


@pytest.mark.parametrize("axis", [0, 1])
def test_a_part_that_is_moved_is_seen(package: Package, axis: int) -> None:
    assert mirror_axes(package) == QUARTER
    moved = [replace(s, boxes=s.boxes.copy()) for s in package.solids]
    number = next(i for i, s in enumerate(moved) if s.role == "bumps")
    moved[number].boxes[:, axis] += 1e-6
    found = mirror_axes(replace(package, solids=tuple(moved)))
    assert found == (axis != 0, axis != 1)


def test_a_chip_off_the_middle_and_a_reading_beside_it_are_seen(case: Case, package: Package) -> None:
    face = replace(package.active_faces[0], x=(0.0, 1e-3))
    assert mirror_axes(replace(package, active_faces=(face,))) == (False, True)
    reading = {"name": "bead", "face": "sink.top", "size": ["1 mm", "1 mm"], "at": ["0 mm", "1 mm"]}
    study = case.study.model_validate({"reading": [reading]})
    assert mirrored_axes(replace(package, case=case.model_copy(update={"study": study}))) == (True, False)
