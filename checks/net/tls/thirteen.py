"""A client of TLS 1.3 by hand: a handshake in half the time of OpenSSL's, which shows no staple either.

It speaks X25519 and the three suites that every server has; whatever else a server wants is left to OpenSSL. The
server proves that it holds the key of its certificate and that it saw the same handshake, as in any client. Few and
plain functions: in the midst of a probe it is not the steps that take the time, but fetching them from memory.
"""

import hmac
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from checks.net.tls.flight import ALERT, APPLICATION, CHANGE, HANDSHAKE, RETRY, Message, server_extensions
from checks.net.tls.hello import opening
from checks.net.tls.proof import SCHEMES, prove
from checks.net.tls.stream import MAX_CHAIN, Records
from checks.net.tls.suites import TLS13
from checks.net.tls.traffic import FULL, SUITES, Direction, Hash, application_secrets, finished, handshake_secrets

_OFFER: Final = tuple(TLS13)
_VERSION: Final = b"\x00\x2b\x00\x02\x03\x04"  # supported_versions: TLS 1.3
_SHARE: Final = b"\x00\x33\x00\x24\x00\x1d\x00\x20"  # key_share: X25519, 32 bytes
_NAME, _STATUS, _GROUPS, _ALPN = 0, 5, 10, 16
_ANSWERS: Final = frozenset({_NAME, _GROUPS, _ALPN})
_HTTP: Final = b"\x00\x09\x08http/1.1"
_SESSION: Final = slice(5 + 4 + 34, 5 + 4 + 34 + 33)  # where the session of our hello stands, with its length
_PAIR_FOR: Final = 1.0  # seconds
_CLOSE: Final = b"\x01\x00"  # warning, close_notify
_CHANGED: Final = b"\x14\x03\x03\x00\x01\x01"  # for the sake of middleboxes (RFC 8446, D.4)
# What may follow what once the keys are agreed on (RFC 8446, 4), in numbers: an enum's cost more to look up.
_ENCRYPTED, _CERTIFICATE, _REQUEST = int(Message.ENCRYPTED), int(Message.CERTIFICATE), int(Message.REQUEST)
_VERIFY, _FINISHED = int(Message.VERIFY), int(Message.FINISHED)
_NEXT: Final[dict[int, tuple[int, ...]]] = {
    0: (_ENCRYPTED,),
    _ENCRYPTED: (_CERTIFICATE, _REQUEST),
    _REQUEST: (_CERTIFICATE,),
    _CERTIFICATE: (_VERIFY,),
    _VERIFY: (_FINISHED,),
    _FINISHED: (),
}


class Deferred(Exception):
    """What this client does not come to terms with, for good reasons or bad: OpenSSL is asked."""


