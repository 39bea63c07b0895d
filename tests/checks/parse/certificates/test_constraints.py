"""Which names an authority's constraints forbid (RFC 5280, 4.2.1.10)."""

import ipaddress
from collections.abc import Sequence

import pytest
from cryptography import x509

from checks.parse.certificates.constraints import violated
from checks.parse.certificates.read import read
from tests.lab.tls.authority import Wish, issue


def trees(entries: Sequence[str]) -> list[x509.GeneralName] | None:
    """What holds a slash is a network, what holds an at sign a mailbox, all else a name."""
    found: list[x509.GeneralName] = []
    for entry in entries:
        if "/" in entry:
            found.append(x509.IPAddress(ipaddress.ip_network(entry)))
        else:
            found.append(x509.RFC822Name(entry) if "@" in entry else x509.DNSName(entry))
    return found or None


@pytest.mark.parametrize(
    ("names", "permitted", "excluded", "forbidden"),
    [
        pytest.param(["www.a.test"], ["a.test"], [], "", id="a-name-below-a-permitted-one"),
        pytest.param(["b.test"], ["a.test"], [], "b.test", id="a-name-beside-a-permitted-one"),
        pytest.param(["www.a.test"], [".a.test"], [], "", id="a-dot-means-those-below"),
        pytest.param(["a.test"], [".a.test"], [], "a.test", id="a-dot-means-those-below-alone"),
        pytest.param(["a.test"], [""], [], "", id="the-empty-name-permits-all"),
        pytest.param(["a.test"], [], [""], "a.test", id="the-empty-name-excludes-all"),
        pytest.param(["A.Test"], [], ["a.TEST"], "A.Test", id="case-does-not-count"),
        pytest.param(
            ["ok.test", "bad.test"], [], ["bad.test"], "bad.test", id="the-first-of-several-that-is-forbidden"
        ),
        pytest.param(["10.1.2.3"], ["10.0.0.0/8"], [], "", id="an-address-in-a-permitted-network"),
        pytest.param(["11.1.2.3"], ["10.0.0.0/8"], [], "11.1.2.3", id="an-address-outside-a-permitted-network"),
        pytest.param(["10.1.2.3"], ["10.0.0.0/8"], ["10.1.0.0/16"], "10.1.2.3", id="what-is-excluded-is-not-permitted"),
        pytest.param(["fd00::1"], ["10.0.0.0/8"], [], "fd00::1", id="an-address-of-another-version"),
        pytest.param(["fd00::1"], [], ["fd00::/8"], "fd00::1", id="an-excluded-address-of-version-6"),
        pytest.param(["10.1.2.3"], ["a.test"], [], "", id="names-say-nothing-of-addresses"),
        pytest.param(["a.test"], ["10.0.0.0/8"], [], "", id="addresses-say-nothing-of-names"),
        pytest.param(["a.test", "10.1.2.3"], ["me@b.test"], [], "", id="mailboxes-say-nothing-of-either"),
    ],
)
def test_names(names: list[str], permitted: list[str], excluded: list[str], forbidden: str) -> None:
    hosts = [name for name in names if ":" not in name and not name[-1].isdigit()]
    certificate = read(issue(Wish(dns=hosts, ips=[name for name in names if name not in hosts])).der)
    assert violated(x509.NameConstraints(trees(permitted), trees(excluded)), certificate) == forbidden
