"""Where does a map give back what it was given? The next guess, from the last few guesses and what each of them missed.

Few numbers, such as the means of faces, are extrapolated from several rounds; a whole field, of which no more than one
earlier one is worth its memory, goes a share of the way.
"""

from collections.abc import Sequence

import numpy as np

from thermopkg.arraytypes import FloatArray

WILD = 3.0  # times the plain step; an extrapolation that goes further is not believed
LEAST_SHARE, MOST_SHARE = 0.05, 2.0  # of the way to what was found; the first is for maps that overshoot twentyfold
SAME_DIRECTION = 1e-10  # of the largest singular value; rounds that differ by less tell nothing new


def extrapolated(guesses: Sequence[FloatArray], gaps: Sequence[FloatArray]) -> FloatArray:
    """The next guess at a fixed point from the last few and what each missed, [anderson1965].

    Of all mixtures of the guesses the one whose mixed gap is smallest, and that gap further.
    """
    plain = guesses[-1] + gaps[-1]
    if len(gaps) == 1 or not plain.size:
        return plain
    steps = np.stack([gap - gaps[-1] for gap in gaps[:-1]], axis=1)
    shares = np.linalg.lstsq(steps, -gaps[-1], rcond=SAME_DIRECTION)[0]
    ends = np.stack([g + gap for g, gap in zip(guesses[:-1], gaps[:-1], strict=True)], axis=1)
    mixed = plain + (ends - plain[:, None]) @ shares
    return mixed if np.abs(mixed - guesses[-1]).max() <= WILD * np.abs(gaps[-1]).max() else plain


def share_of_the_way(share: float, before: FloatArray, gap: FloatArray) -> float:
    """How much of a gap to go on by, where a share of the one before left this one, [irons1969].

    A gap that turned about was gone too far by; one that stayed, not far enough.
    """
    change = gap - before
    size = float(np.vdot(change, change))
    if size == 0.0:
        return share
    return float(np.clip(-share * np.vdot(before, change) / size, LEAST_SHARE, MOST_SHARE))
