"""Connections are kept open for whoever asks for it, and one that died meanwhile costs nothing but a new one."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from checks.core.options import Common
from checks.net import Net, open_net
from checks.net.http import pool
from checks.net.http.client import Ask
from checks.net.http.exchange import Visit
from checks.net.http.failure import Reason
from checks.parse.urls import parse
from tests.lab.http.authority import HOST, Authority
from tests.lab.http.server import Peer, serving

KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


async def answers_for_ever(peer: Peer) -> None:
    while True:
        await peer.request()
        await peer.send(KEPT)


async def answers_once_and_closes_later(peer: Peer) -> None:
    await peer.request()
    await peer.send(KEPT)
    await peer.reader.read(1)  # the second request begins
    peer.reset()


async def visit(net: Net, url: str, options: Common | None = None, method: str = "GET") -> Visit:
    ask = Ask(url=parse(url), deadline=asyncio.get_running_loop().time() + 2, keep_alive=True, method=method)
    return await net.client(options or Common(), url).visit(ask)


async def test_one_connection_serves_many_requests() -> None:
    async with serving(answers_for_ever) as server:
        async with open_net() as net:
            for number in range(5):
                seen = await visit(net, server.url(f"/{number}"))
                assert seen.failure is None
                assert seen.reply is not None
                assert seen.reply.body == b"hello"
        assert server.connections == 1


async def test_tls_is_shaken_once(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    options = Common(ca_file=authority.file, resolve=((HOST, ("127.0.0.1",)),))
    async with serving(answers_for_ever, tls=authority.server()) as server, open_net() as net:
        first = await visit(net, server.url(host=HOST, scheme="https"), options)
        second = await visit(net, server.url(host=HOST, scheme="https"), options)
    assert server.connections == 1
    assert first.last.phases.tls > 0
    assert second.last.phases.tls < first.last.phases.tls
    assert second.last.handshake is not None


async def test_a_connection_that_died_meanwhile_is_replaced() -> None:
    async with serving(answers_once_and_closes_later) as server, open_net() as net:
        for _ in range(3):
            assert (await visit(net, server.url())).failure is None
        assert server.connections == 3


async def test_a_connection_closed_while_it_rests_is_forgotten() -> None:
    closed = asyncio.Event()

    async def closes(peer: Peer) -> None:
        await peer.request()
        await peer.send(KEPT)
        peer.writer.close()
        await peer.writer.wait_closed()
        closed.set()

    async with serving(closes) as server, open_net() as net:
        assert (await visit(net, server.url())).failure is None
        await closed.wait()
        while net.engine.pool._held:  # noqa: ASYNC110 - the pool tells nobody
            await asyncio.sleep(0)
        assert (await visit(net, server.url())).failure is None


async def test_a_post_never_rides_on_a_connection_that_may_be_dead() -> None:
    async with serving(answers_for_ever) as server, open_net() as net:
        for _ in range(2):
            assert (await visit(net, server.url(), method="POST")).failure is None
        assert server.connections == 2


async def test_no_connection_is_shared_with_another_trust(tmp_path: Path) -> None:
    """What one check believes is nothing to another: it shakes hands for itself, and refuses."""
    authority, other = Authority.make(tmp_path), Authority.make(tmp_path, "other")
    resolve = ((HOST, ("127.0.0.1",)),)
    async with serving(answers_for_ever, tls=authority.server()) as server, open_net() as net:
        url = server.url(host=HOST, scheme="https")
        first = await visit(net, url, Common(ca_file=authority.file, resolve=resolve))
        second = await visit(net, url, Common(ca_file=other.file, resolve=resolve))
    assert first.failure is None
    assert second.failure is not None
    assert second.failure.reason is Reason.TLS_UNTRUSTED


async def test_no_connection_is_shared_with_another_name_at_the_same_address(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    async with serving(answers_for_ever, tls=authority.server(HOST)) as server, open_net() as net:
        failures = []
        for host in (HOST, "other.example"):
            options = Common(ca_file=authority.file, resolve=((host, ("127.0.0.1",)),))
            failures.append((await visit(net, server.url(host=host, scheme="https"), options)).failure)
    assert failures[0] is None
    assert failures[1] is not None
    assert failures[1].reason is Reason.TLS_WRONG_HOST


async def test_what_has_no_room_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_OF_A_PLACE", 2)
    gate, waiting = asyncio.Event(), [0]

    async def answers_together(peer: Peer) -> None:
        await peer.request()
        waiting[0] += 1
        if waiting[0] == 5:
            gate.set()
        await gate.wait()
        await peer.send(KEPT)
        await peer.reader.read(1)

    async with serving(answers_together) as server, open_net() as net:
        done = await asyncio.gather(*(visit(net, server.url()) for _ in range(5)))
        assert all(one.failure is None for one in done)
        assert server.connections == 5
        assert net.engine.pool._held == 2


async def test_what_rests_too_long_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "IDLE", 0.0)
    gone = asyncio.Event()

    async def notices(peer: Peer) -> None:
        await peer.request()
        await peer.send(KEPT)
        with suppress(ConnectionError):
            await peer.reader.read(1)
        gone.set()

    async with serving(notices) as server, open_net() as net:
        assert (await visit(net, server.url())).failure is None
        await gone.wait()
        assert net.engine.pool._held == 0
