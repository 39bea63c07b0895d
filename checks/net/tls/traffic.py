"""The keys of a TLS 1.3 connection and the records they protect (RFC 8446, 5.2 and 7.1)."""

import hashlib
from collections.abc import Callable
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

FULL: Final = 2**14  # bytes that a record holds at most (RFC 8446, 5.1)
_TAG: Final = 16
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))  # RFC 2104, 2
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))


class Hash(Protocol):
    """A running digest of `hashlib`."""

    def update(self, data: bytes, /) -> None:
        """Take in more."""

    def digest(self) -> bytes:
        """Of all so far."""
        ...


def _info(length: int, label: bytes, context: bytes = b"") -> bytes:
    """What HKDF-Expand-Label hashes for one block."""
    return _before(length, label, len(context)) + context + b"\x01"


def _before(length: int, label: bytes, context: int) -> bytes:
    name = b"tls13 " + label
    return length.to_bytes(2, "big") + bytes([len(name)]) + name + bytes([context])


class Suite:
    """What a cipher suite is made of, and all of the key schedule that is the same in each handshake."""

    def __init__(
        self, hashed: Callable[[bytes], Hash], block: int, cipher: type[AESGCM | ChaCha20Poly1305], key_length: int
    ) -> None:
        self.hash = hashed
        self._block = block  # bytes that the hash takes at once
        self.cipher = cipher
        self.key_length = key_length
        nothing = hashed(b"").digest()
        self.length = length = len(nothing)  # bytes of a digest
        # What is hashed for "derived", "key", …
        self.derived = _info(length, b"derived", nothing)
        self.key = _info(key_length, b"key")
        self.iv = _info(12, b"iv")
        self.finished = _info(length, b"finished")
        self.update = _info(length, b"traffic upd")
        # Before the transcript's digest, for client and server.
        self.handshake = _before(length, b"c hs traffic", length), _before(length, b"s hs traffic", length)
        self.application = _before(length, b"c ap traffic", length), _before(length, b"s ap traffic", length)
        early = self.macs(bytes(length), bytes(length))[0]  # no key is known beforehand
        self.salt = self.macs(early, self.derived)[0]

    def macs(self, key: bytes, *messages: bytes) -> list[bytes]:
        """The HMAC of each message under one key (RFC 2104), which is no longer than a block.

        A handshake takes nineteen, and `hmac.digest` takes half as long again: it looks its hash up by name each time.
        """
        hashed, padded = self.hash, key.ljust(self._block, b"\x00")
        inner, outer = padded.translate(_INNER), padded.translate(_OUTER)
        return [hashed(outer + hashed(inner + message).digest()).digest() for message in messages]


SUITES: Final = {
    0x1301: Suite(hashlib.sha256, 64, AESGCM, 16),
    0x1302: Suite(hashlib.sha384, 128, AESGCM, 32),
    0x1303: Suite(hashlib.sha256, 64, ChaCha20Poly1305, 32),
}


def handshake_secrets(suite: Suite, shared: bytes, seen: bytes) -> list[bytes]:
    """What client and server protect the handshake with, and what the secrets after it come from.

    `shared` comes from the key exchange, `seen` is the transcript's digest up to ServerHello.
    """
    after = seen + b"\x01"
    client, server = suite.handshake
    secret = suite.macs(suite.salt, shared)[0]
    return suite.macs(secret, client + after, server + after, suite.derived)


def application_secrets(suite: Suite, derived: bytes, seen: bytes) -> list[bytes]:
    """What client and server protect their words with after the handshake; `seen` ends with the server's Finished."""
    after = seen + b"\x01"
    client, server = suite.application
    master = suite.macs(derived, bytes(suite.length))[0]
    return suite.macs(master, client + after, server + after)


def finished(suite: Suite, secret: bytes, seen: bytes) -> bytes:
    """What the owner of a handshake secret says in its Finished (RFC 8446, 4.4.4)."""
    return suite.macs(suite.macs(secret, suite.finished)[0], seen)[0]


class BadRecord(ValueError):
    """A record that its key does not open, or that is none."""


class Direction:
    """One direction's protection; records are counted, so that each is opened in its turn."""

    __slots__ = ("_cipher", "_count", "_iv", "_secret", "_suite")

    def __init__(self, suite: Suite, secret: bytes) -> None:
        self._suite = suite
        self._secret = secret
        key, iv = suite.macs(secret, suite.key, suite.iv)
        self._cipher = suite.cipher(key[: suite.key_length])
        self._iv = int.from_bytes(iv[:12], "big")
        self._count = 0

    def renew(self) -> None:
        """Go over to the next key (RFC 8446, 7.2)."""
        Direction.__init__(self, self._suite, self._suite.macs(self._secret, self._suite.update)[0])

    def open(self, header: bytes, payload: bytes | memoryview) -> tuple[int, memoryview]:
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
        return inner[-1], memoryview(inner)[:-1]

    def seal(self, kind: int, data: bytes) -> bytes:
        """Return a record; it holds `FULL` bytes at most."""
        header = b"\x17\x03\x03" + (len(data) + 1 + _TAG).to_bytes(2, "big")
        nonce = (self._iv ^ self._count).to_bytes(12, "big")
        self._count += 1
        return header + self._cipher.encrypt(nonce, data + bytes((kind,)), header)
