"""Drops what is older than it must be kept, a slice at a time, so that nobody waits long for the store."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.store import evidence, outbox
from agent.store.instants import to_ms
from agent.store.session import Session
from agent.store.settings import Retention

SLICE = 2000  # rows of one table in one transaction
MESSAGES = timedelta(days=90)  # that delivered messages are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one slice dropped; `files` are contents that nobody needs any more."""

    rows: int
    files: tuple[str, ...]
    more: bool  # whether there is more to drop


def sweep(session: Session, retention: Retention, now: datetime, cap: int, rows: int = SLICE) -> Swept:
    """Drop one slice in one transaction; `cap` is how many bytes of evidence may stay."""
    with session.immediate():
        counts = [
            _outcomes(session, now - retention.outcomes, rows),
            _rollups(session, now - retention.rollups, rows),
            outbox.prune(session, now - MESSAGES, rows),
        ]
        files = evidence.drop_before(session, now - retention.evidence, rows)
        old = len(files)
        if not files and evidence.total(session) > cap:
            files = evidence.drop_oldest(session, _tenth(session))
        more = any(count == rows for count in counts) or old > 0 or evidence.total(session) > cap
        return Swept(rows=sum(counts), files=files, more=more)


def _outcomes(session: Session, before: datetime, most: int) -> int:
    """Each check's oldest rows lie together, so they are found check by check."""
    dropped = 0
    old = (
        "SELECT id FROM checks WHERE EXISTS (SELECT 1 FROM outcomes WHERE check_id = checks.id AND started < ?) LIMIT ?"
    )
    for row in session.rows(old, (to_ms(before), most)):
        if dropped >= most:
            break
        dropped += session.run(
            "DELETE FROM outcomes WHERE (check_id, started, id) IN "
            "(SELECT check_id, started, id FROM outcomes WHERE check_id = ? AND started < ? ORDER BY started LIMIT ?)",
            (row["id"], to_ms(before), most - dropped),
        )
    return dropped


def _rollups(session: Session, before: datetime, most: int) -> int:
    return session.run(
        "DELETE FROM rollups WHERE (check_id, hour) IN (SELECT check_id, hour FROM rollups WHERE hour < ? LIMIT ?)",
        (to_ms(before), most),
    )


def _tenth(session: Session) -> int:
    row = session.rows("SELECT count(*) AS n FROM evidence")[0]
    return max(1, int(row["n"]) // 10)
