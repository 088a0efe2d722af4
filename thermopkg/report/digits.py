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
    return f"[{down(bracket.lower, digits)}, {up(bracket.upper, digits)}]"


def down(value: float, digits: int) -> str:
    """The number with so many digits behind the point that is nearest from below."""
    return str(Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR))


def up(value: float, digits: int) -> str:
    """The number with so many digits behind the point that is nearest from above."""
    return str(Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_CEILING))
