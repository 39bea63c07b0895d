"""A ticket in the JSON that other programs read; its names are fixed by the contract."""

import json

from agent.core.desk.ticket import Ticket
from agent.core.desk.view import Exhibit, TicketStory, TicketView, Told, Try
from agent.present.outcome_json import Json, fact_json, finding_json, instant
from agent.texts import render


def ticket_json(view: TicketView, language: str | None = None) -> dict[str, Json]:
    """Return a ticket as the object that `tickets list` and the API show; its own language unless told."""
    ticket = view.ticket
    finding = ticket.finding
    return {
        "ref": ticket.ref,
        "fingerprint": ticket.fingerprint,
        "rule": finding.rule.id,
        "family": finding.family,
        "subject": finding.subject,
        "site": ticket.site,
        "sites": list(view.sites),
        "client": ticket.client,
        "contract": ticket.contract,
        "check": ticket.key.check,
        "location": ticket.key.location,
        "target": ticket.target,
        "severity": finding.severity.value,
        "maintenance": finding.rule.maintenance.value,
        "state": ticket.state.value,
        "title": title(ticket, language),
        **_instants(ticket),
        "parent": ticket.parent,
        "merged_into": ticket.merged_into,
        "recurrence_of": ticket.recurrence_of,
        "reopen_count": ticket.reopen_count,
        "flapping": ticket.flapping,
        "occurrences": ticket.occurrences,
        "gti_due": None,
        "gtr_due": None,
        "events": view.events,
        "head": view.head,
    }


def _instants(ticket: Ticket) -> dict[str, Json]:
    return {
        "opened_at": instant(ticket.opened_at),
        "detected_at": instant(ticket.detected_at),
        "seen_at": instant(ticket.seen_at),
        "acked_at": instant(ticket.acked_at) if ticket.acked_at else None,
        "restored_at": instant(ticket.restored_at) if ticket.restored_at else None,
        "closed_at": instant(ticket.closed_at) if ticket.closed_at else None,
    }


def story_json(story: TicketStory, language: str | None = None) -> dict[str, Json]:
    """Return a ticket with its story as the object that `tickets show` shows."""
    ticket = story.view.ticket
    spoken = language or ticket.language
    return {
        **ticket_json(story.view, language),
        "advice": render(ticket.finding.rule.advice, ticket.finding.facts, spoken),
        "evidence": {name: fact_json(value) for name, value in ticket.finding.facts},
        "tries": [_try_json(one, spoken) for one in story.tries],
        "exhibits": [_exhibit_json(exhibit) for exhibit in story.exhibits],
        "children": [child.ref for child in story.children],
        "history": [_told_json(one) for one in story.told],
    }


def title(ticket: Ticket, language: str | None = None) -> str:
    """Say in one line what is wrong."""
    return render(ticket.finding.rule.says, ticket.finding.facts, language or ticket.language)


def _try_json(one: Try, language: str) -> Json:
    return {
        "started": instant(one.started),
        "attempt": one.number,
        "seconds": one.took.total_seconds(),
        "findings": [finding_json(finding, language) for finding in one.findings],
    }


def _exhibit_json(exhibit: Exhibit) -> Json:
    return {
        "run": instant(exhibit.started),
        "kind": exhibit.kind,
        "name": exhibit.name,
        "media": exhibit.media,
        "bytes": exhibit.bytes,
        "sha256": exhibit.sha256,
        "file": exhibit.file,
    }


def _told_json(one: Told) -> Json:
    return {
        "seq": one.seq,
        "at": instant(one.at),
        "actor": one.actor,
        "event": one.kind.value,
        "hash": one.hash,
        "payload": None if one.body is None else json.loads(one.body),
    }
