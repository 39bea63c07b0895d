"""A ticket as a person reads it: what is wrong, since when, where, what was tried, how to see it oneself."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from agent.core.desk.ticket import EventKind, State, Ticket
from agent.core.desk.view import Exhibit, TicketStory, TicketView, Told, Try
from agent.present.terminal import Paint, counted
from agent.present.ticket_json import title
from agent.texts import render, translate
from agent.texts.labels import curl, readable
from agent.texts.values import duration, size
from checks.core.model import Finding, Maintenance, Severity

_WIDTH = 15  # columns of a label
_LONG = 400  # characters of a fact shown; the whole stands in the JSON

SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.MAJOR: "major",
    Severity.MINOR: "minor",
    Severity.INFO: "info",
}
STATES = {
    State.OPEN: "open",
    State.ACKNOWLEDGED: "acknowledged",
    State.IN_PROGRESS: "in progress",
    State.PENDING: "pending",
    State.RESOLVED: "resolved",
    State.CLOSED: "closed",
    State.MERGED: "merged",
}
KINDS = {
    Maintenance.CORRECTIVE: "corrective maintenance",
    Maintenance.PREVENTIVE: "preventive maintenance",
    Maintenance.ADAPTIVE: "adaptive maintenance",
    Maintenance.EVOLUTIVE: "out of contract",
    Maintenance.NONE: "the agent itself",
}
EVENTS = {
    EventKind.OPENED: "opened",
    EventKind.CHANGED: "changed",
    EventKind.ACKNOWLEDGED: "acknowledged",
    EventKind.RESOLVED: "resolved, as the check saw",
    EventKind.REOPENED: "reopened",
    EventKind.UNSTABLE: "unstable",
    EventKind.RESTORED: "stable again",
    EventKind.CLOCK_WARNING: "a deadline is near",
    EventKind.ESCALATED: "escalated",
    EventKind.REMINDER: "reminder",
    EventKind.COMMENTED: "comment",
    EventKind.MERGED: "merged",
    EventKind.CLOSED: "closed",
    EventKind.UPDATED: "updated",
    EventKind.EXPLAINED: "explained by another ticket",
    EventKind.RELEASED: "stands for itself",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: the language, the time zone, and whether colours show."""

    language: str
    zone: ZoneInfo
    paint: Paint

    def say(self, msgid: str, **places: object) -> str:
        """Return a sentence in the reader's language."""
        return translate(msgid, self.language, **places)

    def when(self, instant: datetime) -> str:
        """Return an instant on the reader's clock, to the second."""
        return f"{instant.astimezone(self.zone):%Y-%m-%d %H:%M:%S %Z}"

    def line(self, label: str, text: str) -> str:
        """Return a labelled line."""
        return f"  {self.paint(f'{self.say(label):{_WIDTH}}', 'dim')} {text}"


def list_text(views: Iterable[TicketView], reader: Reader) -> Iterator[str]:
    """Yield a line for each ticket, and one that counts them."""
    count = 0
    for view in views:
        count, ticket = count + 1, view.ticket
        grave = reader.paint.severity(ticket.finding.severity, f"{_severity(ticket, reader):10}")
        parent = f"  ← {ticket.parent}" if ticket.parent else ""
        place = f"{ticket.key.site}/{ticket.key.check}"
        since = reader.when(ticket.detected_at)
        yield f"{ticket.ref:18} {grave} {STATES[ticket.state]:12} {since}  {place:24} {title(ticket)}{parent}"
    yield counted(count, "ticket")


def story_text(story: TicketStory, now: datetime, reader: Reader) -> Iterator[str]:
    """Yield the lines of one ticket."""
    ticket = story.view.ticket
    yield from _head(ticket, reader)
    yield ""
    yield from _times(ticket, now, reader)
    yield from _place(ticket, reader)
    yield from _relations(story, reader)
    yield ""
    yield reader.line("what to do", render(ticket.finding.rule.advice, ticket.finding.facts, reader.language))
    if line := curl(ticket.finding.facts):
        yield reader.line("see yourself", line)
    yield from _facts(ticket.finding, reader)
    yield from _tries(story.tries, reader)
    yield from _exhibits(story.exhibits, reader)
    yield from _told(story, reader)


def _head(ticket: Ticket, reader: Reader) -> Iterator[str]:
    grave = reader.paint.severity(ticket.finding.severity, f"✖ {_severity(ticket, reader)}")
    state = reader.say(STATES[ticket.state])
    yield f"{reader.paint(ticket.ref, 'bold')}  {grave}  {state}  {ticket.key.site} / {ticket.key.check}"
    yield f"  {reader.paint(title(ticket, reader.language), 'bold')}"


