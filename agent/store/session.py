"""One connection to the store: how it is opened, how it reads, and its one kind of transaction."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from agent.store.errors import translated

Row = dict[str, Any]  # never leaves this package
Value = str | int | float | bytes | None

BUSY = 5.0  # seconds to wait for another process before a write or read is given up


class Session:
    """A connection of one thread at a time."""

    def __init__(self, path: Path, *, readonly: bool = False, busy: float = BUSY) -> None:
        self.path = path
        with translated(path):
            # Statements commit by themselves outside `immediate`; sqlite-utils asks for the legacy mode.
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}{'?mode=ro' if readonly else ''}",
                uri=True,
                timeout=busy,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            self.db = Database(connection, execute_plugins=False)
            self.db.execute("PRAGMA foreign_keys=ON")
            self.db.execute("PRAGMA temp_store=MEMORY")

    def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """Return what a query gives.

        sqlite-utils puts each into a savepoint of its own, which costs more than most of ours do.
        """
        cursor = self.db.conn.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def one(self, sql: str, parameters: Sequence[Value] = ()) -> Row | None:
        """Return the first row of a query, None when there is none."""
        return next(iter(self.rows(sql, parameters)), None)

    def run(self, sql: str, parameters: Sequence[Value] = ()) -> int:
        """Run one statement; return how many rows it touched."""
        return int(self.db.conn.execute(sql, parameters).rowcount)

    def many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each of `rows`."""
        self.db.conn.executemany(sql, rows)

    def pragma(self, name: str) -> Any:
        """Return the value of a pragma."""
        return self.db.execute(f"PRAGMA {name}").fetchone()[0]

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all reads within see one state of the store, and cost one lock instead of one each."""
        self.db.conn.execute("BEGIN")
        try:
            yield
        finally:
            self.rollback()

    @contextmanager
    def immediate(self) -> Iterator[None]:
        """One transaction that holds the right to write from its first moment; raises `StoreError`.

        sqlite-utils' own transactions begin by reading, and a reader that turns writer while another writes fails
        at once, whatever the timeout.
        """
        with translated(self.path):
            self.db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.rollback()
                raise
            try:
                self.db.conn.execute("COMMIT")
            except BaseException:
                self.rollback()
                raise

    def rollback(self) -> None:
        """End a transaction that is open without keeping anything."""
        if self.db.conn.in_transaction:  # SQLite rolls back by itself when the disk is full
            self.db.conn.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the file."""
        self.db.conn.close()
