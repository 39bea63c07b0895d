"""Lines carry bytes whoever watches their sockets, and tell how long ago those bytes came."""

import asyncio
import errno
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest
import uvloop

from checks.net.http import line, wires
from checks.net.http.line import Line

WAYS: dict[str, tuple[Callable[[], asyncio.AbstractEventLoop], type]] = {
    # uvloop tells nobody of a socket that ended in an error, and is never left to watch one where there is epoll
    "asyncio with epoll": (asyncio.new_event_loop, wires.Wires),
    "uvloop with epoll": (uvloop.new_event_loop, wires.Wires),
    "asyncio alone": (asyncio.new_event_loop, wires.ByLoop),
}


@pytest.fixture(params=WAYS)
def runner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Runner]:
    loop_factory, expected = WAYS[request.param]
    if expected is wires.ByLoop:
        monkeypatch.delattr(select, "epoll")
    with asyncio.Runner(loop_factory=loop_factory) as made:
        assert isinstance(wires.wires_of(made.get_loop()), expected)
        yield made


class Party:
    def __init__(self) -> None:
        self.took = -1
        self.data = bytearray()
        self.late: list[int] = []
        self.error: Exception | None = None
        self.standing, self.ended = asyncio.Event(), asyncio.Event()
        self.came = asyncio.Event()

    def made(self, took: int) -> None:
        self.took = took
        self.standing.set()

    def heard(self, data: bytes, late: int) -> None:
        self.data += data
        self.late.append(late)
        self.came.set()

    def over(self, error: Exception | None) -> None:
        self.error = error
        self.ended.set()


def serve(answer: Callable[[socket.socket], None], family: int = socket.AF_INET) -> tuple[str, int, threading.Thread]:
    listening = socket.socket(family)
    listening.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
    listening.listen()

    def one() -> None:
        with listening:
            listening.settimeout(5)
            peer, _address = listening.accept()
            with peer:
                answer(peer)

    thread = threading.Thread(target=one)
    thread.start()
    address, port = listening.getsockname()[:2]
    return address, port, thread


async def opened(address: str, port: int) -> tuple[Line, Party]:
    party = Party()
    line = Line(party, asyncio.get_running_loop())
    line.open(address, port)
    async with asyncio.timeout(5):
        await party.standing.wait()
    return line, party


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6], ids=["IPv4", "IPv6"])
def test_what_is_said_and_heard(runner: asyncio.Runner, family: int) -> None:
    def answers(peer: socket.socket) -> None:
        peer.sendall(peer.recv(100).upper())

    async def talk() -> Party:
        line, party = await opened(address, port)
        line.say(b"hello")
        async with asyncio.timeout(5):
            await party.ended.wait()
        assert line.closed
        return party

    address, port, thread = serve(answers, family)
    party = runner.run(talk())
    thread.join()
    assert (bytes(party.data), party.error) == (b"HELLO", None)
    assert 0 < party.took < 5_000_000_000


def test_more_than_the_kernel_takes_at_once_in_both_directions(runner: asyncio.Runner) -> None:
    whole = bytes(range(256)) * 40_000

    def answers(peer: socket.socket) -> None:
        got = bytearray()
        while len(got) < 2 * len(whole):
            got += peer.recv(100_000)
        peer.sendall(got)

    async def talk() -> Party:
        line, party = await opened(address, port)
        line.say(whole)
        line.say(whole)
        async with asyncio.timeout(20):
            await party.ended.wait()
        return party

    address, port, thread = serve(answers)
    party = runner.run(talk())
    thread.join()
    assert bytes(party.data) == whole + whole
    assert party.error is None


def test_nobody_listens(runner: asyncio.Runner) -> None:
    async def knock() -> Party:
        party = Party()
        Line(party, asyncio.get_running_loop()).open("127.0.0.1", port)
        async with asyncio.timeout(5):
            await party.ended.wait()
        return party

    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        party = runner.run(knock())
    assert isinstance(party.error, ConnectionRefusedError)
    assert party.took == -1


