"""ClientHello records by hand: what a server accepts is asked without the local OpenSSL having to speak it."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache


class Version(IntEnum):
    """Protocol versions as they stand on the wire."""

    SSL3 = 0x0300
    TLS10 = 0x0301
    TLS11 = 0x0302
    TLS12 = 0x0303
    TLS13 = 0x0304

    @property
    def text(self) -> str:
        """As people write it."""
        return {0x0300: "SSLv3", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}[self]


_HANDSHAKE = 22
_CLIENT_HELLO = 1
# Extension numbers (IANA, TLS ExtensionType Values).
_SERVER_NAME, _STATUS_REQUEST, _GROUPS, _POINTS, _SIGNATURES = 0, 5, 10, 11, 13
_ALPN, _EXTENDED_MASTER, _VERSIONS, _KEY_SHARE, _RENEGOTIATION = 16, 23, 43, 51, 0xFF01
_GROUP_IDS = (29, 23, 24, 25, 22, 256, 257)  # X25519, P-256, P-384, P-521, secp256k1, ffdhe2048, ffdhe3072
_OPENING_GROUPS = (29, 23, 24, 25)  # the first is the one of the key share
_POINT = 32  # bytes of one of X25519
_SIGNATURE_IDS = (
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B,
    0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0203, 0x0201, 0x0402, 0x0202, 0x0101,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """One question to a server: whether it speaks this version with one of these suites."""

    version: Version
    suites: tuple[int, ...]
    server_name: str | None = None  # None: without SNI; an address is never sent as one (RFC 6066, 3)
    staple: bool = False  # ask for an OCSP staple


def client_hello(hello: Hello) -> bytes:
    """Return the record that asks; SSLv3 goes without extensions, as its clients did."""
    session = os.urandom(32) if hello.version is Version.TLS13 else b""
    legacy = min(hello.version, Version.TLS12)
    body = legacy.to_bytes(2, "big") + os.urandom(32)
    body += _vector(1, session) + _vector(2, _numbers(hello.suites)) + _vector(1, b"\x00")
    if hello.version is not Version.SSL3:
        body += _vector(2, b"".join(_extensions(hello)))
    record = min(hello.version, Version.TLS10).to_bytes(2, "big")
    message = bytes([_CLIENT_HELLO]) + _vector(3, body)
    return bytes([_HANDSHAKE]) + record + _vector(2, message)


def _extensions(hello: Hello) -> Iterable[bytes]:
    yield _named(hello.server_name)
    yield _extension(_GROUPS, _vector(2, _numbers(_GROUP_IDS)))
    yield _extension(_POINTS, _vector(1, b"\x00"))
    yield _extension(_RENEGOTIATION, _vector(1, b""))
    yield _extension(_EXTENDED_MASTER, b"")
    if hello.staple:
        yield _extension(_STATUS_REQUEST, b"\x01\x00\x00\x00\x00")
    if hello.version >= Version.TLS12:
        yield _extension(_SIGNATURES, _vector(2, _numbers(_SIGNATURE_IDS)))
    yield _extension(_ALPN, _vector(2, _vector(1, b"http/1.1")))
    if hello.version is Version.TLS13:
        yield _extension(_VERSIONS, _vector(1, _numbers((Version.TLS13,))))
        # A point nobody knows the key of: the server's answer is all that is wanted.
        yield _extension(_KEY_SHARE, _vector(2, _numbers((29,)) + _vector(2, os.urandom(32))))


@dataclass(frozen=True, slots=True)
class Opening:
    """A ClientHello of TLS 1.3 alone, whole but for what is new each time."""

    before: bytes
    after: bytes

    def record(self, key_share: bytes) -> bytes:
        """Return the record with this point of X25519."""
        new = os.urandom(64)
        return b"".join((self.before, new[:32], b"\x20", new[32:], self.after, key_share))


@lru_cache(maxsize=8192)
def opening(server_name: str | None, suites: tuple[int, ...], schemes: tuple[int, ...], *, staple: bool) -> Opening:
    """Prepare to ask for a whole handshake; no ticket is wanted of it (RFC 8446, 4.2.9)."""
    extensions = _named(server_name) + _extension(_GROUPS, _vector(2, _numbers(_OPENING_GROUPS)))
    if staple:
        extensions += _extension(_STATUS_REQUEST, b"\x01\x00\x00\x00\x00")
    extensions += _extension(_SIGNATURES, _vector(2, _numbers(schemes)))
    extensions += _extension(_ALPN, _vector(2, _vector(1, b"http/1.1")))
    extensions += _extension(_VERSIONS, _vector(1, _numbers((Version.TLS13,))))
    blank = bytes(_POINT)  # where the key share will be: at the end
    extensions += _extension(_KEY_SHARE, _vector(2, _numbers(_OPENING_GROUPS[:1]) + _vector(2, blank)))
    after = _vector(2, _numbers(suites)) + _vector(1, b"\x00") + _vector(2, extensions)
    message = bytes([_CLIENT_HELLO]) + _vector(3, b"\x03\x03" + bytes(32 + 33) + after)
    record = bytes([_HANDSHAKE]) + b"\x03\x01" + _vector(2, message)
    return Opening(record[: 5 + 4 + 2], after[:-_POINT])


def _named(server_name: str | None) -> bytes:
    """The server's name (RFC 6066, 3); nothing without one."""
    return (
        _extension(_SERVER_NAME, _vector(2, b"\x00" + _vector(2, server_name.encode("ascii")))) if server_name else b""
    )


def _extension(number: int, data: bytes) -> bytes:
    return number.to_bytes(2, "big") + _vector(2, data)


def _vector(width: int, data: bytes) -> bytes:
    return len(data).to_bytes(width, "big") + data


def _numbers(values: Iterable[int]) -> bytes:
    return b"".join(value.to_bytes(2, "big") for value in values)
