"""On the wire: the site answers, breaks down to the socket, and heals, while it runs."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from agent.demo.server import open_site
from agent.demo.state import active, begin, break_, heal


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    server = await open_site("127.0.0.1", 0, partial(active, tmp_path))
    async with server:
        yield server.sockets[0].getsockname()[1]


async def ask(port: int, request: bytes = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") -> tuple[bytes, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        head, _blank, body = (await reader.read()).partition(b"\r\n\r\n")
        return head, body
    finally:
        writer.close()


async def test_it_answers_whole_pages(port: int) -> None:
    head, body = await ask(port)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert "Atelier Lumière".encode() in body


async def test_a_head_request_has_no_body(port: int) -> None:
    head, body = await ask(port, b"HEAD / HTTP/1.1\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert body == b""


async def test_nonsense_is_refused(port: int) -> None:
    assert (await ask(port, b"hello\r\n\r\n"))[0].startswith(b"HTTP/1.1 400")


async def test_a_fault_switched_on_shows_at_the_next_request_and_heals(port: int, tmp_path: Path) -> None:
    break_(tmp_path, "down")
    assert (await ask(port))[0].startswith(b"HTTP/1.1 502")
    assert heal(tmp_path) == ("down",)
    assert (await ask(port))[0].startswith(b"HTTP/1.1 200")


async def test_a_truncated_page_is_shorter_than_it_says(port: int, tmp_path: Path) -> None:
    whole = (await ask(port))[1]
    break_(tmp_path, "truncated")
    head, body = await ask(port)
    assert f"Content-Length: {len(whole)}".encode() in head
    assert len(body) < len(whole)


async def test_a_reset_connection_is_reset(port: int, tmp_path: Path) -> None:
    break_(tmp_path, "reset")
    with pytest.raises(ConnectionResetError):
        await ask(port)


async def test_a_stray_file_among_the_faults_breaks_nothing(port: int, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    assert (await ask(port))[0].startswith(b"HTTP/1.1 200")


def test_the_first_start_has_the_faults_asked_for_and_later_ones_keep_what_is_there(tmp_path: Path) -> None:
    where = tmp_path / "demo" / "faults"
    begin(where, ["down", "slow"])
    assert active(where) == ("down", "slow")
    heal(where)
    begin(where, ["down"])
    assert active(where) == ()
