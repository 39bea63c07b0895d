"""Keys of every kind are told apart, and a signature that nobody can verify any more is not called forged."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ed448, x25519
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

from checks.parse.certificates.keys import read_signature
from checks.parse.certificates.made import made_by
from checks.parse.certificates.read import Certificate, read
from tests.lab.tls.authority import Issued, Wish, issue, key, root

# The object identifier of the curve P-256, and one of its arc that means no curve.
_P256 = bytes.fromhex("06082a8648ce3d030107")
_NO_CURVE = bytes.fromhex("06082a8648ce3d03017f")


def holding(public: CertificatePublicKeyTypes) -> Certificate:
    """A certificate for a key that need not be able to sign."""
    made = issue(Wish())
    builder = x509.CertificateBuilder(made.cert.issuer, made.cert.subject, public, 1)
    builder = builder.not_valid_before(made.cert.not_valid_before_utc).not_valid_after(made.cert.not_valid_after_utc)
    return read(builder.sign(key(), hashes.SHA256()).public_bytes(Encoding.DER))


def unreadable(issued: Issued) -> Certificate:
    """The same with a key on a curve that does not exist."""
    return read(issued.der.replace(_P256, _NO_CURVE))


@pytest.mark.parametrize(
    ("public", "kind", "text", "weak", "unusual"),
    [
        pytest.param(dsa.generate_private_key(1024).public_key(), "dsa", "DSA 1024", True, False, id="dsa-is-weak"),
        pytest.param(
            ed448.Ed448PrivateKey.generate().public_key(), "ed448", "Ed448", False, True, id="ed448-is-unusual"
        ),
        pytest.param(
            x25519.X25519PrivateKey.generate().public_key(),
            "1.3.101.110",
            "1.3.101.110",
            False,
            False,
            id="a-stranger-is-called-by-its-identifier",
        ),
    ],
)
def test_rare_keys(public: CertificatePublicKeyTypes, kind: str, text: str, weak: bool, unusual: bool) -> None:
    found = holding(public).key
    assert (found.kind, found.text, found.weak, found.unusual) == (kind, text, weak, unusual)


def test_a_curve_nobody_knows_is_not_called_weak() -> None:
    found = unreadable(root()).key
    assert (found.kind, found.text, found.weak, found.sha256) == ("ec", "EC (?)", False, "")


@pytest.mark.parametrize(
    ("oid", "name", "text", "broken"),
    [
        pytest.param("1.2.840.10045.4.3.2", "sha256", "SHA256", False, id="a-sound-one"),
        pytest.param("1.2.840.113549.1.1.2", "", "MD2", True, id="md2-is-known-by-its-identifier"),
        pytest.param("1.3.101.112", "", "1.3.101.112", False, id="a-scheme-that-names-no-hash"),
    ],
)
def test_signatures(oid: str, name: str, text: str, broken: bool) -> None:
    found = read_signature(oid, name)
    assert (found.text, found.broken) == (text, broken)


def test_what_made_a_broken_signature_is_believed_where_it_cannot_be_verified() -> None:
    child = read(issue(Wish(hash="sha1"), root(kind="rsa2048")).der)
    assert made_by(child, read(root().der)), "an issuer whose key is none of RSA"
    assert made_by(child, unreadable(root())), "an issuer whose key cannot be read"


def test_a_sound_signature_of_a_key_that_cannot_be_read_proves_nothing() -> None:
    ca = root()
    assert not made_by(read(issue(Wish(), ca).der), unreadable(ca))
