"""The tickets: what each is about, where it stands, and the readable reference it is known by."""

import json
from collections.abc import Iterable, Sequence

from agent.core.desk.ticket import EventKind, Owed, State, Ticket
from agent.store.checks import number
from agent.store.findings import read_finding, write_finding
from agent.store.instants import from_ms, maybe_from, maybe_ms, to_ms
from agent.store.session import Row, Session, Value
from checks.core.model import Key
from checks.core.registry import Catalogue

_COLUMNS = (
    *("ref", "fingerprint", "check_id", "site", "client", "contract", "language", "target"),
    *("rule", "family", "subject", "severity", "maintenance", "finding", "state"),
    *("opened_at", "detected_at", "seen_at", "acked_at", "restored_at", "closed_at"),
    *("parent", "merged_into", "recurrence_of", "reopen_count", "flapping", "occurrences", "told"),
    *("quiet_since", "reopened", "owed", "owed_since"),
)
_SAVE = (
    f"INSERT INTO tickets ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "  # noqa: S608  our words
    "ON CONFLICT (ref) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
)
_READ = (
    "SELECT tickets.*, checks.name, checks.location, checks.kind "
    "FROM tickets JOIN checks ON checks.id = tickets.check_id"
)
_GRAVEST = "ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'major' THEN 1 ELSE 2 END, tickets.opened_at, ref"
_LIVE = "tickets.state IN ('open', 'acknowledged', 'in_progress', 'pending')"  # word for word as in the index


def save(session: Session, tickets: Iterable[Ticket]) -> None:
    """Write tickets, new ones and changed ones; a second live ticket of one anomaly is refused by the index."""
    session.many(_SAVE, [_values(session, ticket) for ticket in tickets])


def live(session: Session, rules: Catalogue, sites: Sequence[str] | None = None) -> tuple[Ticket, ...]:
    """Return the live tickets, of some sites or of all."""
    found = _READ.replace("FROM tickets", "FROM tickets INDEXED BY live_tickets")
    if sites is None:
        return _tickets(session.rows(f"{found} WHERE {_LIVE} ORDER BY tickets.opened_at, ref"), rules)
    places = ", ".join("?" * len(sites))
    return _tickets(session.rows(f"{found} WHERE {_LIVE} AND tickets.site IN ({places})", sites), rules)


def on_the_desk(session: Session, rules: Catalogue, sites: Sequence[str] | None = None) -> dict[str, Ticket]:
    """Return the live tickets by their reference, of some sites or of all, and those that explained them."""
    found = {ticket.ref: ticket for ticket in live(session, rules, sites)}
    for ref in sorted({ticket.parent for ticket in found.values() if ticket.parent} - set(found)):
        parent = find(session, rules, ref)
        found |= {ref: parent} if parent else {}
    return found


def find(session: Session, rules: Catalogue, ref: str) -> Ticket | None:
    """Return the ticket of that reference, typed in any case."""
    rows = session.rows(f"{_READ} WHERE ref = ?", (ref.strip().upper(),))
    return next(iter(_tickets(rows, rules)), None)


def listed(
    session: Session, rules: Catalogue, *, states: Sequence[State], site: str | None = None
) -> tuple[Ticket, ...]:
    """Return the tickets in one of `states`, of one site or of all, the gravest and oldest first."""
    places = ", ".join("?" * len(states))
    rows = session.rows(
        f"{_READ} WHERE tickets.state IN ({places}) AND (? IS NULL OR tickets.site = ?) {_GRAVEST}",
        (*states, site, site),
    )
    return _tickets(rows, rules)


def last_of(session: Session, rules: Catalogue, fingerprint: str) -> Ticket | None:
    """Return the ticket of that anomaly that was opened last, whatever its state."""
    rows = session.rows(
        f"{_READ} WHERE fingerprint = ? ORDER BY tickets.opened_at DESC, ref DESC LIMIT 1", (fingerprint,)
    )
    return next(iter(_tickets(rows, rules)), None)


def children(session: Session, rules: Catalogue, ref: str) -> tuple[Ticket, ...]:
    """Return the tickets that this one explains."""
    return _tickets(session.rows(f"{_READ} WHERE tickets.parent = ? ORDER BY tickets.opened_at, ref", (ref,)), rules)


def any_quiet(session: Session) -> bool:
    """Whether a ticket is held whose anomaly is away just now."""
    return session.one("SELECT 1 FROM tickets WHERE quiet_since IS NOT NULL LIMIT 1") is not None


