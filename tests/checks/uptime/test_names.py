"""Names that lead nowhere, through the whole check: each way has its reason, its layer and its zone."""

import asyncio
from pathlib import Path

import dns.rcode
import pytest

from checks.core.model import Layer, Shared, SharedKind
from checks.net import Net, open_net
from checks.net.resolve import Resolver
from tests.lab.dns.server import Answers, Told, name_server
from tests.lab.http.authority import HOST
from tests.lab.http.probe import finding, measure, observed, probe, reasons
from tests.lab.http.server import OK, answering, redirect, serving

LOST = [
    pytest.param(lambda *_: Told(rcode=dns.rcode.NXDOMAIN), "dns_nxdomain", id="no-such-name"),
    pytest.param(lambda *_: Told(rcode=dns.rcode.SERVFAIL), "dns_servfail", id="servers-that-fail"),
    pytest.param(lambda *_: Told(rcode=dns.rcode.REFUSED), "dns_servfail", id="servers-that-refuse"),
    pytest.param(lambda *_: None, "dns_timeout", id="servers-that-are-silent"),
    pytest.param(lambda *_: Told(), "dns_no_address", id="a-name-without-an-address"),
    pytest.param(lambda *_: Told(addresses=("10.0.0.1",)), "dns_private", id="a-name-that-leads-inside"),
]


@pytest.mark.parametrize(("answers", "reason"), LOST)
async def test_a_name_that_leads_nowhere(answers: Answers, reason: str) -> None:
    async with name_server(answers) as names, open_net(nameservers=(names.address,)) as net:
        outcome = await probe(f"http://www.{HOST}/", net=net, timeout=0.8)
    one = finding(outcome)
    assert reasons(outcome) == [("uptime.down", reason)]
    assert one.layer is Layer.DNS
    assert Shared(kind=SharedKind.ZONE, value="acme.example") in one.shares
    assert outcome.seconds < 3
    assert measure(outcome, "probe_success") == 0
    assert measure(outcome, "probe_failure_info", reason=reason) == 1


@pytest.mark.parametrize(("answers", "reason"), LOST[:5])
async def test_a_redirect_to_a_name_that_leads_nowhere(answers: Answers, reason: str) -> None:
    async with (
        serving(answering(redirect("http://gone.example/"))) as server,
        name_server(answers) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        outcome = await probe(server.url(), net=net, timeout=0.8)
    assert reasons(outcome) == [("uptime.down", reason)]
    assert finding(outcome).fact("host") == "gone.example"


async def test_a_name_is_asked_once_for_its_time_whatever_the_number_of_runs() -> None:
    async with (
        serving(answering(OK)) as server,
        name_server(lambda *_: Told(addresses=("127.0.0.1",), ttl=60)) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        for _ in range(3):
            assert reasons(await probe(server.url(host=HOST), net=net, allow_private=True)) == []
    assert sorted(names.asked) == [(HOST, "A"), (HOST, "AAAA")]


async def test_half_an_answer_is_not_kept() -> None:
    """The addresses that one family's servers did not tell may be there the next time."""

    def late(_name: str, kind: str, times: int) -> Told:
        return Told(addresses=("::1", "127.0.0.1")) if kind == "A" or times else Told(rcode=dns.rcode.SERVFAIL)

    async with name_server(late) as names:
        resolver = Resolver(nameservers=(names.address,), hosts=Path("/nonexistent"))
        deadline = asyncio.get_running_loop().time() + 2
        first = await resolver.addresses(HOST, deadline)
        second = await resolver.addresses(HOST, deadline)
        third = await resolver.addresses(HOST, deadline)
    assert (first.found, first.complete) == (("127.0.0.1",), False)
    assert (second.found, second.complete) == (("::1", "127.0.0.1"), True)
    assert third.cached


async def test_half_an_answer_leaves_the_other_addresses_open() -> None:
    def only_ipv4(_name: str, kind: str, _times: int) -> Told:
        return Told(addresses=("127.0.0.1",)) if kind == "A" else Told(rcode=dns.rcode.SERVFAIL)

    async with (
        serving(answering(OK)) as server,
        name_server(only_ipv4) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        outcome = await probe(server.url(host=HOST), net=net, allow_private=True)
    assert reasons(outcome) == []
    assert [(u.subject, u.cause) for u in observed(outcome).untested] == [(None, "dns_incomplete")]


async def test_the_hosts_file_comes_before_the_dns_and_what_is_written_before_both(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text(f"127.0.0.2 {HOST}\n")
    async with (
        serving(answering(OK), host="127.0.0.2") as filed,
        serving(answering(OK), host="127.0.0.3", port=filed.port) as written,
        name_server(lambda *_: Told(rcode=dns.rcode.NXDOMAIN)) as names,
    ):
        net = Net(resolver=Resolver(nameservers=(names.address,), hosts=hosts))
        url = filed.url(host=HOST)
        assert reasons(await probe(url, net=net, allow_private=True)) == []
        assert reasons(await probe(url, net=net, resolve=((HOST, ("127.0.0.3",)),))) == []
    assert (filed.connections, written.connections) == (1, 1)
    assert names.asked == []


@pytest.mark.parametrize(
    ("written", "asked"),
    [("été.acme.example", "xn--t-9fab.acme.example"), ("SHOP.Acme.Example.", "shop.acme.example")],
    ids=["not-ascii", "capitals-and-a-dot"],
)
async def test_a_name_is_asked_and_named_in_one_way(written: str, asked: str) -> None:
    async with serving(answering(OK)) as server:
        outcome = await probe(server.url(host=written), resolve=((asked, ("127.0.0.1",)),))
    assert reasons(outcome) == []
    assert f"\r\nHost: {asked}:{server.port}\r\n".encode() in server.heads[0]
