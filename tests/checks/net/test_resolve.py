"""Names lead where the operator, the hosts file or the DNS says, and every way to lead nowhere has its name."""

import asyncio
from pathlib import Path

import dns.rcode
import pytest

from checks.core.errors import CannotLook
from checks.net.http.failure import NetFailure, Reason
from checks.net.resolve import Resolver
from tests.lab.dns.server import Answers, Told, name_server

PUBLIC = ("192.0.2.1", "2001:db8::1")


async def resolve(answers: Answers, host: str = "shop.acme.example", *, wait: float = 2.0) -> tuple[str, ...]:
    async with name_server(answers) as server:
        resolver = Resolver(nameservers=(server.address,), hosts=Path("/nonexistent"))
        found = await resolver.addresses(host, asyncio.get_running_loop().time() + wait)
        return found.found


async def fails(answers: Answers, *, wait: float = 2.0) -> Reason:
    with pytest.raises(NetFailure) as caught:
        await resolve(answers, wait=wait)
    return caught.value.reason


async def test_both_families_are_found_ipv6_first() -> None:
    assert await resolve(lambda *_: Told(addresses=PUBLIC)) == ("2001:db8::1", "192.0.2.1")


async def test_an_alias_is_followed() -> None:
    assert await resolve(lambda *_: Told(addresses=PUBLIC, alias="cdn.example")) == ("2001:db8::1", "192.0.2.1")


async def test_an_answer_too_long_for_a_datagram_comes_over_tcp() -> None:
    assert await resolve(lambda *_: Told(addresses=PUBLIC, cut=True)) == ("2001:db8::1", "192.0.2.1")


@pytest.mark.parametrize(
    ("rcode", "reason"),
    [
        (dns.rcode.NXDOMAIN, Reason.DNS_NXDOMAIN),
        (dns.rcode.SERVFAIL, Reason.DNS_SERVFAIL),
        (dns.rcode.REFUSED, Reason.DNS_SERVFAIL),
        (dns.rcode.NOERROR, Reason.DNS_NO_ADDRESS),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
async def test_ways_to_lead_nowhere(rcode: dns.rcode.Rcode, reason: Reason) -> None:
    assert await fails(lambda *_: Told(rcode=rcode)) is reason


async def test_silence_is_a_timeout_and_ends_in_time() -> None:
    began = asyncio.get_running_loop().time()
    assert await fails(lambda *_: None, wait=0.6) is Reason.DNS_TIMEOUT
    assert asyncio.get_running_loop().time() - began < 2


async def test_rubbish_is_no_answer() -> None:
    assert await fails(lambda *_: Told(rubbish=b"rubbish"), wait=0.5) in (Reason.DNS_TIMEOUT, Reason.DNS_SERVFAIL)


async def test_one_family_alone_is_enough_and_said_to_be_incomplete_when_the_other_failed() -> None:
    def only_ipv4(_name: str, kind: str, _times: int) -> Told:
        return Told(addresses=("192.0.2.1",)) if kind == "A" else Told(rcode=dns.rcode.SERVFAIL)

    async with name_server(only_ipv4) as server:
        resolver = Resolver(nameservers=(server.address,), hosts=Path("/nonexistent"))
        found = await resolver.addresses("shop.acme.example", asyncio.get_running_loop().time() + 2)
    assert found.found == ("192.0.2.1",)
    assert not found.complete


async def test_no_such_family_is_complete() -> None:
    def only_ipv4(_name: str, kind: str, _times: int) -> Told:
        return Told(addresses=("192.0.2.1",)) if kind == "A" else Told()

    async with name_server(only_ipv4) as server:
        resolver = Resolver(nameservers=(server.address,), hosts=Path("/nonexistent"))
        found = await resolver.addresses("shop.acme.example", asyncio.get_running_loop().time() + 2)
    assert found.complete


async def test_an_answer_is_kept_for_its_time_at_most_five_minutes_and_asked_afresh_on_demand() -> None:
    clock = [0.0]
    async with name_server(lambda *_: Told(addresses=PUBLIC, ttl=86_400)) as server:
        resolver = Resolver(nameservers=(server.address,), hosts=Path("/nonexistent"), clock=lambda: clock[0])

        async def ask(*, fresh: bool = False) -> int:
            await resolver.addresses("shop.acme.example", asyncio.get_running_loop().time() + 2, fresh=fresh)
            return len(server.asked)

        assert await ask() == 2
        clock[0] = 299
        assert await ask() == 2
        clock[0] = 301
        assert await ask() == 4
        assert await ask(fresh=True) == 6


async def test_an_answer_without_a_time_is_not_kept() -> None:
    async with name_server(lambda *_: Told(addresses=PUBLIC, ttl=0)) as server:
        resolver = Resolver(nameservers=(server.address,), hosts=Path("/nonexistent"))
        for _ in range(2):
            await resolver.addresses("shop.acme.example", asyncio.get_running_loop().time() + 2)
        assert len(server.asked) == 4


async def test_a_name_server_that_cannot_be_reached_is_our_fault() -> None:
    resolver = Resolver(nameservers=("127.0.0.1:1",), hosts=Path("/nonexistent"))
    with pytest.raises(CannotLook) as caught:
        await resolver.addresses("shop.acme.example", asyncio.get_running_loop().time() + 2)
    assert caught.value.cause == "resolver"


async def test_the_operator_comes_first_then_the_hosts_file_then_the_dns(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("192.0.2.7 shop.acme.example www # comment\nrubbish line\n2001:db8::7 SHOP.acme.example\n")
    async with name_server(lambda *_: Told(addresses=PUBLIC)) as server:
        resolver, deadline = Resolver(nameservers=(server.address,), hosts=hosts), asyncio.get_running_loop().time() + 2
        overrides = (("Shop.acme.example", ("198.51.100.1",)),)
        written = await resolver.addresses("shop.acme.example", deadline, overrides=overrides)
        filed = await resolver.addresses("shop.acme.example", deadline)
        asked = await resolver.addresses("other.example", deadline)
        hosts.write_text("")
        gone = await resolver.addresses("shop.acme.example", deadline)
    assert written.found == ("198.51.100.1",)
    assert filed.found == ("192.0.2.7", "2001:db8::7")
    assert asked.found == gone.found == ("2001:db8::1", "192.0.2.1")


async def test_localhost_is_here_whatever_the_dns_says() -> None:
    assert await resolve(lambda *_: Told(addresses=PUBLIC), "localhost") == ("127.0.0.1", "::1")
    assert await resolve(lambda *_: Told(addresses=PUBLIC), "a.localhost") == ("127.0.0.1", "::1")
