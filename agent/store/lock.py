"""Keeps a second daemon, or a restore, away from a store that is in use."""

import fcntl
import os
from pathlib import Path

from agent.store.errors import StoreBusy, StoreUnavailable


class Lock:
    """Held from its making until it is released or the process ends, however it ends."""

    def __init__(self, store: Path) -> None:
        """Raises `StoreBusy` when another process holds it."""
        path = store.with_name(f"{store.name}.lock")
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"the lock {path} cannot be made: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._file, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._file)
            raise StoreBusy(f"the store {store} is held by another daemon (process {holder})") from error
        os.truncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let others have it."""
        os.close(self._file)


def holder(store: Path) -> int | None:
    """Return the process that holds a store, None when no daemon does."""
    try:
        lock = os.open(store.with_name(f"{store.name}.lock"), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        written = os.pread(lock, 32, 0).decode("ascii", "replace").strip()
        return int(written) if written.isdecimal() else None
    else:
        return None
    finally:
        os.close(lock)
