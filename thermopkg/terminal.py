"""How do commands speak? Results on standard output, progress on standard error, and exit codes for scripts."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from thermopkg.case.case import Case
    from thermopkg.case.mesh_case import MeshCase

MET, NOT_MET, BAD_INPUT, NOT_CONVERGED, INTERRUPTED = 0, 1, 2, 3, 130
PAPER = 118  # columns of a sheet that goes to a file or a pipe

CaseFile = Annotated[Path, typer.Argument(metavar="CASE", help="Case file (TOML).", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")]
MaxCells = Annotated[
    int | None, typer.Option("--max-cells", metavar="N", help="Stop every search before a grid has more.")
]
MaxMemory = Annotated[
    str | None, typer.Option("--max-memory", metavar="SIZE", help="Stop before a grid needs more, '8 GB'.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on standard error.")]


def read_case(path: Path, wishes: Mapping[str, object] = MappingProxyType({})) -> "Case":
    """The case, with what the command line says of its study."""
    from thermopkg import workflow

    study = {name: wish for name, wish in wishes.items() if wish is not None}
    return workflow.read(path, {"study": study} if study else {})


def read_any(path: Path, wishes: Mapping[str, object] = MappingProxyType({})) -> "Case | MeshCase":
    """The same, or a case that brings its own mesh."""
    from thermopkg import workflow

    study = {name: wish for name, wish in wishes.items() if wish is not None}
    return workflow.read_any(path, {"study": study} if study else {})


def json_text(document: object) -> str:
    """JSON that stays readable."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def print_json(document: object) -> None:
    """JSON alone on standard output."""
    sys.stdout.write(json_text(document))


def paper() -> "Console":
    """Standard output: the terminal's own width, a fixed one for files and pipes.

    Titles and paths are the user's: brackets and colons in them are text.
    """
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PAPER, markup=False, emoji=False, highlight=False)


@contextmanager
def watched(quiet: bool) -> Iterator[Callable[[str], None]]:
    """What is being done, on standard error: a live line on a terminal, plain lines elsewhere."""
    from rich.console import Console

    console = Console(stderr=True, markup=False, emoji=False, highlight=False)
    if quiet:
        yield lambda _: None
    elif console.is_terminal:
        with console.status("starting") as status:
            yield lambda text: status.update(f"{text} …")
    else:
        yield lambda text: console.print(f"{text} …", soft_wrap=True)
