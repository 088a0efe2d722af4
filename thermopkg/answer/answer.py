"""What did a run find? The answer of one case: metrics, temperatures, bounds, watts, and how it was got."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from thermopkg.answer.account import HeatAccount, heat_account
from thermopkg.answer.allowed_power import AllowedPower, allowed_power
from thermopkg.answer.balance import Balance, balance
from thermopkg.answer.bracket import Bracket, ResistanceMatrix, from_above, from_below, mean_matrix
from thermopkg.answer.metrics import Metric, Wanted, mean_rise, metric, own_resistance, wanted
from thermopkg.answer.operating import OperatingPoint
from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.case.case import Case
from thermopkg.case.study import AT_THE_BOARD, Reading
from thermopkg.errors import Fault, GeometryError
from thermopkg.lattice import dual, primal
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch, check_same, face_shares, volume_shares
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.package.package import Package
from thermopkg.package.symmetry import is_image, mirror_axes
from thermopkg.solve.steady import NO_STARTS, Starts, UnitResponses
from thermopkg.system import AMBIENT

TOP_CENTRE = "top centre"  # the thermocouple's place in the matrix; no part can have a name with a space
BOARD_EDGE = "board at the package's edge"  # that of the board
THERMOCOUPLE = 1e-3  # m; side of the square that stands for the bead and its glue
LEAST_HEATED = (
    0.1  # of the mean volume, that the smallest cell counts for as a guard: layers of contacts have next to none
)
ACTIVE = ".active"  # a chip's active face in the matrix is called CHIP.active


@dataclass(frozen=True)
class PartTemperature:
    """Temperatures of a part or a reading, K: the mean with its bounds, highest and lowest as estimates.

    The estimates are the primal field's, moved by what its own mean lies beside the middle of the bracket.
    """

    name: str
    mean: Bracket
    highest: float  # at a grid point; no bound
    lowest: float  # at a grid point; no bound
    power: float  # W made in it


@dataclass(frozen=True)
class SolverFigures:
    """How one lattice was solved."""

    n_points: int
    n_levels: int
    iterations: Mapping[str, int]  # by load
    residual: float  # largest relative residual of all loads
    setup_seconds: float
    solve_seconds: float


@dataclass(frozen=True, eq=False)
class Answer:
    """Everything that one steady run found."""

    model: VoxelModel
    reference: float  # K; rises are over this temperature
    temperature: FloatArray  # K at the grid's corners, estimated, shape (nx+1, ny+1, nz+1); NaN where there is nothing
    wanted: tuple[Metric, ...]  # all that the mesh is found for: the metrics first, or else rises of what makes heat
    parts: tuple[PartTemperature, ...]
    readings: tuple[PartTemperature, ...]
    matrix: ResistanceMatrix  # of all places, parts included
    sources: tuple[str, ...]  # chips, other places that make heat, and those that were asked for
    allowed: AllowedPower | None  # where the study gives a limit
    balance: Balance
    heat: HeatAccount | None  # which way it goes and where it is spent; None where memory is short
    primal: SolverFigures
    dual: SolverFigures
    point: OperatingPoint | None = None  # where a package that follows its temperature came to rest

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Those that the study names."""
        return self.wanted[: len(self.model.package.case.study.metrics)]

    @property
    def widest(self) -> float:
        """Half-width of the widest of what is wanted, over what it is measured by."""
        return max((number.relative_half_width for number in self.wanted), default=0.0)


def patches(package: Package) -> dict[str, Patch]:
    """Every place whose mean is wanted, by its name in the matrix: active faces, solids, readings."""
    found: dict[str, Patch] = {}
    for face in package.active_faces:
        found[face.part + ACTIVE] = FacePatch(face.part, face.looks == "up", face.z, face.x, face.y)
    for solid in package.solids:
        found.setdefault(solid.name, VolumePatch(frozenset({solid.name})))
    if "psi_jt" in package.case.study.metrics:
        found[TOP_CENTRE] = _top_centre(package)
    if set(AT_THE_BOARD) & set(package.case.study.metrics):
        found[BOARD_EDGE] = _board_edge(package)
    for reading in package.case.study.reading:
        found[reading.name] = _reading_patch(package, reading)
    return found


