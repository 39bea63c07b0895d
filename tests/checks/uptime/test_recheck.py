"""A second look before anything is believed: where it goes, and that every look is in the evidence."""

from collections.abc import Callable
from typing import Any

import pytest

from checks.core.model import Finding
from checks.net import open_net
from tests.checks.uptime.test_addresses import CHALLENGE, OOPS, A, B, look, resets, silent, two
from tests.lab.dns.server import Told, name_server
from tests.lab.http.authority import HOST
from tests.lab.http.probe import finding, observed, probe, reasons
from tests.lab.http.server import OK, Peer, Script, answering, serving


def in_turn(*answers: bytes) -> Script:
    left = list(answers)

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(left.pop(0) if len(left) > 1 else left[0])

    return script


def attempts(one: Finding) -> list[tuple[Any, ...]]:
    """Number, address and reason of each look a finding tells of."""
    rows = one.fact("attempts")
    assert isinstance(rows, tuple)
    return [(row[0], row[2], row[3]) for row in rows if isinstance(row, tuple)]


@pytest.mark.parametrize("bad", [resets, silent, answering(b"")], ids=["reset", "silence", "closed"])
async def test_a_failure_of_the_network_is_looked_at_again_on_another_address(bad: Script) -> None:
    async with two(bad, answering(OK)) as (server, other):
        outcome = await look(server, A, B, method="POST")  # not tried on the second address within one look
    assert (server.connections, other.connections) == (1, 1)
    assert [rule for rule, _reason in reasons(outcome)] == ["uptime.address"]
    assert len(observed(outcome).attempts) == 2


async def test_with_one_address_it_is_looked_at_again_there() -> None:
    async with serving(resets) as server:
        outcome = await look(server, A)
    assert server.connections == 2
    assert attempts(finding(outcome)) == [(1, A, "connect_reset"), (2, A, "connect_reset")]


@pytest.mark.parametrize("status", [b"404 Not Found", b"500 Oops"])
async def test_a_bad_status_is_asked_for_once_more(status: bytes) -> None:
    bad = b"HTTP/1.1 %b\r\nContent-Length: 0\r\n\r\n" % status
    async with serving(in_turn(bad, OK)) as server:
        assert reasons(await probe(server.url())) == []
        assert server.connections == 2
    async with serving(answering(bad)) as server:
        outcome = await probe(server.url())
        assert server.connections == 2
    assert attempts(finding(outcome)) == [(1, A, "status"), (2, A, "status")]


async def test_looks_that_differ_are_both_told() -> None:
    async with serving(in_turn(OOPS, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")) as server:
        outcome = await probe(server.url())
    assert attempts(finding(outcome)) == [(1, A, "status"), (2, A, "truncated")]
    assert [[f.fact("reason") for f in one.findings] for one in observed(outcome).attempts] == [
        ["status"],
        ["truncated"],
    ]


@pytest.mark.parametrize("answer", [OK, CHALLENGE], ids=["well", "challenged"])
async def test_what_is_no_anomaly_is_not_looked_at_again(answer: bytes) -> None:
    async with serving(answering(answer)) as server:
        outcome = await probe(server.url())
    assert server.connections == 1
    assert len(observed(outcome).attempts) == 1


def moving(addresses: list[str]) -> Callable[[str, str, int], Told]:
    return lambda _name, kind, times: Told(addresses=(addresses[min(times, 1)],) if kind == "A" else (), ttl=300)


async def test_the_dns_is_asked_afresh_before_a_failure_is_believed() -> None:
    async with (
        serving(answering(OK), host=B) as server,
        name_server(moving([A, B])) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        outcome = await probe(server.url(host=HOST), net=net, allow_private=True)
    assert reasons(outcome) == []
    assert names.asked.count((HOST, "A")) == 2


async def test_the_dns_is_asked_afresh_by_the_run_after_a_site_was_down() -> None:
    async with (
        serving(answering(OOPS), host=A) as server,
        name_server(lambda _name, kind, _times: Told(addresses=(A,) if kind == "A" else (), ttl=300)) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        url = server.url(host=HOST)
        down = await probe(url, net=net, allow_private=True)
        asked = names.asked.count((HOST, "A"))
        await probe(url, net=net, allow_private=True, memory=observed(down).memory, expect_status=(500,))
        after = names.asked.count((HOST, "A"))
        await probe(url, net=net, allow_private=True, expect_status=(500,))
    assert (asked, after, names.asked.count((HOST, "A"))) == (2, 3, 3)
