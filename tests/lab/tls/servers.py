"""Servers for the lab, all in the test's own loop: real TLS, old protocols by hand, and misbehaviour."""

import asyncio
import contextlib
import hashlib
import socket
import ssl
import struct
import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.tls.authority import Issued
from tests.lab.tls.offer import Offer, read_offer

Behaviour = Callable[[socket.socket], Awaitable[None]]
_FILES = tempfile.TemporaryDirectory(prefix="lab-tls-")
HSTS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def answer(status: int = 200, *headers: tuple[str, str], body: bytes = b"ok") -> bytes:
    """One whole HTTP answer."""
    lines = [f"HTTP/1.1 {status} Lab", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def context(
    chain: Sequence[Issued],
    *,
    versions: tuple[ssl.TLSVersion, ssl.TLSVersion] = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3),
    ciphers: str = "",
    demands: bytes = b"",
    by_name: Mapping[str, ssl.SSLContext] | None = None,
    nameless: bool = True,
) -> ssl.SSLContext:
    """A server's context with the chain as given; `demands` are the roots of the client certificates it insists on."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made.minimum_version, made.maximum_version = versions
    made.set_ciphers(ciphers or "DEFAULT:@SECLEVEL=0")
    pem = b"".join(one.pem for one in chain) + chain[0].key_pem
    path = Path(_FILES.name) / hashlib.sha256(pem).hexdigest()
    path.write_bytes(pem)
    made.load_cert_chain(path)
    if demands:
        made.load_verify_locations(cadata=demands.decode())
        made.verify_mode = ssl.CERT_REQUIRED
    if by_name is not None:

        def choose(connection: ssl.SSLObject, name: str | None, _own: ssl.SSLContext) -> int | None:
            if name is not None and name in by_name:
                connection.context = by_name[name]
                return None
            return None if name is None and nameless else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

        made.sni_callback = choose
    return made


class _Session:
    """A server's side of one connection; unlike asyncio's own it sends the alert with which a handshake fails."""

    def __init__(self, connection: socket.socket, made: ssl.SSLContext) -> None:
        self._connection = connection
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = made.wrap_bio(self._in, self._out, server_side=True)

    async def _flush(self) -> None:
        await asyncio.get_running_loop().sock_sendall(self._connection, self._out.read())

    async def call(self, step: Callable[[], bytes | int | None]) -> bytes | int | None:
        """Do one step of OpenSSL's, moving bytes until it is done."""
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                await self._flush()
                data = await asyncio.get_running_loop().sock_recv(self._connection, 65536)
                if not data:
                    raise ConnectionResetError from None
                self._in.write(data)
            except ssl.SSLError:
                await self._flush()
                raise
            else:
                await self._flush()
                return done

    async def answer(self, reply: bytes) -> None:
        await self.call(self._tls.do_handshake)
        got = b""
        while b"\r\n\r\n" not in got:
            data = await self.call(lambda: self._tls.read(65536))
            assert isinstance(data, bytes)
            if not data:
                return
            got += data
        await self.call(lambda: self._tls.write(reply))
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()
        await self._flush()


def tls(made: ssl.SSLContext, reply: bytes | None = None) -> Behaviour:
    """A sound HTTPS server."""

    async def serve(connection: socket.socket) -> None:
        await _Session(connection, made).answer(answer(200, HSTS) if reply is None else reply)

    return serve


