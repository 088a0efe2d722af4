"""How does one package become thousands? Bracketed maps, levers, spreads and safe values of a case, each on a page."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from thermopkg.answer.answer import reference_temperature, wanted_of, wanted_places
from thermopkg.answer.examination import examine
from thermopkg.answer.linearised import STAYS
from thermopkg.answer.settling import is_linear
from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.errors import CaseError, Fault
from thermopkg.explore import storing
from thermopkg.explore.budget import USUAL_SNAPSHOTS, room
from thermopkg.explore.building import Snapshot, build, fingerprint, widest
from thermopkg.explore.chart import MISSED, Chart, Resolved
from thermopkg.explore.family import Family, family, unsupported
from thermopkg.explore.inverse import Safe, safe_values
from thermopkg.explore.levers import Levers, levers
from thermopkg.explore.parameters import Parameter, parameter, parameters, value_of, with_values
from thermopkg.explore.reduced import Brackets, ReducedModel
from thermopkg.explore.spread import Spread, spread
from thermopkg.explore.variation import Variation, designs, variations
from thermopkg.explore.window import windows
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.report.folder import whole, whole_file
from thermopkg.solve.steady import NO_STARTS, Starts
from thermopkg.units import SHARE, parse
from thermopkg.workflow import Progress, bounded, geometry, linearised, mesh, meshed, search, silent

SEED = 1  # of the designs that are solved again in full
ROUGHLY = 0.1  # of the mesh's width, that a model may add which is only to tell where that is widest


def reduced(case: Case, varied: Sequence[Variation], progress: Progress = silent) -> ReducedModel:
    """Bounds on what a case asks for between the ends of ranges, on a mesh that keeps the tolerance at all of them.

    Where the budget ends first, or the study names its mesh, brackets are wider; how wide is in the model.

    Of a case that follows its temperature it is the model of the linear one that stands for it at rest.

    Raises
    ------
    CaseError : something cannot be varied on one mesh, with the reason for each
    GeometryError : between the ends of the ranges the parts do not fit together, or the memory holds no model
    ModelError : leakage runs away
    ConvergenceError : a solve fails
    """
    return _reduced(case, standing(case, progress), varied, progress)


def standing(case: Case, progress: Progress = silent) -> Case:
    """The linear case that stands for one at rest, itself where it is linear, if other designs can be told from it.

    Raises
    ------
    CaseError : they cannot, with every reason
    GeometryError, ModelError, ConvergenceError : as `thermopkg.workflow.linearised`
    """
    if is_linear(case):
        return case
    if faults := unsupported(geometry(case).package):
        raise CaseError(faults, case.title)
    return linearised(case, progress)


def _note(case: Case) -> str:
    return "" if is_linear(case) else STAYS


def _reduced(case: Case, linear: Case, varied: Sequence[Variation], progress: Progress) -> ReducedModel:
    """The model of what stands for a case, which knows of what case it is."""
    own = [v.parameter for v in varied]
    return replace(_model(linear, varied, progress), fingerprint=fingerprint(case, own))


def _model(case: Case, varied: Sequence[Variation], progress: Progress) -> ReducedModel:
    """As `reduced`, of a linear case."""
    low, high = (np.array([getattr(v, end) for v in varied]) for end in ("low", "high"))
    own = [v.parameter for v in varied]
    faults = [Fault(v.parameter.name, "takes one value only: a model needs a range") for v in varied if v.low == v.high]
    if faults:
        raise CaseError(faults, case.title)
    middle = np.where(low > 0, np.sqrt(np.abs(low * high)), 0.5 * (low + high))
    coarse = geometry(with_values(case, {p: float(m) for p, m in zip(own, middle, strict=True)}))
    family(coarse, own, low, high)  # what cannot be varied is told before any search

    def told(snapshot: Snapshot) -> None:
        if np.isfinite(snapshot.added):
            share = f"{100 * snapshot.added:.2g} % of the mesh's width"
            at = ", ".join(f"{p.name} {p.shown(value)}" for p, value in zip(own, snapshot.design, strict=True))
            progress(f"solved in full at {at}; without it the model added {share}")

    found = family(mesh(coarse), own, low, high)
    if case.study.refine is not None or not wanted_of(coarse.package):
        model = build(found, progress=told)
    else:
        model = _on_a_fine_mesh(found, progress, told)
    if model.ended == "memory":
        progress("the memory has no room for a further full solution")
    return model


def _on_a_fine_mesh(found: Family, progress: Progress, told: Callable[[Snapshot], None]) -> ReducedModel:
    """The model on a mesh that was refined at the design that needed it most, until no other misses the tolerance.

    Parameters
    ----------
    found : on the mesh to start from
    """
    case, n_loads = found.model.package.case, len(wanted_places(found.model.package))
    enough_room = partial(room, study=case.study, n_loads=n_loads, n_snapshots=USUAL_SNAPSHOTS)
    design, _ = widest(build(found, enough=ROUGHLY))
    searched = set[tuple[float, ...]]()
    starts: tuple[Starts, Starts] = NO_STARTS, NO_STARTS
    while True:
        at = ", ".join(f"{p.name} {p.shown(value)}" for p, value in zip(found.parameters, design, strict=True))
        progress(f"finding the mesh where the bracket is widest, at {at}")
        adapted = search(found.model_at(design), progress, starts, room=enough_room)
        starts = adapted.starts
        found = family(adapted.model, found.parameters, found.low, found.high)
        model = build(found, starts, told)
        searched.add(tuple(design))
        design, width = widest(model)
        kept = 100 * width <= (1 + MISSED) * case.study.tolerance
        # where a search was, the mesh is fine enough for good: what is still missing there is the model's own
        if kept or not adapted.reached or tuple(design) in searched:
            return model


# ---------------------------------------------------------------- maps
def chart_map(
    case: Case,
    vary: Sequence[str],
    file: Path | None = None,
    exact: int = 0,
    extrapolate: bool = False,
    name: str | None = None,
    progress: Progress = silent,
) -> Chart:
    """Bounds on a number at every combination of values, of which some are solved again in full.

    Parameters
    ----------
    vary : "sink.gap=0.03mm:0.2mm:60" for each parameter
    file : a model to use where it is there, and to keep where it is not
    exact : how many designs are solved again, each on a mesh of its own; of a case that follows its temperature these
        are designs of the linear case that stands for it at rest, like the map
    extrapolate : take designs outside a stored model's ranges
    name : of the number; by default the first that the study asks for
    Raises
    ------
    CaseError : what is wrong with `vary`, or a stored model is of another case or does not reach so far
    """
    varied = variations(case, vary)
    if not varied:
        raise CaseError([Fault("--vary", "is missing: name what is to be varied, NAME=LOW:HIGH:COUNT")], case.title)
    if exact < 0:
        raise CaseError([Fault("--exact", f"{exact} designs cannot be solved; write 0 or more")], case.title)
    coarse = geometry(case)
    if faults := _not_asked(coarse, name):
        raise CaseError(faults, case.title)
    model = _kept(case, varied, file)
    linear = standing(case, progress) if model is None or exact else case
    if model is None:
        model = _reduced(case, linear, varied, progress)
        if file is not None:
            with whole_file(file) as scratch:
                storing.save(model, scratch)
    wanted = designs(varied)
    asked = model.asked_for(name)
    brackets = model.bracket(wanted, asked.name, extrapolate)
    found = windows(coarse, [v.parameter for v in varied])
    resolved = tuple(_again(linear, varied, wanted, brackets, asked.name, exact, progress))
    return Chart(model, asked, varied, wanted, brackets, found, resolved, case.study, _note(case))


def _not_asked(coarse: VoxelModel, name: str | None) -> list[Fault]:
    """Why a number cannot be told, if it cannot."""
    names = [item.name for item in wanted_of(coarse.package)]
    if not names:
        return [Fault("study", "asks for nothing, and nothing makes heat")]
    if name is not None and name not in names:
        return [Fault("--of", f"'{name}' is not asked for; there are {', '.join(names)}")]
    return []


def _kept(case: Case, varied: Sequence[Variation], file: Path | None) -> ReducedModel | None:
    if file is None or not file.exists():
        return None
    model = storing.load(file)
    own, known = [v.parameter.name for v in varied], [one.name for one in model.ranges]
    if own != known:
        told = (
            f"varies {', '.join(known)}, not {', '.join(own)}: ask for the same in the same order, or name another file"
        )
        raise CaseError([Fault("", told)], file)
    if model.fingerprint != fingerprint(case, [v.parameter for v in varied]):
        told = f"was made for another case ('{model.title}') or another study; remove it, or name another file"
        raise CaseError([Fault("", told)], file)
    return model


def _again(
    case: Case,
    varied: Sequence[Variation],
    wanted: FloatArray,
    brackets: Brackets,
    name: str,
    count: int,
    progress: Progress,
) -> list[Resolved]:
    found = []
    for i in np.random.default_rng(SEED).choice(len(wanted), min(count, len(wanted)), replace=False):
        values = {v.parameter: float(value) for v, value in zip(varied, wanted[i], strict=True)}
        progress("solving again: " + ", ".join(f"{p.name} {p.shown(value)}" for p, value in values.items()))
        answer = bounded(geometry(with_values(case, values)))
        own = next(number.bracket for number in answer.wanted if number.name == name)
        found.append(Resolved(tuple(values.values()), brackets.one(int(i)), own))
    return found


def write_map(chart: Chart, folder: Path) -> tuple[Path, ...]:
    """Write map.csv, map.json and the pictures, all of them or none; returns what was written.

    Raises
    ------
    OutputError : the folder cannot be written
    """
    from thermopkg.report.sweep import map_csv, map_document
    from thermopkg.report.sweep_plot import save_map

    with whole(folder) as scratch:
        (scratch / "map.csv").write_text(map_csv(chart), encoding="utf-8")
        text = json.dumps(map_document(chart), ensure_ascii=False, allow_nan=False)
        (scratch / "map.json").write_text(text + "\n", encoding="utf-8")
        save_map(scratch, chart)
        names = sorted(path.name for path in scratch.iterdir())
    return tuple(folder / name for name in names)


# ---------------------------------------------------------------- levers
def find_levers(case: Case, name: str | None = None, progress: Progress = silent) -> Levers:
    """What moves a number that a case asks for, and where it is spent, from one solution.

    Parameters
    ----------
    name : of the number; by default the first that the study asks for
    Raises
    ------
    CaseError : the study asks for no such number, or for none, or slopes are not known for such a package
    """
    note, coarse = _note(case), geometry(case)
    if faults := [*unsupported(coarse.package), *_not_asked(coarse, name)]:
        raise CaseError(faults, case.title)
    if note:
        case = linearised(case, progress)
        coarse = geometry(case)
    names = [item.name for item in wanted_of(coarse.package)]
    adapted = meshed(coarse, progress)
    progress("solving both lattices and comparing their fields")
    examined = examine(adapted.model, adapted.starts)
    number = names.index(name) if name is not None else 0
    own = [p for p in parameters(case).values() if not p.structural and p.kind != "power" and p.places]
    found = levers(examined.model, examined.shares[number], examined.wanted[number], own)
    return replace(found, note=note)


def find_spread(case: Case, tolerances: Sequence[str], found: Levers, progress: Progress = silent) -> Spread:
    """What tolerances of inputs make of the number that the levers are of, "sink.gap=20%" for each.

    Raises
    ------
    CaseError : a tolerance is none, or what is varied cannot be on one mesh
    """
    note, case = _note(case), standing(case, progress)
    faults: list[Fault] = []
    shares: dict[Parameter, float] = {}
    for text in tolerances:
        own, _, wanted = (piece.strip() for piece in text.partition("="))
        try:
            share = parse(wanted, SHARE) / 100
            if not 0 < share < 1:
                raise ValueError(f"{wanted} is no tolerance: more than 0 % and less than 100 %")
            shares[parameter(case, own)] = share
        except ValueError as error:
            faults.append(Fault(f"--spread {own}", str(error)))
    if faults:
        raise CaseError(faults, case.title)
    ends = {p: value_of(case, p) * np.array([1 - share, 1 + share]) for p, share in shares.items()}
    model = _model(case, [Variation(p, values, "listed") for p, values in ends.items()], progress)
    return replace(spread(model, found, {p.name: share for p, share in shares.items()}), note=note)


def find_safe(case: Case, solve_for: str, progress: Progress = silent) -> Safe:
    """Which values of one parameter keep every junction within the study's limit, "sink.gap=0.03mm:0.3mm".

    Raises
    ------
    CaseError : the study has no limit, or the parameter cannot be varied on one mesh
    """
    limit = case.study.junction_limit
    faults = []
    if limit is None:
        faults.append(Fault("study.junction_limit", 'missing: add one, or --limit "125 degC"'))
    if solve_for.count(":") != 1:
        faults.append(Fault("--solve-for", "wants one range: write NAME=LOW:HIGH"))
    if faults or limit is None:
        raise CaseError(faults, case.title)
    note, case = _note(case), standing(case, progress)
    varied = variations(case, [f"{solve_for}:2"])
    return replace(safe_values(_model(case, varied, progress), limit, reference_temperature(case)), note=note)


def levers_document_of(levers: Levers, spread: Spread | None, safe: Safe | None) -> dict[str, Any]:
    """The content of levers.json: slopes and shares, and what else was asked."""
    from thermopkg.report.levers import levers_document, safe_document, spread_document

    document = levers_document(levers)
    if spread is not None:
        document["spread"] = spread_document(spread)
    if safe is not None:
        document["safe"] = safe_document(safe)
    return document


def write_levers(levers: Levers, spread: Spread | None, safe: Safe | None, folder: Path) -> tuple[Path, ...]:
    """Write levers.json and the pictures, all of them or none; returns what was written.

    Raises
    ------
    OutputError : the folder cannot be written
    """
    from thermopkg.report.levers_plot import save_levers

    with whole(folder) as scratch:
        text = json.dumps(levers_document_of(levers, spread, safe), indent=1, ensure_ascii=False, allow_nan=False)
        (scratch / "levers.json").write_text(text + "\n", encoding="utf-8")
        save_levers(scratch, levers, safe)
        names = sorted(path.name for path in scratch.iterdir())
    return tuple(folder / name for name in names)
