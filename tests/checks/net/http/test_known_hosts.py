"""The second visit to a host shakes hands by hand; where that does not do, what OpenSSL says stands alone."""

import asyncio
import ssl
from pathlib import Path

import pytest

from checks.core.options import Common
from checks.net import Net
from checks.net.http import secure
from checks.net.http.client import Ask, Client
from checks.net.http.exchange import Visit
from checks.net.http.failure import Reason, Stage
from checks.parse.urls import parse
from tests.checks.net.http.test_tls import a_net, one_after_the_other, visit
from tests.lab.http.authority import HOST, Authority
from tests.lab.http.server import OK, Peer, Script, answering, serving

GOOD = answering(OK)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How each connection was secured, in order."""
    seen: list[str] = []
    make = secure._session

    def made(plan: secure.Plan) -> object:
        seen.append("hand" if plan.by_hand else "read" if plan.reading else "verify")
        return make(plan)

    monkeypatch.setattr(secure, "_session", made)
    return seen


async def visits(net: Net, port: int, authority: Authority, count: int) -> list[Visit]:
    return [await visit(net, port, authority.file) for _ in range(count)]


async def test_one_connection_by_hand_is_enough(authority: Authority, hands: list[str]) -> None:
    async with serving(GOOD, tls=authority.server()) as server:
        seen = await visits(a_net(), server.port, authority, 3)
    assert [one.failure for one in seen] == [None] * 3
    assert hands == ["verify", "hand", "hand"]
    first, *others = (one.last.handshake for one in seen)
    assert all(one == first for one in others)


async def test_a_client_with_a_certificate_goes_by_openssl(
    authority: Authority, hands: list[str], tmp_path: Path
) -> None:
    own = tmp_path / "own.pem"
    authority.ca.issue_cert("client.example").private_key_and_cert_chain_pem.write_to_path(str(own))
    net = a_net()
    trust = net.engine.trusts.of(authority.file, (str(own), ""))
    async with serving(GOOD, tls=authority.server()) as server:
        await visit(net, server.port, authority.file)
        chain = net.handshakes.last(HOST, server.port, "127.0.0.1", within=60)
        assert chain is not None
        net.engine.verdicts.keep(trust.name, HOST, chain.chain, None)
        seen = await client_of(net, authority, server.port, (str(own), "")).visit(_ask(server.port))
    assert seen.failure is None
    assert hands == ["verify", "read"]


def client_of(net: Net, authority: Authority, port: int, certificate: tuple[str, str] | None = None) -> Client:
    options = Common(ca_file=authority.file, resolve=((HOST, ("127.0.0.1",)),))
    return net.client(options, f"https://{HOST}:{port}/", certificate=certificate)


def _ask(port: int, seconds: float = 5) -> Ask:
    return Ask(url=parse(f"https://{HOST}:{port}/"), deadline=asyncio.get_running_loop().time() + seconds)


async def test_another_curve_is_left_to_openssl_and_remembered(authority: Authority, hands: list[str]) -> None:
    context = authority.server()
    context.set_ecdh_curve("secp384r1")
    async with serving(GOOD, tls=context) as server:
        seen = await visits(a_net(), server.port, authority, 4)
    assert [one.failure for one in seen] == [None] * 4
    assert hands == ["verify", "hand", "read", "read", "read"]


async def test_tls_1_2_is_never_tried_by_hand(authority: Authority, hands: list[str]) -> None:
    async with serving(GOOD, tls=authority.server(most=ssl.TLSVersion.TLSv1_2)) as server:
        seen = await visits(a_net(), server.port, authority, 3)
    assert [one.failure for one in seen] == [None] * 3
    assert hands == ["verify", "read", "read"]


async def test_a_server_that_asks_for_a_client_certificate_is_left_to_openssl(
    authority: Authority, hands: list[str]
) -> None:
    context = authority.server()
    context.load_verify_locations(authority.file)
    context.verify_mode = ssl.CERT_OPTIONAL
    async with serving(GOOD, tls=context) as server:
        seen = await visits(a_net(), server.port, authority, 3)
    assert [one.failure for one in seen] == [None] * 3
    assert hands == ["verify", "hand", "read", "read"]


async def test_a_new_chain_is_verified_and_met_by_hand_again(authority: Authority, hands: list[str]) -> None:
    net = a_net()
    async with one_after_the_other(authority.server(), authority.server()) as (server, turn):
        await visit(net, server.port, authority.file)
        turn[0] = 1
        seen = await visits(net, server.port, authority, 2)
    assert [one.failure for one in seen] == [None] * 2
    assert hands == ["verify", "hand", "verify", "hand"]


async def silent(peer: Peer) -> None:
    await peer.hang()


async def closed(peer: Peer) -> None:
    await peer.reader.read(1)


async def reset(peer: Peer) -> None:
    await peer.reader.read(1)
    peer.reset()


def saying(data: bytes) -> Script:
    async def script(peer: Peer) -> None:
        await peer.reader.read(1)
        await peer.send(data)
        await peer.reader.read()

    return script


def sometimes(bad: Script, context: ssl.SSLContext, *when: int) -> Script:
    """Behave so on these connections, counted from 0, and well on the others."""
    count = iter(range(1000))

    async def script(peer: Peer) -> None:
        if next(count) in when:
            await bad(peer)
        else:
            await peer.writer.start_tls(context)
            await GOOD(peer)

    return script


FAULTS = [
    pytest.param(closed, Reason.TLS_HANDSHAKE, id="closes"),
    pytest.param(reset, Reason.TLS_HANDSHAKE, id="resets"),
    pytest.param(saying(b"\x15\x03\x03\x00\x02\x02\x28"), Reason.TLS_HANDSHAKE, id="alert"),
    pytest.param(saying(b"\x16\x03\x03\x00\x04\x02\x00\x00\x00"), Reason.TLS_HANDSHAKE, id="an-empty-hello"),
    pytest.param(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Reason.TLS_NOT_TLS, id="http"),
    pytest.param(saying(b"\x00" * 40), Reason.TLS_NOT_TLS, id="garbage"),
]


@pytest.mark.parametrize(("bad", "reason"), FAULTS)
async def test_what_goes_wrong_by_hand_is_no_fault_of_the_site(
    bad: Script, reason: Reason, authority: Authority, hands: list[str]
) -> None:
    del reason
    async with serving(sometimes(bad, authority.server(), 1)) as server:
        seen = await visits(a_net(), server.port, authority, 3)
    assert [one.failure for one in seen] == [None] * 3
    assert hands == ["verify", "hand", "read", "read"]


@pytest.mark.parametrize(("bad", "reason"), FAULTS)
async def test_what_goes_wrong_by_openssl_too_is(
    bad: Script, reason: Reason, authority: Authority, hands: list[str]
) -> None:
    """And once it is over, the server is met by hand again."""
    async with serving(sometimes(bad, authority.server(), 1, 2)) as server:
        _, failed, good = await visits(a_net(), server.port, authority, 3)
    assert failed.failure is not None
    assert (failed.failure.stage, failed.failure.reason) == (Stage.TLS, reason)
    assert good.failure is None
    assert hands == ["verify", "hand", "read", "hand"]


async def test_silence_lasts_until_the_deadline_and_no_longer(authority: Authority, hands: list[str]) -> None:
    """The next time it is OpenSSL's turn: nobody knows whether the silence was meant for us."""
    net = a_net()
    async with serving(sometimes(silent, authority.server(), 1)) as server:
        await visit(net, server.port, authority.file)
        seen = await client_of(net, authority, server.port).visit(_ask(server.port, 0.3))
        assert seen.failure is not None
        assert (seen.failure.stage, seen.failure.reason) == (Stage.TLS, Reason.TLS_HANDSHAKE)
        assert server.connections == 2
        assert (await visit(net, server.port, authority.file)).failure is None
    assert hands == ["verify", "hand", "read"]


