"""How many digits does a number deserve? Those that its bracket leaves, with bounds that still hold as printed."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from thermopkg.answer.bracket import Bracket


def decimals(half_width: float) -> int:
    """Digits behind the point that show a half-width with two figures; at most six."""
    if half_width <= 0:
        return 6
    digits = 0
    while digits < 6 and half_width * 10**digits < 9.5:
        digits += 1
    return digits


def interval(bracket: Bracket, digits: int) -> str:
    """The two bounds with so many digits behind the point, rounded outwards: what is printed still holds."""
    unit = Decimal(1).scaleb(-digits)
    lower = Decimal(bracket.lower).quantize(unit, ROUND_FLOOR)
    upper = Decimal(bracket.upper).quantize(unit, ROUND_CEILING)
    return f"[{lower}, {upper}]"
