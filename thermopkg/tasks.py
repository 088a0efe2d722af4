"""Who solves the cases? Tasks of dask, on the threads of this process or on the workers of a cluster."""

import time
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from thermopkg import __version__
from thermopkg.case.case import Case
from thermopkg.claims.chart import chart
from thermopkg.errors import CaseError, Fault, ThermopkgError
from thermopkg.explore.store import Finished, resolved
from thermopkg.lattice.kernels import at_most_threads, thread_count
from thermopkg.mesh.planning import MEMORY_SHARE, free_memory
from thermopkg.regress.record import Origin, record
from thermopkg.workflow import bounded, geometry

EXTRA = "thermopkg[sweep]"
PATIENCE = 30.0  # s, for a scheduler to answer and for a first worker to join it
LOCAL = "127.0.0.1:0"  # dask's web servers cannot be turned off, and are nobody else's business
PREFIX = "thermopkg-"  # of the tasks' names on a scheduler, where others may have theirs

Answer = Finished | str  # a text is the fault


@dataclass(frozen=True)
class Share:
    """What one task may take of the machine that it runs on, so that all at once fit."""

    threads: int
    memory: float | None  # bytes; None where nobody has said how much there is


def check_workers(scheduler: str | None, workers: int | None) -> None:
    """Whether it makes sense to ask for so many workers there.

    Raises
    ------
    CaseError : it does not
    """
    faults = []
    if workers is not None and workers < 1:
        faults.append(Fault("--workers", f"{workers} cases at once solve nothing; ask for 1 or more"))
    if workers is not None and scheduler is not None:
        faults.append(Fault("--workers", "goes with this process alone; a scheduler has the workers that joined it"))
    if faults:
        raise CaseError(faults, "sweep")


def answers(
    cases: Mapping[str, Case], scheduler: str | None, workers: int | None, folder: Path
) -> Iterator[tuple[str, Answer]]:
    """Key and answer of every case, as they are finished.

    Parameters
    ----------
    folder : where what is finished is kept, for whoever has to start again
    Raises
    ------
    CaseError : dask is not installed, or the scheduler cannot be reached or has gone
    """
    if not cases:
        return
    dask = _distributed()
    place = _here(dask, len(cases), workers) if scheduler is None else _there(dask, scheduler)
    with dask.utils.silence_logging_cmgr("critical"), place as (client, share):  # what matters is told as a fault
        tasks = {
            client.submit(solved, case, key, share, __version__, key=PREFIX + key, pure=False): key
            for key, case in cases.items()
        }
        done = dask.as_completed(list(tasks))
        for _ in range(len(tasks)):
            try:
                task = next(done)
                answer = _answer(task)
            except (OSError, CancelledError, StopIteration) as error:
                reason = (
                    f"{scheduler} has gone; what is finished is kept in {folder}, and the same command goes on there"
                )
                raise CaseError([Fault("--scheduler", reason)], "sweep") from error
            yield tasks[task], answer


def _answer(task: Any) -> Answer:
    """What a task has returned; where its worker died of it, or could not run it, that is the fault."""
    if task.status == "error":
        failure = task.exception()
        return f"{type(failure).__name__}: {failure}"
    answer: Answer = task.result()
    return answer


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        reason = f"sweeps of whole cases run on dask, which is not installed: pip install '{EXTRA}'"
        raise CaseError([Fault("", reason)], "sweep") from error
    return distributed


@contextmanager
def _here(dask: Any, n_cases: int, workers: int | None) -> Iterator[tuple[Any, Share]]:
    """The threads of this process as workers: solving releases the interpreter, and nothing has to be started."""
    at_once = min(n_cases, workers or thread_count())
    share = Share(max(1, thread_count() // at_once), free_memory() / at_once)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Couldn't detect a suitable IP address")  # which nobody needs here
        cluster = dask.LocalCluster(
            n_workers=1,
            threads_per_worker=at_once,
            processes=False,
            memory_limit=None,  # dask would pause what has a share of its own
            scheduler_kwargs={"dashboard": False, "dashboard_address": LOCAL},
            worker_dashboard_address=LOCAL,
            silence_logs=False,
        )
    with cluster, dask.Client(cluster, set_as_default=False) as client, client.as_current():
        yield client, share


@contextmanager
def _there(dask: Any, address: str) -> Iterator[tuple[Any, None]]:
    """The workers of a scheduler that somebody has started; each task finds out its share where it runs."""
    try:
        client = dask.Client(address, timeout=PATIENCE, set_as_default=False)
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            client.close()
            reason = f"no worker has joined {address}; start some with: dask worker {address}"
            raise CaseError([Fault("--scheduler", reason)], "sweep") from error
    except (OSError, ValueError) as error:
        reason = f"no dask scheduler answers at {address!r}; start one with: dask scheduler ({error})"
        raise CaseError([Fault("--scheduler", reason)], "sweep") from error
    with client, client.as_current():
        yield client, None


def _share_of_worker() -> Share:
    """One core, as is dask's custom, and an equal part of what the worker may use."""
    worker = _distributed().get_worker()
    limit = worker.memory_manager.memory_limit
    return Share(1, MEMORY_SHARE * limit / worker.state.nthreads if limit else None)


# ---------------------------------------------------------------- one case
def solved(case: Case, key: str, share: Share | None, version: str) -> Answer:
    """Solve one case on a worker, whatever comes of it: a fault is an answer, and no error that ends the sweep.

    Parameters
    ----------
    share : of the worker's machine; None to ask the worker
    version : of the program that asks
    """
    if version != __version__:
        return f"the worker has thermopkg {__version__}, and {version} asks; install the same version on both"
    taken = share or _share_of_worker()
    try:
        with at_most_threads(taken.threads):
            return _finished(case, key, taken.memory)
    except ThermopkgError as error:
        return str(error)
    except Exception as error:  # a fault of the program in one case must not hide how the others fare
        return f"{type(error).__name__}: {error}"


def _finished(case: Case, key: str, memory: float | None) -> Finished:
    started = time.perf_counter()
    own = case.study.max_memory
    study = case.study.model_copy(update={"max_memory": own if own is not None else memory})
    coarse = geometry(case.model_copy(update={"study": study}))
    answer = bounded(coarse)
    verdicts = chart(coarse, case.study.claims) if case.study.claims else ()
    origin = Origin(
        thermopkg=__version__,
        tolerance=case.study.tolerance,
        cells=answer.model.grid.n_cells,
        date=date.today(),
    )
    return Finished(
        key=key,
        case=resolved(case),
        record=record(answer.wanted, verdicts, origin),
        widest=answer.widest,
        seconds=time.perf_counter() - started,
    )
