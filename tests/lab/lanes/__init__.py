"""A check that misbehaves on command, found like any other by this process and by child processes."""

import os
from pathlib import Path

import pytest

import checks

HERE = Path(__file__).parent
ROOT = Path(checks.__file__).parents[1]


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `checks.misbehave` be found here and in the children."""
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(HERE / "extra")])
    inherited = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(part for part in (str(HERE), str(ROOT), inherited) if part))
