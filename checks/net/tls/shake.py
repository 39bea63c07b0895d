"""One whole TLS handshake with one address, trusting nobody: the chain comes back as it was sent."""

import asyncio
import contextlib
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from checks.net.tls.failure import Failing, Failure, of_connect, of_flight, of_tls
from checks.net.tls.flight import MAX_FLIGHT, Flight
from checks.net.tls.starttls import Greeting, Starttls

MAX_HEAD = 64 * 1024  # bytes of an answer's head
FIRST_WORDS = 64  # bytes in which an alert or another protocol shows
HANDSHAKE = 22  # the record type with which a server of TLS begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where to shake hands, and as whom the server is asked for."""

    address: str
    port: int
    server_name: str | None  # for SNI; None: without
    starttls: Starttls | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaken:
    """What one handshake gave."""

    endpoint: Endpoint
    chain: tuple[bytes, ...] = ()  # DER, as sent
    version: str = ""  # as OpenSSL names it: TLSv1.3; "" when there was no handshake
    cipher: str = ""
    stapled: bool = False  # only told where a staple was asked for, by hand
    seconds: float = 0.0  # from the first packet to the end of the handshake
    head: bytes = field(default=b"", repr=False)  # of the answer to `request`
    failure: Failure | None = None  # of the handshake, or of what followed it


