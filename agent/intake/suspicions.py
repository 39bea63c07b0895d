"""What may soon explain tickets of some sites: what is suspected there, and checks that may not have looked yet."""

from collections.abc import Mapping, Sequence

from agent.core.desk import lifecycle
from agent.core.desk.hold import Doubts, Lookout
from agent.core.desk.ticket import Ticket
from agent.core.desk.verdict import Suspected
from agent.core.desk.watch import Watch
from agent.intake.changes import Rules
from agent.intake.verdicts import Believed
from agent.store import checks, rollups, tracks
from agent.store.session import Session
from checks.core.model import Key
from checks.core.registry import Catalogue

Judged = Mapping[Key, tuple[Watch, Believed]]  # checks that a batch has moved, as they now are


def doubts(session: Session, catalogue: Catalogue, rules: Rules, sites: Sequence[str], judged: Judged) -> Doubts:
    """Return them, by the store and, where it moved, by the batch."""
    if not sites:
        return Doubts()
    return Doubts(
        suspicions=_suspicions(session, catalogue, sites, judged),
        lookouts=_lookouts(session, [watch for site in sites for watch in rules.lookouts.get(site, ())], judged),
    )


def _suspicions(session: Session, catalogue: Catalogue, sites: Sequence[str], judged: Judged) -> tuple[Ticket, ...]:
    """Return the tickets that would come of what is suspected."""
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


def _lookouts(session: Session, watches: Sequence[Watch], judged: Judged) -> tuple[Lookout, ...]:
    numbers = checks.numbers(session, (watch.key for watch in watches if watch.key not in judged))
    stored = {key: rollups.cursor(session, number) for key, number in numbers.items()}
    moved = {key: believed.cursor for key, (_watch, believed) in judged.items()}
    return tuple(Lookout(watch=watch, cursor=(stored | moved).get(watch.key)) for watch in watches)
