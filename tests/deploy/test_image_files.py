"""The image's recipe is clean, and what it copies is what the builder is given."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import needs

ROOT = Path(__file__).resolve().parents[2]
RECIPE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_hadolint_finds_nothing() -> None:
    found = shutil.which("hadolint") or shutil.which("hadolint", path=str(ROOT / ".venv-tools" / "bin"))
    if found is None:
        install = "python3 -m venv .venv-tools && .venv-tools/bin/pip install -r requirements/tools.txt"
        needs.missing(f"hadolint is not here: {install}")
        raise AssertionError
    done = subprocess.run([found, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_copied_exists_and_is_let_through_to_the_builder() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", RECIPE, re.MULTILINE)
    sources = [source for line in copied for source in line.split()]
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source.partition("/")[0] in let_through, source


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("USER 10001:10001", id="not-as-root"),
        pytest.param('VOLUME ["/var/lib/vigie"]', id="one-volume-of-state"),
        pytest.param("STOPSIGNAL SIGTERM", id="stopped-in-order"),
        pytest.param("libatomic1", id="what-the-browsers-driver-needs"),
        pytest.param("--require-hashes", id="nothing-that-no-hash-covers"),
    ],
)
def test_the_recipe_says(line: str) -> None:
    assert line in RECIPE


def test_the_image_runs_the_newest_stable_debian_by_default() -> None:
    assert re.search(r"^ARG BASE=docker\.io/library/debian:trixie-slim$", RECIPE, re.MULTILINE)
