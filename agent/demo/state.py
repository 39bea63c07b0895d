"""Which faults are on: one empty file each in the state folder, so that a command reaches the running site."""

from collections.abc import Iterable
from pathlib import Path

from agent.demo.faults import find


def folder(state_dir: Path) -> Path:
    """Where the demo keeps its faults under the agent's state folder."""
    return state_dir / "demo" / "faults"


def active(where: Path) -> tuple[str, ...]:
    """The faults that are on, sorted."""
    return tuple(sorted(path.name for path in where.iterdir())) if where.is_dir() else ()


def break_(where: Path, name: str) -> None:
    """Switch a fault on; raises `UnknownFault`."""
    find(name)
    where.mkdir(parents=True, exist_ok=True)
    (where / name).touch()


def heal(where: Path) -> tuple[str, ...]:
    """Switch every fault off and return those that were on."""
    were = active(where)
    where.mkdir(parents=True, exist_ok=True)
    for name in were:
        (where / name).unlink(missing_ok=True)
    return were


def begin(where: Path, faults: Iterable[str]) -> None:
    """At the very first start, switch these faults on; raises `UnknownFault`."""
    if not where.exists():
        where.mkdir(parents=True)
        for name in faults:
            break_(where, name)