HEAD = b"HTTP/1.1 200 OK\r\n"
ENDINGS = {
    "cut": HEAD + b"Content-Length: 50\r\n\r\nhalf",
    "cut in a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n30\r\nhalf",
    "cut in the head": b"HTTP/1.1 200 OK\r\nContent-",
    "until the end": HEAD + b"\r\nas much as there is",
    "nothing": b"",
    "whole": OK,
    "large": HEAD + b"Content-Length: 300000\r\n\r\n" + b"x" * 300_000,
}


@pytest.mark.parametrize("how", ["close", "abort", "reset"])
@pytest.mark.parametrize("name", ENDINGS)
async def test_an_answer_ends_as_it_does_by_openssl(
    name: str, how: str, authority: Authority, hands: list[str]
) -> None:
    """`abort` leaves out the farewell of TLS."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(ENDINGS[name])
        if how == "abort":
            raw = peer.writer.get_extra_info("socket")
            raw.shutdown(1)
        elif how == "reset":
            peer.reset()

    async with serving(script, tls=authority.server()) as server:
        by_openssl, by_hand = await visits(a_net(), server.port, authority, 2)
    assert hands == ["verify", "hand"]
    if how == "reset":  # what was read by then is a race
        assert by_hand.failure is not None or name in ("whole", "large")
        return
    assert by_hand.failure == by_openssl.failure
    assert by_hand.reply == by_openssl.reply
