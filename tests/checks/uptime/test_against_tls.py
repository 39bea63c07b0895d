"""Certificates and handshakes, good and bad, through the whole check."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checks.core.model import Layer, Presence
from checks.core.secret import Secret
from checks.net.http.exchange import Oddity
from tests.lab.http.authority import DAY, HOST, Authority, self_signed, unknown
from tests.lab.http.probe import finding, measure, observed, probe, reasons, seen_by
from tests.lab.http.server import OK, Peer, answering, redirect, serving

RESOLVE = ((HOST, ("127.0.0.1",)),)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path)


async def test_a_good_certificate_is_up_and_measured(authority: Authority) -> None:
    async with serving(answering(OK), tls=authority.server()) as server:
        outcome = await probe(server.url(host=HOST, scheme="https"), ca_file=authority.file, resolve=RESOLVE)
    assert reasons(outcome) == []
    assert measure(outcome, "probe_http_ssl") == 1
    assert measure(outcome, "probe_tls_version_info", version="TLS 1.3") == 1
    assert (measure(outcome, "probe_ssl_earliest_cert_expiry") or 0) > datetime.now(UTC).timestamp()


async def test_an_expired_certificate_is_down_and_its_end_still_measured(authority: Authority) -> None:
    ended = (datetime.now(UTC) - timedelta(hours=1)).replace(microsecond=0)
    context = authority.server(HOST, not_before=ended - DAY, not_after=ended)
    async with serving(answering(OK), tls=context) as server:
        outcome = await probe(server.url(host=HOST, scheme="https"), ca_file=authority.file, resolve=RESOLVE)
    assert reasons(outcome) == [("uptime.down", "tls_expired")]
    assert measure(outcome, "probe_ssl_earliest_cert_expiry") == ended.timestamp()
    assert measure(outcome, "probe_http_ssl") == 0
    assert finding(outcome).fact("certificate_not_after") == ended.isoformat()
    assert {one.kind.value for one in finding(outcome).shares} == {"address", "certificate"}


async def test_a_certificate_of_tomorrow(authority: Authority) -> None:
    context = authority.server(HOST, not_before=datetime.now(UTC) + DAY, not_after=datetime.now(UTC) + 2 * DAY)
    async with serving(answering(OK), tls=context) as server:
        outcome = await probe(server.url(host=HOST, scheme="https"), ca_file=authority.file, resolve=RESOLVE)
    assert reasons(outcome) == [("uptime.down", "tls_not_yet_valid")]


async def test_a_certificate_for_another_name(authority: Authority) -> None:
    async with serving(answering(OK), tls=authority.server("other.example")) as server:
        outcome = await probe(server.url(host=HOST, scheme="https"), ca_file=authority.file, resolve=RESOLVE)
    assert reasons(outcome) == [("uptime.down", "tls_wrong_host")]


@pytest.mark.parametrize(
    ("context", "reason"),
    [(unknown, "tls_untrusted"), (self_signed, "tls_self_signed")],
    ids=["unknown", "self-signed"],
)
async def test_an_authority_that_nobody_knows(context: Callable[[], ssl.SSLContext], reason: str) -> None:
    async with serving(answering(OK), tls=context()) as server:
        outcome = await probe(server.url(host=HOST, scheme="https"), resolve=RESOLVE)
    assert reasons(outcome) == [("uptime.down", reason)]
    assert finding(outcome).layer is Layer.TLS
    assert (measure(outcome, "probe_ssl_earliest_cert_expiry") or 0) > 0


async def test_the_evidence_says_whose_certificate_it_was(authority: Authority) -> None:
    async with serving(answering(OK), tls=authority.server("other.example", "www.other.example")) as server:
        outcome = await probe(server.url(host=HOST, scheme="https"), ca_file=authority.file, resolve=RESOLVE)
    one = finding(outcome)
    assert one.fact("names") == ("other.example", "www.other.example")
    assert "trustme" in str(one.fact("issuer"))
    assert str(one.fact("tls")).startswith("TLSv1.3 ")


async def test_the_certificate_that_ends_first_is_measured_over_every_hop(authority: Authority) -> None:
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    first, second = authority.server(HOST, not_after=soon), authority.server("www.acme.example")
    resolve = (*RESOLVE, ("www.acme.example", ("127.0.0.1",)))
    async with (
        serving(answering(OK), tls=second) as target,
        serving(answering(redirect(target.url(host="www.acme.example", scheme="https"))), tls=first) as server,
    ):
        outcome = await probe(server.url(host=HOST, scheme="https"), ca_file=authority.file, resolve=resolve)
    assert reasons(outcome) == []
    assert measure(outcome, "probe_ssl_earliest_cert_expiry") == soon.timestamp()
    assert measure(outcome, "probe_http_redirects") == 1


async def test_the_certificate_that_ends_first_is_measured_over_every_address(authority: Authority) -> None:
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    async with (
        serving(answering(OK), tls=authority.server()) as server,
        serving(answering(OK), tls=authority.server(not_after=soon), host="127.0.0.2", port=server.port),
    ):
        outcome = await probe(
            server.url(host=HOST, scheme="https"),
            ca_file=authority.file,
            resolve=((HOST, ("127.0.0.1", "127.0.0.2")),),
            ip_version="each",
        )
    assert reasons(outcome) == []
    assert measure(outcome, "probe_ssl_earliest_cert_expiry") == soon.timestamp()


async def test_an_address_whose_certificate_has_ended_is_told_alone(authority: Authority) -> None:
    ended = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    async with (
        serving(answering(OK), tls=authority.server()) as server,
        serving(
            answering(OK),
            tls=authority.server(not_before=ended - DAY, not_after=ended),
            host="127.0.0.2",
            port=server.port,
        ),
    ):
        outcome = await probe(
            server.url(host=HOST, scheme="https"),
            ca_file=authority.file,
            resolve=((HOST, ("127.0.0.1", "127.0.0.2")),),
            ip_version="each",
        )
    assert reasons(outcome) == [("uptime.address", "address")]
    assert (finding(outcome).subject, finding(outcome).fact("failure")) == ("127.0.0.2", "tls_expired")
    assert measure(outcome, "probe_ssl_earliest_cert_expiry") == ended.timestamp()


async def test_each_hop_is_asked_for_by_its_own_name(authority: Authority) -> None:
    """The name in SNI, on the certificate and in Host is the hop's, never the first one's."""
    named: list[str | None] = []
    context = authority.server("www.acme.example")
    context.sni_callback = lambda _tls, name, _context: named.append(name)
    resolve = (*RESOLVE, ("www.acme.example", ("127.0.0.1",)))
    async with (
        serving(answering(OK), tls=context) as target,
        serving(
            answering(redirect(target.url(host="www.acme.example", scheme="https"))), tls=authority.server(HOST)
        ) as server,
    ):
        outcome = await probe(server.url(host=HOST, scheme="https"), ca_file=authority.file, resolve=resolve)
        assert f"\r\nHost: www.acme.example:{target.port}\r\n".encode() in target.heads[0]
    assert reasons(outcome) == []
    assert named == ["www.acme.example"]


async def test_a_host_that_the_operator_writes_is_asked_for_and_held_to(authority: Authority) -> None:
    host = (("Host", Secret(text="www.acme.example")),)
    async with serving(answering(OK), tls=authority.server("www.acme.example")) as server:
        url = server.url(host=HOST, scheme="https")
        named = await probe(url, ca_file=authority.file, resolve=RESOLVE, headers=host)
        assert b"\r\nHost: www.acme.example\r\n" in server.heads[0]
        plain = await probe(url, ca_file=authority.file, resolve=RESOLVE)
    assert reasons(named) == []
    assert reasons(plain) == [("uptime.down", "tls_wrong_host")]


@pytest.mark.parametrize("host", ["", "a b", "[::1", "a" * 300, "\u00e9" * 80])
async def test_a_host_that_is_none_is_sent_as_it_is_written(host: str, authority: Authority) -> None:
    async with serving(answering(OK), tls=authority.server()) as server:
        outcome = await probe(
            server.url(host=HOST, scheme="https"),
            ca_file=authority.file,
            resolve=RESOLVE,
            headers=(("Host", Secret(text=host)),),
        )
    assert reasons(outcome) == []
    assert f"\r\nHost: {host}\r\n".encode() in server.heads[0]


async def test_a_redirect_from_https_to_http_is_told_and_stops_nobody(authority: Authority) -> None:
    async with (
        serving(answering(OK)) as plain,
        serving(answering(redirect(plain.url(host=HOST))), tls=authority.server()) as server,
    ):
        outcome = await probe(server.url(host=HOST, scheme="https"), ca_file=authority.file, resolve=RESOLVE)
    assert reasons(outcome) == [("uptime.redirect", "redirect_downgrade")]
    assert not finding(outcome).blocks
    assert measure(outcome, "probe_http_status_code") == 200
    assert outcome.presence("uptime.content", "uptime") is Presence.ABSENT  # the page that came was read


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param("www.acme.example", [], id="same-owner"),
        pytest.param("acme.example", [], id="the-bare-domain"),
        pytest.param("elsewhere.example", [("uptime.redirect", "redirect_foreign")], id="another-owner"),
        pytest.param("acme.co.example", [("uptime.redirect", "redirect_foreign")], id="another-ending"),
    ],
)
async def test_a_redirect_to_another_owner_is_told(other: str, expected: list[tuple[str, str]]) -> None:
    resolve = (*RESOLVE, (other, ("127.0.0.1",)))
    async with serving(answering(OK)) as target, serving(answering(redirect(target.url(host=other)))) as server:
        outcome = await probe(server.url(host=HOST), resolve=resolve)
    assert reasons(outcome) == expected
    assert not any(one.blocks for one in observed(outcome).findings)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n<p>hello", [], id="until-close"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n<p>hello", [], id="whole"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<p>hello", [("uptime.down", "truncated")], id="cut"),
        pytest.param(b"HTTP/1.1 200 OK\r\nConte", [("uptime.down", "truncated")], id="in-the-head"),
        pytest.param(b"", [("uptime.down", "truncated")], id="before-a-word"),
    ],
)
async def test_a_connection_that_ends_without_notice(
    answer: bytes, expected: list[tuple[str, str]], authority: Authority
) -> None:
    """Browsers show what came; only the length, where one was said, tells a part from the whole."""

    async def abrupt(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer)
        peer.writer.transport.abort()

    async with serving(abrupt, tls=authority.server()) as server:
        url = server.url(host=HOST, scheme="https")
        outcome = await probe(url, ca_file=authority.file, resolve=RESOLVE)
        seen = await seen_by(url, ca_file=authority.file, resolve=RESOLVE)
    assert reasons(outcome) == expected
    if b"\r\n\r\n<" in answer and b"Length" not in answer:
        assert seen.visit.reply is not None
        assert Oddity.NO_CLOSE_NOTIFY in seen.visit.reply.oddities


async def test_what_is_said_of_tls_is_nothing_to_a_plain_site(tmp_path: Path) -> None:
    async with serving(answering(OK)) as server:
        assert reasons(await probe(server.url(), ca_file=str(tmp_path / "none.pem"))) == []


async def test_every_phase_is_there_also_when_it_took_no_time(authority: Authority) -> None:
    async with serving(answering(OK)) as plain, serving(answering(OK), tls=authority.server()) as secure:
        without = await probe(plain.url())
        within = await probe(secure.url(host=HOST, scheme="https"), ca_file=authority.file, resolve=RESOLVE)
    for outcome in (without, within):
        spent = [m.labels for m in observed(outcome).measures if m.name == "probe_http_duration_seconds"]
        assert spent == [(("phase", name),) for name in ("resolve", "connect", "tls", "processing", "transfer")]
    assert measure(without, "probe_http_duration_seconds", phase="tls") == 0
    assert (measure(within, "probe_http_duration_seconds", phase="tls") or 0) > 0


async def test_a_port_that_speaks_plain_http(authority: Authority) -> None:
    async def plain(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await peer.hang()

    async with serving(plain) as server:
        outcome = await probe(server.url(host=HOST, scheme="https"), ca_file=authority.file, resolve=RESOLVE)
    assert reasons(outcome) == [("uptime.down", "tls_not_tls")]


@pytest.mark.parametrize("how", ["closes", "resets", "hangs", "alerts"])
async def test_a_handshake_that_fails(how: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.reader.read(1)
        match how:
            case "resets":
                peer.reset()
            case "hangs":
                await peer.hang()
            case "alerts":
                await peer.send(bytes.fromhex("15030300020228"))  # handshake_failure
                await peer.hang()

    async with serving(script) as server:
        outcome = await probe(server.url(host=HOST, scheme="https"), resolve=RESOLVE, timeout=0.5)
    assert reasons(outcome) == [("uptime.down", "tls_handshake")]


async def test_an_address_as_target_is_checked_against_the_certificate(authority: Authority) -> None:
    async with serving(answering(OK), tls=authority.server()) as server:
        outcome = await probe(server.url(scheme="https"), ca_file=authority.file)
    assert reasons(outcome) == []