def mirrored_axes(package: Package) -> tuple[bool, bool]:
    """Whether the half of the package beyond its middle along x, and along y, tells all that is asked of it.

    What is read on the board beside the package is the same on both sides of it.
    """
    own, middle = mirror_axes(package), package.bounds.mean(axis=1)
    faces = [patch for name, patch in patches(package).items() if isinstance(patch, FacePatch) and name != BOARD_EDGE]
    return (
        own[0] and all(is_image(face.x, float(middle[0])) for face in faces),
        own[1] and all(is_image(face.y, float(middle[1])) for face in faces),
    )


def planes_of(patch: Patch) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The coordinates along x, y, z that a grid must have for the patch to be exact, m."""
    match patch:
        case FacePatch(z=z, x=x, y=y):
            return np.array(x), np.array(y), np.array([z])
        case VolumePatch():
            return np.zeros(0), np.zeros(0), np.zeros(0)


def _top_centre(package: Package) -> FacePatch:
    """The thermocouple at the centre of the top of the package: of whatever lies highest over the heated chip."""
    hottest = max(package.active_faces, key=lambda face: face.power)
    chip = package.parts[hottest.part].box
    centre = chip[:2].mean(axis=1)
    above = [
        solid
        for solid in package.solids
        if ((solid.boxes[:, :2, 0] < centre) & (solid.boxes[:, :2, 1] > centre)).all(axis=1).any()
    ]
    highest = max(float(solid.bounds[2, 1]) for solid in above)
    solid = [s for s in above if s.bounds[2, 1] > highest - 1e-9][-1]  # painted last, so it holds the place
    half = THERMOCOUPLE / 2
    (x, y) = (float(v) for v in centre)
    return FacePatch(solid.name, True, highest, (x - half, x + half), (y - half, y + half))


def _board_edge(package: Package) -> FacePatch:
    """The thermocouple on the board, beside the middle of the package's longest side."""
    board = max((p for p in package.parts.values() if p.kind == "board"), key=lambda p: float(np.prod(p.box[:2, 1])))
    bodies = np.stack([s.bounds for s in package.solids if package.parts[s.part].kind != "board"])
    low, high = bodies[:, :2, 0].min(axis=0), bodies[:, :2, 1].max(axis=0)
    across = 0 if high[1] - low[1] >= high[0] - low[0] else 1  # the axis that the longest side faces
    middle = 0.5 * (low + high)
    ends = np.stack([middle - THERMOCOUPLE / 2, middle + THERMOCOUPLE / 2], axis=1)
    ends[across] = high[across], high[across] + THERMOCOUPLE
    if (ends[:, 0] < board.box[:2, 0]).any() or (ends[:, 1] > board.box[:2, 1]).any():
        told = f"does not reach {1e3 * THERMOCOUPLE:g} mm beyond the package, where its temperature is to be read"
        raise GeometryError([Fault(f"part '{board.name}'", told)], source=package.case.title)
    (x0, x1), (y0, y1) = ends.tolist()
    return FacePatch(board.name, True, float(board.box[2, 1]), (x0, x1), (y0, y1))


def _reading_patch(package: Package, reading: Reading) -> Patch:
    if reading.part is not None:
        return VolumePatch(frozenset({reading.part}))
    part, _, face = (reading.face or "").partition(".")
    body = package.parts[part].box
    centre = body[:2].mean(axis=1) + np.array(reading.at)
    size = np.array(reading.size) if reading.size is not None else body[:2, 1] - body[:2, 0]
    low, high = centre - size / 2, centre + size / 2
    z = package.height_inside(part, face == "top", float(body[2, 1] if face == "top" else body[2, 0]))
    return FacePatch(part, face == "top", z, (float(low[0]), float(high[0])), (float(low[1]), float(high[1])))


def reference_temperature(case: Case) -> float:
    """What rises are counted from, K: the one temperature of everything that cools, or else the environment's."""
    temperatures = set(case.environment.temperatures().values())
    return temperatures.pop() if len(temperatures) == 1 else case.environment.ambient


