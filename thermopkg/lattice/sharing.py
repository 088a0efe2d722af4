"""How do threads share a loop? In portions that each thread takes when it has time."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from thermopkg.lattice.kernels import thread_count

Result = TypeVar("Result")

PORTION = 40_000  # points; below, waking a thread costs more than it saves
MOST_PORTIONS = 64  # each costs some microseconds of interpreter


class Crew:
    """The calling thread and as many more as numba's settings allow.

    The calling thread works like any other and waits only for portions that another thread has really begun.
    So a thread that the machine does not schedule, because something else is running, loses little: measured
    beside a busy core, threads that wait for each other at the end of every loop took 12 ms for a loop of 4 us.
    """

    def __init__(self) -> None:
        self._others = thread_count() - 1
        self._pool = ThreadPoolExecutor(self._others) if self._others else None

    def share(self, kernel: Callable[..., Result], n_rows: int, n_points: int, *arguments: object) -> list[Result]:
        """Runs `kernel(first, last, *arguments)` over all rows and returns what the portions returned, in order.

        The portions depend on the sizes alone, so sums over them do not depend on the number of threads.

        Parameters
        ----------
        n_rows : rows to share; n_points : points in all of them, which decides into how many portions
        """
        n_portions = max(1, min(n_points // PORTION, MOST_PORTIONS, n_rows))
        bounds = [n_rows * portion // n_portions for portion in range(n_portions + 1)]
        if self._pool is None or n_portions == 1:
            return [kernel(*pair, *arguments) for pair in itertools.pairwise(bounds)]

        portions, results = itertools.count(), dict[int, Result]()

        def work() -> None:
            while (portion := next(portions)) < n_portions:
                results[portion] = kernel(bounds[portion], bounds[portion + 1], *arguments)

        others = [self._pool.submit(work) for _ in range(min(self._others, n_portions - 1))]
        try:
            work()
        finally:
            for other in others:
                if not other.cancel():
                    other.result()
        return [results[portion] for portion in range(n_portions)]
