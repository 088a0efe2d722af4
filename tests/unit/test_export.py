"""Do other programs see the same network: netlists by a reader of their own and by ngspice, matrices, JSON?"""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import circuit
from tests.exact.ladders import line_spectrum
from thermopkg.errors import ModelError
from thermopkg.network.cauer import Cauer, ladder
from thermopkg.network.coupled import CoupledFoster, coupled_foster
from thermopkg.network.export import network_document, state_space
from thermopkg.network.foster import Foster
from thermopkg.network.netlist import pins, subcircuit

SAME = 1e-6  # relative to the end of the curve, what is asked of every netlist; measured: 1e-12
TIMES = np.geomspace(1e-5, 1e2, 29)


def one() -> Foster:
    return Foster(*line_spectrum(2.0, 0.5, 12), at_once=0.02)


def several() -> CoupledFoster:
    """Six masses in a row on ambient, with three places, two of which share a mass, and heat on a face of its own."""
    draw = np.random.default_rng(11)
    links = 10.0 ** draw.uniform(-1.0, 1.0, 7)
    conductance = np.diag(links[:-1] + links[1:]) - np.diag(links[1:-1], 1) - np.diag(links[1:-1], -1)
    root = 10.0 ** draw.uniform(0.0, 1.5, 6)
    loads = root[:, None] * np.array([[1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0.5, 0, 0.5, 0]]).T
    at_once = np.array([[0.05, 0.0, 0.0], [0.0, 0.2, 0.1], [0.0, 0.1, 0.1]])
    return coupled_foster(conductance * root[:, None] * root, loads, ["chip.active", "chip-2", "PLACE 2"], at_once)


# ---------------------------------------------------------------- netlists, read by a reader of their own
@pytest.mark.parametrize("make", [lambda: one(), lambda: ladder(one())], ids=["foster", "cauer"])
def test_netlist_of_one_source_steps_as_the_network_does(make):
    found = circuit.read(subcircuit(make(), "package"))
    assert found.pins == ("junction",)
    for time in TIMES:
        assert found.step(time)[0, 0] == pytest.approx(one().impedance(np.array(time)), abs=1e-11 * one().total)


def test_netlist_of_several_sources_steps_as_the_networks_do():
    network = several()
    found = circuit.read(subcircuit(network, "package"))
    assert found.pins == ("chip_active", "chip_2", "place_2")
    curve = network.impedance(TIMES)
    assert (curve[:, 0, 2] < 0.9 * curve[:, 0, 0]).all()
    for time, exact in zip(TIMES, curve, strict=True):
        assert found.step(time) == pytest.approx(exact, abs=1e-11 * network.total.max())
    for s in (2j * np.pi * 0.1, 2j * np.pi * 50.0):
        assert found.transform(s) == pytest.approx(network.transform(np.array([s]))[0], abs=1e-11 * network.total.max())


def test_merged_networks_are_netlists_too():
    network = several().merged(4.0)
    assert len(network.time_constants) < len(several().time_constants)
    found = circuit.read(subcircuit(network, "package"))
    assert found.step(1.0) == pytest.approx(network.impedance(np.array([1.0]))[0], abs=1e-11 * network.total.max())


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 4))
def test_no_netlist_gives_out_more_than_went_in(seed, size, places):
    draw = np.random.default_rng(seed)
    root = draw.normal(size=(size, size))
    network = coupled_foster(root @ root.T + np.eye(size), draw.normal(size=(size, places)), list("abcd"[:places]))
    found = circuit.read(subcircuit(network, "package"))
    for frequency in (1e-3, 1.0, 1e3):
        resistance = found.transform(2j * np.pi * frequency)
        assert np.linalg.eigvalsh(0.5 * (resistance + resistance.conj().T)).min() >= -1e-12 * network.total.max()
        assert resistance == pytest.approx(resistance.T, abs=1e-12)


def test_place_that_nothing_warms_is_tied_to_ambient():
    matrix = np.zeros((1, 2, 2))
    matrix[0, 0, 0] = 1.0
    network = CoupledFoster(("hot", "cold"), matrix, np.array([1.0]), np.zeros((2, 2)))
    found = circuit.read(subcircuit(network, "package"))
    assert found.step(1e3) == pytest.approx(np.array([[1.0, 0.0], [0.0, 0.0]]))


def test_network_that_is_no_circuit_is_refused():
    network = CoupledFoster(("a", "b"), np.array([[[1.0, 2.0], [2.0, 1.0]]]), np.array([1.0]), np.zeros((2, 2)))
    with pytest.raises(ModelError, match="the eigenvalue -1 K/W"):
        subcircuit(network, "package")
    with pytest.raises(ModelError, match="the eigenvalue -1 K/W"):
        state_space(network)


