"""Names with several addresses: which one speaks for the site, and that one which fails alone is always told."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from checks.core.model import Outcome, Presence
from checks.uptime.seen import Memory
from tests.lab.http.answers import page
from tests.lab.http.authority import HOST
from tests.lab.http.probe import measure, observed, probe, reasons
from tests.lab.http.server import OK, Peer, Script, Server, answering, by_path, redirect, serving

A, B = "127.0.0.1", "127.0.0.2"
OOPS = b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
CHALLENGE = b"HTTP/1.1 403 No\r\ncf-mitigated: challenge\r\nContent-Length: 0\r\n\r\n"
DATABASE = page(b"<title>Error</title><h1>Error establishing a database connection</h1>")


async def silent(peer: Peer) -> None:
    await peer.request()
    await peer.hang()


async def resets(peer: Peer) -> None:
    await peer.request()
    peer.reset()


@asynccontextmanager
async def two(at_a: Script, at_b: Script) -> AsyncIterator[tuple[Server, Server]]:
    """Two servers on one port of two addresses."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(serving(at_a, host=A))
        yield first, await stack.enter_async_context(serving(at_b, host=B, port=first.port))


async def look(server: Server, *order: str, **options: Any) -> Outcome:
    return await probe(server.url(host=HOST), resolve=((HOST, order),), **({"timeout": 0.6} | options))


def told(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(f.rule.id, f.subject, str(f.fact("failure"))) for f in observed(outcome).findings]


ALONE = [
    pytest.param(answering(OOPS), "status", id="status-500"),
    pytest.param(resets, "connect_reset", id="reset"),
    pytest.param(silent, "timeout_headers", id="silence"),
    pytest.param(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), "truncated", id="half-a-page"),
    pytest.param(by_path({"/": redirect("/")}), "redirect_loop", id="redirect-loop"),
]


@pytest.mark.parametrize("version", ["any", "each"])
@pytest.mark.parametrize(("bad", "failure"), ALONE)
async def test_an_address_that_fails_alone_is_named(bad: Script, failure: str, version: str) -> None:
    async with two(bad, answering(OK)) as (server, _other):
        outcome = await look(server, A, B, ip_version=version)
        repeated = await look(server, B, A, ip_version=version, memory=observed(outcome).memory)
    assert told(outcome) == told(repeated) == [("uptime.address", A, failure)]
    assert measure(outcome, "probe_success") == 1


@pytest.mark.parametrize("version", ["any", "each"])
async def test_the_command_and_the_looks_are_about_the_address_that_fails(version: str) -> None:
    async with two(silent, answering(OK)) as (server, _other):
        outcome = await look(server, A, B, ip_version=version)
    (one,) = observed(outcome).findings
    assert f"--resolve {HOST}:{server.port}:{A} " in str(one.fact("curl"))
    assert one.fact("address") == A
    rows = [row for row in one.fact("attempts") or () if isinstance(row, tuple)]  # type: ignore[union-attr]
    assert [row[2:] for row in rows] == [(A, "timeout_headers")] * 2


async def test_each_address_is_judged_though_the_first_is_well() -> None:
    async with two(answering(OK), answering(OOPS)) as (server, _other):
        outcome = await look(server, A, B, ip_version="each")
    assert told(outcome) == [("uptime.address", B, "status")]
    assert observed(outcome).findings[0].fact("status") == 500


async def test_each_page_is_read() -> None:
    async with two(answering(DATABASE), answering(OK)) as (server, _other):
        error = await look(server, A, B, ip_version="each")
        word = await look(server, A, B, ip_version="each", contains=("hello",))
    assert told(error) == [("uptime.address", A, "error_page")]
    assert told(word) == [("uptime.address", A, "error_page")]


async def test_one_that_is_challenged_is_left_open() -> None:
    async with two(answering(CHALLENGE), answering(OK)) as (server, _other):
        outcome = await look(server, A, B, ip_version="each")
    assert told(outcome) == []
    assert outcome.presence("uptime.address", A) is Presence.UNTESTED
    assert outcome.presence("uptime.address", B) is Presence.ABSENT


async def test_all_of_them_bad_is_down_and_no_address_is_named() -> None:
    async with two(answering(OOPS), resets) as (server, _other):
        outcome = await look(server, A, B, ip_version="each")
    assert reasons(outcome) == [("uptime.down", "status")]
    assert outcome.presence("uptime.address", A) is Presence.UNTESTED


async def test_a_silent_address_does_not_make_the_others_slow() -> None:
    async with two(silent, answering(OK)) as (server, _other):
        outcome = await look(server, A, B, ip_version="each", slow_after=0.3)
    assert told(outcome) == [("uptime.address", A, "timeout_headers")]
    assert (measure(outcome, "probe_duration_seconds") or 9) < 0.3


async def test_an_address_that_is_well_again_ends_by_being_tried() -> None:
    async with two(answering(OK), answering(OK)) as (server, _other):
        outcome = await look(server, B, A, memory=Memory(failing=(A,)))
        after = await look(server, B, A, memory=observed(outcome).memory)
    assert outcome.presence("uptime.address", A) is Presence.ABSENT
    assert outcome.presence("uptime.address", B) is Presence.UNTESTED
    assert after.presence("uptime.address", B) is Presence.ABSENT


async def test_a_failure_that_passed_at_the_same_address_is_forgotten() -> None:
    turns = [OOPS, OK]

    async def once_bad(peer: Peer) -> None:
        await peer.request()
        await peer.send(turns.pop(0))

    async with serving(once_bad) as server:
        outcome = await look(server, A)
    assert told(outcome) == []


@pytest.mark.parametrize(("version", "used"), [("4", A), ("6", "::1")])
async def test_one_family_alone(version: str, used: str) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(serving(answering(OK), host=A))
        second = await stack.enter_async_context(serving(answering(OK), host="::1", port=first.port))
        outcome = await look(first, "::1", A, ip_version=int(version))
    assert reasons(outcome) == []
    assert (len(first.heads), len(second.heads)) == ((1, 0) if used == A else (0, 1))
    assert measure(outcome, "probe_ip_protocol") == int(version)


async def test_an_address_of_ipv6_as_the_target() -> None:
    async with serving(answering(OK), host="::1") as server:
        outcome = await probe(server.url(host="[::1]"))
    assert reasons(outcome) == []
    assert f"\r\nHost: [::1]:{server.port}\r\n".encode() in server.heads[0]
    assert measure(outcome, "probe_ip_protocol") == 6


@pytest.mark.parametrize("version", ["any", "each"])
async def test_a_zone_with_hundreds_of_addresses_is_looked_at_in_part_and_said_to_be(version: str) -> None:
    async with serving(answering(OK), host="127.0.1.1") as server:
        order = ("127.0.1.1", *(f"127.0.2.{number}" for number in range(1, 201)))
        outcome = await look(server, *order, ip_version=version, timeout=2.0)
    assert all(rule == "uptime.address" for rule, _reason in reasons(outcome))
    assert len(observed(outcome).findings) == (63 if version == "each" else 0)
    assert outcome.presence("uptime.address", "127.0.2.200") is Presence.UNTESTED
    assert "dns_incomplete" in {one.cause for one in observed(outcome).untested}
