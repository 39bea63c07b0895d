"""Misbehaves in six ways, each on a port of its own and at every address: `python -m benchmarks.soak.faults FOLDER`."""

import asyncio
import socket
import ssl
import struct
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from tests.lab.tls.authority import Wish, issue, key

PORT: Final = 28_080
FAULTS: Final = ("refused", "reset", "cut", "slow", "garbage", "bad_certificate", "redirects")
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST
_PAGE: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 21\r\nConnection: close\r\n\r\n"
    b"<p>Tout va bien.</p>\n"
)

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def port(fault: str) -> int:
    """Where a fault is met; nobody listens where connections are refused."""
    return PORT + FAULTS.index(fault)


async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reset the connection before any answer."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


async def cut(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Promise more than comes."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n" + b"<p>x</p>" * 100)


async def slow(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Wait until the client gives up."""
    await reader.read()


async def garbage(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer what is not HTTP."""
    writer.write(b"\x00\x01\x02 what is this? \r\n\r\n" * 20)


async def bad_certificate(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer well behind a certificate that nobody signed."""
    writer.write(_PAGE)


async def redirects(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send on to a page twice."""
    path = (await reader.readline()).split(b" ")[1]
    onward = {b"/": b"/one", b"/one": b"/two"}.get(path)
    if onward is None:
        writer.write(_PAGE)
    else:
        writer.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: %b\r\n\r\n" % onward)


def _then_close(talk: Talk) -> Talk:
    async def both(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if talk is not slow and talk is not redirects and talk is not reset:
                await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    return both


def _context(folder: Path) -> ssl.SSLContext:
    own = issue(Wish(subject="nobody", dns=["nobody.example"], key=key("p256", 920)))
    (folder / "nobody.pem").write_bytes(own.pem + own.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "nobody.pem")
    return context


async def main(folder: Path) -> None:
    """Misbehave until killed."""
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)  # clients that go are daily bread
    for talk in (reset, cut, slow, garbage, bad_certificate, redirects):
        tls = _context(folder) if talk is bad_certificate else None
        await asyncio.start_server(_then_close(talk), "0.0.0.0", port(talk.__name__), ssl=tls, backlog=512)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
