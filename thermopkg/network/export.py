"""How do other programs read a network? As JSON types with units, and as matrices of a state space."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.network.cauer import Cauer
from thermopkg.network.coupled import CoupledFoster
from thermopkg.network.foster import Foster
from thermopkg.network.netlist import modes

UNITS = {"resistances": "K/W", "at_once": "K/W", "time_constants": "s", "capacities": "J/K"}
FOSTER = "Z(t) = at_once + sum of R (1 - exp(-t / tau)); no place in the package belongs to a pair"
CAUER = "from the junction: at_once, then C to ambient and R to the next node, stage by stage; the last R to ambient"
COUPLED = "Z(t) = at_once + sum of R (1 - exp(-t / tau)), R[k][i][j] the rise of place i per watt in place j"


def network_document(network: Foster | Cauer | CoupledFoster) -> dict[str, Any]:
    """The numbers of a network as JSON types, with their units and what they mean."""
    match network:
        case Foster():
            kind, definition, names = "foster", FOSTER, ["resistances", "time_constants", "capacities", "at_once"]
        case Cauer():
            kind, definition, names = "cauer", CAUER, ["resistances", "capacities", "at_once"]
        case CoupledFoster():
            return {
                "kind": "coupled foster",
                "definition": COUPLED,
                "places": list(network.names),
                "resistances": network.residues.tolist(),
                "time_constants": network.time_constants.tolist(),
                "at_once": network.at_once.tolist(),
                "units": {name: UNITS[name] for name in ("resistances", "time_constants", "at_once")},
            }
        case _:
            assert_never(network)
    return {
        "kind": kind,
        "definition": definition,
        **{name: np.asarray(getattr(network, name)).tolist() for name in names},
        "units": {name: UNITS[name] for name in names},
    }


@dataclass(frozen=True, eq=False)
class StateSpace:
    """dx/dt = A x + B p,  rises = C x + D p;  p in W, rises in K over ambient, in the order of the names.

    A is diagonal, and C is B transposed: watts and rises of the same places, which is what makes it passive.
    """

    names: tuple[str, ...]
    a: FloatArray  # 1/s, shape (r, r)
    b: FloatArray  # shape (r, n)
    c: FloatArray  # shape (n, r)
    d: FloatArray  # K/W, shape (n, n)

    def document(self) -> dict[str, Any]:
        """The same as JSON types."""
        return {
            "definition": "dx/dt = A x + B p, rises = C x + D p; p in W, rises in K over ambient, as places",
            "places": list(self.names),
            **{name.upper(): getattr(self, name).tolist() for name in ("a", "b", "c", "d")},
        }

    def save(self, path: Path) -> None:
        """Write the matrices A, B, C, D and the names as `places` into one compressed file of NumPy arrays, `.npz`."""
        np.savez_compressed(path, A=self.a, B=self.b, C=self.c, D=self.d, places=np.array(self.names))


def state_space(network: CoupledFoster) -> StateSpace:
    """The state space of a coupled network: one state for each mode.

    Raises
    ------
    ModelError : a matrix of the network has a negative eigenvalue
    """
    found = [(tau, column) for tau, column in modes(network) if tau > 0.0]
    times = np.array([tau for tau, _ in found])
    b = np.array([column for _, column in found]) / np.sqrt(times)[:, None]
    return StateSpace(network.names, np.diag(-1.0 / times), b, b.T.copy(), network.at_once)
