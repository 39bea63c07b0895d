"""TLS contexts, two for each set of trusted roots and shared by all probes: one verifies, one only reads the chain."""

import re
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from checks.core.errors import CannotLook
from checks.net.http.failure import refuse_our_faults

# Python 3.13 adds VERIFY_X509_STRICT, which refuses chains that browsers accept: ours are the same on every version.
_FLAGS: Final = ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST
_HASHED: Final = re.compile(r"[0-9a-f]{8}\.[0-9]+")  # how `openssl rehash` names what OpenSSL is to find
_CERTIFICATE: Final = re.compile(rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
_FRESH: Final = 1.0  # seconds a look at the files is believed
_KEPT: Final = 64  # trust sets alive at once; each new state of a file is another


ClientCertificate = tuple[str, str] | None  # paths of certificate and key ("": in the same file), PEM


@dataclass(frozen=True, slots=True, eq=False)
class TrustSet:
    """What a check believes; `name` changes with the content of the files, so that old verdicts do not outlive them."""

    name: str
    verifying: ssl.SSLContext
    reading: ssl.SSLContext


Stamp = tuple[int, int, int]  # of a file: what changes when its content does


class Trusts:
    """The trust sets of a process; whether a file has changed is looked at once a second at most."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[tuple[str, ClientCertificate, bool], tuple[float, TrustSet]] = {}

    def of(self, ca_file: str = "", certificate: ClientCertificate = None, *, apart: bool = False) -> TrustSet:
        """Return the trust set of the system's roots (certifi's where the system has none) and `ca_file`.

        `certificate` is shown to servers that ask for one; `apart` gives contexts that a library may change at will.
        Raises `CannotLook` when a file cannot be read or holds no certificate.
        """
        key = (ca_file, certificate, apart)
        seen = self._seen.get(key)
        now = self._clock()
        if seen is None or now - seen[0] >= _FRESH:
            stamps = tuple([_stamp(path) for path in (ca_file, *(certificate or ())) if path])
            seen = (now, _build(key, stamps, _system()))
            self._seen[key] = seen
        return seen[1]


@lru_cache(maxsize=_KEPT)
def _build(key: tuple[str, ClientCertificate, bool], stamps: tuple[Stamp, ...], system: "System") -> TrustSet:
    ca_file, certificate, _apart = key
    verifying = _context()
    verifying.verify_flags = _FLAGS
    verifying.verify_mode = ssl.CERT_REQUIRED
    verifying.hostname_checks_common_name = False  # RFC 9525: only subjectAltName counts, for browsers too
    _load_system(verifying, system)
    if ca_file:
        _load_extra(verifying, ca_file)
    reading = _context()
    reading.check_hostname = False
    reading.verify_mode = ssl.CERT_NONE
    if certificate is not None:
        for context in (verifying, reading):
            _load_own(context, certificate)
    return TrustSet(f"{key}{stamps}{system}", verifying, reading)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # what browsers ask for
    context.set_alpn_protocols(["http/1.1"])
    context.options |= ssl.OP_NO_COMPRESSION
    return context


@dataclass(frozen=True, slots=True)
class System:
    """Where the system's roots are, "" for nowhere, and the state they are in."""

    bundle: str
    folder: str
    stamps: tuple[Stamp, ...]


def _system() -> System:
    paths = ssl.get_default_verify_paths()
    bundle, folder = paths.cafile or "", paths.capath or ""
    return System(bundle, folder, tuple([_stamp(path) for path in (bundle, folder) if path]))


def _load_system(context: ssl.SSLContext, system: System) -> None:
    """Load the roots now: OpenSSL opens a folder's files while it verifies, and calls a chain bad when it cannot."""
    try:
        if system.bundle:
            context.load_verify_locations(system.bundle, system.folder or None)
            return
        roots = "\n".join(_hashed(Path(system.folder))) if system.folder else ""
        if roots:
            context.load_verify_locations(cadata=roots)
            return
    except (OSError, ssl.SSLError) as error:
        refuse_our_faults(error)
        detail = f"the system's roots in {system.bundle or system.folder} cannot be read: {error}"
        raise CannotLook("configuration", detail) from error
    import certifi

    context.load_verify_locations(certifi.where())


def _hashed(folder: Path) -> Iterator[str]:
    """The certificates that OpenSSL would find in a folder, PEM."""
    for path in sorted(folder.iterdir()):
        if _HASHED.fullmatch(path.name):
            for found in _CERTIFICATE.findall(path.read_bytes()):
                yield found.decode("ascii", "replace")


def _load_extra(context: ssl.SSLContext, ca_file: str) -> None:
    try:
        context.load_verify_locations(ca_file)
    except (OSError, ssl.SSLError) as error:
        refuse_our_faults(error)
        raise CannotLook(
            "configuration", f"ca_file {ca_file} holds no certificate that can be read: {error}"
        ) from error
    context.verify_flags |= (
        ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    )  # an intermediate or a leaf may be what is trusted


def _load_own(context: ssl.SSLContext, certificate: tuple[str, str]) -> None:
    try:
        context.load_cert_chain(certificate[0], certificate[1] or None, password="")
    except (OSError, ssl.SSLError) as error:
        refuse_our_faults(error)
        detail = f"client certificate {certificate[0]} cannot be used: {error}"
        raise CannotLook("configuration", detail) from error


def _stamp(path: str) -> Stamp:
    try:
        status = Path(path).stat()
    except OSError as error:
        refuse_our_faults(error)
        raise CannotLook("configuration", f"{path} cannot be read: {error}") from error
    return status.st_mtime_ns, status.st_size, status.st_ino