def test_words_before_a_reset_are_heard(runner: asyncio.Runner) -> None:
    def answers(peer: socket.socket) -> None:
        peer.sendall(b"last words")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    async def talk() -> Party:
        _line, party = await opened(address, port)
        async with asyncio.timeout(5):
            await party.ended.wait()
        return party

    address, port, thread = serve(answers)
    party = runner.run(talk())
    thread.join()
    assert isinstance(party.error, ConnectionResetError)


def test_words_to_one_who_is_gone_end_in_a_reset(runner: asyncio.Runner) -> None:
    def answers(peer: socket.socket) -> None:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    async def talk() -> Party:
        line, party = await opened(address, port)
        await asyncio.get_running_loop().run_in_executor(None, thread.join)
        for _ in range(3):
            line.say(b"still there?")
        async with asyncio.timeout(5):
            await party.ended.wait()
        line.say(b"and now?")
        return party

    address, port, thread = serve(answers)
    party = runner.run(talk())
    assert isinstance(party.error, OSError)


@pytest.mark.skipif(sys.platform != "linux", reason="stamps are Linux's")
def test_bytes_that_waited_for_a_busy_loop_are_told_as_old_as_they_are(runner: asyncio.Runner) -> None:
    sent: list[int] = []
    told = threading.Event()

    def answers(peer: socket.socket) -> None:
        peer.recv(100)
        sent.append(time.perf_counter_ns())
        peer.sendall(b"early")
        told.set()
        peer.recv(100)

    def stand_still() -> None:
        told.wait()
        time.sleep(0.1)

    async def talk() -> tuple[Party, int]:
        line, party = await opened(address, port)
        line.say(b"?")
        stand_still()
        async with asyncio.timeout(5):
            await party.came.wait()
        heard = time.perf_counter_ns()
        line.close()
        return party, heard

    address, port, thread = serve(answers)
    party, heard = runner.run(talk())
    thread.join()
    assert 100_000_000 <= party.late[0] <= heard - sent[0]


@pytest.fixture
def ignorant(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A kernel that knows neither stamps nor TCP_INFO, as that of a sandbox."""
    known = socket.socket.setsockopt, socket.socket.getsockopt

    def setsockopt(self: socket.socket, level: int, option: int, value: int | bytes) -> None:
        if level == socket.SOL_SOCKET and option == line._STAMP:
            raise OSError(errno.ENOPROTOOPT, "Protocol not available")
        known[0](self, level, option, value)

    def getsockopt(self: socket.socket, level: int, option: int, *size: int) -> int | bytes:
        if level == socket.IPPROTO_TCP and option == line._TCP_INFO:
            raise OSError(errno.ENOPROTOOPT, "Protocol not available")
        return known[1](self, level, option, *size)

    monkeypatch.setattr(socket.socket, "setsockopt", setsockopt)
    monkeypatch.setattr(socket.socket, "getsockopt", getsockopt)
    held = line._stamping()
    if held is not None:
        held.close()
    line._stamping.cache_clear()
    yield
    line._stamping.cache_clear()


@pytest.mark.usefixtures("ignorant")
def test_a_kernel_that_tells_no_times_carries_bytes_all_the_same(runner: asyncio.Runner) -> None:
    test_what_is_said_and_heard(runner, socket.AF_INET)


def test_a_party_that_closes_while_it_is_told_is_told_no_more(runner: asyncio.Runner) -> None:
    def answers(peer: socket.socket) -> None:
        with suppress(ConnectionError):
            peer.sendall(b"a" * 200_000)

    async def talk() -> Party:
        class Leaving(Party):
            def heard(self, data: bytes, late: int) -> None:
                super().heard(data, late)
                line.close()

        party = Leaving()
        line = Line(party, asyncio.get_running_loop())
        line.open(address, port)
        async with asyncio.timeout(5):
            await party.came.wait()
        await asyncio.sleep(0.05)
        return party

    address, port, thread = serve(answers)
    party = runner.run(talk())
    thread.join()
    assert len(party.late) == 1
    assert not party.ended.is_set()
