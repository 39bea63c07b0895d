"""Brings a file to this version's tables: migrations go forward only, one SQL file each."""

import os
import sqlite3
import time
from collections.abc import Iterator
from importlib import resources

from sqlite_utils import Database, Migrations

from agent.store.errors import StoreForeign, translated
from agent.store.session import Session

APPLICATION = 0x56494749  # "VIGI" in the file's header: https://www.sqlite.org/pragma.html#pragma_application_id
PATIENCE = 10.0  # seconds that a process waits for others that open the same new store

_FILES = {
    file.name.removesuffix(".sql"): file.read_text(encoding="utf-8")
    for file in resources.files(__package__).joinpath("migrations").iterdir()
    if file.name.endswith(".sql")
}
NAMES = tuple(sorted(_FILES))


def migrations(names: tuple[str, ...] = NAMES) -> Migrations:
    """Return the migrations of those names, all that this version knows when none are given."""
    made = Migrations("vigie")
    for name in names:
        made(name=name)(_migration(name))
    return made


class _migration:  # noqa: N801  it stands for a function
    """One SQL file to be run."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, db: Database, /) -> None:
        for statement in statements(_FILES[self.__name__]):
            db.execute(statement)


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script: sqlite3's executescript would commit the transaction they belong to."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def prepare(session: Session, to: Migrations | None = None) -> None:
    """Bring the file to this version's schema; safe when several processes do it at once. Raises `StoreError`."""
    wanted = to or migrations()
    with translated(session.path):
        _write_ahead(session)
        refuse_foreign(session)
        pending = wanted.pending(session.db)
        if not pending:
            return
        _copy_first(session, pending[0].name)
        with session.immediate():
            refuse_foreign(session)
            wanted.apply(session.db)
            session.db.execute(f"PRAGMA application_id={APPLICATION}")


def refuse_foreign(session: Session) -> None:
    """Raise `StoreForeign` for a file that is not ours or that a newer version wrote."""
    # In this order: another process may make the tables, and mark the file as ours with them, between the two.
    empty = session.one("SELECT 1 FROM sqlite_master LIMIT 1") is None
    ours = session.pragma("application_id") == APPLICATION
    applied = [] if empty else [migration.name for migration in migrations().applied(session.db)]
    if not ours and not empty:
        raise StoreForeign(f"{session.path} is not a store of Vigie")
    unknown = sorted(set(applied) - set(NAMES))
    if unknown:
        raise StoreForeign(f"the store {session.path} was written by a newer version of Vigie (it has {unknown[0]})")


def _write_ahead(session: Session) -> None:
    """Turn on the write-ahead log; SQLite does not wait for the lock that this needs the first time."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            session.pragma("journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _copy_first(session: Session, coming: str) -> None:
    """Keep what an older version wrote beside the file, as it was."""
    if session.one("SELECT 1 FROM sqlite_master LIMIT 1") is None:
        return
    kept = session.path.with_name(f"{session.path.name}.before-{coming}")
    aside = kept.with_name(f"{kept.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    session.db.execute("VACUUM INTO ?", [str(aside)])
    aside.replace(kept)
