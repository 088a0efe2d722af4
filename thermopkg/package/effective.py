"""What do many joints conduct together? Effective conductivities of columns in a fill and of layers, by formula.

Columns stand upright: heat through the layer runs along them, heat in its plane across them. `share` is that of the
joints in every cross-section, conductivities are in W/m/K; floats and arrays alike, element by element.
"""

import math
from typing import assert_never

import numpy as np
from numpy.typing import ArrayLike

from thermopkg.arraytypes import FloatArray
from thermopkg.case.part import Pattern

CLOSEST = 0.8  # diameter over that of the flux tube, from which the three terms of `constriction` are of no use


# ---------------------------------------------------------------- side by side, and one after another
def in_parallel(shares: ArrayLike, conductivities: ArrayLike) -> FloatArray:
    """Of what runs side by side from face to face; an upper bound for any other arrangement.

        k = sum of share * k

    The two faces are taken for isothermal: what the heat does to gather at the joints is a resistance on top
    (`constriction`).

    Parameters
    ----------
    shares : of the cross-section, which add up to one, shape (n,)
    conductivities : shape (n,) or (n, 3)
    Source: [wiener1912]
    """
    return np.asarray(np.einsum("i,i...->...", np.asarray(shares, float), np.asarray(conductivities, float)))


def in_series(shares: ArrayLike, conductivities: ArrayLike) -> FloatArray:
    """Of what lies one after another in the way of the heat; a lower bound for any other arrangement.

        1 / k = sum of share / k

    Parameters as of `in_parallel`. Source: [wiener1912]
    """
    return np.asarray(1.0 / in_parallel(shares, 1.0 / np.asarray(conductivities, float)))


