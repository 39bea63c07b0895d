"""What the store knew when the daemon began."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from agent.config.loaded import Settings
from agent.core.desk.rules import RULES
from agent.daemon.beliefs import Beliefs
from agent.store import Session, Store
from agent.store.checks import last_starts
from agent.store.memories import memories
from agent.store.opening import store_path
from agent.store.tracks import believed
from checks.core.model import Key
from checks.core.registry import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What to go on with."""

    memories: dict[Key, str]
    last_starts: Mapping[Key, datetime]
    beliefs: Beliefs


def open_store(settings: Settings) -> Store:
    """Open the store of a configuration and keep other daemons away from it; raises `StoreError`."""
    store = Store.open(store_path(settings), Catalogue(RULES))
    try:
        store.hold()
    except BaseException:
        store.close()
        raise
    return store


def known(store: Store) -> Known:
    """Read it; raises `StoreError`."""

    def query(session: Session) -> Known:
        return Known(
            memories=memories(session),
            last_starts=last_starts(session),
            beliefs=Beliefs.read(believed(session, store.rules)),
        )

    return store.read(query)
