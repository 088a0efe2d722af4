"""Do the notebooks run from top to bottom, and are the shown outputs those of the code that stands there?"""

import importlib.util
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
SPEC = importlib.util.spec_from_file_location("notebooks", ROOT / "docs" / "make" / "notebooks.py")
assert SPEC is not None
assert SPEC.loader is not None
maker = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(maker)


def kinds(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """What each cell shows: kinds of outputs, by cell."""
    return [
        [kind for output in cell.get("outputs", []) for kind in sorted(output.get("data", {}))]
        for cell in notebook.cells
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the kernel's own libraries
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_shows_what_is_kept(path):
    kept, found = nbformat.read(path, as_version=4), maker.run(path)
    assert kinds(found) == kinds(kept)
    assert any("text/html" in shown for shown in kinds(found))  # an answer that shows itself
