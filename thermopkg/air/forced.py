"""What does air take that is blown along a face? The plate in parallel flow, laminar and turbulent."""

from dataclasses import replace

from thermopkg.air.correlation import Correlation, Stream
from thermopkg.air.properties import Properties

TRANSITION = 5e5  # Re at which a smooth plate's layer turns turbulent; anything from 1e5 to 3e6 is met
LAMINAR_FACTOR, TURBULENT_FACTOR = 0.664, 0.037  # of the means over a plate that is heated from its edge on
THINNEST, FASTEST = 1e3, 1e8  # Re; below, the layer is not thin: the drag's next term, 4.12/Re, is a tenth of the first

ON_A_BOX = 0.25  # uncertainty on a box: a square prism across the flow differs as much from a plate, see `film.film`
TEXTBOOK = "textbooks warn of errors up to 25 % in general; a smooth plate in a smooth stream scatters less"
ROUGH = "textbooks warn of errors up to 25 %, for streams as rough as this"

LAMINAR_PLATE = Correlation(
    name="forced, laminar",
    source=("incropera2011",),
    confidence="recalled-high",
    uncertainty=0.15,
    origin=TEXTBOOK,
    number="Re",
    lowest=THINNEST,
    highest=TRANSITION,
)
TURBULENT_PLATE = replace(LAMINAR_PLATE, name="forced, turbulent", lowest=TRANSITION, highest=FASTEST)
TRIPPED_PLATE = replace(
    LAMINAR_PLATE, name="forced, tripped", uncertainty=0.25, origin=ROUGH, lowest=THINNEST, highest=FASTEST
)


def plate(reynolds: float, prandtl: float, start: float = 0.0, tripped: bool = False) -> float:
    """Mean Nusselt number of a plate along the flow, by the heated length: h = Nu k / heated length.

    The heat given off between the start x0 of the heating and a place x is, in units of k dT,

        laminar    F(x) = 0.664 Re_x^(1/2) Pr^(1/3) [1 - (x0/x)^(3/4)]^(2/3)
        turbulent  G(x) = 0.037 Re_x^(4/5) Pr^(1/3) [1 - (x0/x)^(9/10)]^(8/9)

    and the number is F up to the transition and what G gains beyond it. Heated from the edge on, that is the textbook's
    0.664 Re^(1/2) Pr^(1/3) and (0.037 Re^(4/5) - 871) Pr^(1/3), without a jump at Re = 5e5.

    Parameters
    ----------
    reynolds : at the trailing edge, by the length from the leading edge on
    start : x0 as a share of that length, where the heating begins; 0 for a plate that is heated all over
    tripped : turbulent from the leading edge on, as behind an edge or other parts; below Re = 1.5e4, where that would
        take less than a laminar layer does, laminar after all
    Source: [incropera2011] eqs. 7.30, 7.38, 7.42 to 7.44; local laws with a start after [ameel1997]
    """
    if not 0 <= start < 1:
        raise ValueError(f"start: {start:g} of the length is not heated; it lies from 0 to below 1")
    begin = reynolds * start
    if tripped:
        return max(_laminar(reynolds, prandtl, begin), _turbulent(reynolds, prandtl, begin))
    if reynolds <= TRANSITION:
        return _laminar(reynolds, prandtl, begin)
    before = _laminar(TRANSITION, prandtl, begin)
    return before + _turbulent(reynolds, prandtl, begin) - _turbulent(TRANSITION, prandtl, begin)


def _laminar(reynolds: float, prandtl: float, start: float) -> float:
    """Heat from the start to where Re_x is `reynolds`, over k dT; `start` is Re_x there."""
    if reynolds <= start:
        return 0.0
    thinned = float((1.0 - float((start / reynolds) ** 0.75)) ** (2 / 3))
    return LAMINAR_FACTOR * float(reynolds**0.5) * float(prandtl ** (1 / 3)) * thinned


def _turbulent(reynolds: float, prandtl: float, start: float) -> float:
    """The same of a layer that is turbulent from the leading edge on."""
    if reynolds <= start:
        return 0.0
    thinned = float((1.0 - float((start / reynolds) ** 0.9)) ** (8 / 9))
    return TURBULENT_FACTOR * float(reynolds**0.8) * float(prandtl ** (1 / 3)) * thinned


def forced(
    speed: float, length: float, air: Properties, upstream: float = 0.0, tripped: bool = False, box: bool = False
) -> Stream:
    """What air takes from a face that it is blown along.

    Parameters
    ----------
    speed : of the air far away, m/s, above zero
    length : of the face along the flow, m
    air : at the mean of the face's and the air's temperatures
    upstream : length of unheated wall ahead of the face, flush with it, m
    tripped : turbulent from the leading edge on
    box : the face is one of a box that stands in the stream, not of a thin plate: less is known of it
    """
    run = upstream + length
    reynolds = speed * run / air.kinematic_viscosity
    law = TRIPPED_PLATE if tripped else LAMINAR_PLATE if reynolds <= TRANSITION else TURBULENT_PLATE
    return Stream(
        film=plate(reynolds, air.prandtl, upstream / run, tripped) * air.conductivity / length,
        number=reynolds,
        regime=law.name,
        correlation=law,
        uncertainty=max(law.uncertainty, ON_A_BOX) if box else law.uncertainty,
        caution=law.caution(reynolds),
    )
