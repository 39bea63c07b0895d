"""TLS contexts, two for each set of trusted roots and shared by all probes: one verifies, one only reads the chain."""

import re
import ssl  # knows where the system keeps its roots
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL, crypto

from checks.core.errors import CannotLook
from checks.net.http.failure import refuse_our_faults
from checks.net.http.openssl import client_context

_HASHED: Final = re.compile(r"[0-9a-f]{8}\.[0-9]+")  # how `openssl rehash` names what OpenSSL is to find
_CERTIFICATE: Final = re.compile(
    rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----"
)
_FRESH: Final = 1.0  # seconds a look at the files is believed
_KEPT: Final = 64  # trust sets alive at once; each new state of a file is another


ClientCertificate = tuple[str, str] | None  # paths of certificate and key ("": in the same file), PEM


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrustSet:
    """What a check believes; `name` changes with the content of the files, so that old verdicts do not outlive them."""

    name: str
    system: "System"
    ca_file: str
    certificate: ClientCertificate
    verifying: SSL.Context
    reading: SSL.Context

    def roots(self) -> bytes:
        """Read every root once more, for a library with contexts of its own: DER, one after the other."""
        found = [*self.system.roots(), *(_extra(self.ca_file) if self.ca_file else ())]
        return b"".join(crypto.dump_certificate(crypto.FILETYPE_ASN1, root) for root in found)


Stamp = tuple[int, int, int]  # of a file: what changes when its content does


class Trusts:
    """The trust sets of a process; whether a file has changed is looked at once a second at most."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[tuple[str, ClientCertificate], tuple[float, TrustSet]] = {}

    def of(self, ca_file: str = "", certificate: ClientCertificate = None) -> TrustSet:
        """Return the trust set of the system's roots (certifi's where the system has none) and `ca_file`.

        `certificate` is shown to servers that ask for one. Raises `CannotLook` when a file cannot be read or holds no
        certificate.
        """
        key = (ca_file, certificate)
        seen = self._seen.get(key)
        now = self._clock()
        if seen is None or now - seen[0] >= _FRESH:
            stamps = tuple([_stamp(path) for path in (ca_file, *(certificate or ())) if path])
            seen = (now, _build(ca_file, certificate, stamps, system_roots()))
            self._seen[key] = seen
        return seen[1]


@lru_cache(maxsize=_KEPT)
def _build(ca_file: str, certificate: ClientCertificate, stamps: tuple[Stamp, ...], system: "System") -> TrustSet:
    verifying, reading = client_context(verify=True), client_context(verify=False)
    store = verifying.get_cert_store()
    assert store is not None
    for root in system.roots():
        store.add_cert(root)
    if ca_file:
        for one in _extra(ca_file):
            store.add_cert(one)
        store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)  # an intermediate or a leaf may be what is trusted
    if certificate is not None:
        own = _Own.read(certificate)
        for context in (verifying, reading):
            own.show(context)
    return TrustSet(
        name=f"{ca_file}{certificate}{stamps}{system}",
        system=system,
        ca_file=ca_file,
        certificate=certificate,
        verifying=verifying,
        reading=reading,
    )


@dataclass(frozen=True, slots=True)
class System:
    """Where the system's roots are, "" for nowhere, and the state they are in."""

    bundle: str
    folder: str
    stamps: tuple[Stamp, ...]

    def files(self) -> list[Path]:
        """What to read: the bundle and what OpenSSL would find in the folder, certifi's where both are missing."""
        found = [Path(self.bundle)] if self.bundle else []
        if self.folder:
            found += sorted(path for path in Path(self.folder).iterdir() if _HASHED.fullmatch(path.name))
        if found:
            return found
        import certifi

        return [Path(certifi.where())]

    def roots(self) -> tuple[crypto.X509, ...]:
        """Read the roots now: OpenSSL would open a folder's files while it verifies, and call a chain bad without them.

        Raises `CannotLook`.
        """
        try:
            found = tuple(root for path in self.files() for root in _certificates(path))
        except OSError as error:
            refuse_our_faults(error)
            detail = f"the system's roots in {self.bundle or self.folder} cannot be read: {error}"
            raise CannotLook("configuration", detail) from error
        if not found:
            detail = f"the system's roots in {self.bundle or self.folder} hold no certificate that can be read"
            raise CannotLook("configuration", detail)
        return found


def system_roots() -> System:
    """Find the system's roots; cheap. Raises `CannotLook`."""
    paths = ssl.get_default_verify_paths()
    bundle, folder = paths.cafile or "", paths.capath or ""
    return System(bundle, folder, tuple([_stamp(path) for path in (bundle, folder) if path]))


def _certificates(path: Path) -> Iterator[crypto.X509]:
    """The readable certificates of a file, PEM; OpenSSL passes over the others too."""
    for found in _CERTIFICATE.findall(path.read_bytes()):
        try:
            yield crypto.load_certificate(crypto.FILETYPE_PEM, found)
        except crypto.Error:
            continue


def _extra(ca_file: str) -> list[crypto.X509]:
    try:
        found = list(_certificates(Path(ca_file)))
    except OSError as error:
        refuse_our_faults(error)
        raise CannotLook("configuration", f"ca_file {ca_file} cannot be read: {error}") from error
    if not found:
        raise CannotLook("configuration", f"ca_file {ca_file} holds no certificate that can be read")
    return found


_Key = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
    | dsa.DSAPrivateKey
)


@dataclass(frozen=True, slots=True)
class _Own:
    """A client's certificate with its chain, and its key."""

    chain: tuple[x509.Certificate, ...]
    key: _Key

    @classmethod
    def read(cls, paths: tuple[str, str]) -> "_Own":
        try:
            chain = tuple(x509.load_pem_x509_certificates(Path(paths[0]).read_bytes()))
            key = load_pem_private_key(Path(paths[1] or paths[0]).read_bytes(), None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            refuse_our_faults(error)
            raise CannotLook("configuration", f"client certificate {paths[0]} cannot be used: {error}") from error
        if not isinstance(key, _Key):
            raise CannotLook("configuration", f"client certificate {paths[0]}: TLS has no use for a key of this kind")
        return cls(chain, key)

    def show(self, context: SSL.Context) -> None:
        try:
            context.use_certificate(self.chain[0])
            for further in self.chain[1:]:
                context.add_extra_chain_cert(further)
            context.use_privatekey(self.key)
            context.check_privatekey()
        except SSL.Error as error:
            raise CannotLook("configuration", f"the client certificate and its key do not fit: {error}") from error


def _stamp(path: str) -> Stamp:
    try:
        status = Path(path).stat()
    except OSError as error:
        refuse_our_faults(error)
        raise CannotLook("configuration", f"{path} cannot be read: {error}") from error
    return status.st_mtime_ns, status.st_size, status.st_ino
