"""The locks hold what pyproject.toml asks for, hashed, each set with the pins of the one before it."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from agent.bootstrap import SETS
from tests.gate import lock

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^(?P<name>[\w.-]+)(?:\[[\w,-]+\])?==(?P<version>[^ ;]+)(?: ; (?P<marker>[^\\]+))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def lines(name: str) -> list[str]:
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def pins(name: str) -> set[tuple[str, str, str]]:
    """Every pin of a set, with its marker: name, version, marker."""
    found = (PIN.match(line) for line in lines(name))
    return {(canonicalize_name(pin["name"]), pin["version"], pin["marker"] or "") for pin in found if pin}


def wanted() -> list[tuple[str, Requirement]]:
    """Every requirement of pyproject.toml, with the set that must hold it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = {
        "run": project["project"]["dependencies"],
        "browser": project["project"]["optional-dependencies"]["browser"],
        "dev": project["dependency-groups"]["dev"],
    }
    return [(name, Requirement(text)) for name, texts in groups.items() for text in texts]


@pytest.mark.parametrize("name", SETS)
def test_a_lock_holds_pins_and_hashes_and_nothing_else(name: str) -> None:
    assert [line for line in lines(name) if not PIN.match(line) and not HASH.match(line)] == []
    following = zip(lines(name), lines(name)[1:], strict=False)
    assert all(HASH.match(after) for line, after in following if PIN.match(line))


def test_each_set_holds_the_one_before_it() -> None:
    assert pins("run") < pins("browser") < pins("dev")
    assert tuple(lock.SETS) == SETS


@pytest.mark.parametrize(("name", "requirement"), wanted(), ids=str)
def test_what_is_asked_for_is_locked_within_its_bounds(name: str, requirement: Requirement) -> None:
    versions = [version for pin, version, _ in pins(name) if pin == canonicalize_name(requirement.name)]
    assert versions
    assert all(Version(version) in requirement.specifier for version in versions)
