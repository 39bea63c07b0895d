"""A client of TLS 1.3 by hand, for the chain and the staple: half the work of OpenSSL's, which shows no staple.

It speaks X25519 and the three suites that every server has; whatever else a server wants is left to OpenSSL. The
server proves that it holds the key of its certificate and that it saw the same handshake, as in any client.
"""

import hashlib
import hmac
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from checks.net.tls.flight import RETRY, Message, server_extensions
from checks.net.tls.hello import Hello, Version, client_hello
from checks.net.tls.suites import TLS13
from checks.net.tls.traffic import APPLICATION, SUITES, Direction, Suite, expand, handshake_secret, master_secret

MAX_CHAIN: Final = 100 * 1024  # bytes of a server's flight; beyond that OpenSSL's clients give up, and are asked
_CHANGE, _ALERT, _HANDSHAKE = 20, 21, 22
_TYPES = (_CHANGE, _ALERT, _HANDSHAKE, APPLICATION)
_KEY_SHARE, _VERSIONS, _STATUS = 51, 43, 5
_SESSION: Final = 5 + 4 + 34  # where the session of our hello stands, with its length: 32 bytes
_X25519 = b"\x00\x1d"
_CLAIM = b" " * 64 + b"TLS 1.3, server CertificateVerify\x00"
_CLOSE = b"\x01\x00"  # warning, close_notify
_CHANGED = b"\x14\x03\x03\x00\x01\x01"  # for the sake of middleboxes (RFC 8446, D.4)
_PSS: Final[dict[int, hashes.HashAlgorithm]] = {
    0x0804: hashes.SHA256(), 0x0805: hashes.SHA384(), 0x0806: hashes.SHA512(),
    0x0809: hashes.SHA256(), 0x080A: hashes.SHA384(), 0x080B: hashes.SHA512(),
}  # fmt: skip
_ECDSA: Final[dict[int, hashes.HashAlgorithm]] = {
    0x0403: hashes.SHA256(), 0x0503: hashes.SHA384(), 0x0603: hashes.SHA512()
}  # fmt: skip


class Deferred(Exception):
    """What this client does not come to terms with, for good reasons or bad: OpenSSL is asked."""


