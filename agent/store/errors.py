"""What can be wrong with the store, each told in one line, and SQLite's errors translated into it once."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checks.core.errors import VigieError


class StoreError(VigieError):
    """The store cannot be used."""


class StoreForeign(StoreError):
    """The file is not a store of ours, or a newer version of Vigie made it."""


class StoreCorrupt(StoreError):
    """The file is damaged."""


class StoreBusy(StoreError):
    """Another daemon holds the store."""


class StoreUnavailable(StoreError):
    """It cannot be read or written now: locked, read-only, or failing; what is to be written may wait."""


class StoreReadOnly(StoreUnavailable):
    """The file may be read but not written."""


class StoreFull(StoreUnavailable):
    """No room is left on the disk."""


# Primary result codes, https://www.sqlite.org/rescode.html
_FULL = frozenset({sqlite3.SQLITE_FULL})
_READ_ONLY = frozenset({sqlite3.SQLITE_READONLY})
_CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_WAITING = {
    sqlite3.SQLITE_BUSY: "is locked by another program",
    sqlite3.SQLITE_LOCKED: "is locked",
    sqlite3.SQLITE_PERM: "may not be written",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_IOERR: "cannot be read or written",
    sqlite3.SQLITE_NOMEM: "lacks memory",
    sqlite3.SQLITE_AUTH: "may not be opened",
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite raises about the file into a `StoreError`; errors of our own SQL pass."""
    try:
        yield
    except sqlite3.Error as error:
        told = _told(path, error)
        if told is None:
            raise
        raise told from error


def _told(path: Path, error: sqlite3.Error) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _FULL:
        return StoreFull(f"the store {path} cannot grow: the disk is full")
    if code in _READ_ONLY:
        return StoreReadOnly(f"the store {path} is read-only ({error})")
    if code in _CORRUPT:
        return StoreCorrupt(f"the store {path} is damaged ({error}): put a backup back with `vigie restore F`")
    if code in _WAITING:
        return StoreUnavailable(f"the store {path} {_WAITING[code]} ({error})")
    return None
