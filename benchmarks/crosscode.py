"""Do other finite-element programs find the same junction temperature on the same mesh? NGSolve and CalculiX.

python -m benchmarks.crosscode --python ENVIRONMENT/bin/python    NGSolve, in an environment of its own
python -m benchmarks.crosscode --ccx /usr/bin/ccx                 CalculiX, as Debian's calculix-ccx has it

Both programs get the mesh as a file of `thermopkg.mesh.meshfile`, the source's triangles among its faces, and the
conductivities, films and the watt beside it. They are run as programs; nothing of them is imported here.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from benchmarks.tetrahedra import package as flip_chip
from thermopkg import workflow
from thermopkg.answer.answer import mirrored_axes, reference_temperature, wanted_places
from thermopkg.answer.bracket import own_matrix
from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.fem import assemble, mixed
from thermopkg.fem.places import Places
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.meshfile import FileMesh, mesh_of, write_mesh
from thermopkg.mesh.patch import FacePatch
from thermopkg.mesh.tetra import SIDES, tetrahedra
from thermopkg.package.package import Package
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver
from thermopkg.system import ElementNetwork, ThermalSystem

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "crosscode.json"
TARGET = 1e-9  # relative residual of our own fields; the mean over the source is off by its square
AGREEMENT = 1e-6  # of the mean, for one and the same discrete problem
SOURCE = "source"
ELIMINATED = 150_000  # tetrahedra of which NGSolve eliminates more than fields of order 1: beyond, 5 GB and more
BOXES = ("fg256-xc2s50", "open-frame")
TIMEOUT = 3000  # s

BY_NGSOLVE = """
import json, sys, time
import ngsolve
from ngsolve import *
from netgen.read_gmsh import ReadGmsh

given = json.load(open("problem.json"))
mesh = Mesh(ReadGmsh("mesh.msh"))
along = [mesh.MaterialCF({name: k[i] for name, k in given["conductivity"].items()}) for i in range(3)]
film = mesh.BoundaryCF(given["film"], default=0)
area = Integrate(CF(1), mesh, BND, definedon=mesh.Boundaries("source"))

def solved(form, load, space, condensed):
    form.Assemble()
    load.Assemble()
    field = GridFunction(space)
    inverse = form.mat.Inverse(space.FreeDofs(condensed), inverse="sparsecholesky")
    field.vec.data = inverse * load.vec
    for _ in range(2):  # what rounding left of the elimination
        field.vec.data += inverse * (load.vec - form.mat * field.vec)
    return field

def fields(order):
    space = H1(mesh, order=order)
    u, v = space.TnT()
    form = BilinearForm(space, symmetric=True)
    form += sum(k * grad(u)[i] * grad(v)[i] for i, k in enumerate(along)) * dx + film * u * v * ds
    load = LinearForm(space)
    load += v / area * ds("source")
    field = solved(form, load, space, False)
    return InnerProduct(load.vec, field.vec)

def fluxes():
    space = Discontinuous(HDiv(mesh, order=0, RT=True)) * L2(mesh, order=0) * FacetFESpace(mesh, order=0)
    (s, u, l), (t, w, m) = space.TnT()
    n = specialcf.normal(3)
    form = BilinearForm(space, symmetric=True, condense=True)
    form += (sum(s[i] * t[i] / k for i, k in enumerate(along)) - u * div(t) - w * div(s)) * dx
    form += (s * n * m + t * n * l) * dx(element_boundary=True) - film * l * m * ds
    load = LinearForm(space)
    load += -m / area * ds("source")  # what leaves both cells is less than nothing
    field = solved(form, load, space, True)
    return -InnerProduct(load.vec, field.vec)

values, seconds = {}, {}
for name, run in (("order 1", lambda: fields(1)), ("order 2", lambda: fields(2)), ("fluxes", fluxes)):
    if name in given["wanted"]:
        began = time.perf_counter()
        values[name] = run()
        seconds[name] = time.perf_counter() - began
