"""Reads a server's first flight as it comes: alert, version, suite, chain, staple, demand for a client certificate."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

MAX_FLIGHT = 1024 * 1024  # bytes of one server's answer
CHANGE, ALERT, HANDSHAKE, APPLICATION = 20, 21, 22, 23  # types of records (RFC 8446, 5.1)
_VERSIONS = 43  # supported_versions, in a ServerHello of TLS 1.3
# RFC 8446, 4.1.3: a ServerHello with this "random" asks for another key share, of TLS 1.3 all the same.
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")

ALERTS = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow",
    40: "handshake_failure", 41: "no_certificate", 42: "bad_certificate", 43: "unsupported_certificate",
    44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown", 47: "illegal_parameter",
    48: "unknown_ca", 49: "access_denied", 50: "decode_error", 51: "decrypt_error", 70: "protocol_version",
    71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled",
    109: "missing_extension", 110: "unsupported_extension", 112: "unrecognized_name",
    113: "bad_certificate_status_response", 115: "unknown_psk_identity", 116: "certificate_required",
    120: "no_application_protocol",
}  # fmt: skip


class Message(IntEnum):
    """Handshake messages (RFC 5246, 7.4; RFC 6066, 8; RFC 8446, 4)."""

    SERVER_HELLO = 2
    TICKET = 4
    ENCRYPTED = 8
    CERTIFICATE = 11
    REQUEST = 13
    DONE = 14
    VERIFY = 15
    FINISHED = 20
    STATUS = 22


class Speech(StrEnum):
    """What a server spoke that is no TLS."""

    HTTP = "HTTP"
    SMTP = "SMTP"
    FTP = "FTP"
    IMAP = "IMAP"
    POP3 = "POP3"
    SSH = "SSH"
    OTHER = "something else"


@dataclass(slots=True)
class Flight:
    """What has been understood so far."""

    version: int = 0  # of the ServerHello; 0: none came
    suite: int = 0
    chain: tuple[bytes, ...] = ()
    stapled: bool = False
    wants_client_certificate: bool = False
    done: bool = False  # all that can be read in clear has come
    alert: int | None = None
    not_tls: Speech | None = None
    _records: bytearray = field(default_factory=bytearray)
    _messages: bytearray = field(default_factory=bytearray)
    _read: int = 0

    def feed(self, data: bytes) -> None:
        """Take in what came; nothing raises, whatever it is."""
        self._read += len(data)
        self._records += data
        while not self.finished and self._record():
            pass
        if self._read > MAX_FLIGHT:
            self.done = True

    @property
    def finished(self) -> bool:
        """Whether more bytes would tell nothing more."""
        return self.done or self.alert is not None or self.not_tls is not None

    @property
    def accepted(self) -> bool:
        """Whether the server took one of the versions and suites it was offered."""
        return self.version != 0

    def _record(self) -> bool:
        buffer = self._records
        if not _looks_like_tls(buffer):
            self.not_tls = speech(bytes(buffer[:64]))
            return False
        if len(buffer) < 5:
            return False
        length = int.from_bytes(buffer[3:5], "big")
        if len(buffer) < 5 + length:
            return False
        kind, payload = buffer[0], bytes(buffer[5 : 5 + length])
        del buffer[: 5 + length]
        self._take(kind, payload)
        return True

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == ALERT:
            # Old servers warn (level 1) of a name they do not know, and go on.
            if len(payload) >= 2 and (payload[0] == 2 or payload[1] == 0):
                self.alert = payload[1]
        elif kind == HANDSHAKE:
            self._messages += payload
            while not self.finished and self._message():
                pass
        elif self.accepted:
            self.done = True  # TLS 1.3 encrypts from here on

    def _message(self) -> bool:
        buffer = self._messages
        if len(buffer) < 4:
            return False
        length = int.from_bytes(buffer[1:4], "big")
        if len(buffer) < 4 + length:
            return False
        kind, body = buffer[0], bytes(buffer[4 : 4 + length])
        del buffer[: 4 + length]
        match kind:
            case Message.SERVER_HELLO:
                self._server_hello(body)
            case Message.CERTIFICATE:
                self.chain = certificates(body)
            case Message.STATUS:
                self.stapled = len(body) > 4
            case Message.REQUEST:
                self.wants_client_certificate = True
            case Message.DONE:
                self.done = True
        return True

    def _server_hello(self, body: bytes) -> None:
        if len(body) < 38:
            self.done = True
            return
        session = body[34]
        after = 35 + session
        self.version = int.from_bytes(body[:2], "big")
        self.suite = int.from_bytes(body[after : after + 2], "big")
        selected = _selected_version(body[after + 3 :])
        if selected:
            self.version = selected
            self.done = True  # the rest of the flight is encrypted, or a retry is asked for
        if body[2:34] == RETRY:
            self.done = True


def _looks_like_tls(buffer: bytearray) -> bool:
    kinds = (CHANGE, ALERT, HANDSHAKE, APPLICATION)
    return not buffer or (buffer[0] in kinds and (len(buffer) < 2 or buffer[1] == 3))


def _selected_version(extensions: bytes) -> int:
    """The version in a ServerHello's supported_versions extension, 0 when it has none (RFC 8446, 4.2.1)."""
    selected = server_extensions(extensions).get(_VERSIONS, b"")
    return int.from_bytes(selected, "big") if len(selected) == 2 else 0


def server_extensions(data: bytes) -> dict[int, bytes]:
    """The extensions in a block of them, by number; what is cut off is left out."""
    found: dict[int, bytes] = {}
    at, end = 2, min(len(data), 2 + int.from_bytes(data[:2], "big"))
    while at + 4 <= end:
        number, length = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        if at + 4 + length > end:
            break
        found[number] = data[at + 4 : at + 4 + length]
        at += 4 + length
    return found


def certificates(body: bytes) -> tuple[bytes, ...]:
    """The chain in a Certificate message of TLS 1.2 and before; what is cut off is left out."""
    found: list[bytes] = []
    at = 3
    while at + 3 <= len(body):
        length = int.from_bytes(body[at : at + 3], "big")
        if length == 0 or at + 3 + length > len(body):
            break
        found.append(body[at + 3 : at + 3 + length])
        at += 3 + length
    return tuple(found)


def speech(start: bytes) -> Speech:
    """Which protocol's first words these are."""
    text = start.lstrip()
    words = {b"HTTP/": Speech.HTTP, b"<": Speech.HTTP, b"* OK": Speech.IMAP, b"+OK": Speech.POP3, b"SSH-": Speech.SSH}
    for beginning, spoken in words.items():
        if text.startswith(beginning):
            return spoken
    if text.startswith((b"220", b"421", b"554", b"500")):
        return Speech.FTP if b"FTP" in text.upper() else Speech.SMTP
    return Speech.OTHER
