"""TLS contexts, two for each set of trusted roots and shared by all probes: one verifies, one only reads the chain."""

import os
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from checks.core.errors import CannotLook

# Python 3.13 adds VERIFY_X509_STRICT, which refuses chains that browsers accept: ours are the same on every version.
_FLAGS: Final = ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST
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
def _build(
    key: tuple[str, ClientCertificate, bool], stamps: tuple[Stamp, ...], system: tuple[str, Stamp | None]
) -> TrustSet:
    ca_file, certificate, _apart = key
    verifying = _context()
    verifying.verify_flags = _FLAGS
    verifying.verify_mode = ssl.CERT_REQUIRED
    verifying.hostname_checks_common_name = False  # RFC 9525: only subjectAltName counts, for browsers too
    _load_system(verifying, system[0])
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


def _system() -> tuple[str, Stamp | None]:
    """Where the system's roots are: a bundle, a folder, or "" for certifi's; with the state it is in."""
    paths = ssl.get_default_verify_paths()
    bundle = paths.cafile or ""
    if bundle:
        return bundle, _stamp(bundle)
    folder = paths.capath or ""
    if folder and any(True for _ in os.scandir(folder)):
        return folder, _stamp(folder)
    return "", None


def _load_system(context: ssl.SSLContext, where: str) -> None:
    if not where:
        import certifi

        context.load_verify_locations(certifi.where())
    else:
        context.set_default_verify_paths()


def _load_extra(context: ssl.SSLContext, ca_file: str) -> None:
    try:
        context.load_verify_locations(ca_file)
    except (OSError, ssl.SSLError) as error:
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
        detail = f"client certificate {certificate[0]} cannot be used: {error}"
        raise CannotLook("configuration", detail) from error


def _stamp(path: str) -> Stamp:
    try:
        status = Path(path).stat()
    except OSError as error:
        raise CannotLook("configuration", f"{path} cannot be read: {error}") from error
    return status.st_mtime_ns, status.st_size, status.st_ino
