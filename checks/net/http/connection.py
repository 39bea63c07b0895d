"""One exchange over one connection of our own: made to a given address, timed in nanoseconds, bounded as a whole."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from checks.core.errors import CannotLook
from checks.net.http.failure import NetFailure, Reason, Stage, of_connect, ours, refuse_our_faults
from checks.net.http.line import Line
from checks.net.http.parser import Answer
from checks.net.http.secure import Plan, Secure

_now: Final = time.perf_counter_ns


class Connection:
    """One connection; it carries one answer at a time and can rest between two."""

    __slots__ = (
        "_answer", "_deadline", "_line", "_loop", "_lost", "_request", "_timer", "_until", "began", "connect",
        "ended", "failure", "greeted", "idle", "secure", "secured", "sent", "waiter",
    )  # fmt: skip

    def __init__(self, request: bytes, answer: Answer, secure: Secure | None, loop: asyncio.AbstractEventLoop) -> None:
        self._request = request
        self._answer = answer
        self.secure = secure
        self._loop = loop
        self._line = Line(self, loop)
        self.waiter: asyncio.Future[None] = loop.create_future()
        self._deadline = self._until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.failure: NetFailure | None = None
        self.began = self.greeted = self.secured = self.sent = self.ended = 0  # perf_counter_ns
        self.connect = 0  # nanoseconds until the other side accepted
        self.idle = 0  # nanoseconds that the other side waited for us in the handshake
        self._lost: Callable[[], None] | None = None  # told when the connection goes while it rests

    def open(self, address: str, port: int, connect_by: float, deadline: float) -> None:
        """Begin; both bounds are on the loop's clock. Raises `OSError`."""
        self._deadline = deadline
        self._bound(connect_by)
        self.began = _now()
        self._line.open(address, port)

    # What the line calls.

    def made(self, took: int) -> None:
        """Begin to talk."""
        if self.ended:  # too late, and about to be closed: nothing is said any more
            return
        self.connect, self.greeted = took, _now()
        try:
            if self.secure is None:
                self._send(self._request)
            else:
                self._shake(b"")
        except Exception as error:  # noqa: BLE001 - ours, not the network's: the caller shall have it
            self._hand_over(error)

    def heard(self, data: bytes, late: int) -> None:
        """Hand on what came."""
        try:
            if self._lost is not None:
                self.close()  # nobody asked
            elif self.secure is None:
                self._take(data, late)
            elif self.secured:
                self._decipher(data, late)
            elif not self.ended:
                self.idle += min(late, _now() - (self.greeted + self.idle))
                self._shake(data)
        except Exception as error:  # noqa: BLE001 - a loop would tell nobody, and we would call the site down
            self._hand_over(error)

    def over(self, error: Exception | None) -> None:
        """Nothing more will come, for good reason or bad."""
        if self._lost is not None:
            self._lost()
        elif error is not None and (not self.greeted or ours(error)):
            self._hand_over(error)
        else:
            self._over(reset=error is not None)

    # The way through.

    def _shake(self, data: bytes) -> None:
        secure = self.secure
        assert secure is not None
        try:
            done = secure.shake(data)
        except NetFailure as failure:
            self._line.say(secure.seal(b""))  # the alert that says why
            self._fail(failure)
            return
        if done:
            self.secured = _now()
            self._send(secure.seal(self._request))
        elif secure.unknown:
            self._finish()
        elif said := secure.seal(b""):
            self._line.say(said)

    def _send(self, data: bytes) -> None:
        self.sent = _now()
        self._line.say(data)
        self._bound(self._deadline)

    def _decipher(self, data: bytes, late: int) -> None:
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
            self._take(plain, late)
        if last:
            self._answer.ended(reset=False)
            self._finish()

    def _take(self, data: bytes, late: int) -> None:
        answer = self._answer
        if not self.ended:
            at = max(_now() - late, self.sent)
            answer.feed(data, at)
            if answer.complete or answer.failure is not None:
                self._finish(at)

    def _over(self, *, reset: bool) -> None:
        if self.ended:
            return
        if self.secure is not None and not self.secured:
            how = "reset" if reset else "closed"
            self._fail(NetFailure(Stage.TLS, Reason.TLS_HANDSHAKE, f"the connection was {how} during the handshake"))
            return
        broken = self.secure is not None and self.secure.broken
        self._answer.ended(reset=reset or broken, notified=self.secure is None)
        self._finish()

    def _fail(self, failure: NetFailure) -> None:
        if not self.ended:
            self.failure = failure
            self._finish()

    def _finish(self, at: int = 0) -> None:
        if not self.ended:
            self.ended = at or _now()
            self._unbound()
            if not self.waiter.done():
                self.waiter.set_result(None)

    def _hand_over(self, error: Exception) -> None:
        """Let the caller have an error that is not what the other side said."""
        if not self.waiter.done():
            self.waiter.set_exception(error)
            self.ended = _now()

    def _bound(self, until: float) -> None:
        if self._until != until or self._timer is None:
            self._unbound()
            self._until, self._timer = until, self._loop.call_at(until, self._late)

    def _unbound(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        self._fail(_too_late(self.stage))

    # For the caller.

    def again(self, request: bytes, answer: Answer, deadline: float) -> None:
        """Send another request; what went before is forgotten."""
        self._answer, self.waiter, self._deadline = answer, self._loop.create_future(), deadline
        self.failure = None
        self.began = self.greeted = self.secured = _now()  # neither takes time any more
        self.connect = self.idle = self.sent = self.ended = 0
        if self._line.closed:
            self._over(reset=True)
        else:
            self._send(request if self.secure is None else self.secure.seal(request))

    @property
    def closed(self) -> bool:
        """Whether nothing can be said over it."""
        return self._line.closed

    @property
    def reusable(self) -> bool:
        """Whether another request may follow."""
        answer = self._answer
        whole = answer.complete and answer.kept_alive and not answer.partial and not answer.oddities
        return whole and not self._line.closed and self.failure is None

    def rest(self, lost: Callable[[], None], seconds: float) -> None:
        """Keep still until the next request, so long at most; `lost` is called when the connection goes meanwhile."""
        self._lost = lost
        self._timer = self._loop.call_later(seconds, self.close)

    def wake(self) -> None:
        """Rest no more."""
        self._lost = None
        self._unbound()

    def close(self) -> None:
        """Drop the connection at once."""
        self._unbound()
        self._line.close()
        if self._lost is not None:
            self._lost()

    @property
    def stage(self) -> Stage:
        """How far it came."""
        if not self.greeted:
            return Stage.CONNECT
        if self.secure is not None and not self.secured:
            return Stage.TLS
        return Stage.BODY if self._answer.headed else Stage.HEADERS


@dataclass(slots=True)
class Exchange:
    """What one connection gave, as raw as it came."""

    answer: Answer
    secure: Secure | None
    connection: Connection
    failure: NetFailure | None = None


async def exchange(
    request: bytes, answer: Answer, plan: Plan | None, where: tuple[str, int], connect_by: float, deadline: float
) -> Exchange:
    """Send `request` to an address and read the answer; both bounds are on the loop's clock.

    The network's faults are in what it returns; raises `CannotLook` for ours. The connection is left open only when it
    is `reusable`.
    """
    secure = Secure(plan) if plan is not None else None
    connection = Connection(request, answer, secure, asyncio.get_running_loop())
    return await _carry_out(connection, answer, lambda: connection.open(*where, connect_by, deadline), where)


async def exchange_again(connection: Connection, request: bytes, answer: Answer, deadline: float) -> Exchange:
    """Send another request over a connection that was left open."""
    return await _carry_out(connection, answer, lambda: connection.again(request, answer, deadline))


async def _carry_out(
    connection: Connection, answer: Answer, begin: Callable[[], None], where: tuple[str, int] = ("", 0)
) -> Exchange:
    failure = None
    try:
        begin()
        await connection.waiter
    except (OSError, MemoryError, ValueError, OverflowError) as error:
        connection.ended = connection.ended or _now()
        failure = _why(error, connection, where)
    finally:
        if not connection.reusable:
            connection.close()
        answer.let_go()
    return Exchange(answer, connection.secure, connection, failure or connection.failure or answer.failure)


def _why(error: Exception, connection: Connection, where: tuple[str, int]) -> NetFailure:
    """Say what stopped an exchange; raises `CannotLook` for faults of ours."""
    if isinstance(error, OSError):
        return of_connect(error)
    refuse_our_faults(error)
    if connection.greeted:
        raise error  # a bug of ours
    # An address or port that the socket layer refuses.
    raise CannotLook("resources", f"{where[0]} port {where[1]}: {error}") from error


def _too_late(stage: Stage) -> NetFailure:
    """Name what was waited for."""
    match stage:
        case Stage.TLS:
            return NetFailure(stage, Reason.TLS_HANDSHAKE, "the handshake did not end in time")
        case Stage.CONNECT:
            reason = Reason.CONNECT_TIMEOUT
        case Stage.HEADERS:
            reason = Reason.TIMEOUT_HEADERS
        case _:
            reason = Reason.TIMEOUT_BODY
    return NetFailure(stage, reason, "no progress before the deadline")
