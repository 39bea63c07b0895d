"""Finds the store that a configuration speaks of."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from agent.config import load
from agent.config.loaded import Settings
from agent.core.desk.rules import RULES
from agent.settings import Agent
from agent.store.errors import StoreUnavailable
from agent.store.store import FILE, Store
from checks.core.registry import Catalogue


class StoreMissing(StoreUnavailable):
    """No daemon has made the store yet."""


def store_path(settings: Settings) -> Path:
    """Where the store of a configuration lies."""
    return settings[Agent].state_dir / FILE


def open_existing(settings: Settings) -> Store:
    """Open the store of a configuration for a command; raises `StoreError` when no daemon has made one yet."""
    path = store_path(settings)
    if not path.exists():
        raise StoreMissing(f"there is no store at {path} yet: `vigie run` makes it")
    return Store.open(path, Catalogue(RULES))


@contextmanager
def open_from(config: Path) -> Iterator[tuple[Settings, Store]]:
    """Read a configuration and open its store for as long as it is used."""
    settings = load(config, secrets=False)
    with closing(open_existing(settings)) as store:
        yield settings, store