@cache
def context() -> ssl.SSLContext:
    """The one context: no roots, no verification, and the weakest parameters a client of today still speaks.

    OpenSSL still checks that the server holds the key of its certificate; all else is judged by us, on any version.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.verify_flags = ssl.VerifyFlags.VERIFY_DEFAULT
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_TICKET | getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 4)
    made.set_alpn_protocols(["http/1.1"])
    try:  # so that a weak key exchange is a finding and not a failure
        made.set_ciphers("DEFAULT:@SECLEVEL=0")
    except ssl.SSLError:  # a library that knows no levels has none to lower
        made.set_ciphers("DEFAULT")
    return made


async def shake(endpoint: Endpoint, deadline: float, request: bytes = b"") -> Shaken:
    """Shake hands before `deadline` (on the loop's clock) and send `request`, if any, to read the head of its answer.

    Never raises but `CannotLook` (a limit of this machine) and cancellation.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    line = _Line(endpoint, request, loop)
    try:
        async with asyncio.timeout_at(deadline):
            await loop.create_connection(lambda: line, endpoint.address, endpoint.port)
            await line.ended
    except TimeoutError:
        line.give_up(connected=line.transport is not None)
    except OSError as error:
        line.failure = line.failure or of_connect(error)
    finally:
        line.leave()
    return Shaken(
        endpoint=endpoint,
        chain=line.chain,
        version=line.version,
        cipher=line.cipher,
        seconds=(line.shaken_at or loop.time()) - began,
        head=bytes(line.head),
        failure=line.failure,
    )


class _Line(asyncio.Protocol):
    """Moves bytes between the socket and OpenSSL until the chain, and the answer's head if one is wanted, are there."""

    __slots__ = (
        "_greeting", "_in", "_loop", "_out", "_request", "_tls", "_watch", "chain", "cipher", "ended", "failure",
        "head", "received", "shaken_at", "transport", "version",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint, request: bytes, loop: asyncio.AbstractEventLoop) -> None:
        self.chain: tuple[bytes, ...] = ()
        self.version = self.cipher = ""
        self.shaken_at = 0.0
        self.head = bytearray()
        self.failure: Failure | None = None
        self.received = 0
        self.transport: asyncio.Transport | None = None
        self.ended: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._request = request
        self._watch: Flight | None = Flight()
        self._greeting = Greeting(endpoint.starttls) if endpoint.starttls else None
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context().wrap_bio(self._in, self._out, server_hostname=endpoint.server_name)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its type
        if self._greeting is None:
            self._step()

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        if self._greeting is not None:
            data = self._greet(data)  # what is left of it is TLS
            self.received = len(data)
            if not data:
                return
        if not self.shaken_at:
            refused = self._first_words(data)
            if refused is not None:
                self._end(refused)
                return
        self._in.write(data)
        self._step()

    def _first_words(self, data: bytes) -> Failure | None:
        """An alert or another protocol, which OpenSSL would only call a wrong version."""
        if self.received > MAX_FLIGHT:
            return Failure(failing=Failing.TOO_LARGE, detail="no end of the handshake")
        if self._watch is None:
            return None
        if data[0] == HANDSHAKE and self.received == len(data):
            self._watch = None
            return None
        self._watch.feed(data[:FIRST_WORDS])
        return of_flight(self._watch)

    def eof_received(self) -> None:
        self._cut()

    def connection_lost(self, _error: Exception | None) -> None:
        self._cut()

    def give_up(self, *, connected: bool) -> None:
        """The deadline passed."""
        if self.shaken_at:
            return  # the chain is there; what the server would have answered is not our matter
        failing = Failing.TIMEOUT if connected else Failing.CONNECT_TIMEOUT
        self.failure = Failure(failing=failing, detail="no whole handshake in time", quiet=self.received == 0)

    def leave(self) -> None:
        """Close, politely where a session stands."""
        if self.transport is None:
            return
        if self.shaken_at and not self.transport.is_closing():
            with contextlib.suppress(ssl.SSLError):
                self._tls.unwrap()
            self._flush()
            self.transport.close()
        else:
            self.transport.abort()

    def _greet(self, data: bytes) -> bytes:
        assert self._greeting is not None
        assert self.transport is not None
        said = self._greeting.hear(data)
        if said.answer:
            self.transport.write(said.answer)
        if said.refused:
            self._end(Failure(failing=Failing.NO_STARTTLS, detail=said.refused))
        elif said.ready:
            self._greeting = None
            self._step()
        return said.rest

    def _step(self) -> None:
        try:
            if not self.shaken_at:
                self._tls.do_handshake()
                self._shook()
            if self._request:
                self._hear()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            self._flush()
        except ssl.SSLError as error:
            self._flush()  # our own alert
            self._end(of_tls(error))
        else:
            self._end(None)  # what is left to say goes out with the farewell

    def _shook(self) -> None:
        self.shaken_at = self._loop.time()
        self.chain = _CHAIN(self._tls)
        self.version = self._tls.version() or ""
        cipher = self._tls.cipher()
        self.cipher = cipher[0] if cipher else ""
        if self._request:
            self._tls.write(self._request)

    def _hear(self) -> None:
        self._flush()
        while len(self.head) < MAX_HEAD:
            data = self._tls.read(16384)
            if not data:
                self._cut()
                return
            self.head += data
            if b"\r\n\r\n" in self.head or b"\n\n" in self.head:
                return

    def _cut(self) -> None:
        if self.ended.done():
            return
        if self.shaken_at:
            self._end(None if self.head else Failure(failing=Failing.RESET, detail="closed without an answer"))
        else:
            detail = "closed without a word" if not self.received else "closed during the handshake"
            self._end(Failure(failing=Failing.RESET, detail=detail, quiet=not self.received))

    def _flush(self) -> None:
        data = self._out.read()
        if data and self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def _end(self, failure: Failure | None) -> None:
        if not self.ended.done():
            self.failure = failure
            self.ended.set_result(None)


def _public_chain(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    return tuple(tls.get_unverified_chain())  # type: ignore[attr-defined]  # Python 3.13


def _private_chain(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    import _ssl

    sent = tls._sslobj.get_unverified_chain()  # type: ignore[attr-defined]  # noqa: SLF001 - public from 3.13 on
    return tuple(one.public_bytes(_ssl.ENCODING_DER) for one in sent or ())


_CHAIN: Callable[[ssl.SSLObject], tuple[bytes, ...]] = _public_chain if sys.version_info >= (3, 13) else _private_chain
