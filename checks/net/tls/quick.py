"""The quick way to a chain: TLS 1.3 by hand first, and OpenSSL for whoever does not come to terms with it."""

import asyncio
from collections import OrderedDict
from typing import cast

from checks.net.tls.failure import Failing, Failure, of_connect
from checks.net.tls.shake import Endpoint, Shaken, shake
from checks.net.tls.suites import suite_name
from checks.net.tls.thirteen import Deferred, Thirteen

KEPT = 20_000  # servers known to need OpenSSL
_KNOWN: OrderedDict[Endpoint, None] = OrderedDict()


async def chain_of(endpoint: Endpoint, deadline: float) -> Shaken:
    """Shake hands before `deadline` (on the loop's clock) for the chain alone.

    A server that does not speak TLS 1.3 as it is spoken by hand is asked a second time by OpenSSL, and the next time
    by OpenSSL at once. Never raises but `CannotLook` (a limit of this machine) and cancellation.
    """
    if endpoint.starttls is None and endpoint not in _KNOWN:
        shaken = await by_hand(endpoint, deadline)
        if shaken is not None:
            return shaken
        _KNOWN[endpoint] = None
        if len(_KNOWN) > KEPT:
            _KNOWN.popitem(last=False)
    return await shake(endpoint, deadline)


async def by_hand(endpoint: Endpoint, deadline: float, *, staple: bool = False) -> Shaken | None:
    """Shake hands in TLS 1.3 by hand; None where that does not do."""
    loop = asyncio.get_running_loop()
    began, line = loop.time(), _Line(Thirteen(endpoint.server_name, staple=staple), loop)
    failure: Failure | None = None
    try:
        async with asyncio.timeout_at(deadline):
            await loop.create_connection(lambda: line, endpoint.address, endpoint.port)
            await line.ended
    except TimeoutError:
        failing = Failing.TIMEOUT if line.transport else Failing.CONNECT_TIMEOUT
        failure = Failure(failing=failing, detail="no whole handshake in time", quiet=not line.received)
    except OSError as error:
        failure = of_connect(error)
        if failure.connected:
            return None
    finally:
        line.leave()
    session = line.session
    if failure is None and not session.done:
        return None
    return Shaken(
        endpoint=endpoint,
        chain=session.chain if failure is None else (),
        version="TLSv1.3" if failure is None else "",
        cipher=suite_name(session.suite) if failure is None else "",
        seconds=loop.time() - began,
        stapled=session.stapled,
        failure=failure,
    )


class _Line(asyncio.Protocol):
    __slots__ = ("ended", "received", "session", "transport")

    def __init__(self, session: Thirteen, loop: asyncio.AbstractEventLoop) -> None:
        self.session = session
        self.received = False
        self.transport: asyncio.Transport | None = None
        self.ended: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its type
        self.transport.write(self.session.hello)

    def data_received(self, data: bytes) -> None:
        self.received = True
        try:
            answer = self.session.feed(data)
        except Deferred:
            self._end()
            return
        if self.session.done:
            assert self.transport is not None
            self.transport.write(answer + self.session.farewell())
            self._end()

    def eof_received(self) -> None:
        self._end()

    def connection_lost(self, _error: Exception | None) -> None:
        self._end()

    def leave(self) -> None:
        """Close, politely where a session stands."""
        if self.transport is None:
            return
        if self.session.done:
            self.transport.close()
        else:
            self.transport.abort()

    def _end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)
