"""What is read out of a certificate, and that hostile bytes end in one kind of error."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.parse.certificates.made import made_by
from checks.parse.certificates.read import BadCertificate, read
from tests.lab.tls.authority import CLIENT, Wish, intermediate, issue, key, root


def test_it_tells_who_when_and_what_for() -> None:
    ca = root()
    wish = Wish(
        subject="shop", organization="Acme", dns=["shop.test"], ips=["::1"], must_staple=True, purposes=[CLIENT],
        crl="http://c.test/1.crl", issuer_url="http://c.test/1.crt", left=dt.timedelta(days=10),
    )  # fmt: skip
    cert = read(issue(wish, ca).der)
    assert (cert.title, cert.issuer_title, cert.organization) == ("shop", "Lab Root", "Acme")
    assert (cert.dns_names, cert.addresses) == (("shop.test",), ("::1",))
    assert cert.must_staple
    assert not cert.serves
    assert not cert.ca
    assert cert.crls == ("http://c.test/1.crl",)
    assert cert.issuer_urls == ("http://c.test/1.crt",)
    assert cert.lifetime == dt.timedelta(days=40, seconds=1)
    assert cert.authority_key_id == read(ca.der).key_id
    assert not cert.malformed


@pytest.mark.parametrize(
    ("kind", "text", "weak", "unusual"),
    [
        pytest.param("p256", "EC 256 (secp256r1)", False, False, id="p-256"),
        pytest.param("p192", "EC 192 (secp192r1)", True, False, id="p-192-is-weak"),
        pytest.param("rsa1024", "RSA 1024", True, False, id="rsa-1024-is-weak"),
        pytest.param("rsa2048", "RSA 2048", False, False, id="rsa-2048"),
        pytest.param("ed25519", "Ed25519", False, True, id="ed25519-is-unusual"),
    ],
)
def test_keys(kind: str, text: str, weak: bool, unusual: bool) -> None:
    found = read(issue(Wish(key=key(kind))).der).key
    assert (found.text, found.weak, found.unusual) == (text, weak, unusual)


@pytest.mark.parametrize("hash_name", ["sha1", "md5"])
def test_a_broken_signature_algorithm_is_still_verified(hash_name: str) -> None:
    ca, impostor = root(kind="rsa2048"), root(kind="rsa2048", number=101)
    cert = read(issue(Wish(dns=["a.test"], hash=hash_name), ca).der)
    assert cert.signature.broken
    assert cert.signature.text == hash_name.upper()
    assert made_by(cert, read(ca.der))
    assert not made_by(cert, read(impostor.der))


def test_only_the_issuer_made_the_signature() -> None:
    ca = root()
    middle = intermediate(ca)
    leaf = read(issue(Wish(), middle).der)
    assert made_by(leaf, read(middle.der))
    assert not made_by(leaf, read(ca.der))


@given(st.binary(max_size=200))
def test_bytes_that_are_no_certificate(data: bytes) -> None:
    with pytest.raises(BadCertificate):
        read(data)


@given(st.data())
def test_a_certificate_with_a_changed_byte_is_read_or_refused(data: st.DataObject) -> None:
    der = bytearray(_SAMPLE)
    der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    try:
        cert = read(bytes(der))
    except BadCertificate:
        return
    assert isinstance(cert.title, str)


_SAMPLE = issue(Wish(dns=["a.test"], ips=["127.0.0.1"], crl="http://c.test/"), root()).der
