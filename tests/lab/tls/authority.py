"""Certificates for the lab, sound and unsound, dated relative to the clock; keys are made once per process."""

import datetime as dt
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
SERVER = ExtendedKeyUsageOID.SERVER_AUTH
CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
# AlgorithmIdentifiers of one length, so that one can be written over the other.
_SHA256 = bytes.fromhex("300d06092a864886f70d01010b0500")
_WEAK = {
    "sha1": (bytes.fromhex("300d06092a864886f70d0101050500"), bytes.fromhex("3021300906052b0e03021a05000414")),
    "md5": (bytes.fromhex("300d06092a864886f70d0101040500"), bytes.fromhex("3020300c06082a864886f70d020505000410")),
}


@cache
def key(kind: str = "p256", number: int = 0) -> SigningKey:  # noqa: ARG001 - numbers tell keys of one kind apart
    match kind:
        case "p256":
            return ec.generate_private_key(ec.SECP256R1())
        case "p384":
            return ec.generate_private_key(ec.SECP384R1())
        case "p192":
            return ec.generate_private_key(ec.SECP192R1())
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case _:
            return rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A certificate with its key, and those that lead on to its root."""

    cert: x509.Certificate
    key: SigningKey = field(repr=False)
    above: tuple["Issued", ...] = ()  # nearest first, the root last

    @property
    def der(self) -> bytes:
        return self.cert.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.cert.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def chain(self) -> tuple["Issued", ...]:
        """As a server should send it: all but the root."""
        return (self, *self.above[:-1])


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a certificate shall be like; the defaults are a sound server certificate."""

    subject: str = "lab"
    organization: str = ""
    dns: Sequence[str] = ()
    ips: Sequence[str] = ()
    since: dt.timedelta = dt.timedelta(days=30)  # ago
    left: dt.timedelta = dt.timedelta(days=60)
    today: dt.datetime | None = None  # what both are counted from; None: this moment
    key: SigningKey | None = None
    ca: bool | None = None  # None: no basic constraints
    path_length: int | None = None
    usage: str | None = "server"  # server, ca, none of both: "nothing"; None: no extension
    purposes: Sequence[ObjectIdentifier] | None = (SERVER,)
    hash: str = "sha256"  # sha1 and md5 need an RSA issuer
    must_staple: bool = False
    crl: str = ""
    issuer_url: str = ""
    permitted: Sequence[str] = ()
    excluded: Sequence[str] = ()
    critical: bool = False  # an extension nobody understands
    issuer_name: str | None = None  # another than the issuer's own


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def issue(wish: Wish, issuer: Issued | None = None) -> Issued:
    """Make what is wished, signed by `issuer` or by itself."""
    own = wish.key or key()
    signer = issuer.key if issuer else own
    subject = _name(wish.subject, wish.organization)
    issued_by = issuer.cert.subject if issuer else subject
    if wish.issuer_name is not None:
        issued_by = _name(wish.issuer_name, "")
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issued_by)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before((wish.today or now()) - wish.since)
        .not_valid_after((wish.today or now()) + wish.left)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    for extension, critical in _extensions(wish):
        builder = builder.add_extension(extension, critical=critical)
    digest = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    cert = builder.sign(signer, digest)
    if wish.hash != "sha256":
        assert isinstance(signer, rsa.RSAPrivateKey)
        cert = _signed_weakly(cert, signer, wish.hash)
    above = (issuer, *issuer.above) if issuer else ()
    return Issued(cert=cert, key=own, above=above)


