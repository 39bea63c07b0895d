"""What is merely suspected at some sites: it may soon explain a ticket of which nobody was told yet."""

from collections.abc import Mapping, Sequence

from agent.core.desk import lifecycle
from agent.core.desk.ticket import Ticket
from agent.core.desk.verdict import Suspected
from agent.core.desk.watch import Watch
from agent.intake.verdicts import Believed
from agent.store import tracks
from agent.store.session import Session
from checks.core.model import Key
from checks.core.registry import Catalogue

Judged = Mapping[Key, tuple[Watch, Believed]]  # checks that a batch has moved, as they now are


def suspicions(session: Session, catalogue: Catalogue, sites: Sequence[str], judged: Judged) -> tuple[Ticket, ...]:
    """Return the tickets that would come of what is suspected, by the store and, where it moved, by the batch."""
    stored = [
        lifecycle.suspicion(suspect.track, Watch(key=suspect.key, kind=suspect.kind, target=suspect.target))
        for suspect in tracks.suspects(session, catalogue, sites)
        if suspect.key not in judged
    ]
    moved = [
        lifecycle.suspicion(tracked.track, watch)
        for watch, believed in judged.values()
        for tracked in believed.tracks.values()
        if isinstance(tracked.track, Suspected)
    ]
    return (*stored, *moved)
