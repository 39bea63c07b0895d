"""Serves a share of the sites and notes when it answered: `python -m benchmarks.load.server FOLDER SERVER`.

The loop is asyncio's own, which sends at once what it is given, so that the noted instant is the true one; the process
goes before all others where the system allows it.
"""

import asyncio
import contextlib
import gc
import json
import os
import signal
import ssl
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from benchmarks.load.sites import HOLD, WORD, port

_PARAGRAPH: Final = '<p>Une page ordinaire, avec du texte et des liens <a href="/x">comme ceci</a>.</p>\n'
_PAGE: Final = f"<!doctype html><html><head><title>Boutique</title></head><body>{_PARAGRAPH * 110}{WORD}</body></html>"
_BODY: Final = _PAGE.encode()
_ANSWER: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n" % len(_BODY)
) + _BODY


class _Context(ssl.SSLContext):
    name = ""


@dataclass(slots=True)
class Book:
    """What is noted: for each answer the site's name, the wall clock, and the two phases in seconds."""

    folder: Path
    lines: list[tuple[str, float, float, float]] = field(default_factory=list)
    _contexts: dict[str, _Context] = field(default_factory=dict)

    def context(self, name: str) -> ssl.SSLContext:
        """Return what serves the chain of a site."""
        if name not in self._contexts:
            made = self._contexts[name] = _Context(ssl.PROTOCOL_TLS_SERVER)
            made.name = name
            made.num_tickets = 0
            made.load_cert_chain(self.folder / f"{name}.pem", self.folder / "key.pem")
        return self._contexts[name]


class Page(asyncio.Protocol):
    """Answers one request after `HOLD` seconds; TLS is done here, so that instants are those of the socket."""

    def __init__(self, book: Book, greeting: ssl.SSLContext) -> None:
        self._book = book
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = greeting.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._shaken = False
        self._shaking = 0.0  # seconds of the handshake that the client waited for, not those in which it was waited for
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._incoming.write(data)
        try:
            if not self._shaken:
                self._tls.do_handshake()
                self._shaken = True
            if self._tls.read(4096):
                asyncio.get_running_loop().call_later(HOLD, self._answer, now)
        except ssl.SSLWantReadError:
            if not self._shaken:
                self._shaking += time.perf_counter() - now
        except ssl.SSLError:  # a client that looked at the chain and goes
            self._close()
            return
        self._send()

    def _answer(self, asked: float) -> None:
        self._tls.write(_ANSWER)
        answered = time.perf_counter()
        self._send()
        name = cast("_Context", self._tls.context).name
        self._book.lines.append((name, time.time(), self._shaking, answered - asked))
        self._close()

    def _send(self) -> None:
        assert self._transport is not None
        if not self._transport.is_closing():
            self._transport.write(self._outgoing.read())

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def greet(book: Book) -> ssl.SSLContext:
    """Return a context that hands each client over to that of the site it wants."""

    def choose(tls: ssl.SSLObject, name: str | None, _first: ssl.SSLContext) -> None:
        tls.context = book.context(name or "")

    greeting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    greeting.sni_callback = choose
    return greeting


async def main(folder: Path, server: int) -> None:
    """Serve until SIGTERM, then write the book."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    gc.disable()
    book, loop, stop = Book(folder), asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    greeting = greet(book)
    await loop.create_server(lambda: Page(book, greeting), "0.0.0.0", port(server), backlog=512)
    print("ready", flush=True)
    await stop.wait()
    (folder / f"book{server}.json").write_text(json.dumps(book.lines))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
