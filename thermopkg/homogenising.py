"""What does it cost to model many joints as one medium? A case both ways: its numbers, cells and seconds."""

import time
from collections.abc import Sequence

from thermopkg.case.case import Case
from thermopkg.errors import CaseError, Fault
from thermopkg.explore.homogenisation import Cost, Run, homogenisable, modelled
from thermopkg.package.lumping import joints_of
from thermopkg.package.medium import Homogenised
from thermopkg.workflow import Progress, bounded, geometry, silent

BOTH: tuple[Homogenised, ...] = ("effective", "unit-cell")
EXPLICIT, WRITTEN = "explicit", "as written"  # the latter only where the case homogenises joints itself


def homogenisation_cost(case: Case, models: Sequence[Homogenised] = BOTH, progress: Progress = silent) -> Cost:
    """Solve a case with all joints explicit, and with every grid that can be one a medium in each of the ways.

    Each to the study's tolerance. A case that names media itself is solved as it is written, too.

    Raises
    ------
    CaseError : it has no joints that can be homogenised
    GeometryError : the parts do not fit together
    ConvergenceError : a solve fails
    """
    can, kept = homogenisable(case)
    if not can:
        told = "; ".join(f"{name} {why}" for name, why in kept.items()) or "there are no bumps, balls, pads or vias"
        raise CaseError([Fault("part", f"no joints can be one medium: {told}")], case.title)
    ways = {EXPLICIT: modelled(case, dict.fromkeys([*can, *kept], "explicit"))}
    if any(joints.model != "explicit" for part in case.part if (joints := joints_of(part)) is not None):
        ways[WRITTEN] = case
    ways |= {model: modelled(ways[EXPLICIT], dict.fromkeys(can, model)) for model in models}
    explicit, *others = (_run(name, way, progress) for name, way in ways.items())
    return Cost(case.title, explicit, tuple(others), kept)


def _run(name: str, case: Case, progress: Progress) -> Run:
    progress(f"solving, joints {name}")
    started = time.perf_counter()
    coarse = geometry(case)
    answer = bounded(coarse)
    seconds = time.perf_counter() - started
    media = tuple(solid for solid in coarse.package.solids if solid.medium is not None)
    return Run(name, answer.wanted, media, answer.model.grid.n_cells, seconds)
