"""References are asked over the real network: any HTTP answer counts, and its Date tells the time."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from agent.uplink.references import Asker, Heard, Reference, is_local, offset
from checks.core.options import Common
from checks.net import open_net

HERE = Common(allow_private=True)


@asynccontextmanager
async def server(answer: bytes | None) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is not None:
            writer.write(answer)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as one:
        yield f"http://127.0.0.1:{one.sockets[0].getsockname()[1]}/"


async def hear(url: str, family: int | None = None) -> Heard | None:
    async with open_net() as net:
        return await Asker(net).hear(Reference(url=url, options=HERE), family)


def told(date: datetime, *more: str) -> bytes:
    lines = ["HTTP/1.1 404 Not Found", f"Date: {format_datetime(date, usegmt=True)}", "Content-Length: 0", *more]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.mark.parametrize("status", [200, 301, 404, 500, 503])
async def test_any_http_answer_counts(status: int) -> None:
    async with server(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode()) as url:
        assert await hear(url) == Heard(ahead=None)


async def test_a_closed_connection_and_a_closed_port_do_not() -> None:
    async with server(None) as url:
        assert await hear(url) is None
    assert await hear(url) is None


async def test_a_family_that_is_not_there_does_not_answer() -> None:
    async with server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as url:
        assert await hear(url, 4) is not None
        assert await hear(url, 6) is None


@pytest.mark.parametrize("url", ["http://", "http://no-such-name.invalid/"])
async def test_what_leads_nowhere_does_not_answer(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "sendto", refuse)
    monkeypatch.setattr("agent.uplink.references.PATIENCE", 0.5)
    assert await hear(url) is None


@pytest.mark.parametrize(
    ("off", "more"),
    [
        pytest.param(timedelta(), (), id="a-clock-that-is-right"),
        pytest.param(timedelta(hours=1), (), id="a-clock-an-hour-ahead"),
        pytest.param(timedelta(hours=-1), (), id="a-clock-an-hour-behind"),
        pytest.param(timedelta(), ("Age: 600",), id="an-answer-that-a-cache-kept"),
    ],
)
async def test_the_date_tells_how_far_our_clock_is_off(off: timedelta, more: tuple[str, ...]) -> None:
    kept = timedelta(seconds=600) if more else timedelta()
    async with server(told(datetime.now(UTC) - off - kept, *more)) as url:
        heard = await hear(url)
    assert heard is not None
    assert heard.ahead is not None
    assert abs(heard.ahead - off) < timedelta(seconds=5)


@pytest.mark.parametrize("line", ["Date: yesterday", "Date: Tue, 24 Nov 2026 10:00:00 GMT\r\nAge: old", "X: y"])
async def test_a_date_that_tells_nothing_is_no_date(line: str) -> None:
    async with server(f"HTTP/1.1 200 OK\r\n{line}\r\nContent-Length: 0\r\n\r\n".encode()) as url:
        assert await hear(url) == Heard(ahead=None)


def test_the_offset_is_what_most_tell() -> None:
    heard = [Heard(ahead=timedelta(seconds=second)) for second in (1, 2, 4000)]
    assert offset([*heard, None, Heard(ahead=None)]) == timedelta(seconds=2)
    assert offset([None]) is None


@pytest.mark.parametrize(
    ("addresses", "local"),
    [
        pytest.param(["127.0.0.1", "10.1.2.3", "fd00::1"], True, id="all-in-the-house"),
        pytest.param(["127.0.0.1", "192.88.99.1"], False, id="one-outside"),
        pytest.param([], False, id="nobody-knows-where"),
    ],
)
def test_what_is_in_the_house(addresses: list[str], local: bool) -> None:
    assert is_local(addresses) is local
