"""When the anomaly of a ticket was there: a ticket that was reopened has several spells."""

from collections.abc import Iterable
from datetime import datetime

from agent.core.desk.ticket import Spell
from agent.store.instants import from_ms, maybe_from, maybe_ms, to_ms
from agent.store.session import Session


def keep(session: Session, spells: Iterable[tuple[str, Spell]]) -> None:
    """Write spells with the ticket they belong to; the end of one that began is added to it."""
    session.many(
        "INSERT INTO spells (ticket, began, ended) VALUES (?, ?, ?) "
        "ON CONFLICT (ticket, began) DO UPDATE SET ended = excluded.ended",
        [(ref, to_ms(spell.began), maybe_ms(spell.ended)) for ref, spell in spells],
    )


def close(session: Session, ticket: str, at: datetime) -> None:
    """End the spell of a ticket that lasts: nobody will see its end."""
    session.run("UPDATE spells SET ended = ? WHERE ticket = ? AND ended IS NULL", (to_ms(at), ticket))


def of(session: Session, ticket: str) -> tuple[Spell, ...]:
    """Return the spells of a ticket, the first ones first."""
    rows = session.rows("SELECT began, ended FROM spells WHERE ticket = ? ORDER BY began", (ticket,))
    return tuple(Spell(began=from_ms(row["began"]), ended=maybe_from(row["ended"])) for row in rows)
