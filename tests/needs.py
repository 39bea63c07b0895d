"""Ask for a system program that a test needs: without it the test skips, saying how to install it; in CI it fails."""

import os
import shutil

import pytest


def program(name: str, *, apt: str) -> str:
    """Return the path of a program; `apt` is the Debian package that has it."""
    found = shutil.which(name)
    if found is None:
        missing(f"{name} is not here; as root: apt-get install --no-install-recommends {apt}")
        raise AssertionError
    return found


def missing(line: str) -> None:
    """Skip the running test with the line that installs what it lacks; in CI, where nothing may be lacking, fail it."""
    if os.environ.get("CI", "") in {"", "0", "false"}:
        pytest.skip(line)
    pytest.fail(line, pytrace=False)
