"""A fault of ours says nothing about the site: the run is unobserved, or ends with our own cancellation."""

import asyncio
import errno
import gzip
import os
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dns.rcode
import pytest
import uvloop

from checks.core.errors import CannotLook
from checks.core.model import Outcome, Unobserved
from checks.core.secret import Secret
from checks.net import open_net
from checks.net.http.parser import Answer
from checks.net.resolve import Resolver
from tests.lab.dns.server import Told, name_server
from tests.lab.http.authority import HOST, Authority, hashed
from tests.lab.http.probe import observed, probe
from tests.lab.http.server import OK, Peer, answering, serving

LOOPS = [pytest.param(asyncio.new_event_loop, id="asyncio"), pytest.param(uvloop.new_event_loop, id="uvloop")]


def cause(outcome: Outcome) -> str:
    assert isinstance(outcome.answer, Unobserved), outcome.answer
    return outcome.answer.cause


@contextmanager
def no_more_descriptors(spare: int = 0) -> Iterator[None]:
    """Leave room for `spare` more files and sockets."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(entry.name) for entry in Path("/dev/fd").iterdir() if entry.name.isdigit())
    held = [os.dup(0) for _ in range(4)]  # fill the gaps below the limit
    while held[-1] < highest:
        held.append(os.dup(0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(held) + 1 + spare, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for one in held:
            os.close(one)


@pytest.mark.parametrize("loop_factory", LOOPS)
def test_no_descriptor_left(loop_factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def main() -> Outcome:
        async with serving(answering(OK)) as server, open_net() as net:
            assert observed(await probe(server.url(), net=net)).findings == ()
            with no_more_descriptors():
                return await probe(server.url(), net=net)

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        assert cause(runner.run(main())) == "resources"


async def test_no_descriptor_left_to_read_the_roots_with_spoils_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority.make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", authority.file)
    async with serving(answering(OK), tls=authority.server()) as server, open_net() as net:
        url, resolve = server.url(host=HOST, scheme="https"), ((HOST, ("127.0.0.1",)),)
        with no_more_descriptors():
            assert cause(await probe(url, net=net, resolve=resolve)) == "resources"
        assert observed(await probe(url, net=net, resolve=resolve)).findings == ()


async def test_a_chain_is_not_called_bad_because_no_descriptor_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenSSL alone would look for the root in the folder now, find that it cannot open it, and go on without."""
    authority = Authority.make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(hashed(authority, tmp_path / "roots")))
    async with serving(answering(OK), tls=authority.server()) as server, open_net() as net:
        url, resolve = server.url(host=HOST, scheme="https"), ((HOST, ("127.0.0.1",)),)
        net.engine.trusts.of()
        await probe("http://127.0.0.1:1/", net=net)  # what a loop's first connection needs is there
        with no_more_descriptors(spare=2):  # for both ends of the connection
            outcome = await probe(url, net=net, resolve=resolve)
    assert observed(outcome).findings == ()


