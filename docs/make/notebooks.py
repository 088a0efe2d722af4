"""Do the notebooks run, and what do they show? Runs each from top to bottom and keeps its outputs.

python docs/make/notebooks.py [NAME…]      all of docs/notebooks, or those named
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
LONGEST = 600  # s, of one cell


def run(path: Path) -> nbformat.NotebookNode:
    """The notebook with the outputs of a fresh kernel; raises CellExecutionError at the first cell that fails."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(notebook, timeout=LONGEST, kernel_name="python3", resources=resources).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of the run, which change every time
    return notebook


def main() -> None:
    """Run and keep."""
    names = sys.argv[1:] or sorted(path.stem for path in FOLDER.glob("*.ipynb"))
    for name in names:
        path = FOLDER / f"{name}.ipynb"
        nbformat.write(run(path), path)


if __name__ == "__main__":
    main()
