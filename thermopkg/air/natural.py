"""What does air take that moves only because it is warmed? Nusselt numbers of plates, and films of small parts.

Where two published laws meet with a jump, the larger holds, which is continuous. The other way round, below the range
of the power laws, the thin layer of their theory becomes as thick as the plate is wide, and air conducts around its
edges: Raithby and Hollands put a film of constant thickness in series with the layer, Nu = C / ln(1 + C / Nu_layer).
Lengths: of a vertical plate its height, of a horizontal one its area over its perimeter.
Sources: [churchillchu1975], [lloydmoran1974], [incropera2011] ch. 9, [rohsenow1998] ch. 4, [ellison1989].
"""

from math import hypot, log, log1p
from typing import Literal

from thermopkg.air.correlation import Correlation, Stream
from thermopkg.air.properties import GRAVITY, SEA_LEVEL, Properties

Way = Literal["vertical", "up", "down"]  # of a hot face; a cold one behaves as its mirror image

LEAST_DIFFERENCE = 0.01  # K; power laws are infinitely steep at zero, and air is never that still: see `driving`
LAMINAR, TURBULENT = 1e9, 1e10  # Ra between which a vertical plate's flow turns over
LAYER = 0.670  # of a laminar layer on a vertical plate; on a horizontal one the handbook has 0.835 * 0.671
UP_LAYER, UP_EDGE = 0.835 * 0.671, 1.4
DOWN_LAYER, DOWN_EDGE = 0.527, 2.5
SMALL_FACTOR = 0.83  # W/m^2/K, metres and kelvins
SMALL_PARTS: dict[Way, tuple[float, float]] = {"vertical": (1.22, 0.35), "up": (1.00, 0.33), "down": (0.50, 0.33)}

TEXTBOOK = "textbooks warn of errors up to 25 % for plates in general; averages over plates in still air scatter less"
TWICE_THE_MEASURED = (
    "twice what it lies below the measured 0.96 Ra^(1/6) and 0.59 Ra^(1/4) at Ra from 1 to 1e4 [goldstein1973]"
)
THREE_LAWS = (
    "three published laws lie so far apart at Ra = 1e3: this one gives 2.65, "
    "0.52 Ra^(1/5) 2.07 [radziemska2001], 0.27 Ra^(1/4) 1.52 [incropera2011]"
)
JUDGEMENT = "no statement of the author's was found: what such fits scatter by"

VERTICAL = Correlation(
    name="natural, vertical",
    source=("churchillchu1975",),
    confidence="recalled-high",
    uncertainty=0.15,
    origin=TEXTBOOK,
    number="Ra",
    lowest=0.1,
    highest=1e12,
)
UP = Correlation(
    name="natural, hot side up",
    source=("lloydmoran1974", "incropera2011"),
    confidence="recalled-high",
    uncertainty=0.15,
    origin=TEXTBOOK,
    number="Ra",
    lowest=1e4,
    highest=1e11,
)
UP_WEAK = Correlation(
    name="natural, hot side up, weak",
    source=("rohsenow1998",),
    confidence="second-hand",
    uncertainty=0.20,
    origin=TWICE_THE_MEASURED,
    number="Ra",
    lowest=1.0,
    highest=1e4,
)
DOWN = Correlation(
    name="natural, hot side down",
    source=("incropera2011",),
    confidence="recalled-high",
    uncertainty=0.20,
    origin=TEXTBOOK,
    number="Ra",
    lowest=1e5,
    highest=1e10,
)
DOWN_WEAK = Correlation(
    name="natural, hot side down, weak",
    source=("rohsenow1998",),
    confidence="second-hand",
    uncertainty=0.30,
    origin=THREE_LAWS,
    number="Ra",
    lowest=1e3,
    highest=1e5,
)
SMALL = Correlation(
    name="natural, small part",
    source=("ellison1989",),
    confidence="recalled-medium",
    uncertainty=0.20,
    origin=JUDGEMENT,
    number="length",
    lowest=1e-3,  # below, conduction around the edges is more than the law
    highest=0.075,  # above, the plate's law is more than the law
)


def natural(way: Way, difference: float, length: float, air: Properties, small: bool = False) -> Stream:
    """What air takes from a face by rising or sinking along it.

    A cold face that looks up behaves as a hot one that looks down, and the other way round; the turn is continuous.

    Parameters
    ----------
    way : where the face looks
    difference : surface less ambient, K, of either sign
    length : height of a vertical face, area over perimeter of a horizontal one, m
    air : at the mean of both temperatures
    small : by the laws of electronic parts rather than of plates
    """
    driven = driving(difference)
    ra = rayleigh(driven, length, air)

    def law(acting: Way) -> float:
        if small:
            return small_part(acting, driven, length, air.pressure)
        return nusselt(acting, ra, air.prandtl) * air.conductivity / length

    acting, found = way, law(way)
    if way != "vertical":
        lifting = difference if way == "up" else -difference  # above zero where the air can leave the face
        acting = "up" if lifting > 0 else "down"
        share = max(lifting, 0.0) / driven
        found = share * law("up") + (1.0 - share) * law("down")
    correlation = SMALL if small else _plate(acting, ra)
    side = "vertical" if way == "vertical" else f"{'hot' if difference >= 0 else 'cold'} side {way}"
    return Stream(
        film=found,
        number=ra,
        regime=f"natural, {side}, small part" if small else f"natural, {side}",
        correlation=correlation,
        uncertainty=correlation.uncertainty,
        caution=correlation.caution(length if small else ra),
    )