def powers_of(package: Package) -> dict[str, float]:
    """Amount of every load that is at work: W of each heated place, and one of what differing coolants do."""
    powers = {face.part + ACTIVE: face.power for face in package.active_faces if face.power > 0}
    powers |= package.volume_powers
    if len(set(package.case.environment.temperatures().values())) > 1:
        powers[AMBIENT] = 1.0
    return powers


def junctions_of(package: Package) -> tuple[str, ...]:
    """The active face of every chip, heated or not, by its name in the matrix."""
    return tuple(face.part + ACTIVE for face in package.active_faces)


def wanted_of(package: Package) -> tuple[Wanted, ...]:
    """What the study asks for: its metrics, or else the rise of every place that makes heat.

    A limit on the junctions asks for the resistance of every other chip besides.
    """
    powers, study = powers_of(package), package.case.study
    hot = [name for name in powers if name != AMBIENT]
    cold = [name for name in junctions_of(package) if name not in hot] if study.junction_limit is not None else []
    if study.metrics:
        asked = [wanted(name, hot[0], TOP_CENTRE, BOARD_EDGE, powers) for name in study.metrics]
    else:
        asked = [mean_rise(name, powers) for name in hot]
    return (*asked, *(own_resistance(name) for name in cold))


def wanted_places(package: Package) -> dict[str, Patch]:
    """Just the places that what the study asks for is made of."""
    needed = {name for item in wanted_of(package) for name in (*item.first, *item.second)}
    return {name: patch for name, patch in patches(package).items() if name in needed}


def heat_everywhere(model: VoxelModel) -> FloatArray:
    """One watt spread over all cells, W, shape of the cells: what guards the dual lattice where parts do not."""
    if not model.package.contacts:
        return volume_shares(model, VolumePatch(frozenset(solid.name for solid in model.package.solids)))
    volumes = model.volumes()
    heat = np.where(model.conducting, np.maximum(volumes, LEAST_HEATED * volumes.mean()), 0.0)
    return np.asarray(heat / heat.sum())


def solve(model: VoxelModel, starts: tuple[Starts, Starts] = (NO_STARTS, NO_STARTS), every_part: bool = True) -> Answer:
    """Solve one case on one grid: bounds on every mean, and the field.

    Parameters
    ----------
    starts : fields to begin with on the primal and the dual lattice, by the name of the load
    every_part : whether the means of all parts get bounds, which takes a solve and a field for each, and the heat is
        accounted for; without it only what the study asks for has bounds, and memory is that of a single load
    Raises
    ------
    ConvergenceError : a solve or the energy balance fails
    ModelError : the model is unphysical
    """
    package, case = model.package, model.package.case
    accounted = every_part
    every_part = every_part and not package.has_circles  # what a circle cuts is not the same part on both lattices
    reference, everywhere, powers = reference_temperature(case), patches(package), powers_of(package)
    solids = {solid.name for solid in package.solids}
    places = everywhere if every_part else wanted_places(package)
    all_heated = every_part and not package.contacts  # by the parts together; a contact belongs to none
    barrier = [name for name in everywhere if name in solids] if all_heated else partial(heat_everywhere, model)
    sides = model.seen("conducting"), model.seen("insulating")
    check_same(*sides, places)
    # one lattice at a time, each gone before the next is made: they are what fills the memory
    system = primal.emit(sides[0], places, reference)
    powers = {name: amount for name, amount in powers.items() if name in system.loads}
    below = from_below(system, barrier if all_heated else None, starts[0])
    names, means, figures = below.responses.names, mean_matrix(below.responses), _figures(below.responses)
    account = balance(system, below.responses.rise(powers), powers, sum(package.powers.values()))
    lower, responses = below.bound, below.responses.only(powers)
    del system, below
    above = from_above(dual.emit(sides[1], places, reference), barrier, lower, starts[1])
    matrix = ResistanceMatrix(names, lower, above.bound)
    heat = None
    if accounted:
        fields = above.responses.only(powers)
        heat = heat_account(sides, above.responses.system, responses, fields, places, powers, reference)
    scaled = _to_the_middle(matrix, powers)
    estimate = responses.rise(scaled)
    own_means = dict(zip(names, means @ np.array([scaled.get(name, 0.0) for name in names]), strict=True))
    for name in everywhere.keys() - own_means.keys():
        own_means[name] = float(np.vdot(primal.unit_load(model, everywhere[name]), estimate))
    asked = [reading.name for reading in case.study.reading]
    junctions = junctions_of(package)

    def read(name: str) -> PartTemperature:
        known = name in matrix.names
        mean = matrix.combination({name: 1.0}, powers) if known else Bracket(own_means[name], -np.inf, np.inf)
        values = reference + mean.value - own_means[name] + estimate[_corners_of_patch(model, everywhere[name])]
        own = package.powers.get(name, 0.0) if name in solids else powers.get(name, 0.0)
        return PartTemperature(name, mean.scaled(1.0, reference), float(values.max()), float(values.min()), own)

    return Answer(
        model=model,
        reference=reference,
        temperature=np.where(corners_of(model.active), reference + estimate, np.nan),
        wanted=tuple(metric(item, matrix) for item in wanted_of(package)),
        parts=tuple(read(name) for name in everywhere if name in solids),
        readings=tuple(read(name) for name in everywhere if name in {*junctions, *asked, TOP_CENTRE, BOARD_EDGE}),
        matrix=matrix,
        sources=tuple(n for n in dict.fromkeys([*junctions, *powers, *asked]) if n in matrix.names and n != AMBIENT),
        allowed=_allowed(package, matrix, powers, reference),
        balance=account,
        heat=heat,
        primal=figures,
        dual=_figures(above.responses),
    )


