"""Names and redirects that try to steer the check inside: refused, told apart, and nothing is fetched there."""

import dns.rcode
import pytest

from checks.net import open_net
from checks.net.guard import reach
from tests.lab.dns.server import Answers, Told, name_server
from tests.lab.http.probe import finding, probe, reasons
from tests.lab.http.server import OK, answering, by_path, redirect, serving

HOST = "shop.acme.example"
OUTSIDE, INSIDE = "127.0.0.1", "127.0.0.2"  # on loopback, `allow_private` makes the one what public addresses are
ALLOWED = ("127.0.0.1/32",)


def always(*addresses: str) -> Answers:
    return lambda _name, _kind, _times: Told(addresses=addresses, ttl=0)


def moving(*turns: str) -> Answers:
    """Another address at each question of one type."""
    return lambda _name, _kind, times: Told(addresses=(turns[min(times, len(turns) - 1)],), ttl=0)


async def test_a_name_at_a_private_address_is_down_for_visitors_and_nothing_is_fetched() -> None:
    async with (
        serving(answering(OK)) as server,
        name_server(always(OUTSIDE)) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        outcome = await probe(server.url(host=HOST), net=net)
    assert reasons(outcome) == [("uptime.down", "dns_private")]
    assert server.connections == 0
    assert f"{OUTSIDE} is a loopback address" in str(finding(outcome).fact("detail"))


async def test_a_name_that_moves_inside_between_two_runs_is_dns_private() -> None:
    async with (
        serving(answering(OK), host="0.0.0.0") as server,
        name_server(moving(OUTSIDE, INSIDE)) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        first = await probe(server.url(host=HOST), net=net, allow_private=ALLOWED)
        second = await probe(server.url(host=HOST), net=net, allow_private=ALLOWED)
    assert reasons(first) == []
    assert reasons(second) == [("uptime.down", "dns_private")]
    assert server.connections == 1


async def test_a_name_that_moves_inside_between_two_hops_is_guarded() -> None:
    script = by_path({"/": redirect("/in"), "/in": OK})
    async with (
        serving(script, host="0.0.0.0") as server,
        name_server(moving(OUTSIDE, INSIDE, OUTSIDE, INSIDE)) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        outcome = await probe(server.url(host=HOST), net=net, allow_private=ALLOWED)
    assert reasons(outcome) == [("uptime.redirect", "redirect_guarded")]
    assert all(head.startswith(b"GET / ") for head in server.heads)


LOOPBACKS = {
    "another-address": "127.0.0.2",
    "the-far-end": "127.255.255.254",
    "in-decimal": "2130706434",
    "in-octal": "0177.0.0.2",
    "in-octal-with-more-zeros": "00177.00.00.002",
    "in-hexadecimal": "0x7f.0.0.2",
    "in-one-hexadecimal": "0x7f000002",
    "in-short": "127.2",
    "with-a-dot-at-the-end": "127.0.0.2.",
    "percent-encoded": "%31%32%37.0.0.2",
    "in-wide-digits": "１２７.0.0.2",
    "with-ideographic-dots": "127。0。0。2",
    "any-address": "0.0.0.0",
    "any-address-in-short": "0",
    "any-address-over-ipv6": "[::]",
    "over-ipv6": "[::1]",
    "over-ipv6-in-full": "[0:0:0:0:0:0:0:1]",
    "mapped": "[::ffff:127.0.0.2]",
    "mapped-in-hexadecimal": "[::ffff:7f00:2]",
    "compatible": "[::127.0.0.2]",
    "by-name": "localhost",
    "by-a-name-in-capitals": "LocalHost.",
    "by-a-name-under-it": "admin.localhost",
}


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("host", LOOPBACKS.values(), ids=LOOPBACKS)
async def test_no_spelling_of_this_machine_is_connected_to(host: str, status: int) -> None:
    async with (
        serving(answering(OK), host="0.0.0.0") as inside,
        serving(answering(OK), host="::", port=inside.port) as inside_too,
        serving(answering(redirect(f"http://{host}:{inside.port}/", status))) as site,
    ):
        outcome = await probe(site.url())
    assert reasons(outcome) == [("uptime.redirect", "redirect_guarded")]
    assert "is a loopback address" in str(finding(outcome).fact("detail"))
    assert finding(outcome).blocks
    assert (inside.connections, inside_too.connections) == (0, 0)


async def test_the_lab_would_notice_a_connection() -> None:
    """What the test above counts is counted: allowed to, the check does go there."""
    async with (
        serving(answering(OK), host="0.0.0.0") as inside,
        serving(answering(redirect(f"http://127.0.0.2:{inside.port}/"))) as site,
    ):
        assert reasons(await probe(site.url(), allow_private=True)) == [("uptime.redirect", "redirect_foreign")]
    assert inside.connections == 2  # and once more before it is believed


async def test_what_may_be_reached_may_still_not_lead_to_credentials() -> None:
    async with serving(answering(redirect("http://169.254.169.254/latest/meta-data/"))) as site:
        outcome = await probe(site.url(), allow_private=True)
    assert reasons(outcome) == [("uptime.redirect", "redirect_guarded")]
    assert "is a metadata address" in str(finding(outcome).fact("detail"))


@pytest.mark.parametrize("address", ["::ffff:127.0.0.2", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "fe80::1"])
async def test_an_address_in_disguise_in_the_zone_is_dns_private(address: str) -> None:
    async with (
        serving(answering(OK), host="0.0.0.0") as server,
        name_server(always(address)) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        outcome = await probe(server.url(host=HOST), net=net)
    assert reasons(outcome) == [("uptime.down", "dns_private")]
    assert server.connections == 0


async def test_an_address_that_is_judged_is_the_one_connected_to_whatever_the_dns_says_next() -> None:
    """Each address has a visit of its own, and the zone answers otherwise every time."""
    async with (
        serving(answering(OK), host=OUTSIDE) as server,
        serving(answering(OK), host=INSIDE, port=server.port) as inside,
        name_server(moving(OUTSIDE, INSIDE, OUTSIDE, INSIDE)) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        outcome = await probe(server.url(host=HOST), net=net, allow_private=ALLOWED, ip_version="each")
    assert reasons(outcome) == [("uptime.address", "address")]
    assert (finding(outcome).subject, finding(outcome).fact("failure")) == (INSIDE, "dns_private")
    assert (server.connections, inside.connections) == (2, 0)


async def test_a_redirect_to_a_name_that_leads_inside_is_guarded() -> None:
    def leads(name: str, _kind: str, _times: int) -> Told:
        return Told(addresses=(OUTSIDE if name == HOST else "10.0.0.1",), ttl=0)

    async with (
        serving(answering(redirect("http://intranet.example/"))) as server,
        name_server(leads) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        outcome = await probe(server.url(host=HOST), net=net, allow_private=ALLOWED)
    assert reasons(outcome) == [("uptime.redirect", "redirect_guarded")]


async def test_a_name_at_a_metadata_address_is_refused_even_where_all_private_ones_are_allowed() -> None:
    async with name_server(always("169.254.169.254")) as names, open_net(nameservers=(names.address,)) as net:
        outcome = await probe(f"http://{HOST}/", net=net, allow_private=True)
        written = await probe("http://169.254.169.254/", net=net, allow_private=True)
    assert reasons(outcome) == reasons(written) == [("uptime.down", "dns_private")]


async def test_of_a_name_at_two_addresses_only_the_allowed_one_is_used_and_the_other_is_told() -> None:
    async with (
        serving(answering(OK), host="0.0.0.0") as server,
        name_server(always(INSIDE, OUTSIDE)) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        outcome = await probe(server.url(host=HOST), net=net, allow_private=ALLOWED)
    assert reasons(outcome) == [("uptime.address", "address")]
    assert finding(outcome).subject == INSIDE
    assert finding(outcome).fact("failure") == "dns_private"


async def test_a_name_without_an_address_of_the_wanted_family() -> None:
    async with name_server(always(OUTSIDE)) as names, open_net(nameservers=(names.address,)) as net:
        outcome = await probe(f"http://{HOST}/", net=net, ip_version=6, allow_private=ALLOWED)
    assert reasons(outcome) == [("uptime.down", "dns_no_address")]


async def test_a_failed_name_is_asked_again_before_it_is_believed() -> None:
    def late(_name: str, kind: str, times: int) -> Told:
        return Told(addresses=(OUTSIDE,)) if times and kind == "A" else Told(rcode=dns.rcode.SERVFAIL)

    async with (
        serving(answering(OK)) as server,
        name_server(late) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        outcome = await probe(server.url(host=HOST), net=net, allow_private=ALLOWED)
    assert reasons(outcome) == []
    assert reach(OUTSIDE).value == "loopback"
