"""What the machine gives is read, and what it does not tell is not guessed."""

import errno
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.daemon import limits, machine


def test_descriptors_in_use_are_counted() -> None:
    before = machine.descriptors()
    assert before is not None
    with Path("/dev/null").open("rb"):
        after = machine.descriptors()
    assert after == (before[0] + 1, before[1])


@pytest.mark.parametrize(
    ("number", "used"),
    [
        pytest.param(errno.EMFILE, True, id="none-left-to-count-them-with-means-all-are-used"),
        pytest.param(errno.ENOENT, False, id="a-system-that-does-not-tell"),
    ],
)
def test_when_they_cannot_be_counted(number: int, used: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Path) -> Iterator[Path]:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "iterdir", refuse)
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert machine.descriptors() == ((allowed, allowed) if used else None)


@pytest.mark.parametrize(
    ("written", "limit"), [("500000000\n", 500_000_000), ("max\n", None), (f"{2**63 - 4096}\n", None)]
)
def test_memory_against_the_limit_of_a_group(
    written: str, limit: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "memory.max").write_text(written)
    monkeypatch.setattr(machine, "_CGROUPS", (tmp_path / "memory.max", tmp_path / "none"))
    found = machine.memory()
    assert (found[1] if found else None) == limit
    assert found is None or 2**20 < found[0] < 2**34


def test_free_space_of_a_folder(tmp_path: Path) -> None:
    assert (machine.free(tmp_path) or 0) > 0
    assert machine.free(tmp_path / "none") is None


@pytest.mark.parametrize(
    ("soft", "hard", "asked"),
    [
        pytest.param(1024, 524_288, (16_384, 524_288), id="raised-as-far-as-needed"),
        pytest.param(1024, 4096, (4096, 4096), id="and-as-far-as-allowed"),
        pytest.param(20_000, 20_000, None, id="not-lowered"),
        pytest.param(1024, resource.RLIM_INFINITY, (16_384, resource.RLIM_INFINITY), id="without-a-hard-limit"),
        pytest.param(resource.RLIM_INFINITY, resource.RLIM_INFINITY, None, id="without-any"),
    ],
)
def test_the_limit_of_descriptors(
    soft: int, hard: int, asked: tuple[int, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _which, both: set_.append(both))
    assert limits.raise_descriptors() == (asked[0] if asked else soft)
    assert set_ == ([asked] if asked else [])


def test_a_limit_that_cannot_be_raised_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_which: int, _both: tuple[int, int]) -> None:
        raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda _which: (256, 4096))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert limits.raise_descriptors() == 256
    assert "256 files may be open at once" in caplog.text
