"""Copies a store, with its evidence, into one file, and puts such a file back."""

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.evidence import FOLDER, Evidence, digest
from agent.store import schema
from agent.store.errors import StoreCorrupt, StoreForeign, StoreUnavailable, translated
from agent.store.lock import Lock
from agent.store.session import Session

_FILES = "CREATE TABLE evidence_files (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a copy holds."""

    bytes: int
    tickets: int
    files: int
    aside: Path | None = None  # where what was there before lies


def back_up(store: Path, target: Path) -> Copied:
    """Write a consistent copy of a store that may be in use, checked before it takes the place of `target`."""
    if not store.exists():
        raise StoreUnavailable(f"there is no store at {store}")
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)
        with translated(store), closing(Session(store)) as session:
            session.db.execute("VACUUM INTO ?", [str(aside)])
        with translated(aside), closing(Session(aside)) as copy:
            schema.refuse_foreign(copy)
            files = _add_files(copy, Evidence(store.parent / FOLDER))
            _check(copy)
            tickets = _count(copy, "tickets")
        aside.replace(target)
    except OSError as error:
        raise StoreUnavailable(f"the backup {target} cannot be written: {error}") from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    return Copied(bytes=target.stat().st_size, tickets=tickets, files=files)


def restore(backup: Path, store: Path) -> Copied:
    """Put a backup in the place of a store that no daemon holds; what was there stays beside it."""
    if not backup.is_file():
        raise StoreUnavailable(f"there is no backup {backup}")
    fresh = store.with_name(f"{store.name}.restored.{os.getpid()}")
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        lock = Lock(store)
    except OSError as error:
        raise StoreUnavailable(f"the folder {store.parent} cannot be made: {error.strerror}") from error
    try:
        copied = _unpack(backup, fresh, Evidence(store.parent / FOLDER))
        aside = _put_aside(store)
        fresh.replace(store)
    except OSError as error:
        raise StoreUnavailable(f"the store {store} cannot be put back: {error}") from error
    finally:
        fresh.unlink(missing_ok=True)
        lock.release()
    return Copied(bytes=copied.bytes, tickets=copied.tickets, files=copied.files, aside=aside)


def _unpack(backup: Path, fresh: Path, folder: Evidence) -> Copied:
    fresh.unlink(missing_ok=True)
    with translated(backup), closing(Session(backup, readonly=True)) as source:
        schema.refuse_foreign(source)
        if not _has(source, "checks"):
            raise StoreForeign(f"{backup} is not a store of Vigie")
        _check(source)
        source.db.execute("VACUUM INTO ?", [str(fresh)])
    with translated(fresh), closing(Session(fresh)) as session:
        files = 0
        if session.one("SELECT 1 FROM sqlite_master WHERE name = 'evidence_files'") is not None:
            for row in session.db.query("SELECT data FROM evidence_files"):
                files += folder.keep(row["data"])
            session.run("DROP TABLE evidence_files")
            session.db.execute("VACUUM")
        return Copied(bytes=fresh.stat().st_size, tickets=_count(session, "tickets"), files=files)


def _put_aside(store: Path) -> Path | None:
    """Move what is there away, its log included: it belongs to that file alone."""
    if not store.exists():
        return None
    aside = store.with_name(f"{store.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    for suffix in ("", "-wal", "-shm"):
        part = store.with_name(store.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    return aside


def _add_files(copy: Session, folder: Evidence) -> int:
    if not _has(copy, "evidence"):
        return 0
    copy.run(_FILES)
    added = 0
    with copy.immediate():
        for row in copy.rows("SELECT DISTINCT sha256 FROM evidence"):
            data = folder.read(row["sha256"])
            if data is not None:
                copy.run("INSERT INTO evidence_files (sha256, data) VALUES (?, ?)", (digest(data), data))
                added += 1
    return added


def _check(session: Session) -> None:
    """Raise `StoreCorrupt` unless every page and every reference is sound."""
    try:
        said = [next(iter(row.values())) for row in session.rows("PRAGMA integrity_check(3)")]
        dangling = session.rows("PRAGMA foreign_key_check")
    except sqlite3.DatabaseError as error:
        raise StoreCorrupt(f"{session.path} is damaged: {error}") from error
    if said != ["ok"] or dangling:
        raise StoreCorrupt(f"{session.path} is damaged: {said[0] if said != ['ok'] else 'a reference leads nowhere'}")


def _count(session: Session, table: str) -> int:
    return int(session.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]) if _has(session, table) else 0  # noqa: S608


def _has(session: Session, table: str) -> bool:
    return session.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)) is not None