json.dump({"version": ngsolve.__version__, "values": values, "seconds": seconds, "cells": mesh.ne}, open("found.json", "w"))
"""  # noqa: E501


@dataclass(frozen=True, eq=False)
class Problem:
    """One mesh with one watt on the junction's triangles; every film's coolant is at the reference temperature."""

    name: str
    model: ElementModel
    source: FacePatch
    triangles: IntArray  # of the source, corners, shape (3, n)
    reference: float  # K

    @classmethod
    def of(cls, name: str, package: Package, sides: int | None) -> "Problem":
        """The half or quarter of a package that tells all."""
        places = wanted_places(package)
        source = next(own for own in places.values() if isinstance(own, FacePatch))
        model = tetrahedra(package, [source], 1.0, sides, mirrored_axes(package))
        found = Places(model)
        return cls(name, model, source, found.mesh.facets[:, found.face(source)], reference_temperature(package.case))

    @property
    def films(self) -> dict[str, float]:
        """Of every face that is cooled, W/m²/K."""
        cooled = (facets for facets in self.model.exposed if facets.surface >= 0)
        return {f"{own.part}.{own.face}": float(self.model.surfaces[own.surface].film) for own in cooled}

    @property
    def conductivities(self) -> dict[str, list[float]]:
        """Of every region along x, y, z, as often as there are copies, W/m/K."""
        regions = zip(self.regions, self.model.regions, strict=True)
        return {name: (self.model.copies * own.conductivity).tolist() for name, own in regions}

    @property
    def regions(self) -> tuple[str, ...]:
        """Names by number: layers of a carrier are one solid and conduct differently."""
        return tuple(f"region-{number}" for number in range(len(self.model.regions)))

    def file_mesh(self) -> FileMesh:
        """The mesh with the source's triangles as one more named face."""
        mesh = replace(mesh_of(self.model), region=self.model.region, regions=self.regions)
        number = np.full(self.triangles.shape[1], len(mesh.faces))
        facets = np.concatenate([mesh.facets, self.triangles], axis=1)
        return replace(mesh, facets=facets, face=np.concatenate([mesh.face, number]), faces=(*mesh.faces, SOURCE))


@dataclass(frozen=True)
class Row:
    """A mean junction temperature over the coolant's, for one watt, K, by both programs."""

    case: str
    quantity: str
    ours: float
    theirs: float
    relative: float
    code: str
    version: str
    cells: int
    our_seconds: float
    their_seconds: float


# ---------------------------------------------------------------- ours
def value_of(system: ThermalSystem) -> float:
    """The mean rise over the source for one watt there, K."""
    found = SteadySolver(system, ConjugateGradients(TARGET, 3000)).respond(dict.fromkeys(system.loads, TARGET))
    return float(own_matrix(found)[0, 0])


def ours(problem: Problem, quantity: str) -> float:
    """One of the quantities by this project's own elements."""
    source = {SOURCE: problem.source}
    match quantity:
        case "order 1" | "order 2":
            return value_of(assemble.emit(problem.model, source, problem.reference, int(quantity[-1])))
        case "order 1, films at middles":
            exact = assemble.emit(problem.model, source, problem.reference)
            return value_of(replace(exact, conductance=ElementNetwork(_films_at_middles(problem), None)))
        case "fluxes":
            return value_of(mixed.emit(problem.model, source, problem.reference))
        case _:
            raise AssertionError(quantity)


def _films_at_middles(problem: Problem) -> sp.csr_matrix:
    """Conduction, and films with the temperature of each triangle's middle, W/K: h A / 9 for any two corners."""
    model = problem.model
    places = Places(model)
    conduction = assemble.conduction_matrix(places, assemble.ELEMENTS[4, 1](), 1)
    for facets in model.exposed:
        if facets.surface < 0:
            continue
        a, b, c = (model.points[:, corners] for corners in facets.corners)
        area = 0.5 * np.linalg.norm(np.cross(b - a, c - a, axis=0), axis=0)
        rows, columns = np.repeat(facets.corners, 3, axis=0), np.tile(facets.corners, (3, 1))
        values = np.broadcast_to(model.surfaces[facets.surface].film * area / 9, rows.shape)
        conduction = conduction + sp.csr_matrix((values.ravel(), (rows.ravel(), columns.ravel())), conduction.shape)
    return conduction.tocsr()


