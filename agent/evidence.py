"""Files that show what a run saw, named by their content: the same page kept a thousand times is one file."""

import contextlib
import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger("vigie.evidence")

MOST = 32 * 1024**2  # bytes of one file; a bigger one is not kept
FOLDER = "evidence"  # its name in the state folder


def digest(data: bytes) -> str:
    """Return the name of a file with that content."""
    return hashlib.sha256(data).hexdigest()


class Evidence:
    """The folder of files; which of them belong to what is the store's to know."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the file of that content lies."""
        return self.folder / sha256[:2] / sha256

    def keep(self, data: bytes) -> bool:
        """Write a file unless it is there; False when it is too big or the disk does not take it.

        A run's outcome matters more than its evidence: what cannot be kept is told in the log and given up.
        """
        path = self.path(digest(data))
        if len(data) > MOST:
            log.warning("a piece of evidence of %d bytes is too big to keep", len(data))
            return False
        if path.exists():
            return True
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except OSError as error:
            log.warning("a piece of evidence could not be kept: %s", error)
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)
            return False
        return True

    def read(self, sha256: str) -> bytes | None:
        """Return a file's content, None when it is not there any more or is not what its name says."""
        try:
            data = self.path(sha256).read_bytes()
        except OSError:
            return None
        return data if digest(data) == sha256 else None

    def remove(self, sha256: str) -> None:
        """Delete a file."""
        with contextlib.suppress(OSError):
            self.path(sha256).unlink()

    def names(self) -> Iterator[str]:
        """Yield the names of all files."""
        for path in self.folder.glob("??/*"):
            if len(path.name) == 64:
                yield path.name

    def older(self, sha256: str, before: float) -> bool:
        """Whether a file was written before an instant (epoch seconds)."""
        try:
            return self.path(sha256).stat().st_mtime < before
        except OSError:
            return False

    def strays(self, before: float) -> Iterator[Path]:
        """Yield what is not new and whose name is no content's: a write that was cut off (instant in epoch seconds)."""
        for path in self.folder.glob("??/.*"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < before:
                    yield path
