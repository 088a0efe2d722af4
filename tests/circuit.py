"""What does a netlist say? A small reader of SPICE subcircuits that knows nothing of the program.

R, C, V, E and F elements; capacitors are sources of what they hold, so that every circuit of them becomes a state
space by nodal analysis, and its step response is a matrix exponential.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import expm


@dataclass(frozen=True, eq=False)
class Circuit:
    """dv/dt = a v + b i,  pins = c v + d i: v over the capacitors, i into the pins."""

    pins: tuple[str, ...]
    a: np.ndarray
    b: np.ndarray
    c: np.ndarray
    d: np.ndarray

    def step(self, time: float) -> np.ndarray:
        """Voltages of the pins for one unit that sets in at zero, (pin, source), by a matrix exponential."""
        m, n = self.b.shape
        whole = np.zeros((m + n, m + n))
        whole[:m, :m], whole[:m, m:] = self.a, self.b
        return self.c @ expm(whole * time)[:m, m:] + self.d

    def transform(self, s: complex) -> np.ndarray:
        """Voltages of the pins at a complex frequency, (pin, source)."""
        return self.c @ np.linalg.solve(s * np.eye(len(self.a)) - self.a, self.b.astype(complex)) + self.d


def read(text: str) -> Circuit:
    """The one subcircuit in a text; its last pin is the reference."""
    lines = [line.split() for line in text.lower().splitlines() if line.strip() and not line.startswith("*")]
    (head,) = (words for words in lines if words[0] == ".subckt")
    assert lines[-1] == [".ends", head[1]]
    *pins, ground = head[2:]
    elements = [words for words in lines if not words[0].startswith(".")]
    assert len({words[0] for words in elements}) == len(elements), "two elements of one name"
    nodes = sorted({node for words in elements for node in _nodes(words)} - {ground})
    capacitors = [words for words in elements if words[0].startswith("c")]
    branches = [f"i({words[0]})" for words in elements if words[0][0] in "vec"]
    size = len(nodes) + len(branches)
    row = {**{node: i for i, node in enumerate(nodes)}, **{b: len(nodes) + i for i, b in enumerate(branches)}}
    matrix, held, fed = np.zeros((size, size)), np.zeros((size, len(capacitors))), np.zeros((size, len(pins)))

    def put(i: str, j: str, value: float) -> None:
        if ground not in (i, j):
            matrix[row[i], row[j]] += value

    for name, *words in elements:
        first, second = words[:2]
        match name[0]:
            case "r":
                conductance = 1.0 / float(words[2])
                for i, j, sign in ((first, first, 1), (second, second, 1), (first, second, -1), (second, first, -1)):
                    put(i, j, sign * conductance)
            case "v" | "e" | "c":
                own = f"i({name})"
                put(first, own, 1.0)  # its current leaves the first node
                put(second, own, -1.0)
                put(own, first, 1.0)
                put(own, second, -1.0)
                if name[0] == "e":
                    put(own, words[2], -float(words[4]))
                    put(own, words[3], float(words[4]))
                elif name[0] == "v":
                    assert float(words[2]) == 0.0
            case "f":
                put(first, f"i({words[2]})", float(words[3]))
                put(second, f"i({words[2]})", -float(words[3]))
            case _:
                raise AssertionError(f"{name} is not an element that a network has")
    for k, words in enumerate(capacitors):
        held[row[f"i({words[0]})"], k] = 1.0
    for k, pin in enumerate(pins):
        fed[row[pin], k] = 1.0
    by_held, by_fed = np.linalg.solve(matrix, held), np.linalg.solve(matrix, fed)
    into = [row[f"i({words[0]})"] for words in capacitors]
    rates = 1.0 / np.array([float(words[3]) for words in capacitors])[:, None]
    at = [row[pin] for pin in pins]
    return Circuit(tuple(pins), rates * by_held[into], rates * by_fed[into], by_held[at], by_fed[at])


def _nodes(words: list[str]) -> list[str]:
    return words[1:5] if words[0].startswith("e") else words[1:3]
