"""How does output appear? Whole or not at all: made aside, then moved into place."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thermopkg.errors import Fault, OutputError


def check_writable(folder: Path) -> None:
    """Before any long work: can the output be put there?

    Raises
    ------
    OutputError : the folder is a file, or it or the folder above it cannot be written to
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError([Fault("", "is a file; name a folder for the output")], folder)
    above = next(parent for parent in (folder, *folder.resolve().parents) if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise OutputError([Fault("", f"cannot be written: no permission in {above}")], folder)


def check_file_writable(path: Path) -> None:
    """As `check_writable`, for a single file.

    Raises
    ------
    OutputError : the path is a folder, or the folder above it cannot be written to
    """
    if path.is_dir():
        raise OutputError([Fault("", "is a folder; name a file for the output")], path)
    check_writable(path.parent)


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """A scratch folder whose files are moved into `folder` when the block ends well, and are gone when it does not.

    Files of other names that `folder` already holds stay.

    Raises
    ------
    OutputError : the files cannot be written or moved
    """
    check_writable(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            yield scratch
            folder.mkdir(exist_ok=True)
            for file in sorted(scratch.iterdir()):
                file.replace(folder / file.name)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise OutputError([Fault("", f"cannot be written: {error.strerror or error}")], folder) from error


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A scratch file of the same suffix that takes the place of `path` when the block ends well.

    Raises
    ------
    OutputError : the file cannot be written
    """
    check_file_writable(path)
    scratch = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield scratch
        with scratch.open("rb+") as file:
            os.fsync(file.fileno())  # or a power cut may leave the new name with nothing in it
        scratch.replace(path)
    except OSError as error:
        raise OutputError([Fault("", f"cannot be written: {error.strerror or error}")], path) from error
    finally:
        scratch.unlink(missing_ok=True)
