"""Turns a pending message into what people read, in the language of the ticket's site."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from agent.core.desk.message import Pending
from agent.core.desk.ticket import Ticket
from agent.notify.channel import Message
from agent.present.ticket_json import title
from agent.present.ticket_text import EVENTS, SEVERITIES
from agent.texts import render, translate
from agent.texts.labels import curl


def message(pending: Pending, zone: ZoneInfo) -> Message:
    """Return the message; the same pending message always gives the same words."""
    ticket = pending.view.ticket
    return Message(
        key=pending.key,
        at=pending.at,
        channel=pending.channel,
        event=pending.kind.value,
        ticket=ticket.ref,
        site=ticket.site,
        severity=ticket.finding.severity.value,
        title=title(ticket),
        body="\n".join(_lines(pending, ticket, zone)),
    )


def _lines(pending: Pending, ticket: Ticket, zone: ZoneInfo) -> Iterator[str]:
    finding, language = ticket.finding, ticket.language

    def say(msgid: str) -> str:
        return translate(msgid, language)

    def line(label: str, text: str) -> str:
        return translate("{label}: {text}", language, label=say(label), text=text)

    yield line(f"{ticket.ref} ({say(SEVERITIES[finding.severity])})", say(EVENTS[pending.kind]))
    yield title(ticket)
    if ticket.target:
        yield line("address", ticket.target)
    yield line("since", _when(ticket.detected_at, zone))
    if ticket.restored_at is not None:
        yield line("restored", _when(ticket.restored_at, zone))
    else:
        yield line("what to do", render(finding.rule.advice, finding.facts, language))
    if pasted := curl(finding.facts):
        yield line("see yourself", pasted)
    for child in pending.children:
        yield line("explains", f"{child.ref}  {title(child, language)}")
        yield line("what to do", render(child.finding.rule.advice, child.finding.facts, language))
    if pending.more:
        yield line("explains", translate("and {count} more", language, count=pending.more))


def _when(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
