"""How do simple bodies warm and cool, exactly? Slabs in a bath, solids without an end, and what follows from them.

A slab of half thickness L with films h on both faces (or one film and one adiabatic face) starts at 1 in a bath at 0:

    T = sum of C_n cos(ζ_n x/L) exp(-ζ_n² a t/L²),     ζ tan ζ = h L/k,     C = 4 sin ζ / (2 ζ + sin 2 ζ)

Bricks are products of slabs. Closed forms of solids without an end are those of [carslawjaeger1959], chapter II.
"""

import math
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq
from scipy.special import erfc, erfcx

TERMS = 200  # of a series: enough from a t / L² = 1e-4 on


def slab(biot: float, fourier: float, place: float) -> float:
    """What is left of the first rise of a slab at x/L, by its Biot number h L/k and its Fourier number a t/L²."""
    zeta, share = _roots(biot)
    return float(np.sum(share * np.cos(zeta * place) * np.exp(-(zeta**2) * fourier)))


def slab_mean(biot: float, fourier: float) -> float:
    """The mean over a slab of what is left of its first rise."""
    zeta, share = _roots(biot)
    return float(np.sum(share * np.sin(zeta) / zeta * np.exp(-(zeta**2) * fourier)))


def _roots(biot: float) -> tuple[np.ndarray, np.ndarray]:
    """Roots of ζ tan ζ = Bi, one in each half turn, and the share of each in a uniform start."""
    ends = np.arange(TERMS + 1) * math.pi
    zeta = np.array(
        [brentq(lambda z: z * math.sin(z) - biot * math.cos(z), low, high, xtol=1e-13) for low, high in pairwise(ends)]
    )
    return zeta, 4 * np.sin(zeta) / (2 * zeta + np.sin(2 * zeta))


def held(depth: float, diffusivity: float, time: float) -> float:
    """Share of a rise that a face is held at from the start, in a depth under it."""
    return float(erfc(depth / (2 * math.sqrt(diffusivity * time))))


def heated(depth: float, conductivity: float, diffusivity: float, time: float) -> float:
    """Rise under a face that takes one W/m² from the start, K."""
    reach = 2 * math.sqrt(diffusivity * time)
    z = depth / reach
    return reach / conductivity * (math.exp(-z * z) / math.sqrt(math.pi) - z * float(erfc(z)))


def bathed(depth: float, conductivity: float, diffusivity: float, film: float, time: float) -> float:
    """Share of a bath's rise under a face with a film to it."""
    z, own = depth / (2 * math.sqrt(diffusivity * time)), film * math.sqrt(diffusivity * time) / conductivity
    return float(erfc(z) - math.exp(-z * z) * erfcx(z + own))


def ramped(depth: float, diffusivity: float, time: float) -> float:
    """Share, under a face whose rise grows evenly with time, of what the face has reached: 4 i²erfc."""
    z = depth / (2 * math.sqrt(diffusivity * time))
    return (1 + 2 * z * z) * float(erfc(z)) - 2 * z / math.sqrt(math.pi) * math.exp(-z * z)


def self_heated(place: float, conductivity: float, diffusivity: float, density: float, start: float, time: float):
    """Rise of a slab of length 1 over its held face at 0, its other face adiabatic; W/m³ in it, `start` everywhere."""
    odd = (2 * np.arange(TERMS) + 1) * math.pi / 2
    end = density / conductivity * (place - place**2 / 2)
    shares = 2 / odd * start - 2 * density / conductivity / odd**3
    return end + float(np.sum(shares * np.sin(odd * place) * np.exp(-(odd**2) * diffusivity * time)))
