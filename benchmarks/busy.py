"""What else keeps the machine busy? A neighbour made on purpose, and how much others worked meanwhile."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.measure import _busy_seconds

SPIN = """
import os
parent = os.getppid()
while os.getppid() == parent:  # ends with whoever began it, however that ends
    for _ in range(10**6):
        pass
"""


@contextmanager
def busy_neighbour() -> Iterator[None]:
    """Another process keeps one core busy inside the block."""
    neighbour = subprocess.Popen([sys.executable, "-c", SPIN])
    try:
        yield
    finally:
        neighbour.kill()
        neighbour.wait()


@contextmanager
def watch() -> Iterator[list[float]]:
    """Collects, at the end of the block, how many cores other processes kept busy on average."""
    found: list[float] = []
    busy, own, started = _busy_seconds(), time.process_time(), time.perf_counter()
    yield found
    worked = _busy_seconds() - busy - (time.process_time() - own)
    found.append(max(worked / (time.perf_counter() - started), 0.0))


def repeats(n_cells: float) -> int:
    """How many runs of a problem to take the fastest of: one that takes longer meets a quiet moment anyway."""
    return 5 if n_cells < 2e6 else 3 if n_cells < 20e6 else 1
