"""Do a few small matrices bound what full solutions give? At every design, from both sides, and as full matrices."""

import json
import tomllib
import zipfile
from functools import lru_cache, partial

import numpy as np
import pytest

from tests.small_case import TEXT
from thermopkg import workflow
from thermopkg.answer.answer import heat_everywhere, reference_temperature, wanted_of, wanted_places
from thermopkg.answer.bracket import ResistanceMatrix, from_above, from_below, own_matrix
from thermopkg.answer.metrics import metric
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError
from thermopkg.explore import storing
from thermopkg.explore.building import build, fingerprint
from thermopkg.explore.family import family
from thermopkg.explore.parameters import parameter, value_of, with_value, with_values
from thermopkg.lattice import dual, primal

N_DESIGNS = 50
BELOW = 1e-10  # relative; far above what the lattices' own answers are off by, which is second order


def small(**tables):
    document = tomllib.loads(TEXT)
    document["study"] = {}
    for name, value in tables.items():
        document[name] = value(document[name]) if callable(value) else value
    return document


def cold_plate(environment):
    faces = {"sink.top": {"temperature": "40 degC"}}
    return {**environment, "ambient": "40 degC", "top": {"film": "15 W/m^2/K"}, "faces": faces}


def two_chips(parts):
    second = {
        **parts[1], "name": "memory", "at": ["-1.8 mm", "-1.8 mm"], "power": "0.2 W",
        "size": ["1 mm", "1 mm", "0.3 mm"],
    }  # fmt: skip
    return [*parts, second]


def heated_block(parts):
    block = {
        "name": "coil", "kind": "block", "on": "carrier", "at": ["-2 mm", "0 mm"], "material": "copper",
        "size": ["0.6 mm", "0.6 mm", "0.25 mm"], "power": "0.3 W",
    }  # fmt: skip
    return [*parts, block]


PACKAGES = {
    "still air": (small(), {"sink.gap": (3e-5, 2e-4), "mould.conductivity": (0.6, 6.0)}),
    "cold plate": (
        small(environment=cold_plate),
        {
            "chip.thickness": (2.5e-4, 6e-4),
            "chip.bumps.height": (8e-5, 1.5e-4),
            "chip.bumps.conductivity": (20.0, 80.0),
        },
    ),
    "two chips": (
        small(part=two_chips, study={"metrics": [], "junction_limit": "125 degC"}),
        {"sink.gap": (5e-5, 3e-4), "memory.power": (0.1, 2.0), "sides.film": (5.0, 500.0)},
    ),
    "heat in a volume": (
        small(part=heated_block, study={"metrics": []}),
        {"carrier[1].in_plane": (0.2, 2.0), "carrier[1].thickness": (1e-4, 4e-4), "top.film": (50.0, 5000.0)},
    ),
}


class Made:
    """A family of packages on its coarsest grid, its reduced model, and random designs between the ends."""

    def __init__(self, document, ranges):
        case = from_document(document)
        self.low, self.high = (np.array([r[i] for r in ranges.values()]) for i in (0, 1))
        parameters = [parameter(case, name) for name in ranges]
        middle = dict(zip(parameters, np.sqrt(self.low * self.high), strict=True))
        model = workflow.mesh(workflow.geometry(with_values(case, middle)))
        self.family = family(model, parameters, self.low, self.high)
        self.snapshots = []
        self.model = build(self.family, progress=self.snapshots.append)
        self.designs = self.low * (self.high / self.low) ** np.random.default_rng(3).random((N_DESIGNS, len(ranges)))

    def full(self, design):
        model = self.family.model_at(design)
        places, reference = wanted_places(model.package), reference_temperature(model.package.case)
        below = from_below(primal.emit(model, places, reference), None)
        everywhere = partial(heat_everywhere, model)
        above = from_above(dual.emit(model, places, reference), everywhere, below.bound)
        # a full bracket adds what its solver left; the model is held against the lattice's own answer
        upper = own_matrix(above.responses)
        return ResistanceMatrix(below.responses.names, below.bound, upper), wanted_of(model.package)


@lru_cache
def made_of(name):
    return Made(*PACKAGES[name])


@pytest.fixture(params=PACKAGES)
def made(request):
    return made_of(request.param)


@pytest.fixture
def still_air():
    return made_of("still air")


