"""Servers that the plain lab cannot be: a proxy, and one that speaks HTTP/2."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events

from tests.lab.http.server import Peer, Script, serving


@dataclass(slots=True)
class Proxy:
    """Passes on what it is asked for, to loopback whatever the name."""

    url: str
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def proxy(password: str = "", refuses: str = "") -> AsyncIterator[Proxy]:
    """Serve CONNECT and absolute requests; with `password`, only to who shows it; `refuses` is a status line."""
    made = Proxy(url="")

    async def script(peer: Peer) -> None:
        head = await peer.request()
        method, target, _ = head.decode().split(" ", 2)
        made.asked.append(target)
        if password and f"Proxy-Authorization: {password}".lower() not in head.decode().lower():
            await peer.send(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        if refuses:
            await peer.send(f"HTTP/1.1 {refuses}\r\nContent-Length: 0\r\n\r\n".encode())
            return
        authority = target if method == "CONNECT" else target.split("/")[2]
        reader, writer = await asyncio.open_connection("127.0.0.1", int(authority.rpartition(":")[2]))
        try:
            if method == "CONNECT":
                await peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = "/" + target.split("/", 3)[3]
                writer.write(head.replace(target.encode(), path.encode(), 1))
            await asyncio.gather(_pipe(peer.reader, writer), _pipe(reader, peer.writer))
        finally:
            writer.transport.abort()

    async with serving(script) as server:
        made.url = f"http://127.0.0.1:{server.port}"
        yield made


async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):  # one side is gone
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()


@contextmanager
def demanding(context: ssl.SSLContext) -> Iterator[int]:
    """Serve TLS from a thread that refuses by alert, as real servers do (asyncio's drop the alert); yields the port."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)

        def serve() -> None:
            while not over.is_set():
                with suppress(OSError):  # a timeout, or a client that is refused
                    raw, _ = listening.accept()
                    raw.settimeout(2)
                    with raw, suppress(OSError), context.wrap_socket(raw, server_side=True) as secure:
                        secure.recv(4096)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join()


def over_http2(body: bytes, status: int = 200) -> Script:
    """Answer every request over HTTP/2."""

    async def script(peer: Peer) -> None:
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        await peer.send(connection.data_to_send())
        while data := await peer.reader.read(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    asked = dict(event.headers or ())
                    headers = [(b":status", b"%d" % status), (b"content-type", b"text/html")]
                    headers.append((b"x-authority", asked[b":authority"]))
                    connection.send_headers(event.stream_id, headers)
                    connection.send_data(event.stream_id, body, end_stream=True)
            await peer.send(connection.data_to_send())

    return script


def breaking_http2(how: str) -> Script:
    """Begin an answer of 100 bytes over HTTP/2 and end it some way before its end."""

    async def script(peer: Peer) -> None:
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        await peer.send(connection.data_to_send())
        while data := await peer.reader.read(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    stream = event.stream_id
                    length = [] if how == "closes-without-a-length" else [(b"content-length", b"100")]
                    connection.send_headers(stream, [(b":status", b"200"), (b"content-type", b"text/html"), *length])
                    connection.send_data(stream, b"<p>hello", end_stream=how == "ends-short")
                    if how == "resets-the-stream":
                        connection.reset_stream(stream)
                    elif how == "goes-away":
                        connection.close_connection()
                    await peer.send(connection.data_to_send())
                    if how != "hangs":
                        return
            await peer.send(connection.data_to_send())

    return script


def speaking_http2(context: ssl.SSLContext) -> ssl.SSLContext:
    """Let a server's context agree on h2."""
    context.set_alpn_protocols(["h2"])
    return context
