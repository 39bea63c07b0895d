"""A server of TLS 1.3 by hand, which may staple as OpenSSL's bindings cannot, and be wrong in every step."""

import asyncio
import hashlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from checks.net.tls.traffic import SUITES, Direction, application_secrets, finished, handshake_secrets
from tests.lab.tls.authority import Issued
from tests.lab.tls.offer import extensions_of
from tests.lab.tls.servers import read_record

SUITE = 0x1301
CLAIM = b" " * 64 + b"TLS 1.3, server CertificateVerify\x00"
Change = Callable[[bytes], bytes]


def as_it_is(message: bytes) -> bytes:
    """No change."""
    return message


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def opened(direction: Direction, record: bytes) -> tuple[int, bytes]:
    """The true type of a record and what it holds."""
    kind, inner = direction.open(record[:5], record[5:])
    return kind, bytes(inner)


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A session as the server sees it, once its part of the handshake is said."""

    flight: bytes
    end: bytes  # what the client must say in its Finished
    handshake: Direction  # what the client says until then
    client: Direction  # and after it
    server: Direction

    def heard(self, said: bytes) -> bytes:
        """Return what the client says after its handshake; raises where that is not whole."""
        plain, place = b"", 0
        assert said[:6] == b"\x14\x03\x03\x00\x01\x01"
        at, opens = 6, self.handshake
        while at < len(said):
            end = at + 5 + int.from_bytes(said[at + 3 : at + 5], "big")
            kind, inner = opened(opens, said[at:end])
            if not place:
                assert (kind, inner) == (22, _message(20, self.end))
                opens = self.client
            plain, at, place = plain + (inner if place else b""), end, place + 1
        return plain


@dataclass(frozen=True, kw_only=True)
class Thirteen:
    """What it shows, and how its messages are changed on their way; keys are P-256."""

    leaf: Issued
    staple: bytes = b""
    changes: dict[str, Change] = field(default_factory=dict)
    asked: list[bool] = field(default_factory=list)  # whether each client asked for a staple

    async def __call__(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        hello = await read_record(connection, loop)
        await loop.sock_sendall(connection, self.flight(hello[5:]))
        while await loop.sock_recv(connection, 4096):
            pass

    def flight(self, hello: bytes) -> bytes:
        """The server's part of the handshake that follows from a ClientHello message."""
        return self.talk(hello).flight

    def talk(self, hello: bytes) -> Talk:
        """Go on from a ClientHello message."""
        offered = extensions_of(hello)
        self.asked.append(5 in offered)
        private, suite = X25519PrivateKey.generate(), SUITES[SUITE]
        shared = private.exchange(X25519PublicKey.from_public_bytes(offered[51][6:]))
        session = hello[4 + 34 : 4 + 35 + hello[4 + 34]]
        share = b"\x00\x33\x00\x24\x00\x1d\x00\x20" + private.public_key().public_bytes_raw()
        extensions = b"\x00\x2b\x00\x02\x03\x04" + share
        said = b"\x03\x03" + bytes(range(32)) + session + SUITE.to_bytes(2, "big") + b"\x00"
        server_hello = self._changed("hello", _message(2, said + len(extensions).to_bytes(2, "big") + extensions))
        transcript = hashlib.sha256(hello + server_hello)
        theirs, ours, derived = handshake_secrets(suite, shared, transcript.digest())
        direction, flight = Direction(suite, ours), b""
        for name in ("certificate", "verify"):
            made = self._certificate() if name == "certificate" else self._verify(transcript.digest())
            message = self._changed(name, made)
            transcript.update(message)
            flight += message
        message = self._changed("finished", _message(20, finished(suite, ours, transcript.digest())))
        transcript.update(message)
        flight += message
        clear = b"\x16\x03\x03" + len(server_hello).to_bytes(2, "big") + server_hello
        sealed = [direction.seal(22, flight[i : i + 16000]) for i in range(0, len(flight), 16000)]
        client, server = application_secrets(suite, derived, transcript.digest())
        return Talk(
            flight=clear + b"\x14\x03\x03\x00\x01\x01" + self._changed("sealed", b"".join(sealed)),
            end=finished(suite, theirs, transcript.digest()),
            handshake=Direction(suite, theirs),
            client=Direction(suite, client),
            server=Direction(suite, server),
        )

    def _changed(self, name: str, message: bytes) -> bytes:
        return self.changes.get(name, as_it_is)(message)

    def _certificate(self) -> bytes:
        """EncryptedExtensions and the chain, the staple with its first certificate."""
        entries = b""
        for place, one in enumerate(self.leaf.chain):
            about = b""
            if self.staple and not place and self.asked[-1]:
                response = b"\x01" + len(self.staple).to_bytes(3, "big") + self.staple
                about = b"\x00\x05" + len(response).to_bytes(2, "big") + response
            entries += len(one.der).to_bytes(3, "big") + one.der + len(about).to_bytes(2, "big") + about
        return _message(8, b"\x00\x00") + _message(11, b"\x00" + len(entries).to_bytes(3, "big") + entries)

    def _verify(self, seen: bytes) -> bytes:
        assert isinstance(self.leaf.key, ec.EllipticCurvePrivateKey)
        signature = self.leaf.key.sign(CLAIM + seen, ec.ECDSA(hashes.SHA256()))
        return _message(15, b"\x04\x03" + len(signature).to_bytes(2, "big") + signature)