class Thirteen:
    """One handshake between two buffers; `feed` raises `Deferred`."""

    __slots__ = (
        "_hello", "_inside", "_messages", "_private", "_records", "_secret", "_secrets", "_server", "_suite",
        "_transcript", "_verified", "_wanted", "chain", "done", "stapled", "suite",
    )  # fmt: skip

    def __init__(self, server_name: str | None, *, staple: bool = False) -> None:
        self._private = X25519PrivateKey.generate()
        self._hello = client_hello(
            Hello(
                version=Version.TLS13,
                suites=TLS13,
                server_name=server_name,
                staple=staple,
                key_share=self._private.public_key().public_bytes_raw(),
            )
        )
        self._records, self._messages = bytearray(), bytearray()
        self._suite: Suite | None = None
        self._server: Direction | None = None
        self._secret = b""
        self._secrets = (b"", b"")  # of what the client says in the handshake, and the server
        self._transcript = hashlib.sha256()
        self._wanted: bytes | None = None  # the context of a demand for a client certificate
        self._verified = False
        self._inside = 0
        self.suite = 0
        self.chain: tuple[bytes, ...] = ()
        self.stapled = False
        self.done = False

    @property
    def hello(self) -> bytes:
        """The record to begin with."""
        return self._hello

    def feed(self, data: bytes) -> bytes:
        """Take in what came, and return what is to be sent: all that the client has to say, once `done`."""
        self._records += data
        answer = b""
        while not self.done and (record := self._record()) is not None:
            header, payload = record
            answer += self._take(header, payload)
        return answer

    def _record(self) -> tuple[bytes, bytes] | None:
        buffer = self._records
        if buffer and (buffer[0] not in _TYPES or bytes(buffer[1:2]) not in (b"", b"\x03")):
            raise Deferred("not TLS")
        if len(buffer) < 5:
            return None
        end = 5 + int.from_bytes(buffer[3:5], "big")
        if len(buffer) < end:
            return None
        header, payload = bytes(buffer[:5]), bytes(buffer[5:end])
        del buffer[:end]
        return header, payload

    def _take(self, header: bytes, payload: bytes) -> bytes:
        kind = header[0]
        if kind == _CHANGE:
            return b""
        if self._server is not None and kind == APPLICATION:
            try:
                kind, payload = self._server.open(header, payload)
            except ValueError as error:
                raise Deferred(str(error)) from None
        elif self._server is not None or kind != _HANDSHAKE:
            raise Deferred("not the beginning of TLS 1.3")
        if kind != _HANDSHAKE:
            raise Deferred("an alert" if kind == _ALERT else "data before the handshake is over")
        self._inside += len(payload)
        if self._inside > MAX_CHAIN:
            raise Deferred("no end of the handshake")
        self._messages += payload
        return self._heard()

    def _heard(self) -> bytes:
        buffer, answer = self._messages, b""
        while not self.done and len(buffer) >= 4:
            end = 4 + int.from_bytes(buffer[1:4], "big")
            if len(buffer) < end:
                break
            message = bytes(buffer[:end])
            del buffer[:end]
            answer += self._hear(message[0], message[4:], message)
        return answer

    def _hear(self, kind: int, body: bytes, whole: bytes) -> bytes:
        if self._server is None:
            if kind != Message.SERVER_HELLO:
                raise Deferred("no ServerHello")
            self._begin(body, whole)
            if self._messages:
                raise Deferred("words in clear after the keys were agreed on")
            return b""
        match kind:
            case Message.CERTIFICATE:
                self._certificate(body)
            case Message.REQUEST:
                self._wanted = body[1 : 1 + body[0]] if body else b""
            case Message.VERIFY:
                self._verify(body)
            case Message.FINISHED:
                return self._finish(body, whole)
            case _:
                pass  # EncryptedExtensions: nothing was asked that matters here
        self._transcript.update(whole)
        return b""

    def _begin(self, body: bytes, whole: bytes) -> None:
        """ServerHello: the suite and the key exchange."""
        if len(body) < 38 or body[2:34] == RETRY:
            raise Deferred("another key share is wanted")
        after = 35 + body[34]
        if body[:2] != b"\x03\x03" or body[34:after] != self._hello[_SESSION : _SESSION + 33]:
            raise Deferred("not an answer to what was asked")
        self.suite = int.from_bytes(body[after : after + 2], "big")
        extensions = server_extensions(body[after + 3 :])
        share, suite = extensions.get(_KEY_SHARE, b""), SUITES.get(self.suite)
        if extensions.get(_VERSIONS) != b"\x03\x04" or suite is None or share[:4] != _X25519 + b"\x00\x20":
            raise Deferred("not TLS 1.3 as it was offered")
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(share[4:]))
        except ValueError:
            raise Deferred("a key share that is none") from None
        self._suite = suite
        self._transcript = hashlib.new(suite.hash, self._hello[5:] + whole)
        self._secret = handshake_secret(suite, shared)
        seen = self._transcript.digest()
        client, server = (expand(suite, self._secret, label, seen) for label in (b"c hs traffic", b"s hs traffic"))
        self._secrets = (client, server)
        self._server = Direction(suite, server)

    def _certificate(self, body: bytes) -> None:
        """The chain, and what is said of the first certificate (RFC 8446, 4.4.2)."""
        at = 1 + body[0] + 3 if body else 3
        found: list[bytes] = []
        while at + 3 <= len(body):
            end = at + 3 + int.from_bytes(body[at : at + 3], "big")
            ends = end + 2 + int.from_bytes(body[end : end + 2], "big")
            if ends > len(body) or end == at + 3:
                raise Deferred("a chain that breaks off")
            if not found:
                self.stapled = len(server_extensions(body[end:ends]).get(_STATUS, b"")) > 4
            found.append(body[at + 3 : end])
            at = ends
        if not found:
            raise Deferred("no certificate")
        self.chain = tuple(found)

    def _verify(self, body: bytes) -> None:
        """CertificateVerify: the server holds the key."""
        scheme, signature = int.from_bytes(body[:2], "big"), body[4:]
        if not self.chain or int.from_bytes(body[2:4], "big") != len(signature):
            raise Deferred("a signature out of its place")
        try:
            _check(_public_key(self.chain[0]), scheme, signature, _CLAIM + self._transcript.digest())
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError) as error:
            raise Deferred(f"the server's signature: {error!r}") from None
        self._verified = True

    def _finish(self, body: bytes, whole: bytes) -> bytes:
        """Finished: the server saw the same handshake. Return our own words, and our farewell."""
        if not self._verified or not hmac.compare_digest(body, self._finished(self._secrets[1])):
            raise Deferred("the server's end of the handshake is not what it should be")
        assert self._suite is not None
        suite = self._suite
        self._transcript.update(whole)
        after = expand(suite, master_secret(suite, self._secret), b"c ap traffic", self._transcript.digest())
        said = b""
        if self._wanted is not None:
            said = _message(Message.CERTIFICATE, bytes([len(self._wanted)]) + self._wanted + bytes(3))
            self._transcript.update(said)
        said += _message(Message.FINISHED, self._finished(self._secrets[0]))
        self.done = True
        farewell = Direction(suite, after).seal(_ALERT, _CLOSE)
        return _CHANGED + Direction(suite, self._secrets[0]).seal(_HANDSHAKE, said) + farewell

    def _finished(self, secret: bytes) -> bytes:
        assert self._suite is not None
        return hmac.digest(expand(self._suite, secret, b"finished", b""), self._transcript.digest(), self._suite.hash)


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


@lru_cache(maxsize=4096)
def _public_key(der: bytes) -> object:
    return x509.load_der_x509_certificate(der).public_key()


def _check(key: object, scheme: int, signature: bytes, claim: bytes) -> None:
    """Verify a handshake's signature (RFC 8446, 4.2.3); raises for one that is wrong, or of no kind known here."""
    match key:
        case rsa.RSAPublicKey() if scheme in _PSS:
            digest = _PSS[scheme]
            key.verify(signature, claim, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
        case ec.EllipticCurvePublicKey() if scheme in _ECDSA:
            key.verify(signature, claim, ec.ECDSA(_ECDSA[scheme]))
        case ed25519.Ed25519PublicKey() if scheme == 0x0807:
            key.verify(signature, claim)
        case _:
            raise ValueError(f"scheme {scheme:#06x}")
