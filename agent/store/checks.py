"""Which checks the store knows, and when each was last run."""

from collections.abc import Iterable
from datetime import datetime

from agent.store.instants import from_ms
from agent.store.session import Row, Session
from checks.core.model import Key


def number(session: Session, key: Key, kind: str, target: str) -> int:
    """Return the number of a check, made when it is new; its kind and target follow the configuration."""
    row = session.one(
        "SELECT id, kind, target FROM checks WHERE site = ? AND name = ? AND location = ?",
        (key.site, key.check, key.location),
    )
    if row is None:
        return int(
            session.rows(
                "INSERT INTO checks (site, name, location, kind, target) VALUES (?, ?, ?, ?, ?) RETURNING id",
                (key.site, key.check, key.location, kind, target),
            )[0]["id"]
        )
    if (row["kind"], row["target"]) != (kind, target):
        session.run("UPDATE checks SET kind = ?, target = ? WHERE id = ?", (kind, target, row["id"]))
    return int(row["id"])


def numbers(session: Session, keys: Iterable[Key]) -> dict[Key, int]:
    """Return the numbers of those checks that are known."""
    found: dict[Key, int] = {}
    for key in keys:
        row = session.one(
            "SELECT id FROM checks WHERE site = ? AND name = ? AND location = ?", (key.site, key.check, key.location)
        )
        if row is not None:
            found[key] = int(row["id"])
    return found


def last_starts(session: Session) -> dict[Key, datetime]:
    """Return when each check's last run started."""
    rows = session.rows("SELECT site, name, location, started FROM latest JOIN checks ON checks.id = check_id")
    return {key_of(row): from_ms(row["started"]) for row in rows}


def key_of(row: Row) -> Key:
    """The key in a row that holds `site`, `name` and `location`."""
    return Key(site=row["site"], check=row["name"], location=row["location"])
