"""What the DNS says of certificates: who may issue, and which key is the right one."""

import asyncio
from hashlib import sha256, sha512
from typing import Any

import dns.rcode
import pytest

from checks.core.run import observed
from checks.net.resolve import Resolver
from checks.tls.judge import judge
from checks.tls.options import Options
from checks.tls.records import look_up, stands_in_dns
from checks.tls.seen import Records, Tlsa
from tests.checks.tls.harness import HOST, NOW, SOUND, leaf, look, middle, seen, sent
from tests.lab.dns.server import Told, name_server

ZONE: dict[tuple[str, str], Told] = {
    ("shop.acme.org", "CAA"): Told(),
    ("acme.org", "CAA"): Told(records=('0 issue "letsencrypt.org; a=b"', '0 iodef "mailto:x@acme.org"')),
    ("none.org", "CAA"): Told(records=('0 issue ";"',)),
    ("wild.org", "CAA"): Told(records=('0 issue "digicert.com"', '0 issuewild "letsencrypt.org"')),
    ("told.org", "CAA"): Told(records=('0 iodef "mailto:x@told.org"',)),
    ("_443._tcp.signed.org", "TLSA"): Told(records=(f"3 1 1 {'ab' * 32}",), validated=True),
    ("_443._tcp.unsigned.org", "TLSA"): Told(records=(f"3 1 1 {'ab' * 32}",)),
    ("broken.org", "CAA"): Told(rcode=dns.rcode.SERVFAIL),
}


async def looked_up(host: str) -> Records:
    def answers(name: str, kind: str, _count: int) -> Told:
        return ZONE.get((name, kind), Told(rcode=dns.rcode.NXDOMAIN))

    async with name_server(answers) as server:
        resolver = Resolver(nameservers=(server.address,))
        return await look_up(resolver, host, (443,), asyncio.get_running_loop().time() + 5)


@pytest.mark.parametrize(
    ("host", "zone", "issuers", "wild"),
    [
        pytest.param("acme.org", "acme.org", ("letsencrypt.org",), None, id="at-the-host-itself"),
        pytest.param("www.shop.acme.org", "acme.org", ("letsencrypt.org",), None, id="at-the-next-name-above"),
        pytest.param("none.org", "none.org", (), None, id="nobody-may"),
        pytest.param("wild.org", "wild.org", ("digicert.com",), ("letsencrypt.org",), id="wildcards-by-others"),
        pytest.param("told.org", "told.org", None, None, id="records-that-restrict-nothing"),
        pytest.param("free.org", "", None, None, id="no-record-anywhere"),
    ],
)
async def test_who_may_issue(
    host: str, zone: str, issuers: tuple[str, ...] | None, wild: tuple[str, ...] | None
) -> None:
    found = await looked_up(host)
    assert (found.asked, found.zone, found.issuers, found.wild) == (True, zone, issuers, wild)


async def test_only_what_dnssec_proves_counts_as_a_key() -> None:
    assert [one.data for one in (await looked_up("signed.org")).tlsa] == [b"\xab" * 32]
    assert (await looked_up("unsigned.org")).tlsa == ()


async def test_a_resolver_in_trouble_says_nothing() -> None:
    assert not (await looked_up("broken.org")).asked


@pytest.mark.parametrize(
    ("host", "asks"),
    [
        pytest.param("shop.acme.org", True, id="a-public-name"),
        pytest.param("name.test", False, id="a-name-of-tests"),
        pytest.param("printer.local", False, id="a-name-of-the-house"),
        pytest.param("localhost", False, id="this-machine"),
        pytest.param("192.0.2.1", False, id="an-address"),
        pytest.param("written.org", False, id="a-name-whose-addresses-were-written"),
    ],
)
def test_which_hosts_the_dns_is_asked_about(host: str, asks: bool) -> None:
    assert stands_in_dns(host, (("Written.org", ("192.0.2.1",)),)) is asks


def rules(records: Records, found: Any = SOUND) -> list[str]:
    answer = observed(judge(seen(look(found), records=records), Options(), None, NOW), [])
    return [finding.rule.id for finding in answer.findings if finding.family == "tls.dns"]


ACME = middle(organization="Let's Encrypt")


@pytest.mark.parametrize(
    ("records", "names", "forbids"),
    [
        pytest.param(Records(zone="acme.test", issuers=("letsencrypt.org",)), [HOST], False, id="allowed"),
        pytest.param(Records(zone="acme.test", issuers=("digicert.com",)), [HOST], True, id="another-is-allowed"),
        pytest.param(Records(zone="acme.test", issuers=()), [HOST], True, id="nobody-is"),
        pytest.param(Records(), [HOST], False, id="everybody-is"),
        pytest.param(
            Records(zone=HOST, issuers=("letsencrypt.org",), wild=()),
            [HOST, f"*.{HOST}"],
            True,
            id="no-wildcards",
        ),
        pytest.param(
            Records(zone=HOST, issuers=(), wild=("letsencrypt.org",)),
            [f"*.{HOST}", HOST],
            False,
            id="only-wildcards",
        ),
    ],
)
def test_records_that_forbid_the_issuer(records: Records, names: list[str], forbids: bool) -> None:
    found = sent(leaf(ACME, dns=names), ACME)
    assert (rules(records, found) == ["tls.caa.forbids_issuer"]) is forbids


def test_an_issuer_nobody_knows_is_not_judged() -> None:
    assert rules(Records(zone="acme.test", issuers=("digicert.com",))) == []


def record(usage: int, selector: int, matching: int, data: bytes, port: int = 443) -> Tlsa:
    return Tlsa(port=port, usage=usage, selector=selector, matching=matching, data=data)


LEAF, ABOVE = SOUND.sent


@pytest.mark.parametrize(
    ("tlsa", "matches"),
    [
        pytest.param(record(3, 1, 1, sha256(LEAF.spki).digest()), True, id="the-key-s-hash"),
        pytest.param(record(3, 0, 1, sha256(LEAF.der).digest()), True, id="the-certificate-s-hash"),
        pytest.param(record(1, 1, 2, sha512(LEAF.spki).digest()), True, id="the-key-s-longer-hash"),
        pytest.param(record(3, 1, 0, LEAF.spki), True, id="the-key-itself"),
        pytest.param(record(2, 1, 1, sha256(ABOVE.spki).digest()), True, id="the-issuer-s-key"),
        pytest.param(record(0, 0, 1, sha256(ABOVE.der).digest()), True, id="the-issuer-s-certificate"),
        pytest.param(record(3, 1, 1, sha256(ABOVE.spki).digest()), False, id="the-issuer-s-key-where-ours-is-due"),
        pytest.param(record(3, 1, 1, bytes(32)), False, id="another-key"),
        pytest.param(record(3, 1, 9, LEAF.spki), False, id="a-way-of-matching-nobody-knows"),
        pytest.param(record(3, 1, 1, bytes(32), port=8443), True, id="another-key-for-another-port"),
    ],
)
def test_keys(tlsa: Tlsa, matches: bool) -> None:
    assert (rules(Records(tlsa=(tlsa,))) == []) is matches


def test_one_record_of_several_is_enough() -> None:
    good = record(3, 1, 1, sha256(LEAF.spki).digest())
    assert rules(Records(tlsa=(record(3, 1, 1, bytes(32)), good))) == []
