"""The keys of a TLS 1.3 connection and the records they protect (RFC 8446, 5.2 and 7.1)."""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

APPLICATION = 23  # the type that every protected record shows outside
_LONGEST = 2**14 + 256


@dataclass(frozen=True, slots=True)
class Suite:
    """What a cipher suite is made of."""

    hash: str
    cipher: type[AESGCM] | type[ChaCha20Poly1305]
    key_length: int

    @property
    def length(self) -> int:
        """Bytes of a digest."""
        return hashlib.new(self.hash).digest_size


SUITES = {
    0x1301: Suite("sha256", AESGCM, 16),
    0x1302: Suite("sha384", AESGCM, 32),
    0x1303: Suite("sha256", ChaCha20Poly1305, 32),
}


def extract(suite: Suite, salt: bytes, secret: bytes) -> bytes:
    """HKDF-Extract (RFC 5869, 2.2)."""
    return hmac.digest(salt, secret, suite.hash)


def expand(suite: Suite, secret: bytes, label: bytes, context: bytes, length: int = 0) -> bytes:
    """HKDF-Expand-Label, of one block at most: nothing here is longer; 0 stands for a whole digest."""
    wanted, name = length or suite.length, b"tls13 " + label
    info = wanted.to_bytes(2, "big") + bytes([len(name)]) + name + bytes([len(context)]) + context
    return hmac.digest(secret, info + b"\x01", suite.hash)[:wanted]


def derived(suite: Suite, secret: bytes) -> bytes:
    """The salt of the next secret."""
    return expand(suite, secret, b"derived", hashlib.new(suite.hash).digest())


def handshake_secret(suite: Suite, shared: bytes) -> bytes:
    """From the key exchange; no key is known beforehand."""
    nothing = bytes(suite.length)
    return extract(suite, derived(suite, extract(suite, nothing, nothing)), shared)


def master_secret(suite: Suite, handshake: bytes) -> bytes:
    """What the keys after the handshake come from."""
    return extract(suite, derived(suite, handshake), bytes(suite.length))


class BadRecord(ValueError):
    """A record that its key does not open, or with nothing in it."""


class Direction:
    """One direction's protection; records are counted, so that each is opened in its turn."""

    __slots__ = ("_cipher", "_count", "_iv")

    def __init__(self, suite: Suite, secret: bytes) -> None:
        self._cipher = suite.cipher(expand(suite, secret, b"key", b"", suite.key_length))
        self._iv = int.from_bytes(expand(suite, secret, b"iv", b"", 12), "big")
        self._count = 0

    def _nonce(self) -> bytes:
        nonce = (self._iv ^ self._count).to_bytes(12, "big")
        self._count += 1
        return nonce

    def open(self, header: bytes, payload: bytes) -> tuple[int, bytes]:
        """Return the true type of a record and what it holds; raises `BadRecord`."""
        try:
            inner = self._cipher.decrypt(self._nonce(), payload, header).rstrip(b"\x00")
        except InvalidTag:
            raise BadRecord("a record that its key does not open") from None
        if not inner or len(inner) > _LONGEST:
            raise BadRecord("a record with nothing in it")
        return inner[-1], inner[:-1]

    def seal(self, kind: int, data: bytes) -> bytes:
        """Return a record."""
        inner = data + bytes([kind])
        header = bytes([APPLICATION, 3, 3]) + (len(inner) + 16).to_bytes(2, "big")
        return header + self._cipher.encrypt(self._nonce(), inner, header)
