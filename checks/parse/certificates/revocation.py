"""Reads certificate revocation lists: only a signed and fresh one proves anything (RFC 5280, 5)."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from checks.core.errors import VigieError
from checks.parse.certificates.read import Certificate

MAX_CRL = 32 * 1024 * 1024  # bytes; the largest public lists hold about ten million
_UNREADABLE = (  # what the library raises for bytes it cannot make sense of
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
CLOCKS = timedelta(minutes=5)  # how far the issuer's clock may be ahead of ours


class BadList(VigieError):
    """Bytes that are no readable revocation list."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RevocationList:
    """One list; its entries stay in the library's own form, which finds one serial number by itself."""

    issuer: bytes = field(repr=False)  # DER of the name
    this_update: datetime  # UTC
    next_update: datetime | None
    sha256: str
    partial: bool  # holds less than all that its issuer revoked: absence from it proves nothing
    scope: x509.IssuingDistributionPoint | None = field(repr=False)  # which certificates it is about; None: all
    native: x509.CertificateRevocationList = field(repr=False)  # in the library's own form


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """When and why a certificate was revoked."""

    at: datetime
    reason: str


@lru_cache(maxsize=16)
def read_list(data: bytes) -> RevocationList:
    """Return the list in `data`, DER or PEM; raises `BadList`."""
    try:
        pem = data.lstrip()[:11] == b"-----BEGIN "
        crl = x509.load_pem_x509_crl(data) if pem else x509.load_der_x509_crl(data)
        return RevocationList(
            issuer=crl.issuer.public_bytes(),
            this_update=crl.last_update_utc,
            next_update=crl.next_update_utc,
            sha256=hashlib.sha256(data).hexdigest(),
            partial=_partial(crl),
            scope=_scope(crl),
            native=crl,
        )
    except _UNREADABLE as error:
        raise BadList(f"not a readable revocation list: {error}") from error


def _partial(crl: x509.CertificateRevocationList) -> bool:
    """Whether an extension that must be understood narrows the list (RFC 5280, 5.2.4 and 5.2.5)."""
    return any(_narrows(extension) for extension in crl.extensions)


def _narrows(extension: x509.Extension[x509.ExtensionType]) -> bool:
    match extension.value:
        case x509.DeltaCRLIndicator():
            return True
        case x509.IssuingDistributionPoint() as point:
            return point.indirect_crl or point.only_some_reasons is not None
        case _:
            return extension.critical


def _scope(crl: x509.CertificateRevocationList) -> x509.IssuingDistributionPoint | None:
    return next((e.value for e in crl.extensions if isinstance(e.value, x509.IssuingDistributionPoint)), None)


def out_of_scope(crl: RevocationList, certificate: Certificate) -> str:
    """Say why the list is not about the certificate, "" when it is (RFC 5280, 6.3.3 (b)).

    Authorities split what they revoke over several lists, all signed by one key: only its own one may clear a
    certificate, whatever was found at its address.
    """
    point = crl.scope
    if point is None:
        return ""
    if point.only_contains_attribute_certs:
        return "only attribute certificates"
    if point.only_contains_ca_certs and not certificate.ca:
        return "only authorities"
    if point.only_contains_user_certs and certificate.ca:
        return "no authorities"
    if point.relative_name is not None:
        return "those of another list"
    names = {name.value for name in point.full_name or () if isinstance(name, x509.UniformResourceIdentifier)}
    return "" if point.full_name is None or names & set(certificate.crls) else "those of another list"


@lru_cache(maxsize=256)
def signed_by(crl: RevocationList, issuer: Certificate) -> bool:
    """Whether `issuer` signed the list and may (RFC 5280, 6.3.3 (f))."""
    if crl.issuer != issuer.subject or not issuer.signs_lists:
        return False
    try:
        key = issuer.native.public_key()
        return crl.native.is_signature_valid(key)  # type: ignore[arg-type]  # strangers raise TypeError
    except _UNREADABLE:
        return False


def fresh(crl: RevocationList, now: datetime) -> bool:
    """Whether the list is in force: one without an end, or past it, is not."""
    return crl.next_update is not None and crl.this_update - CLOCKS <= now < crl.next_update


def revoked(crl: RevocationList, serial: int) -> Revoked | None:
    """The entry of that serial number; an entry that takes a hold back says that it is not revoked."""
    entry = crl.native.get_revoked_certificate_by_serial_number(serial)
    if entry is None:
        return None
    reason = ""
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
    except (x509.ExtensionNotFound, *_UNREADABLE):
        reason = "unspecified"
    return None if reason == "removeFromCRL" else Revoked(at=entry.revocation_date_utc, reason=reason)