# ---------------------------------------------------------------- theirs
@dataclass(frozen=True)
class Found:
    """Values by quantity, K, the seconds of each, and which release found them."""

    values: dict[str, float]
    seconds: dict[str, float]
    version: str


def by_ngsolve(python: Path, problem: Problem) -> Found:
    """Fields of order 1 and, on small meshes, of order 2 and fluxes of Raviart and Thomas, all by elimination."""
    wanted = ("order 1", "order 2", "fluxes") if problem.model.n_cells <= ELIMINATED else ("order 1",)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_mesh(folder / "mesh.msh", problem.file_mesh())
        given = {"conductivity": problem.conductivities, "film": problem.films, "wanted": wanted}
        (folder / "problem.json").write_text(json.dumps(given), encoding="utf-8")
        _run([python, "-c", BY_NGSOLVE], folder, "NGSolve")
        found = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    assert found["cells"] == problem.model.n_cells, "the file has all cells"
    return Found(found["values"], found["seconds"], found["version"])


FACES_OF_C3D4 = ((0, 1, 2), (0, 3, 1), (1, 3, 2), (2, 3, 0))  # corners of its faces F1 to F4


def by_calculix(ccx: Path, problem: Problem) -> Found:
    """Tetrahedra of four points (C3D4), whose films take the temperature of a triangle's middle."""
    whole = problem.file_mesh()
    none = replace(whole, facets=whole.facets[:, :0], face=whole.face[:0], faces=(), points=1e3 * whole.points)
    load = assemble.unit_load(Places(problem.model), assemble.ELEMENTS[4, 1](), 1, problem.source)
    points = np.flatnonzero(load)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_mesh(folder / "mesh.inp", none)  # in mm, so that no volume looks like none
        (folder / "run.inp").write_text("\n".join(_deck(problem, whole, points, load)) + "\n", encoding="utf-8")
        began = time.perf_counter()
        said = _run([ccx, "-i", "run"], folder, "CalculiX")
        took = time.perf_counter() - began
        told = (folder / "run.dat").read_text(encoding="utf-8").splitlines()
    pairs = [line.split() for line in told if len(line.split()) == 2 and line.split()[0].isdigit()]
    rises = {int(point): float(value) for point, value in pairs}
    value = float(sum(load[point] * rises[point + 1] for point in points.tolist()))
    version = next((word for word in said.split() if word.startswith("2.")), "?").rstrip(",")
    return Found({"order 1, films at middles": value}, {"order 1, films at middles": took}, version)


def _deck(problem: Problem, mesh: FileMesh, points: IntArray, load: FloatArray) -> Iterator[str]:
    """What CalculiX is to do, line by line; W, mm, K."""
    yield "*INCLUDE, INPUT=mesh.inp"
    yield "*NSET, NSET=SOURCE"
    yield from (f"{point + 1}," for point in points.tolist())
    yield "*NSET, NSET=ALL, GENERATE"
    yield f"1, {problem.model.n_points}, 1"
    for number, name in enumerate(mesh.regions):
        x, y, z = (1e-3 * k for k in problem.conductivities[name])
        yield from (f"*MATERIAL, NAME=M{number}", "*CONDUCTIVITY, TYPE=ORTHO", f"{x:.12e}, {y:.12e}, {z:.12e}, 273.")
        yield f"*SOLID SECTION, ELSET={name}, MATERIAL=M{number}"
    yield from ("*INITIAL CONDITIONS, TYPE=TEMPERATURE", "ALL, 0.")
    yield from ("*STEP", "*HEAT TRANSFER, STEADY STATE", "*FILM")
    names = {name: 1e-6 * film for name, film in problem.films.items()}
    for cell, side, name in _sides(mesh):
        if name in names:
            yield f"{cell + 1}, F{side + 1}, 0., {names[name]:.12e}"
    yield "*CFLUX"
    yield from (f"{point + 1}, 11, {load[point]:.12e}" for point in points.tolist())
    yield from ("*NODE PRINT, NSET=SOURCE", "NT", "*END STEP")


