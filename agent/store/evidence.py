"""Which evidence belongs to which run, how long it stays, and which files nobody needs any more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.core.desk.view import Exhibit
from agent.store.instants import from_ms, to_ms
from agent.store.session import Row, Session
from checks.core.model import Key

LATEST_ONLY = frozenset({"inventory"})  # of these only the last matters, whatever the run came to


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of evidence of one run."""

    kind: str
    name: str
    media: str
    bytes: int
    sha256: str


def keep(session: Session, check: int, outcome: str, started: datetime, pieces: Iterable[Piece]) -> None:
    """Note the evidence of a run."""
    for piece in pieces:
        if piece.kind in LATEST_ONLY:
            old = (check, piece.kind, piece.name)
            session.run("DELETE FROM evidence WHERE check_id = ? AND kind = ? AND name = ?", old)
        session.run(
            "INSERT INTO evidence (check_id, started, outcome, kind, name, media, bytes, sha256) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (check, to_ms(started), outcome, piece.kind, piece.name, piece.media, piece.bytes, piece.sha256),
        )


def of(session: Session, key: Key, begin: datetime, end: datetime) -> tuple[Exhibit, ...]:
    """Return the evidence of a check's runs that started in [begin, end], the first ones first."""
    rows = session.rows(
        "SELECT evidence.* FROM evidence JOIN checks ON checks.id = check_id "
        "WHERE site = ? AND checks.name = ? AND location = ? AND started >= ? AND started <= ? "
        "ORDER BY started, evidence.id",
        (key.site, key.check, key.location, to_ms(begin), to_ms(end)),
    )
    return tuple(_exhibit(row) for row in rows)


def latest(session: Session, key: Key, kind: str) -> tuple[Exhibit, ...]:
    """Return the last evidence of one kind that a check gave."""
    rows = session.rows(
        "SELECT evidence.* FROM evidence JOIN checks ON checks.id = check_id "
        "WHERE site = ? AND checks.name = ? AND location = ? AND evidence.kind = ? ORDER BY evidence.name",
        (key.site, key.check, key.location, kind),
    )
    return tuple(_exhibit(row) for row in rows)


def _exhibit(row: Row) -> Exhibit:
    return Exhibit(
        started=from_ms(row["started"]),
        kind=row["kind"],
        name=row["name"],
        media=row["media"],
        bytes=row["bytes"],
        sha256=row["sha256"],
    )


def total(session: Session) -> int:
    """Return how many bytes the files take, each content counted once."""
    row = session.rows("SELECT coalesce(sum(bytes), 0) AS bytes FROM (SELECT DISTINCT sha256, bytes FROM evidence)")[0]
    return int(row["bytes"])


def known(session: Session, names: Sequence[str]) -> frozenset[str]:
    """Return those of some contents that belong to a run."""
    places = ", ".join("?" * len(names))
    rows = session.rows(f"SELECT DISTINCT sha256 FROM evidence WHERE sha256 IN ({places})", names)  # noqa: S608
    return frozenset(row["sha256"] for row in rows)


def drop_before(session: Session, before: datetime, limit: int) -> tuple[str, ...]:
    """Forget evidence of runs before an instant and return the contents that nobody needs any more."""
    wanted = "SELECT id, sha256 FROM evidence WHERE started < ? AND kind NOT IN ('inventory') LIMIT ?"
    return _drop(session, wanted, (to_ms(before), limit))


def drop_oldest(session: Session, limit: int) -> tuple[str, ...]:
    """Forget the oldest evidence and return the contents that nobody needs any more."""
    wanted = "SELECT id, sha256 FROM evidence WHERE kind NOT IN ('inventory') ORDER BY started LIMIT ?"
    return _drop(session, wanted, (limit,))


def _drop(session: Session, query: str, parameters: tuple[int, ...]) -> tuple[str, ...]:
    rows = session.rows(query, parameters)
    session.many("DELETE FROM evidence WHERE id = ?", [(row["id"],) for row in rows])
    names = sorted({row["sha256"] for row in rows})
    if not names:
        return ()
    still = known(session, names)
    return tuple(name for name in names if name not in still)