def test_reduced_bounds_hold_full_ones_and_add_little(made):
    lower, upper = made.model.matrices(made.designs)
    for design, low, high in zip(made.designs, lower, upper, strict=True):
        full, asked = made.full(design)
        slack = BELOW * np.trace(full.upper)
        assert np.linalg.eigvalsh(full.lower - low)[0] >= -slack
        assert np.linalg.eigvalsh(high - full.upper)[0] >= -slack
        assert (np.diag(high - low) <= 1.1 * np.diag(full.upper - full.lower)).all()
        for item in asked:
            bound, mine = metric(item, full), made.model.bracket(design, item.name).one(0)
            assert mine.lower <= bound.bracket.lower * (1 + BELOW)
            assert mine.upper >= bound.bracket.upper * (1 - BELOW)
            assert mine.value == pytest.approx(bound.bracket.value, rel=0.1 * bound.relative_half_width)


def test_few_snapshots_are_enough(made):
    assert len(made.snapshots) <= (8 if len(made.low) == 2 else 20)
    assert made.snapshots[-1].added <= 0.1


def test_a_model_knows_its_snapshots(made):
    for design in made.model.snapshots[:3]:
        full, _ = made.full(design)
        lower, upper = made.model.matrices(design)
        width = np.trace(full.upper - full.lower)
        assert np.trace(upper[0] - lower[0]) == pytest.approx(width, rel=1e-3)


def test_layers_stretch_as_the_package_does(made):
    for corner in (made.low, made.high):
        stretched = made.family.model_at(corner)
        tall = stretched.package.bounds[2, 1]
        assert stretched.grid.z[-1] == pytest.approx(tall, rel=1e-12)
        assert stretched.grid.shape == made.family.model.grid.shape


def test_powers_do_not_change_what_a_watt_does():
    """A power is no part of the matrix, only of the rises read from it."""
    made = made_of("two chips")
    i = [one.name for one in made.model.ranges].index("memory.power")
    once, twice = made.designs[0].copy(), made.designs[0].copy()
    once[i], twice[i] = 0.8, 1.6
    lower, upper = made.model.matrices(np.stack([once, twice]))
    np.testing.assert_array_equal(lower[0], lower[1])
    middle = 0.5 * (lower + upper)[0]
    chip, memory = (made.model.names.index(f"{name}.active") for name in ("chip", "memory"))
    for design, power in ((once, 0.8), (twice, 1.6)):
        rise = made.model.bracket(design, "memory.active").value[0]
        assert rise == pytest.approx(middle[memory, chip] + power * middle[memory, memory], rel=1e-12)


# ---------------------------------------------------------------- outside, and wrong
def test_outside_its_ranges_a_model_is_refused_unless_asked_for_and_still_holds(still_air):
    beyond = np.array([2.5e-4, 8.0])
    with pytest.raises(CaseError, match=r"outside the model's range of 0.03 mm to 0.2 mm; add --extrapolate") as error:
        still_air.model.bracket(beyond)
    assert len(error.value.faults) == 2
    found = still_air.model.bracket(beyond, extrapolate=True).one(0)
    full, asked = still_air.full(beyond)
    bound = metric(asked[0], full).bracket
    assert found.lower <= bound.lower * (1 + BELOW)
    assert found.upper >= bound.upper * (1 - BELOW)


@pytest.mark.parametrize(
    ("design", "said"),
    [([-1e-5, 1.0], "above zero"), ([np.nan, 1.0], "not finite"), ([1e-4], "this model takes sink.gap, mould")],
)
def test_what_is_no_package_is_refused(still_air, design, said):
    with pytest.raises(CaseError, match=said):
        still_air.model.bracket(np.array(design), extrapolate=True)


def test_a_number_that_was_not_asked_for_is_refused(still_air):
    with pytest.raises(CaseError, match="'psi_jt' is not in this model; there are theta_ja"):
        still_air.model.bracket(still_air.designs, "psi_jt")


def vary(name, low, high, document=None):
    case = from_document(document or small())
    model = workflow.mesh(workflow.geometry(case))
    return family(model, [parameter(case, name)], np.array([low]), np.array([high]))


