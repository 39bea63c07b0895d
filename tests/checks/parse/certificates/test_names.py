"""Which hosts a certificate is for: RFC 9525, subjectAltName alone."""

import pytest

from checks.parse.certificates.names import covers, matches
from checks.parse.certificates.read import read
from tests.lab.tls.authority import Wish, issue


@pytest.mark.parametrize(
    ("pattern", "host", "covered"),
    [
        pytest.param("acme.test", "acme.test", True, id="the-name-itself"),
        pytest.param("ACME.test", "acme.test", True, id="case-does-not-count"),
        pytest.param("acme.test.", "acme.test", True, id="the-root's-dot-does-not-count"),
        pytest.param("acme.test", "www.acme.test", False, id="a-name-says-nothing-of-those-below"),
        pytest.param("*.acme.test", "www.acme.test", True, id="a-wildcard-stands-for-one-label"),
        pytest.param("*.acme.test", "a.b.acme.test", False, id="a-wildcard-does-not-stand-for-two"),
        pytest.param("*.acme.test", "acme.test", False, id="a-wildcard-does-not-stand-for-none"),
        pytest.param("w*.acme.test", "www.acme.test", False, id="a-partial-wildcard-is-none"),
        pytest.param("www.*.test", "www.acme.test", False, id="only-the-leftmost-label-may-be-one"),
        pytest.param("*.*.test", "www.acme.test", False, id="one-wildcard-at-most"),
        pytest.param("*.test", "acme.test", False, id="a-wildcard-over-a-top-level-is-refused"),
        pytest.param("*", "acme.test", False, id="a-bare-star-is-refused"),
        pytest.param("xn--caf-dma.test", "xn--caf-dma.test", True, id="an-a-label"),
        pytest.param("café.test", "xn--caf-dma.test", True, id="a-u-label-means-its-a-label"),
        pytest.param("*.acme.test", "xn--caf-dma.acme.test", True, id="a-wildcard-stands-for-an-a-label"),
        pytest.param("", "acme.test", False, id="an-empty-entry"),
        pytest.param("é..test", "xn--9ca..test", False, id="a-u-label-beside-an-empty-one-means-nothing"),
    ],
)
def test_matching(pattern: str, host: str, covered: bool) -> None:
    assert matches(pattern, host) is covered


@pytest.mark.parametrize(
    ("wish", "host", "covered"),
    [
        pytest.param(Wish(dns=["acme.test"]), "acme.test", True, id="a-dns-name"),
        pytest.param(Wish(subject="acme.test"), "acme.test", False, id="the-common-name-does-not-count"),
        pytest.param(Wish(ips=["127.0.0.1"]), "127.0.0.1", True, id="an-address"),
        pytest.param(Wish(ips=["::1"]), "0:0:0:0:0:0:0:1", True, id="an-address-however-written"),
        pytest.param(Wish(dns=["127.0.0.1"]), "127.0.0.1", False, id="an-address-written-as-a-name-does-not-count"),
        pytest.param(Wish(ips=["127.0.0.2"]), "127.0.0.1", False, id="another-address"),
        pytest.param(Wish(ips=["127.0.0.1"], dns=["a:b"]), "a:b", True, id="what-looks-like-an-address-may-be-a-name"),
        pytest.param(Wish(ips=["1.2.3.4"]), "1.2.3.4.5", False, id="five-numbers-are-no-address"),
        pytest.param(Wish(dns=["a.test", "b.test"]), "b.test", True, id="any-of-several"),
    ],
)
def test_covering(wish: Wish, host: str, covered: bool) -> None:
    assert covers(read(issue(wish).der), host) is covered
