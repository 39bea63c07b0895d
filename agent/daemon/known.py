"""What the store knew when the daemon began."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from agent.daemon.beliefs import Beliefs
from agent.store import Session, Store
from agent.store.checks import last_starts
from agent.store.memories import memories
from agent.store.tracks import believed
from checks.core.model import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What to go on with."""

    memories: dict[Key, str]
    last_starts: Mapping[Key, datetime]
    beliefs: Beliefs


def known(store: Store) -> Known:
    """Read it; raises `StoreError`."""

    def query(session: Session) -> Known:
        return Known(
            memories=memories(session),
            last_starts=last_starts(session),
            beliefs=Beliefs.read(believed(session, store.rules)),
        )

    return store.read(query)
