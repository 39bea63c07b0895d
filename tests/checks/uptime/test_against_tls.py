"""Certificates and handshakes, good and bad, through the whole check."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.lab.http.authority import DAY, HOST, Authority, self_signed
from tests.lab.http.probe import finding, measure, probe, reasons
from tests.lab.http.server import OK, Peer, answering, serving

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


async def test_an_unknown_authority() -> None:
    async with serving(answering(OK), tls=self_signed()) as server:
        outcome = await probe(server.url(host=HOST, scheme="https"), resolve=RESOLVE)
    assert reasons(outcome) == [("uptime.down", "tls_untrusted")]


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