class Pair:
    """A key pair for the handshakes of one second: to make one costs as much as the exchange itself.

    X25519 bears keys that are used again, whatever point the other side sends (RFC 7748, 7); each connection has
    secrets of its own all the same, by the server's share and both randoms. Forward secrecy begins a second later for
    it; that whoever listens can tell connections to be of one client matters to none that gives its name in each.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._pair: tuple[X25519PrivateKey, bytes] | None = None

    def now(self) -> tuple[X25519PrivateKey, bytes]:
        """The private key, and the public one as it is sent."""
        now = self._clock()
        if self._pair is None or now >= self._until:
            private = X25519PrivateKey.generate()
            self._pair = private, private.public_key().public_bytes_raw()
            self._until = now + _PAIR_FOR
        return self._pair


_PAIR: Final = Pair()


class Thirteen:
    """One handshake between two buffers; `feed` raises `Deferred`."""

    __slots__ = (
        "_at", "_client", "_derived", "_finished", "_flight", "_inside", "_messages", "_private", "_server", "_suite",
        "_transcript", "chain", "demands", "done", "hello", "records", "secrets", "stapled", "suite",
    )  # fmt: skip

    def __init__(self, server_name: str | None, *, staple: bool = False) -> None:
        self._private, share = _PAIR.now()
        self.hello = opening(server_name, _OFFER, SCHEMES, staple=staple).record(share)
        self.records = Records()  # what came after the handshake is left there
        self._suite = SUITES[_OFFER[0]]
        self._server: Direction | None = None
        self._transcript: Hash
        self._client = self._finished = self._derived = b""  # secrets of the handshake
        self._flight = bytearray()  # what the server says under its first key
        self._at = self._inside = 0
        self._messages: list[tuple[int, int, int]] = []  # in the flight: type, beginning, end
        self.demands = False  # the server wants a client certificate
        self.suite = 0
        self.chain: tuple[bytes, ...] = ()
        self.stapled = False
        self.done = False
        self.secrets: list[bytes] = []  # of what client and server say after the handshake

    def feed(self, data: bytes) -> bytes:
        """Take in what came, and return what is to be sent: our end of the handshake, once `done`."""
        records, server = self.records, self._server
        records.feed(data)
        try:
            while not self.done and (record := records.next()) is not None:
                header, payload = record
                self._inside += len(payload)
                if self._inside > MAX_CHAIN:
                    raise Deferred("no end of the handshake")
                if header[0] == CHANGE and payload == b"\x01" and len(self._flight) == self._at:
                    continue
                if server is None:
                    server = self._begin(header[0], bytes(payload))
                    continue
                if header[0] != APPLICATION:
                    raise Deferred("words in clear after the keys were agreed on")
                kind, inner = server.open(header, payload)
                if kind != HANDSHAKE or not inner:
                    raise Deferred("an alert" if kind == ALERT else "data before the handshake is over")
                self._flight += inner
                if self._whole():
                    return self._end()
        except ValueError as error:  # BadRecord, Unproven
            raise Deferred(str(error)) from None
        return b""

    def farewell(self) -> bytes:
        """What to send after our end of the handshake when that was all."""
        return Direction(self._suite, self.secrets[0]).seal(ALERT, _CLOSE)

    def directions(self) -> tuple[Direction, Direction]:
        """The protection of what client and server say after the handshake."""
        client, server = self.secrets
        return Direction(self._suite, client), Direction(self._suite, server)

    def _begin(self, kind: int, whole: bytes) -> Direction:
        """ServerHello, alone in its record: the suite and the key exchange."""
        if kind != HANDSHAKE or whole[:2] != b"\x02\x00" or int.from_bytes(whole[2:4], "big") != len(whole) - 4:
            raise Deferred("an alert" if kind == ALERT else "not the beginning of TLS 1.3")
        if len(whole) > FULL or whole[6:38] == RETRY:
            raise Deferred("another key share is wanted")
        if whole[4:6] != b"\x03\x03" or whole[38:71] != self.hello[_SESSION] or whole[73:76] != b"\x00\x00\x2e":
            raise Deferred("not an answer to what was asked")
        self.suite = int.from_bytes(whole[71:73], "big")
        suite, extensions = SUITES.get(self.suite), whole[76:]
        point = extensions[14:] if extensions[:14] == _VERSION + _SHARE else extensions[8:40]
        if suite is None or extensions not in (_VERSION + _SHARE + point, _SHARE + point + _VERSION):
            raise Deferred("not TLS 1.3 as it was offered")
        self._suite = suite
        self._transcript = suite.hash(self.hello[5:] + whole)
        # ValueError: a point of small order (RFC 8446, 7.4.2)
        shared = self._private.exchange(X25519PublicKey.from_public_bytes(point))
        self._client, secret, self._derived = handshake_secrets(suite, shared, self._transcript.digest())
        self._finished = secret
        self._server = Direction(suite, secret)
        return self._server

    def _whole(self) -> bool:
        """Find the messages that are whole now; True at the last of them."""
        flight, messages, at = self._flight, self._messages, self._at
        last = messages[-1][0] if messages else 0
        while len(flight) - at >= 4:
            kind, end = flight[at], at + 4 + (flight[at + 1] << 16 | flight[at + 2] << 8 | flight[at + 3])
            if kind not in _NEXT[last]:
                raise Deferred(f"message {kind} out of its turn")
            if end > len(flight):
                break
            messages.append((kind, at, end))
            last, at = kind, end
        self._at = at
        if last == _FINISHED and at < len(flight):
            raise Deferred("a message under two keys")
        return last == _FINISHED

    def _end(self) -> bytes:
        """Believe the server or not; our own words, and the secrets of what follows."""
        flight, suite, transcript = bytes(self._flight), self._suite, self._transcript
        for kind, at, end in self._messages:
            body = flight[at + 4 : end]
            if kind == _ENCRYPTED:
                _agreed(body)
            elif kind == _CERTIFICATE:
                self._certificate(body)
            elif kind == _VERIFY:
                prove(self.chain[0], body, transcript.digest())
            elif kind == _REQUEST:
                if body[:1] != b"\x00":  # it has a context only after the handshake (RFC 8446, 4.3.2)
                    raise Deferred("a demand out of its place")
                self.demands = True
            elif not hmac.compare_digest(body, finished(suite, self._finished, transcript.digest())):
                raise Deferred("the server's end of the handshake is not what it should be")
            transcript.update(flight[at:end])
        seen = transcript.digest()
        self.secrets = application_secrets(suite, self._derived, seen)
        said = b""
        if self.demands:  # we have none
            said = _message(_CERTIFICATE, bytes(4))
            transcript.update(said)
            seen = transcript.digest()
        self.done = True
        said += _message(_FINISHED, finished(suite, self._client, seen))
        return _CHANGED + Direction(suite, self._client).seal(HANDSHAKE, said)

    def _certificate(self, body: bytes) -> None:
        """The chain, and what is said of the first certificate (RFC 8446, 4.4.2)."""
        length = len(body)
        if body[:1] != b"\x00" or int.from_bytes(body[1:4], "big") != length - 4:
            raise Deferred("a chain that does not fit its message")
        at, found = 4, list[bytes]()
        while at < length:
            end = at + 3 + int.from_bytes(body[at : at + 3], "big")
            ends = end + 2 + int.from_bytes(body[end : end + 2], "big")
            if ends > length or end == at + 3 or length < end + 2:
                raise Deferred("a chain that breaks off")
            if ends != end + 2 and not found:
                self.stapled = len(_extensions(body[end:ends]).get(_STATUS, b"")) > 4
            found.append(body[at + 3 : end])
            at = ends
        if not found:
            raise Deferred("no certificate")
        self.chain = tuple(found)


def _message(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + len(body).to_bytes(3, "big") + body


@lru_cache(maxsize=64)
def _agreed(body: bytes) -> None:
    """EncryptedExtensions: nothing may be agreed on that was not asked for (RFC 8446, 4.2), nor another protocol."""
    extensions = _extensions(body)
    if extensions.get(_ALPN, _HTTP) != _HTTP or extensions.keys() - _ANSWERS:
        raise Deferred("something was agreed on that was not asked for")


def _extensions(data: bytes) -> dict[int, bytes]:
    """The extensions in a block of them, by number, which must be whole and have each but once."""
    found, length = server_extensions(data), len(data) - 2
    if int.from_bytes(data[:2], "big") != length or sum(4 + len(value) for value in found.values()) != length:
        raise Deferred("extensions that break off, do not fit their message, or are there twice")
    return found
