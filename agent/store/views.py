"""Tickets as those who show them need them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from agent.core.desk.ticket import AGENT_SITE, State, Ticket
from agent.core.desk.view import TicketStory, TicketView, Told, Try
from agent.store import events, evidence, outcomes, tickets
from agent.store.session import Session
from checks.core.model import Observed
from checks.core.registry import Catalogue

TRIES = 12  # at most, so that a page stays readable
_INSTANT = timedelta(milliseconds=1)


def ticket_views(
    session: Session, rules: Catalogue, *, states: Sequence[State], site: str | None = None
) -> tuple[TicketView, ...]:
    """Return the tickets in one of `states`, the gravest and oldest first."""
    found = tickets.listed(session, rules, states=states, site=site)
    return tuple(ticket_view(session, ticket) for ticket in found)


def ticket_view(session: Session, ticket: Ticket) -> TicketView:
    """Return one ticket with where its chain stands."""
    return _view(ticket, events.head(session, ticket.ref))


def view_at(session: Session, ticket: Ticket, event: int) -> TicketView:
    """Return a ticket with where its chain stood at one of its events."""
    return _view(ticket, events.head_at(session, ticket.ref, event))


def ticket_story(session: Session, rules: Catalogue, ref: str) -> TicketStory | None:
    """Return all there is to say of a ticket, None when there is none of that reference."""
    ticket = tickets.find(session, rules, ref)
    if ticket is None:
        return None
    return TicketStory(
        view=ticket_view(session, ticket),
        told=tuple(
            Told(seq=e.seq, at=e.at, actor=e.actor, kind=e.kind, hash=e.hash, body=e.body)
            for e in events.of(session, ticket.ref)
        ),
        tries=tuple(islice(_tries(session, rules, ticket), TRIES)),
        exhibits=evidence.of(session, ticket.key, ticket.detected_at, _end(ticket)),
        children=tickets.children(session, rules, ticket.ref),
    )


def _view(ticket: Ticket, head: events.Head) -> TicketView:
    sites = () if ticket.key.site == AGENT_SITE else (ticket.key.site,)
    return TicketView(ticket=ticket, events=head.events, head=head.hash, sites=sites)


def _end(ticket: Ticket) -> datetime:
    return ticket.restored_at or ticket.closed_at or ticket.seen_at


def _tries(session: Session, rules: Catalogue, ticket: Ticket) -> Iterator[Try]:
    """Yield every attempt of the runs from the first that saw it to the one that opened the ticket."""
    anomaly = ticket.finding.family, ticket.finding.subject
    for past in outcomes.between(session, rules, ticket.key, ticket.detected_at, ticket.opened_at + _INSTANT):
        if past.outcome is None or not isinstance(past.outcome.answer, Observed):
            continue
        for attempt in past.outcome.answer.attempts:
            findings = tuple(f for f in attempt.findings if (f.family, f.subject) == anomaly)
            took = timedelta(seconds=attempt.seconds)
            yield Try(started=past.started, number=attempt.number, took=took, findings=findings)
