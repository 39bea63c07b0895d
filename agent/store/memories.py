"""What each check remembers from one run to the next, as the JSON its own shape is read from."""

from datetime import datetime

from agent.store.checks import key_of
from agent.store.instants import to_ms
from agent.store.session import Session
from checks.core.model import Key


def remember(session: Session, check: int, body: str, when: datetime) -> None:
    """Keep what a check remembers; it replaces what it remembered."""
    session.run(
        "INSERT INTO memories (check_id, body, written) VALUES (?, ?, ?) "
        "ON CONFLICT (check_id) DO UPDATE SET body = excluded.body, written = excluded.written",
        (check, body, to_ms(when)),
    )


def memories(session: Session) -> dict[Key, str]:
    """Return what every check remembers."""
    rows = session.rows("SELECT site, name, location, body FROM memories JOIN checks ON checks.id = check_id")
    return {key_of(row): row["body"] for row in rows}
