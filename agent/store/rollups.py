"""Up, down and unknown time of each check by the hour, and how far its time is accounted for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.desk.hours import Cursor, Share, Span, Standing, hour_of
from agent.store.checks import key_of
from agent.store.instants import from_ms, length_ms, maybe_from, maybe_ms, to_ms
from agent.store.session import Session
from checks.core.model import Key


def cursor(session: Session, check: int) -> Cursor | None:
    """Return how far the time of a check is accounted for."""
    row = session.one("SELECT * FROM cursors WHERE check_id = ?", (check,))
    if row is None:
        return None
    held = None if row["held_from"] is None else Span(begin=from_ms(row["held_from"]), end=from_ms(row["held_to"]))
    return Cursor(
        at=from_ms(row["at"]), judged=bool(row["judged"]), blind_since=maybe_from(row["blind_since"]), held=held
    )


def move(session: Session, check: int, to: Cursor) -> None:
    """Keep how far the time of a check is accounted for."""
    held = to.held
    session.run(
        "INSERT OR REPLACE INTO cursors (check_id, at, judged, blind_since, held_from, held_to) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (
            check,
            to_ms(to.at),
            int(to.judged),
            maybe_ms(to.blind_since),
            maybe_ms(held.begin if held else None),
            maybe_ms(held.end if held else None),
        ),
    )


_ADD = """
    INSERT INTO rollups (check_id, hour, up, down, unknown, runs, took) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (check_id, hour) DO UPDATE SET up = up + excluded.up, down = down + excluded.down,
        unknown = unknown + excluded.unknown, runs = runs + excluded.runs, took = took + excluded.took
"""


def add(session: Session, check: int, shares: Iterable[Share], hour: datetime, took: timedelta) -> None:
    """Add accounted time to the hours it fell in, and count a run of `hour` and the time it took."""
    rows = [(check, to_ms(share.hour), *_split(share), 0, 0) for share in shares]
    run = (1, length_ms(took))
    if len(rows) == 1 and rows[0][1] == to_ms(hour):  # as most runs go: one statement for both
        rows = [(*rows[0][:5], *run)]
    else:
        rows.append((check, to_ms(hour), 0, 0, 0, *run))
    session.many(_ADD, rows)


def _split(share: Share) -> tuple[int, int, int]:
    length = length_ms(share.length)
    return tuple(
        length if share.standing is standing else 0 for standing in (Standing.UP, Standing.DOWN, Standing.UNKNOWN)
    )  # type: ignore[return-value]  # three standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Time of a check over some hours."""

    up: timedelta
    down: timedelta
    unknown: timedelta
    runs: int
    took: timedelta  # all runs together


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTimes:
    """Time of one check over some hours."""

    key: Key
    times: Times


def by_check(session: Session, site: str, begin: datetime, end: datetime) -> tuple[CheckTimes, ...]:
    """Sum the hours from the one that holds `begin` to the last that begins before `end`, for each check of a site."""
    rows = session.rows("SELECT site, name, location FROM checks WHERE site = ? ORDER BY name, location", (site,))
    found = (CheckTimes(key=key_of(row), times=times(session, key_of(row), hour_of(begin), end)) for row in rows)
    return tuple(one for one in found if one.times.runs)


def times(session: Session, key: Key, begin: datetime, end: datetime) -> Times:
    """Sum the hours that begin in [begin, end)."""
    row = session.rows(
        "SELECT total(up) AS up, total(down) AS down, total(unknown) AS unknown, total(runs) AS runs, "
        "total(took) AS took "
        "FROM rollups WHERE check_id = (SELECT id FROM checks WHERE site = ? AND name = ? AND location = ?) "
        "AND hour >= ? AND hour < ?",
        (key.site, key.check, key.location, to_ms(begin), to_ms(end)),
    )[0]
    spans = {name: timedelta(milliseconds=row[name]) for name in ("up", "down", "unknown", "took")}
    return Times(runs=int(row["runs"]), **spans)
