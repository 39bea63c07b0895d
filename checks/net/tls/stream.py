"""Cuts what a server of TLS 1.3 sends into records, and what these hold into handshake messages (RFC 8446, 5.1)."""

from checks.net.tls.flight import ALERT, APPLICATION, CHANGE, HANDSHAKE
from checks.net.tls.traffic import FULL, BadRecord

MAX_CHAIN = 100 * 1024  # bytes of a server's flight; beyond that OpenSSL's clients give up too
_LONGEST = FULL + 256  # bytes of a protected record
_TYPES = (CHANGE, ALERT, HANDSHAKE, APPLICATION)


class Records:
    """Records in the order they came; what is not yet whole is kept."""

    __slots__ = ("_at", "_data")

    def __init__(self) -> None:
        self._data: bytes | bytearray = b""
        self._at = 0

    def feed(self, data: bytes) -> None:
        """Take in what came."""
        if self._at == len(self._data):
            self._data = data  # the usual case, without a copy
        else:
            if not isinstance(self._data, bytearray):
                self._data = bytearray(self._data)
            del self._data[: self._at]
            self._data += data
        self._at = 0

    def next(self) -> tuple[bytes, bytes | memoryview] | None:
        """Return header and payload of the next record, if it is whole; raises `BadRecord` for what cannot be one."""
        data, at = self._data, self._at
        there = len(data) - at
        if there < 5:
            if there and data[at] not in _TYPES:
                raise BadRecord("not TLS")
            return None
        length = data[at + 3] << 8 | data[at + 4]
        if data[at] not in _TYPES or data[at + 1] != 3 or length > _LONGEST:
            raise BadRecord("not TLS")
        if there < 5 + length:
            return None
        self._at = end = at + 5 + length
        if isinstance(data, bytes):  # which never changes: its records need not be copied
            return data[at : at + 5], memoryview(data)[at + 5 : end]
        return bytes(data[at : at + 5]), bytes(data[at + 5 : end])


class Messages:
    """Handshake messages, of which a record may hold several, or a piece of one."""

    __slots__ = ("_part",)

    def __init__(self) -> None:
        self._part = bytearray()

    @property
    def pending(self) -> bool:
        """Whether one has begun that is not whole: then its rest must come next, under the same key."""
        return bool(self._part)

    def feed(self, payload: bytes | memoryview) -> list[bytes]:
        """Return the messages that are whole now, each with its four bytes of head; raises `BadRecord`."""
        if not payload:
            raise BadRecord("an empty piece of a message")
        data: bytes | bytearray | memoryview = payload
        if self._part:
            self._part += payload
            data = self._part
        found: list[bytes] = []
        at, there = 0, len(data)
        while there - at >= 4:
            length = data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]
            if length > MAX_CHAIN:
                raise BadRecord("no end of a message")
            end = at + 4 + length
            if end > there:
                break
            found.append(bytes(data[at:end]))
            at = end
        if data is self._part:
            del self._part[:at]
        elif at < there:
            self._part += data[at:]
        return found
