"""Does a network come back from its document as it was, and is everything told that is wrong with one?"""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_export import one, several
from thermopkg.errors import CaseError
from thermopkg.network.cauer import Cauer, ladder
from thermopkg.network.coupled import CoupledFoster
from thermopkg.network.export import network_document
from thermopkg.network.foster import Foster
from thermopkg.network.reading import network_of


def through_json(network):
    return network_of(json.loads(json.dumps(network_document(network))))


@given(st.lists(st.tuples(*2 * [st.floats(1e-150, 1e150)]), min_size=1, max_size=9), st.floats(0.0, 1e3))
def test_pairs_and_ladders_come_back_as_they_were(numbers, at_once):
    first, second = np.array(numbers).T
    network = Foster(first, second, at_once)
    pairs = through_json(network)
    assert isinstance(pairs, Foster)
    assert (pairs.resistances == network.resistances).all()
    assert (pairs.time_constants == network.time_constants).all()
    assert pairs.at_once == at_once
    steps = through_json(Cauer(first, second, at_once))
    assert isinstance(steps, Cauer)
    assert (steps.resistances == first).all()
    assert (steps.capacities == second).all()
    assert steps.at_once == at_once


def test_coupled_networks_come_back_as_they_were():
    network, again = several(), through_json(several())
    assert isinstance(again, CoupledFoster)
    assert again.names == network.names
    assert (again.residues == network.residues).all()
    assert (again.time_constants == network.time_constants).all()
    assert (again.at_once == network.at_once).all()


def changed(network, **keys):
    document = {**network_document(network), **keys}
    return {key: value for key, value in document.items() if value is not ...}


UNITS = network_document(one())["units"]
WRONG = {
    "no table": ([1.0], ["is [1.0]; a network is a table with a kind"]),
    "no kind": (changed(one(), kind=...), ["kind  is missing", "'foster', 'cauer', 'coupled foster'"]),
    "unknown kind": (changed(one(), kind="fosters"), ["kind  'fosters' is none that is known"]),
    "several at once": (
        changed(one(), resistances=..., time_constants="slow", at_once=True),
        [
            "resistances     is missing; a list of numbers in K/W",
            "time_constants  is 'slow'",
            "at_once         is True",
        ],
    ),
    "a word among numbers": (changed(ladder(one()), capacities=[1.0, "2"]), ["capacities[1]  is '2'; a number"]),
    "a number beyond all": (changed(ladder(one()), capacities=[10**400]), ["beyond floating-point numbers"]),
    "another unit": (
        changed(one(), units={**UNITS, "time_constants": "ms"}),
        ["units.time_constants  is 'ms'", "in s"],
    ),
    "a resistance below nought": (
        changed(one(), resistances=[-1.0], time_constants=[1.0], capacities=...),
        ["resistance[0] is -1 K/W; it must be positive"],
    ),
    "not as many": (changed(ladder(one()), capacities=[1.0]), ["12 resistances and 1 capacities"]),
    "a capacity that somebody changed": (
        changed(Foster(np.array([2.0]), np.array([3.0])), resistances=[4.0]),
        ["capacities[0]  is 1.5 J/K, where time constant over resistance is 0.75"],
    ),
    "rows of different lengths": (changed(several(), at_once=[[1.0], [1.0, 2.0]]), ["rows of different lengths"]),
    "a row where a matrix is wanted": (changed(several(), at_once=[1.0]), ["at_once[0]  is 1.0; a list of numbers"]),
    "no places": (changed(several(), places=...), ["places  is missing; a list of names"]),
    "a place twice": (changed(several(), places=["a", "a", "b"]), ["places  has a name twice"]),
    "places that are too few": (changed(several(), places=["a"]), ["1 places and"]),
}


@pytest.mark.parametrize("what", WRONG)
def test_everything_wrong_is_told(what):
    document, wanted = WRONG[what]
    with pytest.raises(CaseError) as told:
        network_of(document, "out/networks.json")
    text = str(told.value)
    assert text.startswith("out/networks.json\n")
    for words in wanted:
        assert words in text