def owing(session: Session, sites: Sequence[str] | None = None) -> bool:
    """Whether people are yet to be told something of a live ticket that stands for itself, at some sites or at all."""
    where = f"{_LIVE} AND owed IS NOT NULL AND parent IS NULL"
    if sites is not None:
        where += f" AND site IN ({', '.join('?' * len(sites))})"
    found = session.one(f"SELECT 1 FROM tickets INDEXED BY live_tickets WHERE {where} LIMIT 1", sites or ())  # noqa: S608
    return found is not None


def children_rows(session: Session, ref: str) -> list[Row]:
    """Return the live tickets that this one explains, the gravest and oldest first, as rows that `ticket_of` reads."""
    return session.rows(f"{_READ} WHERE tickets.parent = ? AND {_LIVE} {_GRAVEST}", (ref,))


def last_number(session: Session, prefix: str, year: int) -> int:
    """Return the last number given out for a prefix in a year, 0 when none was."""
    row = session.one("SELECT last FROM counters WHERE prefix = ? AND year = ?", (prefix, year))
    return int(row["last"]) if row else 0


def take_number(session: Session, prefix: str, year: int, last: int) -> None:
    """Remember the last number given out."""
    session.run(
        "INSERT INTO counters (prefix, year, last) VALUES (?, ?, ?) "
        "ON CONFLICT (prefix, year) DO UPDATE SET last = max(last, excluded.last)",
        (prefix, year, last),
    )


def _values(session: Session, ticket: Ticket) -> tuple[Value, ...]:
    finding = ticket.finding
    return (
        ticket.ref,
        ticket.fingerprint,
        number(session, ticket.key, ticket.kind, ticket.target),
        ticket.key.site,
        ticket.client,
        ticket.contract,
        ticket.language,
        ticket.target,
        finding.rule.id,
        finding.family,
        finding.subject,
        finding.severity.value,
        finding.rule.maintenance.value,
        write_finding(finding),
        ticket.state.value,
        *(to_ms(when) for when in (ticket.opened_at, ticket.detected_at, ticket.seen_at)),
        *(maybe_ms(when) for when in (ticket.acked_at, ticket.restored_at, ticket.closed_at)),
        ticket.parent,
        ticket.merged_into,
        ticket.recurrence_of,
        ticket.reopen_count,
        int(ticket.flapping),
        ticket.occurrences,
        int(ticket.told),
        maybe_ms(ticket.quiet_since),
        json.dumps([to_ms(when) for when in ticket.reopened_at]),
        ticket.owed.kind.value if ticket.owed else None,
        to_ms(ticket.owed.since) if ticket.owed else None,
    )


def row_of(session: Session, ticket: Ticket) -> Row:
    """Return a ticket as the row that `ticket_of` reads."""
    own = dict(zip(_COLUMNS, _values(session, ticket), strict=True))
    return own | {"name": ticket.key.check, "location": ticket.key.location, "kind": ticket.kind}


def _tickets(rows: Iterable[Row], rules: Catalogue) -> tuple[Ticket, ...]:
    return tuple(ticket_of(row, rules) for row in rows)


def ticket_of(row: Row, rules: Catalogue) -> Ticket:
    """Return the ticket in a row."""
    return Ticket(
        ref=row["ref"],
        key=Key(site=row["site"], check=row["name"], location=row["location"]),
        kind=row["kind"],
        target=row["target"],
        client=row["client"],
        contract=row["contract"],
        language=row["language"],
        finding=read_finding(row["finding"], rules, family=row["family"]),
        state=State(row["state"]),
        opened_at=from_ms(row["opened_at"]),
        detected_at=from_ms(row["detected_at"]),
        seen_at=from_ms(row["seen_at"]),
        acked_at=maybe_from(row["acked_at"]),
        restored_at=maybe_from(row["restored_at"]),
        closed_at=maybe_from(row["closed_at"]),
        parent=row["parent"],
        merged_into=row["merged_into"],
        recurrence_of=row["recurrence_of"],
        reopen_count=row["reopen_count"],
        flapping=bool(row["flapping"]),
        occurrences=row["occurrences"],
        told=bool(row["told"]),
        quiet_since=maybe_from(row["quiet_since"]),
        reopened_at=tuple(from_ms(when) for when in json.loads(row["reopened"])),
        owed=_owed(row),
    )


def _owed(row: Row) -> Owed | None:
    kind = row.get("owed")  # a message that an earlier version wrote shows a ticket without it
    return None if kind is None else Owed(kind=EventKind(kind), since=from_ms(row["owed_since"]))
