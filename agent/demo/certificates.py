"""An authority of the demo's own, and the certificate of its site, with as many days left as a fault wants."""

import datetime as dt
import ipaddress
import ssl
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HEALTHY = 60.0  # days left
LIFE = 90.0  # days
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Authority:
    """The demo's authority, kept in its folder from one start to the next: a new one would be a finding."""

    folder: Path

    @property
    def root(self) -> Path:
        """The file to name as `ca_file`."""
        return self.folder / "ca.pem"

    def prepare(self) -> None:
        """Make what is not there yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        authority = _key(self.folder / "ca.key")
        _key(self.folder / "site.key")
        if not self.root.exists():
            self.root.write_bytes(_root(authority).public_bytes(Encoding.PEM))

    def context(self, host: str, days: float, hour: int) -> ssl.SSLContext:
        """Return a server's context whose certificate has `days` left at that hour (hours since 1970)."""
        return _context(self.folder, host, days, hour)


@lru_cache(maxsize=16)
def _context(folder: Path, host: str, days: float, hour: int) -> ssl.SSLContext:
    authority, key = _key(folder / "ca.key"), _key(folder / "site.key")
    root = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    end = dt.datetime.fromtimestamp(hour * _HOUR, dt.UTC) + dt.timedelta(days=days)
    leaf = _leaf(host, key, root, authority, end)
    path = folder / f"site-{days:g}.pem"
    path.write_bytes(leaf.public_bytes(Encoding.PEM) + _pem(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(_pem(ec.generate_private_key(ec.SECP256R1())))
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _root(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name, now = _name("Vigie demo authority"), dt.datetime.now(dt.UTC)
    return (
        _builder(name, name, key.public_key(), now - dt.timedelta(days=1), now + dt.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    host: str,
    key: ec.EllipticCurvePrivateKey,
    root: x509.Certificate,
    authority: ec.EllipticCurvePrivateKey,
    end: dt.datetime,
) -> x509.Certificate:
    own = key.public_key()
    return (
        _builder(_name("atelier-lumiere.example"), root.subject, own, end - dt.timedelta(days=LIFE), end)
        .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
        .sign(authority, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, begin: dt.datetime, end: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