@dataclass(frozen=True, kw_only=True)
class Records:
    """A server of records written by hand: it says what it would speak and shows its chain, as far as goes in clear."""

    chain: Sequence[bytes]  # DER
    versions: Sequence[int]
    suites: Sequence[int]
    staple: bytes = b""
    demands: bool = False
    hello_only: bool = False
    seen: list[Offer] = field(default_factory=list)

    def choose(self, offer: Offer) -> tuple[int, int]:
        """The version and suite agreed on; 0 for what there is none of."""
        version = max((v for v in self.versions if v <= offer.version), default=0)
        suite = next((s for s in self.suites if s in offer.suites), 0)
        return version, suite

    async def __call__(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        offer = read_offer(await read_record(connection, loop))
        self.seen.append(offer)
        await loop.sock_sendall(connection, self.answer(offer))
        await _until_closed(connection, loop)

    def answer(self, offer: Offer) -> bytes:
        """The flight that follows from an offer."""
        version, suite = self.choose(offer)
        if not version:
            return _alert(offer.version, 70)
        if not suite:
            return _alert(version, 40)
        body = struct.pack(">H", version) + bytes(32) + b"\x00" + struct.pack(">HB", suite, 0)
        flight = _message(2, body)
        entries = b"".join(len(der).to_bytes(3, "big") + der for der in self.chain)
        if self.chain:
            flight += _message(11, len(entries).to_bytes(3, "big") + entries)
        if self.staple and offer.staple:
            flight += _message(22, b"\x01" + len(self.staple).to_bytes(3, "big") + self.staple)
        if self.demands:
            flight += _message(13, b"\x01\x01\x00\x02\x04\x03\x00\x00")
        flight += _message(14, b"")
        return _records(min(version, 0x0303), flight)


def either(records: Records, otherwise: Behaviour) -> Behaviour:
    """Old questions are answered by hand, those of today's clients by a real server."""

    async def serve(connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        offer = read_offer(await _peeked(connection, loop))
        by_hand = offer.version < 0x0304 and all(records.choose(offer))
        await (records(connection) if by_hand else otherwise(connection))

    return serve


def stapling(by_hand: Behaviour, otherwise: Behaviour) -> Behaviour:
    """Who asks for a staple is answered by hand, everybody else by a real server."""

    async def serve(connection: socket.socket) -> None:
        offer = read_offer(await _peeked(connection, asyncio.get_running_loop()))
        await (by_hand if offer.staple and offer.version == 0x0304 else otherwise)(connection)

    return serve


def after_words(script: Sequence[tuple[bytes, bytes]], then: Behaviour, greeting: bytes) -> Behaviour:
    """A server that begins in clear: `script` holds what it waits for and what it answers then."""

    async def serve(connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(connection, greeting)
        for wanted, says in script:
            heard = await loop.sock_recv(connection, 4096)
            if not heard.upper().startswith(wanted):
                await loop.sock_sendall(connection, b"500 what?\r\n")
                return
            await loop.sock_sendall(connection, says)
        await then(connection)

    return serve


async def hang(connection: socket.socket) -> None:
    await _until_closed(connection, asyncio.get_running_loop())


async def reset(connection: socket.socket) -> None:
    await asyncio.get_running_loop().sock_recv(connection, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def close(connection: socket.socket) -> None:
    await asyncio.get_running_loop().sock_recv(connection, 4096)


def says(words: bytes, *, first: bool = False) -> Behaviour:
    """A server that answers anything, or greets, with the same words."""

    async def serve(connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        if not first:
            await loop.sock_recv(connection, 4096)
        await loop.sock_sendall(connection, words)
        await _until_closed(connection, loop)

    return serve


def drip(words: bytes, every: float = 0.05) -> Behaviour:
    """A server that gives one byte at a time, for ever."""

    async def serve(connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            for byte in words:
                await loop.sock_sendall(connection, bytes([byte]))
                await asyncio.sleep(every)

    return serve


def plain(pages: Mapping[str, bytes] | bytes) -> Behaviour:
    """An HTTP server without TLS: one answer for all, or one for each path; it waits for a whole request."""

    async def serve(connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        got = b""
        while b"\r\n\r\n" not in got:
            data = await loop.sock_recv(connection, 4096)
            if not data:
                return
            got += data
        path = got.split(b" ")[1].decode()
        reply = pages if isinstance(pages, bytes) else pages.get(path, answer(404))
        await loop.sock_sendall(connection, reply)

    return serve


class Lab:
    """Opens endpoints: one port with a behaviour for each address."""

    def __init__(self) -> None:
        self._listeners: list[asyncio.Task[None]] = []
        self._sockets: list[socket.socket] = []

    def open(self, *places: tuple[str, Behaviour]) -> int:
        """Listen on one port at every address given, and return the port."""
        for _ in range(50):
            made: list[tuple[socket.socket, Behaviour]] = []
            port = 0
            try:
                for address, behaviour in places:
                    listener = _listen(address, port)
                    made.append((listener, behaviour))
                    port = listener.getsockname()[1]
            except OSError:
                for listener, _behaviour in made:
                    listener.close()
                continue
            for listener, behaviour in made:
                self._sockets.append(listener)
                self._listeners.append(asyncio.create_task(self._accept(listener, behaviour)))
            return port
        raise RuntimeError("no port is free on every address")

    async def _accept(self, listener: socket.socket, behaviour: Behaviour) -> None:
        loop = asyncio.get_running_loop()
        running: set[asyncio.Task[None]] = set()
        try:
            while True:
                connection, _peer = await loop.sock_accept(listener)
                task = asyncio.create_task(_served(connection, behaviour))
                running.add(task)
                task.add_done_callback(running.discard)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def close(self) -> None:
        for task in self._listeners:
            task.cancel()
        await asyncio.gather(*self._listeners, return_exceptions=True)
        for listener in self._sockets:
            listener.close()


@contextlib.asynccontextmanager
async def open_lab() -> AsyncIterator[Lab]:
    """A lab for the length of a test."""
    lab = Lab()
    try:
        yield lab
    finally:
        await lab.close()


def _listen(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(64)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


async def _served(connection: socket.socket, behaviour: Behaviour) -> None:
    connection.setblocking(False)
    try:
        await behaviour(connection)
    except (OSError, ValueError, IndexError):
        pass  # the client went away, or said nothing a server understands
    finally:
        with contextlib.suppress(OSError):
            connection.close()


async def _until_closed(connection: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
    while await loop.sock_recv(connection, 4096):
        pass


async def read_record(connection: socket.socket, loop: asyncio.AbstractEventLoop) -> bytes:
    """The first record of a connection."""
    got = b""
    while len(got) < 5 or len(got) < 5 + int.from_bytes(got[3:5], "big"):
        data = await loop.sock_recv(connection, 4096)
        if not data:
            raise ConnectionResetError
        got += data
    return got


async def _peeked(connection: socket.socket, loop: asyncio.AbstractEventLoop) -> bytes:
    """The first record, left in the socket's buffer; it comes in one piece over loopback."""
    readable = asyncio.Event()
    loop.add_reader(connection, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(connection)
    return connection.recv(8192, socket.MSG_PEEK)


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def _records(version: int, payload: bytes) -> bytes:
    pieces = [payload[i : i + 16000] for i in range(0, len(payload), 16000)]
    return b"".join(b"\x16" + struct.pack(">HH", version, len(piece)) + piece for piece in pieces)


def _alert(version: int, number: int) -> bytes:
    return b"\x15" + struct.pack(">HH", min(version, 0x0303), 2) + bytes([2, number])
