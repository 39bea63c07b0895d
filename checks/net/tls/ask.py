"""Asks one server one question by a hand-written ClientHello and reads its answer in clear."""

import asyncio
from dataclasses import dataclass
from typing import cast

from checks.net.tls.failure import Failing, Failure, of_connect, of_flight
from checks.net.tls.flight import Flight
from checks.net.tls.hello import Hello, client_hello
from checks.net.tls.shake import Endpoint
from checks.net.tls.starttls import Greeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the server said to one hello; nothing but a failure when it did not take it."""

    version: int = 0  # 0: not accepted
    suite: int = 0
    chain: tuple[bytes, ...] = ()  # DER, in clear up to TLS 1.2
    stapled: bool = False
    wants_client_certificate: bool = False
    failure: Failure | None = None

    @property
    def accepted(self) -> bool:
        """Whether a version and a suite were agreed on."""
        return self.version != 0

    @property
    def refused(self) -> bool:
        """Whether the server answered, and said no: silence and a broken line prove nothing."""
        return self.failure is not None and self.failure.failing in (Failing.ALERT, Failing.RESET)


async def ask(endpoint: Endpoint, hello: Hello, deadline: float) -> Answered:
    """Send `hello` to the endpoint and read until all that comes in clear has come.

    Never raises but `CannotLook` (a limit of this machine) and cancellation.
    """
    loop = asyncio.get_running_loop()
    line = _Line(endpoint, client_hello(hello), loop)
    failure: Failure | None = None
    try:
        async with asyncio.timeout_at(deadline):
            await loop.create_connection(lambda: line, endpoint.address, endpoint.port)
            await line.ended
    except TimeoutError:
        failure = Failure(
            failing=Failing.TIMEOUT if line.transport else Failing.CONNECT_TIMEOUT, detail="no answer in time"
        )
    except OSError as error:
        failure = of_connect(error)
    finally:
        if line.transport is not None:
            line.transport.abort()
    flight = line.flight
    return Answered(
        version=flight.version,
        suite=flight.suite,
        chain=flight.chain,
        stapled=flight.stapled,
        wants_client_certificate=flight.wants_client_certificate,
        failure=None if flight.accepted else failure or line.failure or of_flight(flight) or _CUT,
    )


_CUT = Failure(failing=Failing.RESET, detail="closed without a word of TLS")


class _Line(asyncio.Protocol):
    __slots__ = ("_greeting", "_question", "ended", "failure", "flight", "transport")

    def __init__(self, endpoint: Endpoint, question: bytes, loop: asyncio.AbstractEventLoop) -> None:
        self.flight = Flight()
        self.failure: Failure | None = None
        self.transport: asyncio.Transport | None = None
        self.ended: asyncio.Future[None] = loop.create_future()
        self._question = question
        self._greeting = Greeting(endpoint.starttls) if endpoint.starttls else None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its type
        if self._greeting is None:
            self.transport.write(self._question)

    def data_received(self, data: bytes) -> None:
        if self._greeting is not None:
            self._greet(data)
            return
        self.flight.feed(data)
        if self.flight.finished:
            self._end()

    def eof_received(self) -> None:
        self._end()

    def connection_lost(self, _error: Exception | None) -> None:
        self._end()

    def _greet(self, data: bytes) -> None:
        assert self._greeting is not None
        assert self.transport is not None
        said = self._greeting.hear(data)
        if said.answer:
            self.transport.write(said.answer)
        if said.refused:
            self.failure = Failure(failing=Failing.NO_STARTTLS, detail=said.refused)
            self._end()
        elif said.ready:
            self._greeting = None
            self.transport.write(self._question)

    def _end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)
