"""The store of one process: one thread that writes, a connection for each thread that reads."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from agent.store import schema
from agent.store.errors import StoreReadOnly, StoreUnavailable, translated
from agent.store.lock import Lock
from agent.store.session import Session
from checks.core.registry import Catalogue

T = TypeVar("T")

FILE = "vigie.db"  # its name in the state folder
LOG = 64 * 1024**2  # bytes that the write-ahead log keeps after it was bigger


class Store:
    """Opened once per process; `rules` give stored findings their meaning back."""

    def __init__(self, path: Path, rules: Catalogue, session: Session) -> None:
        self.path = path
        self.rules = rules
        self._session = session
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-writer")
        self._own = threading.local()
        self._readers: list[Session] = []
        self._lock: Lock | None = None

    @classmethod
    def open(cls, path: Path, rules: Catalogue) -> "Store":
        """Open the store, made or brought up to date when needed; raises `StoreError`."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"the folder {path.parent} cannot be made: {error.strerror}") from error
        session = Session(path)
        try:
            schema.prepare(session)
            session.db.execute("PRAGMA synchronous=NORMAL")
            session.pragma(f"journal_size_limit={LOG}")
        except BaseException:
            session.close()
            raise
        return cls(path, rules, session)

    def hold(self) -> None:
        """Keep other daemons away from this store until it is closed; raises `StoreBusy`, or `StoreReadOnly`."""
        self._lock = Lock(self.path)
        self.write(_may_write).result()

    def read(self, query: Callable[[Session], T]) -> T:
        """Run a query on this thread's own connection, all of it on one snapshot; raises `StoreError`."""
        session = self._reader()
        with translated(self.path), session.snapshot():
            return query(session)

    def write(self, work: Callable[[Session], T]) -> "Future[T]":
        """Run `work` on the writing thread; it opens its own transactions."""
        return self._writer.submit(self._work, work)

    def _work(self, work: Callable[[Session], T]) -> T:
        with translated(self.path):
            return work(self._session)

    def _reader(self) -> Session:
        session: Session | None = getattr(self._own, "session", None)
        if session is None:
            session = Session(self.path, readonly=True)
            self._own.session = session
            self._readers.append(session)
        return session

    def close(self) -> None:
        """Finish what is being written, and let go of the file."""
        self._writer.shutdown()
        for session in (*self._readers, self._session):
            session.close()
        self._readers.clear()
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _may_write(session: Session) -> None:
    """Find out before anything runs; a store that is only locked, or on a full disk, is waited for later."""
    try:
        with session.immediate():
            # Of a file that may only be read, SQLite begins a transaction without a word.
            session.run("DELETE FROM counters WHERE FALSE")
    except StoreReadOnly:
        raise
    except StoreUnavailable:
        return
