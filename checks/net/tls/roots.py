"""The roots a check believes: the system's (certifi's where the system has none) and those of a `ca_file`."""

from functools import lru_cache
from pathlib import Path

from checks.core.errors import VigieError
from checks.net.http.trust import System, system_roots
from checks.parse.certificates.bundle import certificates_of
from checks.parse.certificates.paths import Trust
from checks.parse.certificates.read import Certificate

MAX_FILE = 8 * 1024 * 1024  # bytes of a bundle


class RootsUnreadable(VigieError):
    """A `ca_file` cannot be read or holds no certificate."""


def trust(ca_file: str = "") -> Trust:
    """Return what is believed; cheap until a file changes. Raises `RootsUnreadable` and `CannotLook`."""
    return _trust(ca_file, _stamp(Path(ca_file)) if ca_file else (), system_roots())


@lru_cache(maxsize=64)
def _trust(ca_file: str, stamp: tuple[int, ...], system: System) -> Trust:
    extra = _certificates([Path(ca_file)]) if ca_file else ()
    if ca_file and not extra:
        raise RootsUnreadable(f"ca_file {ca_file} holds no certificate that can be read")
    return Trust(_public(system), extra, f"{ca_file}{stamp}{system}")


@lru_cache(maxsize=8)
def _public(system: System) -> tuple[Certificate, ...]:
    try:
        files = system.files()
    except OSError as error:
        raise RootsUnreadable(f"{system.folder} cannot be read: {error.strerror}") from error
    return _certificates(files)


def _certificates(files: list[Path]) -> tuple[Certificate, ...]:
    return tuple(dict.fromkeys(root for file in files for root in certificates_of(_content(file))))


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError as error:
        raise RootsUnreadable(f"{path} cannot be read: {error.strerror}") from error
    return status.st_mtime_ns, status.st_size, status.st_ino


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE)
    except OSError as error:
        raise RootsUnreadable(f"{path} cannot be read: {error.strerror}") from error