async def test_a_name_of_the_hosts_file_is_not_looked_for_elsewhere_when_that_cannot_be_read(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 intranet.acme.example\n")
    async with name_server(lambda *_: Told(rcode=dns.rcode.NXDOMAIN)) as names:
        resolver = Resolver(nameservers=(names.address,), hosts=hosts)
        deadline = asyncio.get_running_loop().time() + 2
        with no_more_descriptors(), pytest.raises(CannotLook) as caught:
            await resolver.addresses("intranet.acme.example", deadline)
        assert caught.value.cause == "resources"
        assert (await resolver.addresses("intranet.acme.example", deadline)).found == ("127.0.0.1",)
    assert names.asked == []


async def test_no_descriptor_left_to_ask_the_dns_with() -> None:
    async with (
        name_server(lambda *_: Told(addresses=("127.0.0.1",))) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        await probe("http://other.acme.example/", net=net)  # the library is loaded
        with no_more_descriptors():
            outcome = await probe("http://shop.acme.example/", net=net, timeout=1.0)
    assert cause(outcome) in {"resolver", "resources"}


@pytest.mark.parametrize(
    "number", [errno.EMFILE, errno.ENOBUFS, errno.ENOSPC, errno.EADDRNOTAVAIL, errno.EPERM, errno.EACCES]
)
async def test_a_connection_that_this_machine_does_not_let_out(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect_ex", lambda *_: number)
    assert cause(await probe("http://127.0.0.1:1/")) == "resources"


@pytest.mark.parametrize("loop_factory", LOOPS)
@pytest.mark.parametrize(("error", "expected"), [(MemoryError(), "resources"), (ZeroDivisionError(), "bug")], ids=str)
def test_an_error_in_the_middle_of_an_answer(
    loop_factory: Callable[[], asyncio.AbstractEventLoop],
    error: Exception,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(_self: Answer, _data: bytes, _at: int) -> None:
        raise error

    async def main() -> Outcome:
        async with serving(answering(OK)) as server:
            return await probe(server.url())

    monkeypatch.setattr(Answer, "feed", breaks)
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        assert cause(runner.run(main())) == expected


async def test_a_resolver_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("library fault")

    monkeypatch.setattr(Resolver, "addresses", breaks)
    assert cause(await probe("http://shop.acme.example/")) == "bug"


async def test_no_name_server_listens() -> None:
    async with open_net(nameservers=("127.0.0.1:1",)) as net:
        assert cause(await probe("http://shop.acme.example/", net=net, timeout=1.0)) == "resolver"


async def test_a_family_that_nobody_answers_on_is_out_of_the_run() -> None:
    async with (
        name_server(lambda *_: Told(addresses=("2606:4700::1111",))) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        net.families.mark_silent(frozenset({6}))
        assert cause(await probe("http://shop.acme.example/", net=net)) == "no_ipv6"


async def test_an_address_of_a_family_that_is_out_is_untested_beside_one_that_answers() -> None:
    addresses = ("2606:4700::1111", "127.0.0.1")
    async with (
        serving(answering(OK)) as server,
        name_server(lambda *_: Told(addresses=addresses)) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        net.families.mark_silent(frozenset({6}))
        for version in ("any", "each"):
            outcome = await probe(
                server.url(host="shop.acme.example"), net=net, allow_private=("127.0.0.1/32",), ip_version=version
            )
            assert observed(outcome).findings == ()
            assert [(u.subject, u.cause) for u in observed(outcome).untested] == [("2606:4700::1111", "no_ipv6")]


async def test_a_trust_file_and_a_secret_that_are_not_there(tmp_path: Path) -> None:
    missing = await probe("https://127.0.0.1:1/", ca_file=str(tmp_path / "none.pem"))
    assert cause(missing) == "configuration"
    (tmp_path / "empty.pem").write_text("no certificate")
    assert cause(await probe("https://127.0.0.1:1/", ca_file=str(tmp_path / "empty.pem"))) == "configuration"
    secret = Secret(text="${VIGIE_LAB_NOT_SET}")
    assert cause(await probe("http://127.0.0.1:1/", headers=(("X-A", secret),))) == "configuration"


@pytest.mark.parametrize(
    "target", ["http://", "ftp://a.example/", "http://a b/", "http://a.example:99999/", "nonsense"]
)
async def test_a_target_that_is_no_address(target: str) -> None:
    assert cause(await probe(target)) == "configuration"


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="/proc says how much memory is used")
async def test_memory_that_gives_out_while_a_page_is_decoded() -> None:
    body = gzip.compress(bytes(50_000_000), 1)  # more at once than the heap ever takes from what was freed
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    async with serving(answering(answer)) as server:
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        before = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (used + 20_000_000, before[1]))
        try:
            outcome = await probe(server.url(), max_bytes=200_000_000)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, before)
    assert cause(outcome) == "resources"


@pytest.mark.parametrize("where", ["dns", "handshake", "head", "body", "second-look"])
async def test_cancellation_escapes_wherever_a_run_is(where: str) -> None:
    reached = asyncio.Event()

    def asked(_name: str, _kind: str, _times: int) -> Told | None:
        if where == "dns":
            reached.set()
            return None
        return Told(addresses=("127.0.0.1",))

    async def script(peer: Peer) -> None:
        if where == "handshake":
            await peer.reader.read(1)
        elif where == "body":
            await peer.request()
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf")
        elif where == "second-look":
            peer.reset()
        else:
            await peer.request()
        reached.set()
        await peer.hang()

    scheme = "https" if where == "handshake" else "http"
    async with (
        serving(script) as server,
        name_server(asked) as names,
        open_net(nameservers=(names.address,)) as net,
    ):
        url = server.url(host="shop.acme.example", scheme=scheme)
        running = asyncio.create_task(probe(url, net=net, timeout=30.0, recheck_wait=30.0, allow_private=True))
        await reached.wait()
        await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_cancellation_escapes_and_closes_the_connection() -> None:
    asked, gone = asyncio.Event(), asyncio.Event()

    async def waits(peer: Peer) -> None:
        await peer.request()
        asked.set()
        try:
            await peer.reader.read(1)
        finally:
            gone.set()

    async with serving(waits) as server:
        running = asyncio.create_task(probe(server.url(), timeout=30.0))
        await asked.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await gone.wait()