def driving(difference: float) -> float:
    """What drives the flow, K: the difference, but never less than a hundredth of a kelvin.

    Smooth, so that films have bounded slopes where the difference passes through zero. At 0.1 K it adds 0.5 % to the
    difference and 0.2 % to the film.
    """
    return hypot(difference, LEAST_DIFFERENCE)


def rayleigh(difference: float, length: float, air: Properties) -> float:
    """g beta |dT| L^3 / (nu alpha)."""
    buoyancy = GRAVITY * air.expansion * abs(difference)
    return buoyancy * length**3 / (air.kinematic_viscosity * air.diffusivity)


def nusselt(way: Way, rayleigh: float, prandtl: float) -> float:
    """Mean Nusselt number of an isothermal plate."""
    match way:
        case "vertical":
            return vertical(rayleigh, prandtl)
        case "up":
            return facing_up(rayleigh, prandtl)
        case "down":
            return facing_down(rayleigh, prandtl)


def vertical(rayleigh: float, prandtl: float) -> float:
    """A vertical plate, by its height.

        laminar  0.68 + 0.670 Ra^(1/4) / [1 + (0.492/Pr)^(9/16)]^(4/9)          to Ra = 1e9
        full     {0.825 + 0.387 Ra^(1/6) / [1 + (0.492/Pr)^(9/16)]^(8/27)}^2    from Ra = 1e10

    The laminar form is the better one as far as it goes, and all faces of packages lie there: the full form gives 7 %
    less at Ra = 1e4 and a third more at 1e9. Between the two the flow turns over, linearly in log Ra: no jump.
    Source: [churchillchu1975]
    """
    laminar = 0.68 + LAYER * float(rayleigh**0.25) / prandtl_factor(prandtl)
    if rayleigh <= LAMINAR:
        return laminar
    turned = min(log(rayleigh / LAMINAR) / log(TURBULENT / LAMINAR), 1.0)
    full = float((0.825 + 0.387 * float(rayleigh ** (1 / 6)) / float(prandtl_factor(prandtl) ** (2 / 3))) ** 2)
    return (1.0 - turned) * laminar + turned * full


def prandtl_factor(prandtl: float) -> float:
    """[1 + (0.492/Pr)^(9/16)]^(4/9): how much thinner than in a fluid of large Pr the layer's motion is."""
    return float((1.0 + float((0.492 / prandtl) ** (9 / 16))) ** (4 / 9))


def facing_up(rayleigh: float, prandtl: float) -> float:
    """A hot plate that looks up, by its area over its perimeter: the largest of

        0.54 Ra^(1/4)                                                          Ra from 1e4 to 1e7
        0.15 Ra^(1/3)                                                          Ra from 1e7 to 1e11
        1.4 / ln(1 + 1.4 / N),  N = 0.560 Ra^(1/4) / [1 + (0.492/Pr)^(9/16)]^(4/9)     Ra from 1

    The first two cross at Ra = 4.7e6 (at 1e7 they are 6 % apart), the first and the last at 1.2e3.
    Sources: [lloydmoran1974], [incropera2011] for the first two, [rohsenow1998] for the last.
    """
    layer = UP_LAYER * float(rayleigh**0.25) / prandtl_factor(prandtl)
    return max(0.54 * float(rayleigh**0.25), 0.15 * float(rayleigh ** (1 / 3)), _around_edges(layer, UP_EDGE))


def facing_down(rayleigh: float, prandtl: float) -> float:
    """A hot plate that looks down, by its area over its perimeter: the larger of

        0.27 Ra^(1/4)                                                          Ra from 1e5 to 1e10
        2.5 / ln(1 + 2.5 / N),  N = 0.527 Ra^(1/5) / [1 + (1.9/Pr)^(9/10)]^(2/9)       Ra from 1e3

    but never more than the same plate looking up, which the last would give below Ra = 1e2. The two cross at 2.2e5.
    Sources: [incropera2011], [rohsenow1998]
    """
    layer = DOWN_LAYER * float(rayleigh**0.2) / float((1.0 + float((1.9 / prandtl) ** 0.9)) ** (2 / 9))
    found = max(0.27 * float(rayleigh**0.25), _around_edges(layer, DOWN_EDGE))
    return min(found, facing_up(rayleigh, prandtl))


def _around_edges(layer: float, edge: float) -> float:
    """A thin layer's Nusselt number, corrected for its own thickness."""
    return edge / log1p(edge / layer) if layer > 0 else 0.0


def small_part(way: Way, difference: float, length: float, pressure: float = SEA_LEVEL) -> float:
    """The film of a face of an electronic part, W/m^2/K: more than a plate's, since air comes in from all sides.

        h = 0.83 f (|dT| / L)^n (p / p0)^(2n)      f, n = 1.22, 0.35 vertical; 1.00, 0.33 up; 0.50, 0.33 down

    The constants are for the sea's level. A law in which h goes with dT^n goes with Ra^n, and so with the square of
    the density to the n: that is what the pressure does here.
    Source: [ellison1989]
    """
    factor, power = SMALL_PARTS[way]
    return SMALL_FACTOR * factor * float((abs(difference) / length * (pressure / SEA_LEVEL) ** 2) ** power)


def _plate(way: Way, rayleigh: float) -> Correlation:
    """The law that holds at a Rayleigh number."""
    match way:
        case "vertical":
            return VERTICAL
        case "up":
            return UP if rayleigh >= UP.lowest else UP_WEAK
        case "down":
            return DOWN if rayleigh >= DOWN.lowest else DOWN_WEAK
