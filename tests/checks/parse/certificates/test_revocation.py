"""What a revocation list proves, and what it does not."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.serialization import Encoding

from checks.parse.certificates.read import read
from checks.parse.certificates.revocation import BadList, fresh, out_of_scope, read_list, revoked, signed_by
from tests.lab.tls import authority
from tests.lab.tls.authority import Wish, intermediate, issue, key, now, revocation_list, root

CA = root()
LEAF = issue(Wish(), CA)
HOUR = dt.timedelta(hours=1)


def test_a_listed_certificate_is_revoked() -> None:
    crl = read_list(revocation_list(CA, [LEAF.cert.serial_number]))
    found = revoked(crl, LEAF.cert.serial_number)
    assert found is not None
    assert found.reason == "keyCompromise"
    assert revoked(crl, 12345) is None


def test_only_its_issuer_signs_it() -> None:
    crl = revocation_list(CA, [LEAF.cert.serial_number])
    assert signed_by(read_list(crl), read(CA.der))
    assert not signed_by(read_list(crl), read(root("Other", 300).der))
    forged = revocation_list(CA, [LEAF.cert.serial_number], signer=key(number=7))
    assert not signed_by(read_list(forged), read(CA.der))


@pytest.mark.parametrize(
    ("since", "left", "in_force"),
    [
        pytest.param(HOUR, HOUR, True, id="between-its-dates"),
        pytest.param(2 * HOUR, -HOUR, False, id="past-its-end"),
        pytest.param(-HOUR, 2 * HOUR, False, id="before-its-beginning"),
    ],
)
def test_freshness(since: dt.timedelta, left: dt.timedelta, in_force: bool) -> None:
    assert fresh(read_list(revocation_list(CA, since=since, left=left)), now()) is in_force


def listing(*extensions: tuple[x509.ExtensionType, bool], reason: x509.ExtensionType | None = None) -> bytes:
    """A list of the lab's root with these extensions, critical or not, that revokes number 7."""
    entry = x509.RevokedCertificateBuilder().serial_number(7).revocation_date(now())
    if reason is not None:
        entry = entry.add_extension(reason, critical=False)
    builder = x509.CertificateRevocationListBuilder(CA.cert.subject, now(), now() + HOUR)
    builder = builder.add_revoked_certificate(entry.build())
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(CA.key, hashes.SHA256()).public_bytes(Encoding.DER)


LISTS = "http://c.test/1.crl"


def scope(**narrowed: object) -> tuple[x509.ExtensionType, bool]:
    return authority.scope(LISTS, **narrowed), True


def stranger(last: int) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(f"1.3.6.1.4.1.55555.{last}"), b"\x05\x00")


@pytest.mark.parametrize(
    ("extensions", "partial"),
    [
        pytest.param([], False, id="a-plain-list"),
        pytest.param([(x509.CRLNumber(3), False), scope()], False, id="a-list-for-its-own-address"),
        pytest.param([(x509.DeltaCRLIndicator(2), True)], True, id="what-changed-since-another-list"),
        pytest.param([scope(indirect_crl=True)], True, id="a-list-for-several-authorities"),
        pytest.param(
            [scope(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise}))], True, id="a-list-for-some-reasons"
        ),
        pytest.param([(stranger(1), False)], False, id="an-extension-nobody-needs-to-know"),
        pytest.param([(stranger(1), True)], True, id="a-critical-extension-nobody-knows"),
    ],
)
def test_a_list_that_is_not_the_whole(extensions: list[tuple[x509.ExtensionType, bool]], partial: bool) -> None:
    assert read_list(listing(*extensions)).partial is partial


THE_LEAF = issue(Wish(crl=LISTS), CA)
THE_AUTHORITY = intermediate(CA, crl=LISTS)
BELOW = x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COMMON_NAME, "list 7")])


@pytest.mark.parametrize(
    ("extensions", "leaf", "authority"),
    [
        pytest.param([], True, True, id="a-list-of-all"),
        pytest.param([scope()], True, True, id="a-list-of-all-that-names-it"),
        pytest.param([scope(only_contains_user_certs=True)], True, False, id="a-list-without-authorities"),
        pytest.param([scope(only_contains_ca_certs=True)], False, True, id="a-list-of-authorities"),
        pytest.param([scope(only_contains_attribute_certs=True)], False, False, id="a-list-of-attribute-certificates"),
        pytest.param([(authority.scope("http://c.test/2.crl"), True)], False, False, id="a-list-of-another-address"),
        pytest.param(
            [(x509.IssuingDistributionPoint(None, BELOW, False, False, None, False, False), True)],
            *(False, False),
            id="a-list-named-by-its-place-in-a-directory",
        ),
        pytest.param(
            [(x509.IssuingDistributionPoint(None, None, True, False, None, False, False), True)],
            *(True, False),
            id="a-list-of-no-address-without-authorities",
        ),
    ],
)
def test_whom_a_list_is_about(extensions: list[tuple[x509.ExtensionType, bool]], leaf: bool, authority: bool) -> None:
    crl = read_list(listing(*extensions))
    assert (not out_of_scope(crl, read(THE_LEAF.der))) is leaf
    assert (not out_of_scope(crl, read(THE_AUTHORITY.der))) is authority


def test_an_authority_that_may_not_sign_lists_signed_none() -> None:
    other = issue(Wish(subject="No Lists", ca=True, usage="server"))
    crl = read_list(revocation_list(other))
    assert not signed_by(crl, read(other.der))


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        pytest.param(None, "unspecified", id="none-given"),
        pytest.param(x509.CRLReason(x509.ReasonFlags.superseded), "superseded", id="one-given"),
        pytest.param(x509.CRLReason(x509.ReasonFlags.remove_from_crl), None, id="a-hold-taken-back"),
    ],
)
def test_reasons(reason: x509.CRLReason | None, told: str | None) -> None:
    found = revoked(read_list(listing(reason=reason)), 7)
    assert (found and found.reason) == told


def test_an_extension_given_twice_makes_a_list_unreadable() -> None:
    twins = listing((stranger(1), False), (stranger(2), False))
    written = bytes.fromhex("2b0601040183b203")  # 1.3.6.1.4.1.55555
    assert twins.count(written) == 2
    with pytest.raises(BadList):
        read_list(twins.replace(written + b"\x02", written + b"\x01"))


def test_a_key_that_cannot_sign_signed_nothing() -> None:
    """Of the right name, but with a key for key exchange."""
    cert = CA.cert
    builder = x509.CertificateBuilder(cert.issuer, cert.subject, x25519.X25519PrivateKey.generate().public_key(), 1)
    builder = builder.not_valid_before(cert.not_valid_before_utc).not_valid_after(cert.not_valid_after_utc)
    impostor = read(builder.sign(CA.key, hashes.SHA256()).public_bytes(Encoding.DER))
    assert not signed_by(read_list(listing()), impostor)


@pytest.mark.parametrize("data", [b"", b"<html>404</html>", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----"])
def test_bytes_that_are_no_list(data: bytes) -> None:
    with pytest.raises(BadList):
        read_list(data)
