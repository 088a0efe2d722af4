"""What do tests share? How examples are drawn, the same on every run unless asked otherwise, and a typed command."""

import os
import sys

import pytest
from hypothesis import HealthCheck, settings

# On a shared machine the time of one example says nothing, and the compiled kernels load within the first.
common = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, database=None, **common)
settings.register_profile("searching", max_examples=500, **common)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


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