def _sides(mesh: FileMesh) -> Iterator[tuple[int, int, str]]:
    """Cell, number of its face, and name of every triangle of the outside."""
    names = {
        tuple(corners): mesh.faces[own]
        for corners, own in zip(np.sort(mesh.facets, axis=0).T.tolist(), mesh.face.tolist(), strict=True)
    }
    for side, corners in enumerate(FACES_OF_C3D4):
        for cell, own in enumerate(np.sort(mesh.cells[list(corners)], axis=0).T.tolist()):
            if tuple(own) in names:
                yield cell, side, names[tuple(own)]


def _run(command: Sequence[str | Path], folder: Path, name: str) -> str:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": ""}
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=TIMEOUT, cwd=folder, check=False, env=environment
    )
    if ran.returncode:
        sys.exit(f"{name} stopped:\n{ran.stdout[-1500:]}\n{ran.stderr[-1500:]}")
    return ran.stdout


# ---------------------------------------------------------------- the table
def problems() -> Iterator[Problem]:
    """Packages of boxes as they are shipped, and a flip chip on round bumps and balls."""
    for name in BOXES:
        case = workflow.read(ROOT / "cases" / name / "case.toml")
        yield Problem.of(f"{name}, boxes", workflow.geometry(case).package, None)
    yield Problem.of("open-frame, round bumps", workflow.geometry(case).package, SIDES)
    yield Problem.of("heat-sink-1, round bumps at 1 mm", flip_chip("1 mm"), SIDES)


def rows_of(problem: Problem, found: Found, code: str) -> Iterator[Row]:
    """Each value of the other program beside our own."""
    for quantity, theirs in found.values.items():
        began = time.perf_counter()
        own = ours(problem, quantity)
        took = time.perf_counter() - began
        yield Row(
            *(problem.name, quantity, own, theirs, theirs / own - 1, code, found.version),
            *(problem.model.n_cells, took, found.seconds[quantity]),
        )


def report(rows: Sequence[Row], date: str) -> str:
    """The table, Markdown."""
    worst = max(abs(row.relative) for row in rows)
    codes = " and ".join(dict.fromkeys(f"{row.code} {row.version}" for row in rows))
    lines = [
        "# The same mesh in other programs",
        f"`python -m benchmarks.crosscode`, {date}, Python {platform.python_version()}, {codes}, beside other work.",
        "",
        f"**The mean junction temperature is the same to {worst:.1g} in all {len(rows)} pairs.** It stands for one "
        "watt, over the coolant's.",
        "",
        "| case | tetrahedra | problem | thermopkg, K | K | by | relative difference | s | their s |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        lines.append(
            f"| {row.case} | {row.cells:,} | {row.quantity} | {row.ours:.8g} | {row.theirs:.8g} | {row.code} | "
            f"{row.relative:+.1e} | {row.our_seconds:.1f} | {row.their_seconds:.1f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, help="the interpreter of an environment with NGSolve")
    parser.add_argument("--ccx", type=Path, help="CalculiX")
    parser.add_argument("--only", help="what a case's name is to hold")
    parser.add_argument("--out", type=Path, default=RESULTS, help="JSON file; the report stands beside it")
    given = parser.parse_args()
    if given.python is None and given.ccx is None:
        parser.error("name --python, --ccx or both")
    programs: list[tuple[str, Callable[[Problem], Found]]] = []
    if given.python is not None:
        programs.append(("NGSolve", lambda problem: by_ngsolve(given.python, problem)))
    if given.ccx is not None:
        programs.append(("CalculiX", lambda problem: by_calculix(given.ccx, problem)))
    rows = list[Row]()
    for problem in problems():
        if given.only is not None and given.only not in problem.name:
            continue
        for code, solve in programs:
            for row in rows_of(problem, solve(problem), code):
                rows.append(row)
                print(f"{row.case}: {row.quantity} by {code}: {row.relative:+.1e}", flush=True)
    date = datetime.now(UTC).date().isoformat()
    told: dict[str, Any] = {"date": date, "rows": [asdict(row) for row in rows]}
    given.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    given.out.with_suffix(".md").write_text(report(rows, date), encoding="utf-8")
    return int(any(abs(row.relative) > AGREEMENT for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
