"""Does the code keep to its own plan? Imports run one way, third parties stay in their places, modules say what for."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "thermopkg"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
WITH_CODE = {name: path for name, path in MODULES.items() if path.read_text(encoding="utf-8").strip()}

# From the bottom up. A module imports from lower rows and from its own entry; entries of one row are siblings and
# know nothing of each other. The longest entry that fits a module is its own.
ORDER = (
    ("arraytypes", "errors"),
    ("air",),  # films as functions of floats: knows no case and no mesh
    ("units",),
    ("network",),  # resistances, capacities and powers over time: arrays that know no package and no case
    ("case",),
    ("package",),
    ("setups",),
    ("lattice.thinning",),  # a rule on coordinates: it tells the mesh how much memory its lattices will take
    ("mesh",),
    ("lattice.network",),
    ("system",),  # the waist: above it nobody knows a solver, below it nobody knows a package
    ("lattice", "fem"),
    ("solve",),
    ("answer",),
    ("claims",),
    ("regress",),
    ("explore",),
    ("report",),
    ("workflow",),
    ("meshed",),
    ("suite", "tasks", "charting"),
    ("batch", "crosschecking", "exploration", "homogenising", "notebook", "datasheet", "impedance"),
    ("course", "interfaces"),
    ("periodic",),
    ("",),  # the public names
    ("terminal",),
    ("cli_explore", "cli_mesh", "cli_sheet", "cli_time"),
    ("cli_network",),  # takes options of cli_time
    ("cli",),
    ("__main__",),
)
ROW = {f"thermopkg.{entry}".removesuffix("."): row for row, entries in enumerate(ORDER) for entry in entries}

THIRD_PARTIES = {  # where each may be imported, as prefixes of module names
    "numpy": ("thermopkg.",),
    "scipy": ("thermopkg.",),
    "pydantic": (
        "thermopkg.units",
        "thermopkg.case.",
        "thermopkg.claims.",
        "thermopkg.regress.",
        "thermopkg.explore.store",
    ),  # claims and records are data that is checked when read
    "pydantic_core": ("thermopkg.units", "thermopkg.case.", "thermopkg.claims."),
    "pint": ("thermopkg.units",),
    "psutil": ("thermopkg.mesh.planning",),
    "numba": ("thermopkg.lattice.kernels",),
    "skfem": ("thermopkg.mesh.tetra", "thermopkg.fem."),
    "ipywidgets": ("thermopkg.notebook",),
    "gmsh": ("thermopkg.mesh.curved",),  # an extra, imported where it is used and nowhere else: GPL
    "meshio": ("thermopkg.mesh.meshfile", "thermopkg.report."),
    "matplotlib": ("thermopkg.report.", "thermopkg.batch"),  # axes stand in the signature of what draws itself
    "mpl_toolkits": ("thermopkg.report.",),
    "PIL": ("thermopkg.report.",),  # what moves; pictures that stand still are matplotlib's
    "distributed": ("thermopkg.tasks",),
    "pandas": ("thermopkg.explore.", "thermopkg.report.", "thermopkg.batch"),  # what is found gives itself as a frame
    "rich": ("thermopkg.cli", "thermopkg.terminal", "thermopkg.report."),
    "typer": (
        "thermopkg.cli",
        "thermopkg.cli_explore",
        "thermopkg.cli_network",
        "thermopkg.cli_sheet",
        "thermopkg.cli_time",
        "thermopkg.terminal",
    ),
    "click": ("thermopkg.cli",),
}
LONGEST = 400  # lines
LONGER = {"thermopkg.lattice.kernels"}  # every compiled loop over the points, each spelled out, and nothing else

each_module = pytest.mark.parametrize("name", WITH_CODE)


def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def imports(name: str) -> Iterator[str]:
    """Everything that a module imports anywhere in it, whole modules by their own name."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports by a relative path"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if whole == "thermopkg.__version__":  # stands in the package itself, which is loaded before any module
                    continue
                yield whole if whole in MODULES else str(node.module)


def own(name: str) -> list[str]:
    return [imported for imported in imports(name) if imported.split(".")[0] == "thermopkg"]


def entry(module: str) -> str:
    """The entry of ORDER that a module belongs to."""
    fitting = [e for e in ROW if module == e or (module.startswith(f"{e}.") and e != "thermopkg")]
    assert fitting, f"{module} has no place in the order; give it one"
    return max(fitting, key=len)


