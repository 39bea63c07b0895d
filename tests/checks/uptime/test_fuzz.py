"""Random answers through the whole check: no crash, no run past its deadline, no success on a part of a page."""

import asyncio

import dns.rcode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.texts import speaker
from checks.core.model import Observed
from checks.net import Net
from checks.net.resolve import Resolver
from checks.uptime.explain import explain
from tests.checks.net.http.test_parser import WHOLE, anything
from tests.lab.dns.server import Told, name_server
from tests.lab.http.probe import probe, reasons, seen_by
from tests.lab.http.server import Peer, serving


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=anything, ending=st.sampled_from(["close", "reset", "hang"]), pause=st.booleans())
async def test_any_answer_ends_in_an_outcome(data: bytes, ending: str, pause: bool) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        half = len(data) // 2
        await peer.send(data[:half])
        if pause:
            await asyncio.sleep(0.001)
        await peer.send(data[half:])
        if ending == "reset":
            peer.reset()
        elif ending == "hang":
            await peer.hang()

    async with serving(script) as server:
        outcome = await probe(server.url(), timeout=0.2)
    assert isinstance(outcome.answer, Observed)
    assert outcome.seconds < 2.0


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(whole=st.sampled_from(WHOLE), end=st.integers(0, 400), ending=st.sampled_from(["close", "reset"]))
async def test_a_part_of_a_page_is_down(whole: bytes, end: int, ending: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(whole[: min(end, len(whole) - 1)])
        if ending == "reset":
            peer.reset()

    async with serving(script) as server:
        ((rule, _reason),) = reasons(await probe(server.url(), timeout=1.0))
    assert rule == "uptime.down"


PLACES = ["127.0.0.2", "[::1]", "localhost", "10.0.0.1", "0x7f.1", "2130706433", "169.254.169.254", "[::ffff:7f00:1]",
          "a.example", "0", "%31", "\u24d1.example", ""]  # fmt: skip
PARTS = ["http:", "https:", "HTTP:", "ftp:", "/", "//", "\\", "?", "#", "@", ":", ":80", ":0", ":99999", "..", " ",
         "\t", "\u00e9", "%00", "%2e%2e", "u:p", *PLACES]  # fmt: skip
LOCATIONS = st.one_of(
    st.lists(st.sampled_from(PARTS), max_size=6).map("".join),
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(location=LOCATIONS, status=st.sampled_from([301, 302, 303, 307, 308]), post=st.booleans())
async def test_no_location_leads_inside(location: str, status: int, post: bool) -> None:
    """Whoever writes it, the check ends, tells, and goes nowhere but to the server that was asked for."""
    paths: list[bytes] = []

    async def script(peer: Peer) -> None:
        head = await peer.request()
        paths.append(head)
        first = len(paths) % 2
        line = f"Location: {location}".encode("utf-8", "replace") if first else b"X-A: b"
        await peer.send(b"HTTP/1.1 %d X\r\n%b\r\nContent-Length: 5\r\n\r\nhello" % (status if first else 200, line))

    names = name_server(lambda *_: Told(rcode=dns.rcode.NXDOMAIN))
    async with serving(script) as server, serving(script, host="127.0.0.2", port=server.port) as inside, names as dead:
        net = Net(resolver=Resolver(nameservers=(dead.address,)))
        outcome = await probe(server.url(), net=net, timeout=1.0, method="POST" if post else "GET")
    assert isinstance(outcome.answer, Observed), outcome.answer
    assert inside.connections == 0
    assert all(b"\r\nHost: 127.0.0.1:%d\r\n" % server.port in head for head in paths)
    for finding in outcome.answer.findings:
        assert finding.rule.id in {"uptime.redirect", "uptime.down"}
        if str(finding.fact("reason")).startswith(("connect_", "tls_")):
            assert finding.fact("host") == "127.0.0.1"  # the server's own, at another port


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=st.one_of(
        st.binary(max_size=100),
        st.tuples(st.sampled_from([20, 21, 22, 23, 24]), st.binary(max_size=80)).map(
            lambda record: bytes([record[0], 3, 3]) + len(record[1]).to_bytes(2, "big") + record[1]
        ),
    ),
    ending=st.sampled_from(["close", "reset", "hang"]),
)
async def test_any_bytes_instead_of_a_handshake_end_in_a_verdict(data: bytes, ending: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.reader.read(1)
        await peer.send(data)
        if ending == "reset":
            peer.reset()
        elif ending == "hang":
            await peer.hang()

    async with serving(script) as server:
        seen = await seen_by(server.url(scheme="https"), timeout=0.2)
        outcome = await probe(server.url(scheme="https"), timeout=0.2)
    ((rule, reason),) = reasons(outcome)
    assert (rule, reason.partition("_")[0]) == ("uptime.down", "tls")
    assert list(explain(seen, speaker("en")))
