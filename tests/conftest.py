"""What do tests share? How examples are drawn, the same on every run unless asked otherwise, a command, a book."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.book import Book

# On a shared machine the time of one example says nothing, and the compiled kernels load within the first.
common = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, database=None, **common)
settings.register_profile("searching", max_examples=500, **common)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

KEPT = pytest.StashKey[Book]()


@pytest.fixture
def type_in(monkeypatch, capsys):
    """Runs a command as typed: its exit code, standard output and standard error."""
    from thermopkg import cli

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["thermopkg", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return stop.value.code or 0, out, err

    return run


# ---------------------------------------------------------------- the verification book
def pytest_addoption(parser):
    parser.addoption("--book", metavar="FILE", help="run the tests that record, and write what they found to FILE")


def pytest_configure(config):
    config.stash[KEPT] = Book()


def pytest_collection_modifyitems(config, items):
    if config.getoption("--book"):
        recording = [item for item in items if "book" in item.fixturenames]
        config.hook.pytest_deselected(items=[item for item in items if "book" not in item.fixturenames])
        items[:] = recording


@pytest.fixture
def book(request):
    """Where a test leaves what it found (tests/book.py)."""
    kept = request.config.stash[KEPT]
    kept.test = request.node.nodeid
    return kept


def pytest_sessionfinish(session, exitstatus):
    path = session.config.getoption("--book")
    if path and exitstatus == 0:
        import thermopkg

        session.config.stash[KEPT].write(Path(path), thermopkg.__version__)
