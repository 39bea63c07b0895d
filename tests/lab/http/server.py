"""A raw server on loopback that answers exactly what it is told, well or badly."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"


@dataclass(slots=True)
class Peer:
    """One connection, seen from the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: bytes = b""
    over: asyncio.Event = field(default_factory=asyncio.Event)  # the test is done

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode() if self.head.count(b" ") > 1 else ""

    async def request(self) -> bytes:
        """Read one request head."""
        self.head = await self.reader.readuntil(b"\r\n\r\n")
        return self.head

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        with suppress(ConnectionError):
            await self.writer.drain()

    async def hang(self) -> None:
        """Keep the connection open and silent until the test is over."""
        await self.over.wait()

    def reset(self) -> None:
        """Close with RST."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script = Callable[[Peer], Awaitable[None]]


@dataclass(slots=True)
class Server:
    """What listens, and what was asked of it."""

    port: int
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str = "/", *, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@asynccontextmanager
async def serving(
    script: Script, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """Run `script` for each connection."""
    over, tasks = asyncio.Event(), set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        server.connections += 1
        peer = Peer(reader=reader, writer=writer, over=over)
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            if tls is not None:  # here rather than in start_server, which leaves failed handshakes lying about
                await writer.start_tls(tls)
            await script(peer)
        if peer.head:
            server.heads.append(peer.head)
        writer.transport.abort() if reader.at_eof() else writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    listening = await asyncio.start_server(serve, host, port)
    server = Server(port=listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        over.set()
        listening.close()
        if tasks:
            await asyncio.wait(tasks)


def answering(data: bytes) -> Script:
    """Read the request, send `data`, close."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(data)

    return script


def by_path(answers: dict[str, bytes]) -> Script:
    """Answer each path with its own bytes, any other with 404."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(
            answers.get(peer.path.partition("?")[0], b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        )

    return script


def redirect(to: str, status: int = 302, extra: str = "") -> bytes:
    """Write a redirecting answer."""
    return f"HTTP/1.1 {status} Moved\r\nLocation: {to}\r\n{extra}Content-Length: 0\r\n\r\n".encode()
