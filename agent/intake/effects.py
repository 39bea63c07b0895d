"""Last stage: a batch becomes one transaction."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.codec import encode_memory
from agent.core.desk.hours import by_hour
from agent.core.desk.ticket import Ticket
from agent.intake.correlation import correlate
from agent.intake.desk import Counter, Desk, Happening, prefix
from agent.intake.verdicts import Believed, Sighting, Verdict, after, judge
from agent.store import checks, events, memories, outcomes, rollups, tickets, tracks
from agent.store.session import Session
from checks.core.model import Key, Observed
from checks.core.registry import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a batch changed."""

    verdicts: tuple[Verdict, ...]
    tickets: tuple[Ticket, ...]  # as they are now
    happenings: tuple[Happening, ...]
    counters: tuple[tuple[Counter, int], ...]

    @property
    def weighty(self) -> bool:
        """Whether losing it to a power cut would lose a ticket or a part of its story."""
        return bool(self.happenings)


def decide(session: Session, rules: Catalogue, batch: tuple[Sighting, ...]) -> Changes:
    """Read what is known and return what the batch makes of it; an outcome that is stored already changes nothing."""
    believed: dict[Key, Believed] = {}
    verdicts: list[Verdict] = []
    for sighting in fresh(session, batch):
        key = sighting.outcome.key
        if key not in believed:
            believed[key] = _believed(session, rules, key)
        verdicts.append(judge(sighting, believed[key]))
        believed[key] = after(believed[key], verdicts[-1])
    turning = [verdict for verdict in verdicts if verdict.turns]
    if not turning:
        return Changes(verdicts=tuple(verdicts), tickets=(), happenings=(), counters=())
    desk = open_desk(session, rules, turning)
    for verdict in turning:
        desk.take(verdict)
    correlate(desk, max(verdict.sighting.at for verdict in turning))
    return Changes(
        verdicts=tuple(verdicts),
        tickets=tuple(desk.tickets[ref] for ref in sorted(desk.touched)),
        happenings=tuple(desk.happenings),
        counters=tuple(desk.counters.items()),
    )


def fresh(session: Session, batch: tuple[Sighting, ...]) -> Iterator[Sighting]:
    """Yield the outcomes that are not stored yet, each once."""
    taken: set[str] = set()
    numbers = checks.numbers(session, {sighting.outcome.key for sighting in batch})
    for sighting in batch:
        outcome = sighting.outcome
        known = outcome.key in numbers and outcomes.known(session, numbers[outcome.key], outcome)
        if not known and outcome.id not in taken:
            taken.add(outcome.id)
            yield sighting


def _believed(session: Session, rules: Catalogue, key: Key) -> Believed:
    number = checks.numbers(session, (key,)).get(key)
    if number is None:
        return Believed(tracks={}, cursor=None)
    return Believed(tracks=tracks.tracks(session, number, rules), cursor=rollups.cursor(session, number))


def open_desk(session: Session, rules: Catalogue, verdicts: list[Verdict]) -> Desk:
    """Lay out the tickets that these verdicts may touch."""
    sites = sorted({verdict.sighting.outcome.key.site for verdict in verdicts})
    found = {ticket.ref: ticket for ticket in tickets.live(session, rules, sites)}
    for ticket in tuple(found.values()):
        if ticket.parent is not None and ticket.parent not in found:
            parent = tickets.find(session, rules, ticket.parent)
            found |= {parent.ref: parent} if parent else {}
    known = {ticket.fingerprint for ticket in found.values() if ticket.live}
    for print_ in sorted(_began(verdicts) - known):
        last = tickets.last_of(session, rules, print_)
        found |= {last.ref: last} if last else {}
    years = {(prefix(v.sighting.watch.client), v.sighting.at.year) for v in verdicts}
    return Desk(tickets=found, counters={c: tickets.last_number(session, *c) for c in sorted(years)})


def _began(verdicts: list[Verdict]) -> set[str]:
    return {verdict.fingerprint(turn) for verdict in verdicts for turn in verdict.turns if turn.flip is not None}


def write(session: Session, changes: Changes) -> None:
    """Write all that a batch changed; the caller holds the transaction."""
    for verdict in changes.verdicts:
        _write_verdict(session, verdict)
    for (name, year), last in changes.counters:
        tickets.take_number(session, name, year, last)
    tickets.save(session, sorted(changes.tickets, key=lambda ticket: ticket.live))
    for happening in changes.happenings:
        draft = events.Draft(
            ticket=happening.ref, at=happening.at, actor=happening.actor, kind=happening.kind, body=happening.body
        )
        events.append(session, draft)


def _write_verdict(session: Session, verdict: Verdict) -> None:
    outcome, watch = verdict.sighting.outcome, verdict.sighting.watch
    number = checks.number(session, watch.key, watch.kind, watch.target)
    outcomes.insert(session, number, outcome, watch.kind)
    if verdict.cursor is not None:
        rollups.move(session, number, verdict.cursor)
        rollups.add(session, number, by_hour(verdict.stretches))
    tracks.keep(session, number, ((turn.anomaly, turn.tracked) for turn in verdict.turns if turn.tracked is not None))
    tracks.drop(session, number, (turn.anomaly for turn in verdict.turns if turn.tracked is None))
    if isinstance(outcome.answer, Observed) and outcome.answer.memory is not None:
        memories.remember(session, number, encode_memory(watch.kind, outcome.answer.memory), outcome.started)
