"""A client of TLS 1.3 by hand: a handshake in half the time of OpenSSL's, which shows no staple either.

It speaks X25519 and the three suites that every server has; whatever else a server wants is left to OpenSSL. The
server proves that it holds the key of its certificate and that it saw the same handshake, as in any client.
"""

import hashlib
import hmac
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from checks.net.tls.flight import ALERT, APPLICATION, CHANGE, HANDSHAKE, RETRY, Message, server_extensions
from checks.net.tls.hello import opening
from checks.net.tls.proof import SCHEMES, prove
from checks.net.tls.stream import MAX_CHAIN, Messages, Records
from checks.net.tls.suites import TLS13
from checks.net.tls.traffic import (
    FULL,
    SUITES,
    Direction,
    finished,
    handshake_secret,
    master_secret,
    traffic_secrets,
)

_OFFER: Final = tuple(TLS13)
_SHARE: Final = b"\x00\x1d\x00\x20"  # X25519, 32 bytes
_NAME, _STATUS, _GROUPS, _ALPN, _VERSIONS, _KEY_SHARE = 0, 5, 10, 16, 43, 51
_ANSWERS: Final = frozenset({_NAME, _GROUPS, _ALPN})
_SESSION: Final = slice(5 + 4 + 34, 5 + 4 + 34 + 33)  # where the session of our hello stands, with its length
_CLOSE = b"\x01\x00"  # warning, close_notify
_CHANGED = b"\x14\x03\x03\x00\x01\x01"  # for the sake of middleboxes (RFC 8446, D.4)
_NEXT: Final[dict[int, tuple[int, ...]]] = {
    0: (Message.SERVER_HELLO,),
    Message.SERVER_HELLO: (Message.ENCRYPTED,),
    Message.ENCRYPTED: (Message.CERTIFICATE, Message.REQUEST),
    Message.REQUEST: (Message.CERTIFICATE,),
    Message.CERTIFICATE: (Message.VERIFY,),
    Message.VERIFY: (Message.FINISHED,),
    Message.FINISHED: (),
}  # what may follow what (RFC 8446, 4)


class Deferred(Exception):
    """What this client does not come to terms with, for good reasons or bad: OpenSSL is asked."""


