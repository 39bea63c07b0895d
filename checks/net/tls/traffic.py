"""The keys of a TLS 1.3 connection and the records they protect (RFC 8446, 5.2 and 7.1)."""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

FULL = 2**14  # bytes that a record holds at most (RFC 8446, 5.1)
_TAG = 16


def _info(length: int, label: bytes, context: bytes = b"") -> bytes:
    """What HKDF-Expand-Label hashes for one block."""
    return _before(length, label, len(context)) + context + b"\x01"


def _before(length: int, label: bytes, context: int) -> bytes:
    name = b"tls13 " + label
    return length.to_bytes(2, "big") + bytes([len(name)]) + name + bytes([context])


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """What a cipher suite is made of, and all of the key schedule that is the same in each handshake."""

    hash: str
    cipher: type[AESGCM] | type[ChaCha20Poly1305]
    key_length: int
    length: int  # bytes of a digest
    salt: bytes  # of the handshake's secret: no key is known beforehand
    derived: bytes  # what follows is hashed for "derived", "key", …
    key: bytes
    iv: bytes
    finished: bytes
    update: bytes
    handshake: tuple[bytes, bytes]  # before the transcript's digest, for client and server
    application: tuple[bytes, bytes]


def _suite(name: str, cipher: type[AESGCM] | type[ChaCha20Poly1305], key_length: int) -> Suite:
    nothing = hashlib.new(name).digest()
    length = len(nothing)
    derived = _info(length, b"derived", nothing)
    early = hmac.digest(bytes(length), bytes(length), name)
    return Suite(
        hash=name,
        cipher=cipher,
        key_length=key_length,
        length=length,
        salt=hmac.digest(early, derived, name),
        derived=derived,
        key=_info(key_length, b"key"),
        iv=_info(12, b"iv"),
        finished=_info(length, b"finished"),
        update=_info(length, b"traffic upd"),
        handshake=(_before(length, b"c hs traffic", length), _before(length, b"s hs traffic", length)),
        application=(_before(length, b"c ap traffic", length), _before(length, b"s ap traffic", length)),
    )


SUITES = {
    0x1301: _suite("sha256", AESGCM, 16),
    0x1302: _suite("sha384", AESGCM, 32),
    0x1303: _suite("sha256", ChaCha20Poly1305, 32),
}


def handshake_secret(suite: Suite, shared: bytes) -> bytes:
    """From the key exchange."""
    return hmac.digest(suite.salt, shared, suite.hash)


def master_secret(suite: Suite, handshake: bytes) -> bytes:
    """What the keys after the handshake come from."""
    return hmac.digest(hmac.digest(handshake, suite.derived, suite.hash), bytes(suite.length), suite.hash)


def traffic_secrets(suite: Suite, secret: bytes, which: tuple[bytes, bytes], seen: bytes) -> tuple[bytes, bytes]:
    """The secrets of client and server; `which` is `suite.handshake` or `suite.application`, `seen` the transcript."""
    after = seen + b"\x01"
    client, server = which
    return hmac.digest(secret, client + after, suite.hash), hmac.digest(secret, server + after, suite.hash)


def finished(suite: Suite, secret: bytes, seen: bytes) -> bytes:
    """What the owner of a handshake secret says in its Finished (RFC 8446, 4.4.4)."""
    return hmac.digest(hmac.digest(secret, suite.finished, suite.hash), seen, suite.hash)


class BadRecord(ValueError):
    """A record that its key does not open, or that is none."""


class Direction:
    """One direction's protection; records are counted, so that each is opened in its turn."""

    __slots__ = ("_cipher", "_count", "_iv", "_secret", "_suite")

    def __init__(self, suite: Suite, secret: bytes) -> None:
        self._suite = suite
        self._use(secret)

    def _use(self, secret: bytes) -> None:
        suite = self._suite
        self._secret = secret
        self._cipher = suite.cipher(hmac.digest(secret, suite.key, suite.hash)[: suite.key_length])
        self._iv = int.from_bytes(hmac.digest(secret, suite.iv, suite.hash)[:12], "big")
        self._count = 0

    def renew(self) -> None:
        """Go over to the next key (RFC 8446, 7.2)."""
        self._use(hmac.digest(self._secret, self._suite.update, self._suite.hash))

    def open(self, header: bytes, payload: bytes) -> tuple[int, bytes]:
        """Return the true type of a record and what it holds; raises `BadRecord`."""
        if len(payload) <= _TAG:
            raise BadRecord("a record with nothing in it")
        nonce = (self._iv ^ self._count).to_bytes(12, "big")
        self._count += 1
        try:
            inner = self._cipher.decrypt(nonce, payload, header)
        except InvalidTag:
            raise BadRecord("a record that its key does not open") from None
        if len(inner) > FULL + 1:
            raise BadRecord("a record with too much in it")
        if not inner[-1]:  # padded
            inner = inner.rstrip(b"\x00")
            if not inner:
                raise BadRecord("a record with nothing in it")
        return inner[-1], inner[:-1]

    def seal(self, kind: int, data: bytes) -> bytes:
        """Return a record; it holds `FULL` bytes at most."""
        header = b"\x17\x03\x03" + (len(data) + 1 + _TAG).to_bytes(2, "big")
        nonce = (self._iv ^ self._count).to_bytes(12, "big")
        self._count += 1
        return header + self._cipher.encrypt(nonce, data + bytes((kind,)), header)
