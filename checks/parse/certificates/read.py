"""Reads one X.509 certificate, hostile ones too, into plain values; each distinct one once."""

import hashlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID, NameOID

from checks.core.errors import VigieError
from checks.parse.certificates.keys import Key, Signature, read_key, read_signature

MAX_NAMES = 2000  # subject alternative names read of one certificate; the largest real ones hold a few hundred
SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
ANY_PURPOSE = "2.5.29.37.0"

# Critical extensions that are judged here; any other critical one must make a client refuse (RFC 5280, 4.2).
_UNDERSTOOD = frozenset(
    oid.dotted_string
    for oid in (
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.NAME_CONSTRAINTS,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.POLICY_CONSTRAINTS,
        ExtensionOID.INHIBIT_ANY_POLICY,
        ExtensionOID.TLS_FEATURE,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        ExtensionOID.CRL_DISTRIBUTION_POINTS,
    )
)
_STATUS_REQUEST = x509.TLSFeatureType.status_request
_Wanted = TypeVar("_Wanted", bound=x509.ExtensionType)
_Value = TypeVar("_Value")


class BadCertificate(VigieError):
    """Bytes that are no readable certificate."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Certificate:
    """What a certificate says, nothing judged; two are equal when their bytes are."""

    der: bytes = field(repr=False)
    sha256: str  # of the whole, hexadecimal
    subject: bytes = field(repr=False)  # DER of the name: what an issuer is found by
    issuer: bytes = field(repr=False)
    subject_text: str  # RFC 4514
    issuer_text: str
    title: str  # how a person calls it: its common name, else its organisation
    issuer_title: str
    organization: str
    issuer_organization: str
    serial: int
    not_before: datetime  # UTC
    not_after: datetime
    dns_names: tuple[str, ...]
    addresses: tuple[str, ...]
    spki: bytes = field(repr=False)  # SubjectPublicKeyInfo, DER; empty when it cannot be read
    key: Key
    signature: Signature
    ca: bool
    path_length: int | None
    signs_certificates: bool  # keyUsage allows it or is absent
    signs_lists: bool  # keyUsage allows signing revocation lists or is absent
    signs_handshakes: bool  # keyUsage allows a server's part in a handshake or is absent
    purposes: frozenset[str] | None  # extended key usage, None: any
    must_staple: bool
    crls: tuple[str, ...]  # http URLs of its revocation list
    issuer_urls: tuple[str, ...]  # AIA caIssuers
    key_id: bytes | None = field(repr=False)
    authority_key_id: bytes | None = field(repr=False)
    constraints: x509.NameConstraints | None = field(repr=False)
    not_understood: tuple[str, ...]  # critical extensions that nobody may ignore
    malformed: str  # why a part of it cannot be read, "" when all can
    native: x509.Certificate = field(repr=False)  # in the library's own form

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    @property
    def self_issued(self) -> bool:
        """Whether subject and issuer are one name."""
        return self.subject == self.issuer

    @property
    def lifetime(self) -> timedelta:
        """The whole validity; RFC 5280 counts the last second in."""
        return self.not_after - self.not_before + timedelta(seconds=1)

    @property
    def serves(self) -> bool:
        """Whether its extended key usage allows a TLS server."""
        return self.purposes is None or bool(self.purposes & {SERVER_AUTH, ANY_PURPOSE})


@lru_cache(maxsize=4096)
def read(der: bytes) -> Certificate:
    """Return the certificate in `der`; raises `BadCertificate`."""
    try:
        with warnings.catch_warnings():
            # Old roots have serial numbers that RFC 5280 forbids; they are trusted all the same.
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            return _read(x509.load_der_x509_certificate(der), der)
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise BadCertificate(f"not a readable certificate: {error}") from error


def _read(cert: x509.Certificate, der: bytes) -> Certificate:
    extensions, malformed = _extensions(cert)
    spki = _spki(cert)
    usage = _get(extensions, x509.KeyUsage)
    basic = _get(extensions, x509.BasicConstraints)
    purposes = _get(extensions, x509.ExtendedKeyUsage)
    names = _get(extensions, x509.SubjectAlternativeName)
    features = _get(extensions, x509.TLSFeature)
    own_id, authority = _get(extensions, x509.SubjectKeyIdentifier), _get(extensions, x509.AuthorityKeyIdentifier)
    return Certificate(
        der=der,
        sha256=hashlib.sha256(der).hexdigest(),
        subject=cert.subject.public_bytes(),
        issuer=cert.issuer.public_bytes(),
        subject_text=cert.subject.rfc4514_string(),
        issuer_text=cert.issuer.rfc4514_string(),
        title=_title(cert.subject) or (_dns_names(names) or ("?",))[0],
        issuer_title=_title(cert.issuer) or "?",
        organization=_first(cert.subject, NameOID.ORGANIZATION_NAME),
        issuer_organization=_first(cert.issuer, NameOID.ORGANIZATION_NAME),
        serial=cert.serial_number,
        not_before=cert.not_valid_before_utc,
        not_after=cert.not_valid_after_utc,
        dns_names=_dns_names(names),
        addresses=_addresses(names),
        spki=spki,
        key=read_key(cert.public_key, cert.public_key_algorithm_oid.dotted_string, spki),
        signature=read_signature(cert.signature_algorithm_oid.dotted_string, _hash_name(cert)),
        ca=basic is not None and basic.ca,
        path_length=basic.path_length if basic is not None else None,
        signs_certificates=usage is None or usage.key_cert_sign,
        signs_lists=usage is None or usage.crl_sign,
        signs_handshakes=usage is None or usage.digital_signature or usage.key_encipherment or usage.key_agreement,
        purposes=None if purposes is None else frozenset(oid.dotted_string for oid in purposes),
        must_staple=features is not None and _STATUS_REQUEST in features,
        crls=_crls(_get(extensions, x509.CRLDistributionPoints)),
        issuer_urls=_issuer_urls(_get(extensions, x509.AuthorityInformationAccess)),
        key_id=None if own_id is None else own_id.digest,
        authority_key_id=None if authority is None else authority.key_identifier,
        constraints=_get(extensions, x509.NameConstraints),
        not_understood=tuple(e.oid.dotted_string for e in extensions if _ignored(e)),
        malformed=malformed,
        native=cert,
    )


def _extensions(cert: x509.Certificate) -> tuple[tuple[x509.Extension[x509.ExtensionType], ...], str]:
    try:
        return tuple(cert.extensions), ""
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        return (), str(error) or type(error).__name__


def _get(extensions: tuple[x509.Extension[x509.ExtensionType], ...], kind: type[_Wanted]) -> _Wanted | None:
    return next((e.value for e in extensions if isinstance(e.value, kind)), None)


def _ignored(extension: x509.Extension[x509.ExtensionType]) -> bool:
    return extension.critical and extension.oid.dotted_string not in _UNDERSTOOD


def _tried(get: Callable[[], _Value], otherwise: _Value) -> _Value:
    try:
        return get()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return otherwise


def _spki(cert: x509.Certificate) -> bytes:
    return _tried(lambda: cert.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), b"")


def _hash_name(cert: x509.Certificate) -> str:
    def name() -> str:
        algorithm = cert.signature_hash_algorithm
        return "" if algorithm is None else algorithm.name

    return _tried(name, "")


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found and isinstance(found[0].value, str) else ""


def _title(name: x509.Name) -> str:
    return _first(name, NameOID.COMMON_NAME) or _first(name, NameOID.ORGANIZATION_NAME) or name.rfc4514_string()


def _dns_names(names: x509.SubjectAlternativeName | None) -> tuple[str, ...]:
    return () if names is None else tuple(names.get_values_for_type(x509.DNSName))[:MAX_NAMES]


def _addresses(names: x509.SubjectAlternativeName | None) -> tuple[str, ...]:
    return () if names is None else tuple(str(a) for a in names.get_values_for_type(x509.IPAddress))[:MAX_NAMES]


def _crls(points: x509.CRLDistributionPoints | None) -> tuple[str, ...]:
    """URLs of complete lists only: a point with reasons or another issuer does not speak for the certificate."""
    if points is None:
        return ()
    return tuple(
        name.value
        for point in points
        if point.reasons is None and point.crl_issuer is None
        for name in point.full_name or ()
        if isinstance(name, x509.UniformResourceIdentifier) and name.value.lower().startswith(("http://", "https://"))
    )[:5]


def _issuer_urls(access: x509.AuthorityInformationAccess | None) -> tuple[str, ...]:
    if access is None:
        return ()
    return tuple(
        item.access_location.value
        for item in access
        if item.access_method == AuthorityInformationAccessOID.CA_ISSUERS
        and isinstance(item.access_location, x509.UniformResourceIdentifier)
        and item.access_location.value.lower().startswith(("http://", "https://"))
    )[:3]