def test_names_are_those_that_spice_takes():
    assert pins(["chip-1", "chip.1", "CHIP_1", "2nd", "ambient", "Würfel", "m1", "e1_2"]) == [
        *("chip_1", "chip_1_2", "chip_1_3", "pin_2nd", "pin_ambient", "w_rfel", "pin_m1", "pin_e1_2")
    ]


def test_titles_cannot_write_elements():
    text = subcircuit(one(), "a b\nR99 junction ambient 0", "first\nR99 junction ambient 0")
    assert "\nR99" not in text
    assert circuit.read(text).pins == ("junction",)


# ---------------------------------------------------------------- the same by ngspice, where it is installed
needs_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")


def ngspice(folder, deck: str) -> np.ndarray:
    """Columns that a deck writes into `out.txt`."""
    (folder / "deck.cir").write_text(deck, encoding="ascii")
    ran = subprocess.run(
        ["ngspice", "-b", "deck.cir"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert (folder / "out.txt").exists(), ran.stdout + ran.stderr
    return np.loadtxt(folder / "out.txt")


@needs_ngspice
@pytest.mark.parametrize("make", [lambda: one(), lambda: ladder(one())], ids=["foster", "cauer"])
def test_ngspice_steps_as_the_network_does(make, tmp_path):
    deck = f"""step
{subcircuit(make(), "package")}
X1 chip 0 package
I1 0 chip PWL(0 0 1n 1 10 1)
.options reltol=1e-9 abstol=1e-15 vntol=1e-12 chgtol=1e-18 method=trap
.control
set numdgt=15
tran 2u 20m 0 2u
wrdata out.txt v(chip)
.endc
.end
"""
    time, rise = ngspice(tmp_path, deck).T
    # steps of 2 us in the fastest pair's 770 us: (h / tau)^2 / 12 is 6e-7 of its share; measured 1.2e-8 of the total
    later = time > 1e-5
    assert rise[later] == pytest.approx(one().impedance(time[later]), abs=SAME * one().total)


@needs_ngspice
def test_ngspice_sees_the_same_at_every_frequency(tmp_path):
    network = several()
    deck = f"""frequencies
{subcircuit(network, "package")}
X1 p1 p2 p3 0 package
I1 0 p1 0
I2 0 p2 AC 1
I3 0 p3 0
.control
set numdgt=15
ac dec 5 1m 10k
wrdata out.txt v(p1) v(p2) v(p3)
.endc
.end
"""
    columns = ngspice(tmp_path, deck).T
    exact = network.transform(2j * np.pi * columns[0])
    for i in range(3):
        real, imaginary = columns[3 * i + 1], columns[3 * i + 2]
        assert real + 1j * imaginary == pytest.approx(exact[:, i, 1], abs=SAME * network.total.max())


# ---------------------------------------------------------------- matrices and JSON
def test_state_space_is_the_same_network(tmp_path):
    network = several()
    space = state_space(network)
    for s in (0.0, 1j, 3.0 + 20j):
        found = space.c @ np.linalg.solve(s * np.eye(len(space.a)) - space.a, space.b.astype(complex)) + space.d
        assert found == pytest.approx(network.transform(np.array([s]))[0], rel=1e-12, abs=1e-14)
    assert (space.c == space.b.T).all()
    space.save(tmp_path / "package.npz")
    with np.load(tmp_path / "package.npz") as kept:
        assert kept["places"].tolist() == list(network.names)
        for name, matrix in (("A", space.a), ("B", space.b), ("C", space.c), ("D", space.d)):
            assert (kept[name] == matrix).all()
    read = json.loads(json.dumps(space.document()))
    assert (np.array(read["B"]) == space.b).all()
    assert read["places"] == list(network.names)


def test_documents_hold_every_number_and_its_unit():
    pairs, steps, matrix = one(), ladder(one()), several()
    for network, names in (
        (pairs, ("resistances", "time_constants", "capacities")),
        (steps, ("resistances", "capacities")),
    ):
        read = json.loads(json.dumps(network_document(network)))
        assert set(read["units"]) == {*names, "at_once"}
        assert read["at_once"] == network.at_once
        for name in names:
            assert (np.array(read[name]) == getattr(network, name)).all()
    again = Cauer(*(np.array(network_document(steps)[key]) for key in ("resistances", "capacities")), 0.02)
    assert again.total == steps.total
    read = json.loads(json.dumps(network_document(matrix)))
    assert (np.array(read["resistances"]) == matrix.residues).all()
    assert read["units"] == {"resistances": "K/W", "time_constants": "s", "at_once": "K/W"}
    assert re.search("rise of place i per watt in place j", read["definition"])