def _allowed(
    package: Package, matrix: ResistanceMatrix, powers: Mapping[str, float], reference: float
) -> AllowedPower | None:
    if package.case.study.junction_limit is None:
        return None
    own = {name: powers.get(name, 0.0) for name in junctions_of(package)}
    others = {name: amount for name, amount in powers.items() if name not in own}
    return allowed_power(matrix, own, others, package.case.study.junction_limit - reference)


def _figures(responses: UnitResponses) -> SolverFigures:
    return SolverFigures(
        n_points=responses.system.lattice.n_points,
        n_levels=responses.n_levels,
        iterations=dict(zip(responses.names, responses.iterations, strict=True)),
        residual=max(responses.relative_residuals),
        setup_seconds=responses.setup_seconds,
        solve_seconds=responses.solve_seconds,
    )


def corners_of(cells: BoolArray) -> BoolArray:
    """The grid's corners that any of the cells has, shape one more along each axis."""
    corners = np.zeros([n + 1 for n in cells.shape], bool)
    nx, ny, nz = cells.shape
    for a, b, c in product((0, 1), (0, 1), (0, 1)):
        corners[a : nx + a, b : ny + b, c : nz + c] |= cells
    return corners


def _corners_of_patch(model: VoxelModel, patch: Patch) -> BoolArray:
    """The grid's corners on a patch, shape one more than the cells along each axis."""
    match patch:
        case VolumePatch(solids=solids):
            return corners_of(model.cells_of(set(solids)))
        case FacePatch():
            plane, shares = face_shares(model, patch)
            corners = np.zeros([n + 1 for n in model.grid.shape], bool)
            corners[:, :, plane] = corners_of((shares > 0)[:, :, None])[:, :, 0]
            return corners


def _to_the_middle(matrix: ResistanceMatrix, powers: Mapping[str, float]) -> dict[str, float]:
    """Amounts of the loads that lift the primal field, too cool as a whole, to the middle of the bracket.

    Each source is scaled so that its mean over itself is the middle. The field is still a sum over the sources, each
    in proportion to its power.
    """
    below, middle = np.diag(matrix.lower), 0.5 * np.diag(matrix.lower + matrix.upper)
    factor = {
        name: m / b if b > 0 and name != AMBIENT else 1.0
        for name, b, m in zip(matrix.names, below, middle, strict=True)
    }
    return {name: amount * factor[name] for name, amount in powers.items()}