@pytest.mark.parametrize(
    ("name", "low", "high", "said"),
    [
        ("chip.bumps.pitch", 4e-4, 6e-4, "changes the package in plan"),
        ("top.film", 0.0, 10.0, "begins at zero"),
        ("capacitor.thickness", 2e-4, 4.5e-4, "brings a face of"),
    ],
)
def test_what_one_grid_cannot_hold_is_refused_by_name(name, low, high, said):
    with pytest.raises(CaseError, match=said) as error:
        vary(name, low, high)
    assert error.value.faults[0].path == name


def test_a_slab_that_does_not_span_is_refused_with_the_faces_that_part():
    flush = small(part=lambda parts: [*parts[:5], {**parts[5], "size": ["0.6 mm", "0.3 mm", "0.4 mm"]}])
    with pytest.raises(CaseError, match=r"is no slab that spans the package: of the faces .* that of 'capacitor"):
        vary("capacitor.thickness", 3.9e-4, 4.1e-4, flush)  # as high as the chip's back


def test_a_slab_that_is_a_part_of_what_makes_heat_is_refused():
    with pytest.raises(CaseError, match="stretches a part of 'coil'"):
        vary("chip.bumps.height", 5e-5, 1.5e-4, PACKAGES["heat in a volume"][0])


def test_coolants_of_two_temperatures_are_refused():
    warm = small(
        environment=lambda e: {**e, "bottom": {"film": "20 W/m^2/K", "ambient": "60 degC"}}, study={"metrics": []}
    )
    with pytest.raises(CaseError, match="one temperature for everything that cools; here top 25 degC"):
        vary("sink.gap", 5e-5, 2e-4, warm)


def test_round_joints_are_refused():
    with pytest.raises(CaseError, match=r"study\.round"):
        vary("sink.gap", 5e-5, 2e-4, small(study={"round": True}))


# ---------------------------------------------------------------- stored
def test_a_stored_model_is_the_same_model(made, tmp_path):
    path = tmp_path / "model"
    storing.save(made.model, path)
    assert path.stat().st_size < 100_000
    again = storing.load(path)
    for item in made.model.asked:
        first, second = (m.bracket(made.designs, item.name) for m in (made.model, again))
        np.testing.assert_array_equal(first.lower, second.lower)
        np.testing.assert_array_equal(first.upper, second.upper)
    assert again.ranges == made.model.ranges


def test_a_file_that_is_no_model_is_refused(still_air, tmp_path):
    path = tmp_path / "model.npz"
    with pytest.raises(CaseError, match="no such file"):
        storing.load(path)
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(CaseError, match="is no stored model"):
        storing.load(path)
    path.write_text("[]")
    with pytest.raises(CaseError, match="is no stored model"):
        storing.load(path)
    np.savez(path, header=np.array(json.dumps({"kind": "another"})))
    with pytest.raises(CaseError, match="is no stored model"):
        storing.load(path)
    storing.save(still_air.model, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CaseError, match="is no stored model"):
        storing.load(path)


def rewritten(path, name, change):
    with np.load(path) as file:
        arrays = {key: file[key] for key in file.files}
    arrays[name] = change(arrays[name])
    with path.open("wb") as file:
        np.savez(file, **arrays)


def test_a_model_of_another_version_or_with_spoilt_arrays_is_refused(still_air, tmp_path):
    path = tmp_path / "model.npz"
    storing.save(still_air.model, path)
    rewritten(path, "header", lambda text: np.array(str(text).replace('"version": 2', '"version": 3')))
    with pytest.raises(CaseError, match="is of version 3; this program reads version 2"):
        storing.load(path)
    for name, change in (("fields", lambda a: a[:, :1]), ("base", lambda a: a * np.nan)):
        storing.save(still_air.model, path)
        rewritten(path, name, change)
        with pytest.raises(CaseError, match="is no stored model"):
            storing.load(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("header.npy", b"")
    with pytest.raises(CaseError, match="is no stored model"):
        storing.load(path)


def test_a_model_knows_the_case_that_it_was_made_for():
    case = from_document(small())
    parameters = [parameter(case, "sink.gap")]
    other = with_value(case, parameters[0], 1.7e-4)
    assert fingerprint(case, parameters) == fingerprint(other, parameters)
    film = parameter(case, "top.film")
    assert fingerprint(case, parameters) != fingerprint(with_value(case, film, 2 * value_of(case, film)), parameters)