# ---------------------------------------------------------------- imports
@each_module
def test_imports_run_one_way(name: str) -> None:
    for imported in own(name):
        assert entry(imported) == entry(name) or ROW[entry(imported)] < ROW[entry(name)], f"{name} imports {imported}"


def test_waist_knows_a_lattice_and_nothing_of_how_it_is_made() -> None:
    assert set(own("thermopkg.system")) == {"thermopkg.arraytypes", "thermopkg.lattice.network"}
    for name in ("thermopkg.lattice.primal", "thermopkg.lattice.dual"):
        assert "thermopkg.system" in own(name)


def test_solvers_know_no_package() -> None:
    below = ("thermopkg.case", "thermopkg.package", "thermopkg.mesh")
    for name in WITH_CODE:
        if name.startswith("thermopkg.solve.") or name == "thermopkg.lattice.multigrid":
            assert not [imported for imported in own(name) if imported.startswith(below)], name


def test_no_two_modules_import_each_other() -> None:
    TopologicalSorter({name: set(own(name)) - {name} for name in WITH_CODE}).prepare()


@each_module
def test_third_parties_stay_in_their_places(name: str) -> None:
    for imported in imports(name):
        top = imported.split(".")[0]
        if top == "thermopkg" or top in sys.stdlib_module_names:
            continue
        assert top in THIRD_PARTIES, f"{name} imports {top}, which has no place"
        places = THIRD_PARTIES[top]
        assert any(name == place or (place.endswith(".") and name.startswith(place)) for place in places), (
            f"{name} imports {top}, whose place is {', '.join(places)}"
        )


# ---------------------------------------------------------------- modules
@each_module
def test_first_line_of_a_module_asks_the_question_that_it_answers(name: str) -> None:
    docstring = ast.get_docstring(tree(name))
    assert docstring, f"{name} has no docstring"
    first = docstring.split("\n")[0]
    assert "?" in first, f"{name} begins: {first}"


@each_module
def test_no_module_is_long_without_a_reason(name: str) -> None:
    lines = MODULES[name].read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST or name in LONGER, f"{name} has {lines} lines"


def test_exceptions_in_length_are_still_needed() -> None:
    for name in LONGER:
        assert MODULES[name].read_text(encoding="utf-8").count("\n") > LONGEST, f"{name} is short again: no exception"


@each_module
def test_no_module_is_named_after_nothing(name: str) -> None:
    assert name.split(".")[-1] not in {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"}


@each_module
def test_library_code_neither_prints_nor_logs(name: str) -> None:
    if name == "thermopkg.cli":
        return
    called = {
        node.func.id for node in ast.walk(tree(name)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "print" not in called
    assert "logging" not in {imported.split(".")[0] for imported in imports(name)}


# ---------------------------------------------------------------- sources
KEY = re.compile(r"(?<![\w.\]])\[([a-z][a-z_]*[0-9][\w-]*)\]")  # [braess2007]; not part[2], x[0] or [W/K]


def bibliography() -> set[str]:
    return set(
        re.findall(r"^@\w+\{([^,\s]+),", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    )


def docstrings(name: str) -> Iterator[str]:
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""


@each_module
def test_sources_that_docstrings_name_are_in_the_bibliography(name: str) -> None:
    named = {key for docstring in docstrings(name) for key in KEY.findall(docstring)}
    assert named <= bibliography(), f"{name} names {sorted(named - bibliography())}"


def test_the_bracket_names_its_sources() -> None:
    """Guards the test above: were the pattern wrong, it would find nothing and pass."""
    named = {key for docstring in docstrings("thermopkg.lattice.primal") for key in KEY.findall(docstring)}
    assert {"pragersynge1947", "braess2007"} <= named


def sources_in(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if key == "source":
            yield value
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from sources_in(inner)


def test_sources_of_the_materials_are_in_the_bibliography() -> None:
    library = tomllib.loads((PACKAGE / "case/library.toml").read_text(encoding="utf-8"))
    named = set(sources_in(library))
    assert len(named) > 10
    assert named <= bibliography(), f"the library names {sorted(named - bibliography())}"


def test_no_source_is_in_the_bibliography_twice() -> None:
    keys = re.findall(r"^@\w+\{([^,\s]+),", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(keys) == len(set(keys))
