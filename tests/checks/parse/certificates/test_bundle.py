"""Certificates are found in every form a file may have, and what cannot be read among them is passed over."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from checks.parse.certificates.bundle import certificates_of
from tests.lab.tls.authority import Wish, issue, root

CA = root()
LEAF = issue(Wish(dns=["a.test"]), CA)
BUNDLE = pkcs7.serialize_certificates([CA.cert, LEAF.cert], Encoding.DER)
# A block whose length is no multiple of four, and one whose bytes are no certificate.
BROKEN = b"-----BEGIN CERTIFICATE-----\nAAAAA\n-----END CERTIFICATE-----\n"
FOREIGN = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("data", "titles"),
    [
        pytest.param(LEAF.der, {"lab"}, id="one-in-der"),
        pytest.param(LEAF.pem + CA.pem, {"lab", "Lab Root"}, id="several-in-pem"),
        pytest.param(b"a note\r\n" + LEAF.pem.replace(b"\n", b"\r\n"), {"lab"}, id="among-other-text"),
        pytest.param(LEAF.pem.replace(b" CERT", b" TRUSTED CERT"), {"lab"}, id="by-its-older-name"),
        pytest.param(BUNDLE, {"lab", "Lab Root"}, id="a-bundle"),
        pytest.param(BROKEN + LEAF.pem, {"lab"}, id="after-a-broken-block"),
        pytest.param(FOREIGN + LEAF.pem, {"lab"}, id="after-a-block-of-something-else"),
        pytest.param(LEAF.key_pem, set(), id="not-in-a-private-key"),
        pytest.param(BUNDLE[:200], set(), id="not-in-a-bundle-cut-short"),
        pytest.param(b"", set(), id="not-in-nothing"),
    ],
)
def test_the_certificates_of_a_file(data: bytes, titles: set[str]) -> None:
    assert {certificate.title for certificate in certificates_of(data)} == titles