def _times(ticket: Ticket, now: datetime, reader: Reader) -> Iterator[str]:
    until = ticket.restored_at or ticket.closed_at or now
    lasted = duration(max(0.0, (until - ticket.detected_at).total_seconds()), reader.language)
    yield reader.line("since", f"{reader.when(ticket.detected_at)} ({lasted})")
    yield reader.line("ticket opened", reader.when(ticket.opened_at))
    seen = reader.say("{when}, {count} failing runs", when=reader.when(ticket.seen_at), count=ticket.occurrences)
    yield reader.line("last seen", seen)
    named = (("acknowledged", ticket.acked_at), ("restored", ticket.restored_at), ("closed", ticket.closed_at))
    for label, instant in named:
        if instant is not None:
            yield reader.line(label, reader.when(instant))
    if ticket.reopen_count:
        yield reader.line("reopened", reader.say("{count} times", count=ticket.reopen_count))


def _place(ticket: Ticket, reader: Reader) -> Iterator[str]:
    if ticket.target:
        yield reader.line("address", ticket.target)
    if ticket.finding.subject not in (ticket.key.check, ticket.target):
        yield reader.line("subject", ticket.finding.subject)
    yield reader.line("rule", f"{ticket.finding.rule.id}, {reader.say(KINDS[ticket.finding.rule.maintenance])}")


def _relations(story: TicketStory, reader: Reader) -> Iterator[str]:
    ticket = story.view.ticket
    named = (
        ("explained by", ticket.parent),
        ("merged into", ticket.merged_into),
        ("happened before", ticket.recurrence_of),
    )
    for label, ref in named:
        if ref is not None:
            yield reader.line(label, ref)
    for child in story.children:
        yield reader.line("explains", f"{child.ref}  {title(child, reader.language)}")


def _facts(finding: Finding, reader: Reader) -> Iterator[str]:
    facts = list(readable(finding.facts, reader.language, longest=_LONG))
    if facts:
        yield ""
        yield f"  {reader.paint(reader.say('what was found'), 'bold')}"
    width = max((len(label) for label, _lines in facts), default=0)
    for label, lines in facts:
        for number, line in enumerate(lines):
            yield f"    {label if number == 0 else '':{width}}  {line}"


def _tries(tries: tuple[Try, ...], reader: Reader) -> Iterator[str]:
    if not tries:
        return
    yield ""
    yield f"  {reader.paint(reader.say('what was tried'), 'bold')}"
    for one in tries:
        found = "; ".join(render(f.rule.says, f.facts, reader.language) for f in one.findings) or reader.say(
            "nothing wrong"
        )
        took = duration(one.took.total_seconds(), reader.language)
        line = reader.say("attempt {number}, {took}: {found}", number=one.number, took=took, found=found)
        yield f"    {reader.when(one.started)}  {line}"


def _exhibits(exhibits: tuple[Exhibit, ...], reader: Reader) -> Iterator[str]:
    if not exhibits:
        return
    yield ""
    yield f"  {reader.paint(reader.say('what was kept'), 'bold')}"
    for exhibit in exhibits:
        weight = size(exhibit.bytes, reader.language)
        line = reader.say("{name}, {weight}: {file}", name=exhibit.name, weight=weight, file=exhibit.file)
        yield f"    {reader.when(exhibit.started)}  {line}"


def _told(story: TicketStory, reader: Reader) -> Iterator[str]:
    yield ""
    yield f"  {reader.paint(reader.say('what happened'), 'bold')}"
    for told in story.told:
        yield f"    {told.seq:3}  {reader.when(told.at)}  {_happened(told, reader)}"
    yield f"    {reader.paint(reader.say('chain ends at {hash}', hash=story.view.head), 'dim')}"


def _happened(told: Told, reader: Reader) -> str:
    what = reader.say(EVENTS[told.kind]) + _detail(told)
    return reader.say("{actor}: {what}", actor=told.actor, what=what)


def _detail(told: Told) -> str:
    """What a payload adds in a few words: what changed, which other ticket, what a person wrote."""
    body = json.loads(told.body) if told.body else {}
    changed = ", ".join(body.get("changed", ()))
    words = changed or body.get("parent") or body.get("reason") or body.get("text") or ""
    return f" ({words})" if words else ""


def _severity(ticket: Ticket, reader: Reader) -> str:
    return reader.say(SEVERITIES[ticket.finding.severity])
