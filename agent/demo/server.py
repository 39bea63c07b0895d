"""Serves the demo site over plain HTTP/1.1, one request per connection, with its faults down to the wire."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

from agent.demo.answer import Answer, Ending, Request
from agent.demo.faults import UnknownFault, find
from agent.demo.site import respond

log = logging.getLogger("vigie.demo")

PATIENCE = 30.0  # seconds a visitor has to send a request, and a silent fault keeps a connection
MAX_BODY = 64 * 1024
_RESET_ON_CLOSE = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # struct linger {on, 0 s}

Faults = Callable[[], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Site:
    """The demo site on one origin; `faults` is asked at every request."""

    origin: str
    faults: Faults

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, then close."""
        with contextlib.suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(PATIENCE):
                await self._exchange(reader, writer)
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request = _parse(head)
        if request is None:
            await _send(writer, Answer(status=400), head=False)
            return
        await reader.readexactly(_body_length(head))
        answer = self.answer(request)
        await asyncio.sleep(answer.wait)
        await _send(writer, answer, head=request.method == "HEAD")

    def answer(self, request: Request) -> Answer:
        """The healthy answer, changed by every fault that is on."""
        answer = respond(request, self.origin)
        for name in self.faults():
            try:
                answer = find(name).change(request, answer)
            except UnknownFault as error:
                log.warning("ignoring a file among the faults: %s", error)
        return answer


def _parse(head: str) -> Request | None:
    words = head.split("\r\n", 1)[0].split(" ")
    if len(words) != 3 or not words[1].startswith("/"):
        return None
    return Request(method=words[0], path=words[1].split("?", 1)[0])


def _body_length(head: str) -> int:
    for line in head.split("\r\n")[1:]:
        name, _colon, value = line.partition(":")
        if name.lower() == "content-length" and value.strip().isdigit():
            return min(int(value), MAX_BODY)
    return 0


async def _send(writer: asyncio.StreamWriter, answer: Answer, *, head: bool) -> None:
    match answer.ending:
        case Ending.SILENT:
            await asyncio.sleep(PATIENCE)
        case Ending.RESET:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            writer.transport.abort()
        case Ending.CUT | Ending.WHOLE:
            kept = len(answer.body) // (2 if answer.ending is Ending.CUT else 1)
            writer.write(_head(answer) + (b"" if head else answer.body[:kept]))
            await writer.drain()


def _head(answer: Answer) -> bytes:
    phrase = HTTPStatus(answer.status).phrase
    own = (("Date", formatdate(usegmt=True)), ("Content-Length", str(len(answer.body))), ("Connection", "close"))
    lines = (f"{name}: {value}" for name, value in (*own, *answer.headers))
    return "\r\n".join((f"HTTP/1.1 {answer.status} {phrase}", *lines, "", "")).encode("latin-1")


async def open_site(host: str, port: int, faults: Faults) -> asyncio.Server:
    """Listen and serve; port 0 takes a free one. Raises `OSError` when the port is taken."""
    listener = listen(host, port)
    return await asyncio.start_server(serving("http", host, listener, faults), sock=listener)


def listen(host: str, port: int) -> socket.socket:
    """Listen on one address; raises `OSError` when the port is taken."""
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def serving(
    scheme: str, host: str, listener: socket.socket, faults: Faults
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """Return what serves the connections of a listener."""
    name = f"[{host}]" if ":" in host else host
    return Site(f"{scheme}://{name}:{listener.getsockname()[1]}", faults).serve
