"""The roots a check believes: the system's (certifi's where the system has none) and those of a `ca_file`."""

import ssl
from functools import lru_cache
from pathlib import Path

from checks.core.errors import VigieError
from checks.parse.certificates.bundle import certificates_of
from checks.parse.certificates.paths import Trust
from checks.parse.certificates.read import Certificate

MAX_FILE = 8 * 1024 * 1024  # bytes of a bundle

_BUNDLE = "ca-certificates.crt"  # Debian's whole store in one file, beside the folder of hashed names


class RootsUnreadable(VigieError):
    """A `ca_file` cannot be read or holds no certificate."""


def trust(ca_file: str = "") -> Trust:
    """Return what is believed; cheap until a file changes. Raises `RootsUnreadable`."""
    system = _system()
    return _trust(ca_file, _stamp(Path(ca_file)) if ca_file else (), system, _stamp(Path(system)))


@lru_cache(maxsize=64)
def _trust(ca_file: str, stamp: tuple[int, ...], system: str, of_system: tuple[int, ...]) -> Trust:
    extra = _bundle(ca_file, stamp) if ca_file else ()
    if ca_file and not extra:
        raise RootsUnreadable(f"ca_file {ca_file} holds no certificate that can be read")
    generation = f"{ca_file}{stamp}{system}{of_system}"
    return Trust(_bundle(system, of_system), extra, generation)


@lru_cache(maxsize=64)
def _bundle(path: str, _of: tuple[int, ...]) -> tuple[Certificate, ...]:
    where = Path(path)
    files = sorted(where.glob("*.[0-9]")) if where.is_dir() else [where]
    return tuple(dict.fromkeys(root for file in files for root in certificates_of(_content(file))))


@lru_cache(maxsize=1)
def _system() -> str:
    paths = ssl.get_default_verify_paths()
    folder = Path(paths.capath) if paths.capath else None
    if paths.cafile:
        return paths.cafile
    if folder is not None and (folder / _BUNDLE).is_file():
        return str(folder / _BUNDLE)
    if folder is not None and any(folder.glob("*.[0-9]")):
        return str(folder)
    import certifi

    return certifi.where()


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
