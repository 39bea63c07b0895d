"""Last stage: what a batch changed becomes one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from agent.codec import encode_memory
from agent.core.desk.hours import by_hour, hour_of
from agent.core.desk.message import Route
from agent.evidence import Evidence, digest
from agent.intake.changes import Changes
from agent.intake.story import pieces
from agent.intake.verdicts import Verdict
from agent.store import checks, events, evidence, memories, outbox, outcomes, rollups, spells, tickets, tracks
from agent.store.session import Session
from checks.core.model import Observed


def write(session: Session, changes: Changes, routes: Sequence[Route]) -> Changes:
    """Write all that a batch changed and return it with its messages; the caller holds the transaction."""
    for verdict in changes.verdicts:
        _write_verdict(session, verdict)
    for (name, year), last in changes.counters:
        tickets.take_number(session, name, year, last)
    # What ends goes first: its anomaly may have a new live ticket.
    for gone in changes.forgotten:
        tracks.forget(session, gone.key, gone.anomaly)
    tickets.save(session, sorted(changes.tickets, key=lambda ticket: ticket.live))
    spells.keep(session, changes.spells)
    for ticket in changes.tickets:
        if ticket.closed_at is not None:
            spells.close(session, ticket.ref, ticket.closed_at)
    return replace(changes, messages=tuple(_write_story(session, changes, routes)))


def kept(verdict: Verdict) -> list[evidence.Piece]:
    """Name the evidence of a run that stays: all of a telling run, else only what is always wanted."""
    answer = verdict.sighting.outcome.answer
    if not isinstance(answer, Observed) or not answer.artifacts:
        return []
    return pieces(a for a in answer.artifacts if verdict.telling or a.kind in evidence.LATEST_ONLY)


def save_files(folder: Evidence, changes: Changes) -> None:
    """Write the evidence of a batch, before the transaction that speaks of it."""
    for verdict in changes.verdicts:
        wanted = {piece.sha256 for piece in kept(verdict)}
        answer = verdict.sighting.outcome.answer
        for artifact in answer.artifacts if wanted and isinstance(answer, Observed) else ():
            if digest(artifact.data) in wanted:
                folder.keep(artifact.data)


def _write_story(session: Session, changes: Changes, routes: Sequence[Route]) -> list[str]:
    known = {ticket.ref: ticket for ticket in changes.tickets}
    messages: list[str] = []
    for happening in changes.happenings:
        draft = events.Draft(
            ticket=happening.ref, at=happening.at, actor=happening.actor, kind=happening.kind, body=happening.body
        )
        event = events.append(session, draft)
        if happening.say is not None:
            messages += outbox.tell(session, event, happening.say, known[happening.ref], routes)
    return messages


def _write_verdict(session: Session, verdict: Verdict) -> None:
    outcome, watch = verdict.sighting.outcome, verdict.sighting.watch
    number = checks.number(session, watch.key, watch.kind, watch.target)
    outcomes.insert(session, number, outcome, watch.kind)
    if verdict.cursor is not None:
        rollups.move(session, number, verdict.cursor)
        hour, took = hour_of(outcome.started), timedelta(seconds=outcome.seconds)
        rollups.add(session, number, by_hour(verdict.stretches), hour, took)
    if verdict.turns:
        moved = [(turn.anomaly, turn.tracked) for turn in verdict.turns if turn.tracked is not None]
        tracks.keep(session, number, moved)
        tracks.drop(session, number, [turn.anomaly for turn in verdict.turns if turn.tracked is None])
    evidence.keep(session, number, outcome.id, outcome.started, kept(verdict))
    if isinstance(outcome.answer, Observed) and outcome.answer.memory is not None:
        memories.remember(session, number, encode_memory(watch.kind, outcome.answer.memory), outcome.started)