def _name(common: str, organization: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    return x509.Name([*parts, *([x509.NameAttribute(NameOID.COMMON_NAME, common)] if common else [])])


def _extensions(wish: Wish) -> list[tuple[x509.ExtensionType, bool]]:
    found: list[tuple[x509.ExtensionType, bool]] = []
    if wish.dns or wish.ips:
        names = [x509.DNSName(n) for n in wish.dns] + [x509.IPAddress(ipaddress.ip_address(a)) for a in wish.ips]
        found.append((x509.SubjectAlternativeName(names), False))
    if wish.ca is not None:
        found.append((x509.BasicConstraints(ca=wish.ca, path_length=wish.path_length), True))
    if wish.usage is not None:
        found.append((_usage(wish.usage), True))
    if wish.purposes is not None:
        found.append((x509.ExtendedKeyUsage(wish.purposes), False))
    if wish.must_staple:
        found.append((x509.TLSFeature([x509.TLSFeatureType.status_request]), False))
    if wish.crl:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(wish.crl)], None, None, None)
        found.append((x509.CRLDistributionPoints([point]), False))
    if wish.issuer_url:
        location = x509.UniformResourceIdentifier(wish.issuer_url)
        description = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, location)
        found.append((x509.AuthorityInformationAccess([description]), False))
    if wish.permitted or wish.excluded:
        permitted = [x509.DNSName(name) for name in wish.permitted] or None
        excluded = [x509.DNSName(name) for name in wish.excluded] or None
        found.append((x509.NameConstraints(permitted, excluded), True))
    if wish.critical:
        found.append((x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00"), True))
    return found


def _usage(usage: str) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=usage == "server",
        content_commitment=False,
        key_encipherment=usage == "server",
        data_encipherment=usage == "nothing",
        key_agreement=False,
        key_cert_sign=usage == "ca",
        crl_sign=usage == "ca",
        encipher_only=False,
        decipher_only=False,
    )


def _signed_weakly(cert: x509.Certificate, signer: rsa.RSAPrivateKey, hash_name: str) -> x509.Certificate:
    """Sign again by hand with a hash that the library refuses (RFC 8017, 8.2.1)."""
    import hashlib

    identifier, prefix = _WEAK[hash_name]
    body = cert.tbs_certificate_bytes.replace(_SHA256, identifier)
    digest = hashlib.new(hash_name, body, usedforsecurity=False).digest()
    length = (signer.key_size + 7) // 8
    padded = b"\x00\x01" + b"\xff" * (length - len(prefix) - len(digest) - 3) + b"\x00" + prefix + digest
    numbers = signer.private_numbers()
    signature = pow(int.from_bytes(padded, "big"), numbers.d, numbers.public_numbers.n).to_bytes(length, "big")
    der = cert.public_bytes(Encoding.DER)
    weak = der.replace(cert.tbs_certificate_bytes, body).replace(_SHA256, identifier).replace(cert.signature, signature)
    return x509.load_der_x509_certificate(weak)


def root(subject: str = "Lab Root", number: int = 100, kind: str = "p256", **wish: object) -> Issued:
    wishes: dict[str, object] = {"left": dt.timedelta(days=3000), "since": dt.timedelta(days=300), **wish}
    return issue(
        Wish(subject=subject, ca=True, usage="ca", purposes=None, key=key(kind, number), **wishes)  # type: ignore[arg-type]
    )


def intermediate(
    issuer: Issued, subject: str = "Lab Issuing", number: int = 200, kind: str = "p256", **wish: object
) -> Issued:
    wishes: dict[str, object] = {
        "ca": True,
        "usage": "ca",
        "purposes": None,
        "path_length": 0,
        "left": dt.timedelta(days=900),
        "since": dt.timedelta(days=100),
        **wish,
    }
    return issue(Wish(subject=subject, key=key(kind, number), **wishes), issuer)  # type: ignore[arg-type]


def scope(url: str, **narrowed: object) -> x509.IssuingDistributionPoint:
    """What a revocation list at that address says of the certificates it is about."""
    wishes: dict[str, object] = {
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
        **narrowed,
    }
    return x509.IssuingDistributionPoint([x509.UniformResourceIdentifier(url)], None, **wishes)  # type: ignore[arg-type]


def revocation_list(
    issuer: Issued,
    serials: Sequence[int] = (),
    *,
    since: dt.timedelta = dt.timedelta(hours=1),
    left: dt.timedelta = dt.timedelta(days=7),
    signer: SigningKey | None = None,
    extensions: Sequence[x509.ExtensionType] = (),
) -> bytes:
    """A list of `issuer`, in DER; `signer` another key than its own forges it, critical extensions narrow it."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.cert.subject)
        .last_update(now() - since)
        .next_update(now() + left)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    for serial in serials:
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(serial)
            .revocation_date(now() - dt.timedelta(hours=2))
            .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
            .build()
        )
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(signer or issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)
