"""TLS 1.3 sessions by hand, for hosts whose chain was verified before: half the work of OpenSSL's.

Until the handshake is whole it raises `Deferred` for whatever it does not come to terms with, and OpenSSL is asked on
another connection; so no fault of it can be taken for one of the site. After that it is as strict as OpenSSL.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from checks.net.http.openssl import Chain, Refused
from checks.net.tls.flight import ALERT, ALERTS, APPLICATION, HANDSHAKE, Message
from checks.net.tls.stream import MAX_CHAIN, Messages
from checks.net.tls.suites import suite_name
from checks.net.tls.thirteen import Deferred, Thirteen
from checks.net.tls.traffic import FULL, BadRecord, Direction
from checks.parse.addresses import written_address

_KEPT: Final = 20_000  # servers
_FOR: Final = 86_400.0  # seconds: a server that was brought up to date is met by hand again
_CLOSE_NOTIFY, _USER_CANCELED = 0, 90
_NOT_ASKED, _ASKED = b"\x18\x00\x00\x01\x00", b"\x18\x00\x00\x01\x01"  # KeyUpdate, whole

Server = tuple[str, int, str]  # address, port, name


class Apart:
    """The servers that only OpenSSL comes to terms with."""

    __slots__ = ("_clock", "_until")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: OrderedDict[Server, float] = OrderedDict()

    def holds(self, server: Server) -> bool:
        """Whether it is known for one of them."""
        until = self._until.get(server)
        if until is None or self._clock() < until:
            return until is not None
        del self._until[server]
        return False

    def add(self, server: Server) -> None:
        """Remember it for a day."""
        self._until[server] = self._clock() + _FOR
        self._until.move_to_end(server)
        if len(self._until) > _KEPT:
            self._until.popitem(last=False)


class ByHand:
    """One TLS session of a client, to be used as one of `openssl.Session` is; `shake` raises `Deferred`."""

    __slots__ = (
        "_aside", "_client", "_fault", "_hand", "_in", "_last", "_messages", "_out", "_owes", "_records", "_server",
    )  # fmt: skip

    def __init__(self, name: str) -> None:
        # An address is no server name (RFC 6066, 3).
        self._hand = hand = Thirteen(name if written_address(name) is None else None)
        self._records = hand.records
        self._messages = Messages()
        self._in = b""  # not yet heard, until the handshake is over
        self._out = [hand.hello]
        self._client: Direction | None = None
        self._server: Direction | None = None
        self._owes = False  # a KeyUpdate, before we say anything more
        self._aside = 0  # bytes of messages since the last data
        self._last = False
        self._fault = ""

    def feed(self, data: bytes) -> None:
        """Take in what the server sent."""
        if self._server is None:
            self._in = data
        else:
            self._records.feed(data)

    def drain(self) -> bytes:
        """Return what is to be sent to the server."""
        out = self._out[0] if len(self._out) == 1 else b"".join(self._out)
        self._out.clear()
        return out

    def shake(self) -> bool:
        """Go on with the handshake; True when it is over. Raises `Deferred`."""
        hand = self._hand
        end = hand.feed(self._in)
        self._in = b""
        if not hand.done:
            return False
        if hand.demands:
            raise Deferred("a client certificate is wanted")
        self._out.append(end)
        self._client, self._server = hand.directions()
        return True

    def write(self, data: bytes) -> None:
        """Encrypt `data`, which `drain` returns."""
        client = self._client
        assert client is not None
        if self._owes:  # RFC 8446, 4.6.3
            self._out.append(client.seal(HANDSHAKE, _NOT_ASKED))
            client.renew()
            self._owes = False
        if len(data) <= FULL:
            self._out.append(client.seal(APPLICATION, data))
        else:
            self._out += [client.seal(APPLICATION, data[at : at + FULL]) for at in range(0, len(data), FULL)]

    def read(self) -> tuple[bytes, bool]:
        """Return the plain text there is, and whether the server said that it is the last. Raises `Refused`."""
        pieces: list[memoryview] = []
        try:
            while not self._last and (record := self._next()) is not None:
                kind, payload = record
                if kind != APPLICATION or self._messages.pending:
                    self._hear(kind, payload)
                elif payload:
                    pieces.append(payload)
                    self._aside = 0
        except BadRecord as error:
            self._fault = str(error)
            if not pieces:  # else what came before the fault is judged first
                raise Refused(self._fault) from None
        return b"".join(pieces), self._last

    def _next(self) -> tuple[int, memoryview] | None:
        if self._fault:
            raise BadRecord(self._fault)
        record = self._records.next()
        if record is None:
            return None
        header, payload = record
        assert self._server is not None
        if header[0] != APPLICATION:
            raise BadRecord("a record in clear")
        return self._server.open(header, payload)

    def _hear(self, kind: int, payload: memoryview) -> None:
        """Messages and alerts; whoever says nothing else for long is not listened to."""
        self._aside += 1 + len(payload)
        if self._aside > MAX_CHAIN:
            raise BadRecord("no end of messages")
        if kind == ALERT:
            self._alert(payload)
        elif kind == HANDSHAKE:
            messages = self._messages.feed(payload)
            for left, message in zip(range(len(messages) - 1, -1, -1), messages, strict=True):
                self._message(message, last=not left and not self._messages.pending)
        else:
            raise BadRecord(f"a record of type {kind}")

    def _alert(self, payload: memoryview) -> None:
        if len(payload) != 2 or self._messages.pending:
            raise BadRecord("an alert that is none")
        if payload[1] == _CLOSE_NOTIFY:
            self._last = True
        elif payload[1] != _USER_CANCELED:  # which close_notify follows (RFC 8446, 6.1)
            raise BadRecord(f"alert {ALERTS.get(payload[1], str(payload[1])).replace('_', ' ')}")

    def _message(self, message: bytes, *, last: bool) -> None:
        if message[0] == Message.TICKET:
            return
        # The next message is under another key, and so is in another record (RFC 8446, 5.1).
        if message not in (_NOT_ASKED, _ASKED) or not last:
            raise BadRecord(f"message {message[0]} after the handshake")
        assert self._server is not None
        self._server.renew()
        self._owes = self._owes or message == _ASKED

    @property
    def broken(self) -> bool:
        """Whether what came cannot be read any further."""
        return bool(self._fault)

    @property
    def version(self) -> str:
        """As OpenSSL names it."""
        return "TLSv1.3" if self._hand.suite else ""

    @property
    def cipher(self) -> str:
        """As OpenSSL names it; "" before it is agreed."""
        return suite_name(self._hand.suite) if self._hand.suite else ""

    def sent(self) -> Chain:
        """The certificates the server sent."""
        return self._hand.chain
