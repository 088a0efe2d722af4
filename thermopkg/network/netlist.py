"""How does a circuit simulator see a package? Networks as SPICE subcircuits: 1 V is 1 K over ambient, 1 A is 1 W.

Several sources are modes of one resistance and one capacity each, all to ambient, which ideal transformers couple to
the pins: each of a controlled source of voltage at the pin and one of current at the mode, with the same ratio. So all
that the networks tell is there, what one chip does to another as much as what it does to itself, whatever its sign, and
nothing can ever give out more heat than went in. What no such circuit has: powers that follow the temperature, films
that follow the rise, and the temperature of ambient, which is the voltage of its pin.
"""

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ModelError
from thermopkg.network.cauer import Cauer
from thermopkg.network.coupled import CoupledFoster
from thermopkg.network.foster import Foster

AMBIENT = "ambient"
INNER = re.compile(r"(?:[nm]|e[0-9]+_)[0-9]+")  # names of nodes inside a subcircuit
NEGLIGIBLE = 1e-14  # of a matrix's largest eigenvalue: what rounding leaves beside those that are there


def subcircuit(network: Foster | Cauer | CoupledFoster, name: str, title: str = "") -> str:
    """A `.subckt` with a pin for each source and one for ambient, in the order of the sources.

    Parameters
    ----------
    name : of the subcircuit; what SPICE takes for no name becomes an underscore
    title : for the first line, a comment
    Raises
    ------
    ModelError : a matrix has a negative eigenvalue, which no circuit of resistances has
    """
    (name,) = pins([name])
    match network:
        case Foster():
            ends, body = ["junction"], [*_pairs(network)]
        case Cauer():
            ends, body = ["junction"], [*_stages(network)]
        case CoupledFoster():
            ends = pins(network.names)
            body = [*_modes(network, ends)]
        case _:
            assert_never(network)
    said = f" of {_comment(title)}" if title else ""
    head = [
        f"* thermal network{said}: V(pin, {AMBIENT}) in K, current into a pin in W",
        *(f"* pin {pin}: {_comment(source)}" for pin, source in zip(ends, _sources(network), strict=True)),
        f".subckt {name} {' '.join(ends)} {AMBIENT}",
    ]
    return "\n".join([*head, *body, f".ends {name}"]) + "\n"


def pins(names: Sequence[str]) -> list[str]:
    """Names as SPICE takes them: letters, digits and underscores, small, each of its own."""
    found: list[str] = []
    for name in names:
        plain = re.sub(r"[^a-z0-9_]", "_", name.lower())
        plain = (
            plain if re.match(r"[a-z]", plain) and plain != AMBIENT and not INNER.fullmatch(plain) else f"pin_{plain}"
        )
        own, number = plain, 2
        while own in found:
            own, number = f"{plain}_{number}", number + 1
        found.append(own)
    return found


def factors(matrix: FloatArray) -> FloatArray:
    """Columns whose products with themselves add up to a matrix, shape (n, rank).

    Raises
    ------
    ModelError : it has a negative eigenvalue
    """
    values, vectors = np.linalg.eigh(matrix)
    least = NEGLIGIBLE * len(matrix) * np.abs(values).max(initial=0.0)
    if (values < -least).any():
        raise ModelError(
            f"a matrix of the network has the eigenvalue {values.min():.3g} K/W; a circuit has none below 0"
        )
    kept = values > least
    return np.asarray(vectors[:, kept] * np.sqrt(values[kept]))


def modes(network: CoupledFoster) -> Iterator[tuple[float, FloatArray]]:
    """Time constant and column of every mode, s and K/W^(1/2); what rises at once has none, and comes first."""
    for tau, matrix in [(0.0, network.at_once), *zip(network.time_constants, network.residues, strict=True)]:
        for column in factors(matrix).T:
            yield float(tau), column


def _pairs(network: Foster) -> Iterator[str]:
    node = "junction"
    if network.at_once > 0.0:
        yield f"R0 {node} n0 {_number(network.at_once)}"
        node = "n0"
    for k, (resistance, capacity) in enumerate(zip(network.resistances, network.capacities, strict=True), 1):
        after = AMBIENT if k == len(network) else f"n{k}"
        yield f"R{k} {node} {after} {_number(resistance)}"
        yield f"C{k} {node} {after} {_number(capacity)}"
        node = after


def _stages(network: Cauer) -> Iterator[str]:
    node = "junction"
    if network.at_once > 0.0:
        yield f"R0 {node} n0 {_number(network.at_once)}"
        node = "n0"
    for k, (resistance, capacity) in enumerate(zip(network.resistances, network.capacities, strict=True), 1):
        after = AMBIENT if k == len(network) else f"n{k}"
        yield f"C{k} {node} {AMBIENT} {_number(capacity)}"
        yield f"R{k} {node} {after} {_number(resistance)}"
        node = after


def _modes(network: CoupledFoster, ends: Sequence[str]) -> Iterator[str]:
    found = list(modes(network))
    for k, (tau, _) in enumerate(found, 1):
        yield f"R{k} m{k} {AMBIENT} 1"
        if tau > 0.0:
            yield f"C{k} m{k} {AMBIENT} {_number(tau)}"
    for i, pin in enumerate(ends):
        felt = [(k, column[i]) for k, (_, column) in enumerate(found, 1) if column[i] != 0.0]
        yield f"V{i + 1} {pin} {f'e{i + 1}_0' if felt else AMBIENT} 0"
        for place, (k, ratio) in enumerate(felt):
            after = AMBIENT if place + 1 == len(felt) else f"e{i + 1}_{place + 1}"
            yield f"E{i + 1}_{k} e{i + 1}_{place} {after} m{k} {AMBIENT} {_number(ratio)}"
            yield f"F{i + 1}_{k} {AMBIENT} m{k} V{i + 1} {_number(ratio)}"


def _sources(network: Foster | Cauer | CoupledFoster) -> Sequence[str]:
    return network.names if isinstance(network, CoupledFoster) else ["the junction"]


def _number(value: float) -> str:
    return f"{float(value)!r}"


def _comment(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
