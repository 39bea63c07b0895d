"""One exchange over one connection of our own: made to a given address, timed in nanoseconds, bounded as a whole."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from checks.core.errors import CannotLook
from checks.net.http.failure import NetFailure, Reason, Stage, of_connect, refuse_our_faults
from checks.net.http.parser import Answer
from checks.net.http.secure import Plan, Secure

_now: Final = time.perf_counter_ns


class Connection(asyncio.Protocol):
    """One connection; it carries one answer at a time and can rest between two."""

    __slots__ = (
        "_answer", "_lost", "_request", "_timer", "_transport", "bound", "closed", "connected",
        "deadline", "ended", "failure", "secure", "secured", "sent", "waiter",
    )  # fmt: skip

    def __init__(self, request: bytes, answer: Answer, secure: Secure | None, loop: asyncio.AbstractEventLoop) -> None:
        self._request = request
        self._answer = answer
        self.secure = secure
        self._transport: asyncio.Transport | None = None
        self.waiter: asyncio.Future[None] = loop.create_future()
        self.bound: asyncio.Timeout | None = None
        self.deadline = 0.0
        self.failure: NetFailure | None = None
        self.closed = False
        self.connected = self.secured = self.sent = self.ended = 0  # perf_counter_ns
        self._lost: Callable[[], None] | None = None  # told when the connection goes while it rests
        self._timer: asyncio.TimerHandle | None = None

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to talk."""
        self._transport = cast("asyncio.Transport", transport)
        self.connected = _now()
        try:
            if self.secure is None:
                self._send(self._request)
            else:
                self._shake(b"")
        except Exception as error:  # noqa: BLE001 - ours, not the network's: the caller shall have it
            self._hand_over(error)

    def data_received(self, data: bytes) -> None:
        """Hand on what came."""
        try:
            if self._lost is not None:
                self.close()  # nobody asked
            elif self.secure is None:
                self._take(data)
            elif self.secured:
                self._decipher(data)
            elif not self.ended:
                self._shake(data)
        except Exception as error:  # noqa: BLE001 - a loop would close the connection, and we would call the site down
            self._hand_over(error)

    def eof_received(self) -> bool:
        """The server says no more."""
        self._over(reset=False)
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """Nothing more will come, for good reason or bad."""
        self.closed = True
        if self._lost is not None:
            self._lost()
        self._over(reset=error is not None)

    # The way through.

    def _shake(self, data: bytes) -> None:
        secure = self.secure
        assert secure is not None
        try:
            done = secure.shake(data)
        except NetFailure as failure:
            self._write(secure.seal(b""))  # the alert that says why
            self._fail(failure)
            return
        if done:
            self.secured = _now()
            self._send(secure.seal(self._request))
        elif secure.unknown:
            self._finish()
        else:
            self._write(secure.seal(b""))

    def _send(self, data: bytes) -> None:
        self._write(data)
        self.sent = _now()
        if self.bound is not None and not self.bound.expired():
            self.bound.reschedule(self.deadline)

    def _write(self, data: bytes) -> None:
        if data and self._transport is not None:
            self._transport.write(data)

    def _decipher(self, data: bytes) -> None:
        assert self.secure is not None
        try:
            plain, last = self.secure.read(data)
        except NetFailure as failure:
            if not self._answer.first:
                self._fail(failure)
            else:
                self._over(reset=True)
            return
        if plain:
            self._take(plain)
        if last:
            self._answer.ended(reset=False)
            self._finish()

    def _take(self, data: bytes) -> None:
        answer = self._answer
        if not self.ended:
            answer.feed(data)
            if answer.complete or answer.failure is not None:
                self._finish()

    def _over(self, *, reset: bool) -> None:
        if self.ended:
            return
        if self.secure is not None and not self.secured:
            how = "reset" if reset else "closed"
            self._fail(NetFailure(Stage.TLS, Reason.TLS_HANDSHAKE, f"the connection was {how} during the handshake"))
            return
        self._answer.ended(reset=reset, notified=self.secure is None)
        self._finish()

    def _fail(self, failure: NetFailure) -> None:
        if not self.ended:
            self.failure = failure
            self._finish()

    def _finish(self) -> None:
        if not self.ended:
            self.ended = _now()
            if not self.waiter.done():
                self.waiter.set_result(None)

    def _hand_over(self, error: Exception) -> None:
        """Let the caller have an error that is not the network's."""
        if not self.waiter.done():
            self.waiter.set_exception(error)
            self.ended = _now()

    # For the caller.

    def itself(self) -> "Connection":
        """What a loop calls to make its protocol."""
        return self

    def again(self, request: bytes, answer: Answer, loop: asyncio.AbstractEventLoop) -> None:
        """Send another request; what went before is forgotten."""
        self._answer, self.waiter = answer, loop.create_future()
        self.failure = None
        self.connected = self.secured = _now()  # neither takes time any more
        self.sent = self.ended = 0
        if self.closed:
            self._over(reset=True)
        else:
            self._send(request if self.secure is None else self.secure.seal(request))

    @property
    def reusable(self) -> bool:
        """Whether another request may follow."""
        answer = self._answer
        whole = answer.complete and answer.kept_alive and not answer.partial and not answer.oddities
        return whole and not self.closed and self.failure is None

    def rest(self, lost: Callable[[], None], timer: asyncio.TimerHandle) -> None:
        """Keep still until the next request; `lost` is called when the connection goes meanwhile."""
        self._lost, self._timer = lost, timer

    def wake(self) -> None:
        """Rest no more."""
        self._lost = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None and not self.closed:
            self._transport.abort()

    @property
    def stage(self) -> Stage:
        """How far it came."""
        if not self.connected:
            return Stage.CONNECT
        if self.secure is not None and not self.secured:
            return Stage.TLS
        return Stage.BODY if self._answer.headed else Stage.HEADERS