class Thirteen:
    """One handshake between two buffers; `feed` raises `Deferred`."""

    __slots__ = (
        "_inside", "_messages", "_private", "_secret", "_secrets", "_server", "_suite", "_transcript", "chain",
        "demands", "done", "heard", "hello", "records", "secrets", "stapled", "suite",
    )  # fmt: skip

    def __init__(self, server_name: str | None, *, staple: bool = False) -> None:
        self._private = X25519PrivateKey.generate()
        share = self._private.public_key().public_bytes_raw()
        self.hello = opening(server_name, _OFFER, SCHEMES, staple=staple).record(share)
        self.records = Records()  # what came after the handshake is left there
        self._messages = Messages()
        self._suite = SUITES[_OFFER[0]]
        self._server: Direction | None = None
        self._secret = b""
        self._secrets = (b"", b"")  # of what the client says in the handshake, and the server
        self._transcript = hashlib.sha256()
        self.demands = False  # the server wants a client certificate
        self._inside = 0
        self.heard = 0  # the last message
        self.suite = 0
        self.chain: tuple[bytes, ...] = ()
        self.stapled = False
        self.done = False
        self.secrets = (b"", b"")  # of what client and server say after the handshake

    def feed(self, data: bytes) -> bytes:
        """Take in what came, and return what is to be sent: our end of the handshake, once `done`."""
        self.records.feed(data)
        return b"" if self.done else self._go()

    def _go(self) -> bytes:
        try:
            while not self.done and (record := self.records.next()) is not None:
                self._take(*record)
        except ValueError as error:  # BadRecord, Unproven
            raise Deferred(str(error)) from None
        return self._end() if self.done else b""

    def farewell(self) -> bytes:
        """What to send after our end of the handshake when that was all."""
        return Direction(self._suite, self.secrets[0]).seal(ALERT, _CLOSE)

    def directions(self) -> tuple[Direction, Direction]:
        """The protection of what client and server say after the handshake."""
        client, server = self.secrets
        return Direction(self._suite, client), Direction(self._suite, server)

    def _take(self, header: bytes, payload: bytes) -> None:
        kind, server = header[0], self._server
        self._inside += len(payload)
        if self._inside > MAX_CHAIN:
            raise Deferred("no end of the handshake")
        if kind == CHANGE and payload == b"\x01" and not self._messages.pending:
            return
        if server is not None and kind == APPLICATION:
            kind, payload = server.open(header, payload)
        elif server is not None or kind != HANDSHAKE or len(payload) > FULL:
            raise Deferred("not the beginning of TLS 1.3")
        if kind != HANDSHAKE:
            raise Deferred("an alert" if kind == ALERT else "data before the handshake is over")
        for whole in self._messages.feed(payload):
            if self._server is not server:
                raise Deferred("words in clear after the keys were agreed on")
            self._hear(whole)
        if (self.done or self._server is not server) and self._messages.pending:
            raise Deferred("a message under two keys")

    def _hear(self, whole: bytes) -> None:
        kind, body = whole[0], whole[4:]
        if kind not in _NEXT[self.heard]:
            raise Deferred(f"message {kind} out of its turn")
        match kind:
            case Message.SERVER_HELLO:
                self._begin(body, whole)
                self.heard = kind
                return
            case Message.ENCRYPTED:
                _agreed(body)
            case Message.REQUEST:
                if body[:1] != b"\x00":  # it has a context only after the handshake (RFC 8446, 4.3.2)
                    raise Deferred("a demand out of its place")
                self.demands = True
            case Message.CERTIFICATE:
                self._certificate(body)
            case Message.VERIFY:
                prove(self.chain[0], body, self._transcript.digest())
            case _:
                if not hmac.compare_digest(body, finished(self._suite, self._secrets[1], self._transcript.digest())):
                    raise Deferred("the server's end of the handshake is not what it should be")
                self.done = True
        self._transcript.update(whole)
        self.heard = kind

    def _begin(self, body: bytes, whole: bytes) -> None:
        """ServerHello: the suite and the key exchange."""
        if len(body) < 38 or body[2:34] == RETRY:
            raise Deferred("another key share is wanted")
        after = 35 + body[34]
        if body[:2] != b"\x03\x03" or body[34:after] != self.hello[_SESSION] or body[after + 2 : after + 3] != b"\x00":
            raise Deferred("not an answer to what was asked")
        self.suite = int.from_bytes(body[after : after + 2], "big")
        extensions = _extensions(body[after + 3 :])
        share, suite = extensions.pop(_KEY_SHARE, b""), SUITES.get(self.suite)
        if extensions != {_VERSIONS: b"\x03\x04"} or suite is None or share[:4] != _SHARE:
            raise Deferred("not TLS 1.3 as it was offered")
        point = X25519PublicKey.from_public_bytes(share[4:])  # ValueError: not of its length
        self._suite = suite
        self._transcript = hashlib.new(suite.hash, self.hello[5:] + whole)
        # ValueError: a point of small order (RFC 8446, 7.4.2)
        self._secret = handshake_secret(suite, self._private.exchange(point))
        self._secrets = traffic_secrets(suite, self._secret, suite.handshake, self._transcript.digest())
        self._server = Direction(suite, self._secrets[1])

    def _certificate(self, body: bytes) -> None:
        """The chain, and what is said of the first certificate (RFC 8446, 4.4.2)."""
        if body[:1] != b"\x00" or int.from_bytes(body[1:4], "big") != len(body) - 4:
            raise Deferred("a chain that does not fit its message")
        at, found = 4, list[bytes]()
        while at < len(body):
            end = at + 3 + int.from_bytes(body[at : at + 3], "big")
            ends = end + 2 + int.from_bytes(body[end : end + 2], "big")
            if ends > len(body) or end == at + 3 or len(body) < end + 2:
                raise Deferred("a chain that breaks off")
            if ends != end + 2 and not found:
                self.stapled = len(_extensions(body[end:ends]).get(_STATUS, b"")) > 4
            found.append(body[at + 3 : end])
            at = ends
        if not found:
            raise Deferred("no certificate")
        self.chain = tuple(found)

    def _end(self) -> bytes:
        """Our own words, and the secrets of what follows."""
        suite, transcript = self._suite, self._transcript
        self.secrets = traffic_secrets(
            suite, master_secret(suite, self._secret), suite.application, transcript.digest()
        )
        said = b""
        if self.demands:  # we have none
            said = _message(Message.CERTIFICATE, bytes(4))
            transcript.update(said)
        said += _message(Message.FINISHED, finished(suite, self._secrets[0], transcript.digest()))
        return _CHANGED + Direction(suite, self._secrets[0]).seal(HANDSHAKE, said)


def _message(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + len(body).to_bytes(3, "big") + body


def _agreed(body: bytes) -> None:
    """EncryptedExtensions: nothing may be agreed on that was not asked for (RFC 8446, 4.2), nor another protocol."""
    if body == b"\x00\x00":
        return
    extensions = _extensions(body)
    if extensions.get(_ALPN, b"\x00\x09\x08http/1.1") != b"\x00\x09\x08http/1.1" or extensions.keys() - _ANSWERS:
        raise Deferred("something was agreed on that was not asked for")


def _extensions(data: bytes) -> dict[int, bytes]:
    """The extensions in a block of them, by number, which must be whole and have each but once."""
    found, length = server_extensions(data), len(data) - 2
    if int.from_bytes(data[:2], "big") != length or sum(4 + len(value) for value in found.values()) != length:
        raise Deferred("extensions that break off, do not fit their message, or are there twice")
    return found
