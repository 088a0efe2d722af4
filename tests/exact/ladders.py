"""Which networks are known without the program? In fractions, in closed form, and layers cut finely."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from thermopkg.arraytypes import FloatArray

Polynomial = list[Fraction]  # in s, the constant first


def _product(first: Polynomial, second: Polynomial) -> Polynomial:
    found = [Fraction(0)] * (len(first) + len(second) - 1)
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            found[i + j] += a * b
    return found


def _less(first: Polynomial, second: Polynomial) -> Polynomial:
    """The difference; powers that have gone are taken off its end."""
    n = max(len(first), len(second))
    padded = [[*p, *[Fraction(0)] * (n - len(p))] for p in (first, second)]
    found = [a - b for a, b in zip(*padded, strict=True)]
    while found and found[-1] == 0:
        found.pop()
    return found


def rational_ladder(
    resistances: Sequence[Fraction], times: Sequence[Fraction]
) -> tuple[list[Fraction], list[Fraction]]:
    """Resistances and capacities of a ladder, from Z(s) as one fraction: take s C off 1/Z, then R off Z, and so on."""
    below: Polynomial = [Fraction(1)]
    for tau in times:
        below = _product(below, [Fraction(1), tau])
    above: Polynomial = []
    for i, resistance in enumerate(resistances):
        term: Polynomial = [resistance]
        for j, tau in enumerate(times):
            if j != i:
                term = _product(term, [Fraction(1), tau])
        above = _less(above, [-a for a in term])
    found: tuple[list[Fraction], list[Fraction]] = ([], [])
    while above:
        capacity = below[-1] / above[-1]
        below = _less(below, [Fraction(0), *(capacity * a for a in above)])
        resistance = above[-1] / below[-1]
        above = _less(above, [resistance * b for b in below])
        found[0].append(resistance)
        found[1].append(capacity)
    return found


def line_spectrum(resistance: float, capacity: float, count: int) -> tuple[FloatArray, FloatArray]:
    """Resistances and time constants of the slowest terms of a uniform line, slowest first."""
    odd = (2.0 * np.arange(count) + 1.0) ** 2 * np.pi**2
    return 8.0 * resistance / odd, 4.0 * resistance * capacity / odd


def cut_stack(
    layers: Sequence[dict[str, Any]], area: float, film: float, counts: Sequence[int]
) -> tuple[FloatArray, FloatArray, float]:
    """A stack heated on its last face and cooled at its first, cut into slices that hold their capacity in the middle.

    Parameters
    ----------
    layers : from the cooled face up: `thickness`, `conductivity`, `capacity`, SI
    counts : slices of each layer
    Returns
    -------
    resistances between neighbouring middles, from the heated end, the last one to ambient; capacities; and what lies
    before the first middle, K/W
    """
    halves, capacities = [], []
    for layer, n in zip(reversed(layers), reversed(counts), strict=True):
        halves += [0.5 * layer["thickness"] / n / (layer["conductivity"] * area)] * n
        capacities += [layer["capacity"] * layer["thickness"] / n * area] * n
    half = np.array(halves)
    return np.append(half[:-1] + half[1:], half[-1] + 1.0 / (film * area)), np.array(capacities), float(half[0])