def wiener(share: ArrayLike, column: ArrayLike, fill: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Between which two values every arrangement of two materials lies, in any direction. Source: [wiener1912]"""
    share, column, fill = (np.asarray(value, float) for value in (share, column, fill))
    return np.asarray(1 / (share / column + (1 - share) / fill)), np.asarray(share * column + (1 - share) * fill)


def laminate(thicknesses: ArrayLike, conductivities: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """In the plane of a stack of layers, and through it.

        in plane = sum of t k / t,   through = t / sum of t / k

    Both are exact for layers without end: in the plane they run side by side, through it one after another.

    Parameters
    ----------
    thicknesses : m, shape (n,)
    conductivities : of isotropic layers, shape (n,)
    """
    shares = np.asarray(thicknesses, float) / np.sum(thicknesses)
    return in_parallel(shares, conductivities), in_series(shares, conductivities)


# ---------------------------------------------------------------- columns in the plane of their layer
def round_columns(share: ArrayLike, column: ArrayLike, fill: ArrayLike) -> FloatArray:
    """In the plane of a layer of round columns that stand well apart: Maxwell and Eucken, in two dimensions.

        k = fill * ((1 + share) column + (1 - share) fill) / ((1 - share) column + (1 + share) fill)

    Columns that conduct better than their fill conduct no less together, however they are placed: it is the lower
    bound of Hashin and Shtrikman. On a square pitch the exact value lies above it by 0.1 % at a share of 0.28 and 114
    times the fill's conductivity, by 1.3 % at a share of 0.5 and 10 times, by at most 3 % up to a share of 0.5 and by
    a quarter at 0.7, where neighbours nearly touch. Also exact for a column with a coat that fills the rest of its own
    circle, seen from outside.

    Source: [maxwell1873], [eucken1940]; exact values [rayleigh1892], [perrins1979]; the bound [hashin1983]
    """
    share, column, fill = (np.asarray(value, float) for value in (share, column, fill))
    return np.asarray(fill * ((1 + share) * column + (1 - share) * fill) / ((1 - share) * column + (1 + share) * fill))


def hashin_shtrikman(share: ArrayLike, column: ArrayLike, fill: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Between which two values upright cylinders of any shape conduct in the plane, if alike in all its directions.

    Source: [hashin1983]
    """
    one, other = round_columns(share, column, fill), round_columns(1 - np.asarray(share, float), fill, column)
    return np.minimum(one, other), np.maximum(one, other)


# ---------------------------------------------------------------- copper in the plane of its layer
def patterned(pattern: Pattern, share: float, metal: FloatArray, fill: FloatArray) -> FloatArray:
    """Of a layer along x, y, z whose metal covers a share of it, W/m/K.

    Through the layer both run side by side whatever the pattern. In the plane a sheet with round holes conducts as the
    better bound of Hashin and Shtrikman says, islands as the worse, and long traces, half along x and half along y, as
    the mean of side by side and one after another.

    Parameters
    ----------
    metal, fill : along x, y, z, W/m/K, shape (3, ...) each
    Source: [wiener1912], [hashin1983]
    """
    side_by_side = np.asarray(share * metal + (1 - share) * fill)
    if pattern == "smeared" or share == 1.0:
        return side_by_side
    found = side_by_side.copy()
    along = slice(0, 2)
    match pattern:
        case "plane":
            found[along] = hashin_shtrikman(share, metal[along], fill[along])[1]
        case "islands":
            found[along] = hashin_shtrikman(share, metal[along], fill[along])[0]
        case "traces":
            found[along] = 0.5 * (side_by_side[along] + wiener(share, metal[along], fill[along])[0])
        case _:
            assert_never(pattern)
    return found


# ---------------------------------------------------------------- plated vias
def plated_areas(diameter: float, plating: float) -> tuple[float, float]:
    """Cross-sections of a plated via's wall and of what it holds, m^2.

    wall = pi (diameter - plating) plating,   hole = pi (diameter / 2 - plating)^2

    Raises
    ------
    ValueError : the wall leaves nothing inside
    """
    if not 0 < 2 * plating < diameter:
        raise ValueError(f"a wall of {plating:g} m and a diameter of {diameter:g} m make no tube")
    return math.pi * (diameter - plating) * plating, math.pi * (0.5 * diameter - plating) ** 2


# ---------------------------------------------------------------- resistances of single joints
def constriction(diameter: float, share: float, conductivity: float) -> float:
    """What the heat of one joint meets where it gathers from, or spreads into, a thick neighbour, K/W.

        R = (1 - 1.41 e + 0.34 e^3) / (4 k a),   a the joint's radius,   e = sqrt(share)

    e is the joint's radius over that of the circle with its share of the plane. For a joint by itself it is the disc
    of one temperature on a half-space, 1 / (4 k a). The neighbour is to be thicker than the pitch, and the joint's
    end of one temperature. Good to 2 % up to e = 0.6; the terms that are left out count beyond.

    Parameters
    ----------
    diameter : m
    share : of the joints in the plane
    conductivity : of the neighbour
    Raises
    ------
    ValueError : neighbouring joints stand so close that nothing is left to gather from
    Source: [carslawjaeger1959] for the disc, [negus1984] for the tube
    """
    e = math.sqrt(share)
    if not 0 <= e <= CLOSEST:
        raise ValueError(f"joints that take {share:.3g} of the plane have no such constriction; at most {CLOSEST**2:g}")
    return (1 - 1.41 * e + 0.34 * e**3) / (2 * conductivity * diameter)


def with_resistance(conductivity: float, height: float, area: float, resistance: float) -> float:
    """The conductivity through a layer with a further resistance in the way of each joint's own area.

        height / k' = height / k + resistance * area

    Parameters
    ----------
    height : of the layer, m; `area` : of the plane for each joint, m^2; `resistance` : K/W
    """
    return height / (height / conductivity + resistance * area)


def barrel(height: float, end_diameter: float, largest_diameter: float, conductivity: float) -> float:
    """From end to end of a ball that bulges between two pads, K/W.

        R = integral of dz / (k pi r^2) = height / (k pi r_max^2) * artanh(s) / s,   s = sqrt(1 - (r_end / r_max)^2)

    for r^2 = r_max^2 (1 - (z / c)^2), a piece of a spheroid, which is one of a sphere where r_max^2 = r_end^2 +
    (height / 2)^2. Every cross-section is taken for isothermal, which makes it a lower bound.

    Raises
    ------
    ValueError : the ends are wider than the middle, or have no width
    """
    if not 0 < end_diameter <= largest_diameter:
        raise ValueError(f"ends of {end_diameter:g} m and a middle of {largest_diameter:g} m make no barrel")
    column = height / (conductivity * math.pi * (0.5 * largest_diameter) ** 2)
    s = math.sqrt(1 - (end_diameter / largest_diameter) ** 2)
    return column * (math.atanh(s) / s if s > 0 else 1.0)


def diameter_of_column(end_diameter: float, largest_diameter: float) -> float:
    """Of the straight column that conducts as a barrel of the same height does, m; as `barrel`."""
    per_height = barrel(1.0, end_diameter, largest_diameter, 1.0)
    return 2 / math.sqrt(math.pi * per_height)
