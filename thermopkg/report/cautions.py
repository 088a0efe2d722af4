"""What should the reader of a run through time know beforehand? What was asked, beside what the package does."""

from collections.abc import Iterator

from thermopkg.report.zth import told_time

LONGER = 1e6  # times the longest time constant; a run that goes on for longer has its times in another unit
LINEARISED = (
    "films, conductivities or leakage follow the temperature, and the linear package at rest was taken; "
    "--by-steps follows them"
)
FOLLOWED = "films, conductivities and leakage follow the temperature, step by step"


def cautions(until: float, slowest: float | None, shortest: float | None, first: float) -> Iterator[str]:
    """What is valid but suspicious.

    Parameters
    ----------
    until : end of the run, or the period that repeats, s
    slowest : longest time constant of the package, s; None where it is not known
    shortest : time between two jumps of the powers, s; None where there are no two
    first : time that the cells resolve, s
    """
    if slowest is not None and until > LONGER * slowest:
        yield (
            f"caution: {until:.3g} s are {until / slowest:.1g} times the longest time constant, {told_time(slowest)}; "
            "are times in ms or us read as s?"
        )
    if shortest is not None and shortest < first * (1 - 1e-9):
        yield (
            f"caution: powers jump {told_time(shortest)} apart, and cells resolve {told_time(first)}; peaks in between "
            f"are a little low: ask for --from {told_time(shortest).replace(' ', '')}"
        )