@dataclass(slots=True)
class Exchange:
    """What one connection gave, as raw as it came."""

    answer: Answer
    secure: Secure | None
    began: int
    connection: Connection
    failure: NetFailure | None = None


async def exchange(
    request: bytes, answer: Answer, plan: Plan | None, where: tuple[str, int], connect_by: float, deadline: float
) -> Exchange:
    """Send `request` to an address and read the answer; both bounds are on the loop's clock.

    The network's faults are in what it returns; raises `CannotLook` for ours. The connection is left open only when it
    is `reusable`.
    """
    loop = asyncio.get_running_loop()
    began = _now()
    secure = Secure(plan) if plan is not None else None
    connection = Connection(request, answer, secure, loop)
    failure = None
    try:
        async with asyncio.timeout_at(connect_by) as bound:
            if connect_by != deadline:
                connection.bound, connection.deadline = bound, deadline
            await loop.create_connection(connection.itself, where[0], where[1])
            await connection.waiter
    except (OSError, MemoryError, ValueError, OverflowError) as error:
        connection.ended = connection.ended or _now()
        failure = _why(error, connection, where)
    finally:
        if not connection.reusable:
            connection.close()
        answer.let_go()
    return Exchange(answer, secure, began, connection, failure or connection.failure or answer.failure)


async def exchange_again(connection: Connection, request: bytes, answer: Answer, deadline: float) -> Exchange:
    """Send another request over a connection that was left open."""
    began = _now()
    failure = None
    try:
        async with asyncio.timeout_at(deadline):
            connection.again(request, answer, asyncio.get_running_loop())
            await connection.waiter
    except (OSError, MemoryError, ValueError, OverflowError) as error:
        connection.ended = connection.ended or _now()
        failure = _why(error, connection, ("", 0))
    finally:
        if not connection.reusable:
            connection.close()
        answer.let_go()
    return Exchange(answer, connection.secure, began, connection, failure or connection.failure or answer.failure)


def _why(error: Exception, connection: Connection, where: tuple[str, int]) -> NetFailure:
    """Say what stopped an exchange; raises `CannotLook` for faults of ours."""
    if isinstance(error, TimeoutError):
        return _late(connection.stage, error)
    if isinstance(error, OSError):
        return of_connect(error)
    refuse_our_faults(error)
    if connection.connected:
        raise error  # a bug of ours
    # An address or port that the socket layer refuses.
    raise CannotLook("resources", f"{where[0]} port {where[1]}: {error}") from error


def _late(stage: Stage, error: TimeoutError) -> NetFailure:
    """Name what was waited for; a TimeoutError with a number is the kernel's own."""
    detail = error.strerror if error.errno else "no progress before the deadline"
    match stage:
        case Stage.CONNECT:
            return NetFailure(stage, Reason.CONNECT_TIMEOUT, detail or "")
        case Stage.TLS:
            return NetFailure(stage, Reason.TLS_HANDSHAKE, "the handshake did not end in time")
        case Stage.HEADERS:
            return NetFailure(stage, Reason.TIMEOUT_HEADERS, detail or "")
        case _:
            return NetFailure(stage, Reason.TIMEOUT_BODY, detail or "")
