"""The TLS side of one connection: handshake, chain and records, between two buffers in memory."""

import ssl
import sys
from dataclasses import dataclass
from typing import Final

from checks.net.http.exchange import Handshake
from checks.net.http.failure import NetFailure, Reason, Stage, of_tls
from checks.net.http.trust import TrustSet
from checks.net.http.verdicts import Chain, Verdicts

_PIECE: Final = 16_384  # bytes read at once: a record holds no more (RFC 8446, 5.1), and more room costs page faults
_DER: Final = 2  # _ssl.ENCODING_DER
_RECORDS: Final = (0x14, 0x15, 0x16, 0x17)  # first bytes of a TLS record
_PUBLIC: Final = sys.version_info >= (3, 13)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a connection is to be secured."""

    trust: TrustSet
    verdicts: Verdicts
    name: str  # for SNI and the certificate
    port: int
    address: str
    reading: bool  # read the chain and look its verdict up, instead of verifying it


class Secure:
    """One TLS session; `shake` and `read` raise `NetFailure`."""

    __slots__ = ("_incoming", "_object", "_outgoing", "_plan", "_started", "handshake", "unknown")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = plan.trust.reading if plan.reading else plan.trust.verifying
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=plan.name.encode("ascii"))
        self._started = False
        self.handshake: Handshake | None = None
        self.unknown = False  # the chain has no verdict: verify it on another connection

    def shake(self, data: bytes) -> bool:
        """Go on with the handshake; True when it is over and the chain is good."""
        if data and not self._started:
            self._started = True
            if data[0] not in _RECORDS:
                raise self._fail(NetFailure(Stage.TLS, Reason.TLS_NOT_TLS, f"it says {data[:40]!r}"))
        self._incoming.write(data)
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLCertVerificationError as error:
            failure, plan = of_tls(error), self._plan
            plan.verdicts.keep(plan.trust.name, plan.name, self.sent(), failure)
            raise self._fail(failure) from None
        except ssl.SSLError as error:
            raise self._fail(of_tls(error)) from None
        return self._judge()

    def _judge(self) -> bool:
        plan, chain = self._plan, self.sent()
        if plan.reading:
            verdict = plan.verdicts.find(plan.trust.name, plan.name, chain)
            if verdict is None:
                self.unknown = True
                return False
            chain = verdict.chain  # one copy of it in memory, however often it is seen
            if verdict.failure is not None:
                raise self._fail(verdict.failure.bare(), chain)
        else:
            plan.verdicts.keep(plan.trust.name, plan.name, chain, None, self._verified())
        self._note(chain, None)
        return True

    def _fail(self, failure: NetFailure, chain: Chain | None = None) -> NetFailure:
        self._note(self.sent() if chain is None else chain, failure)
        return failure

    def _note(self, chain: Chain, failure: NetFailure | None) -> None:
        plan, cipher = self._plan, self._object.cipher()
        self.handshake = Handshake(
            host=plan.name,
            port=plan.port,
            address=plan.address,
            chain=chain,
            version=self._object.version() or "",
            cipher=cipher[0] if cipher else "",
            failure=failure.bare() if failure is not None else None,
        )

    def sent(self) -> Chain:
        """The chain as the server sent it, also when the handshake failed over it."""
        return sent_chain(self._object)

    def _verified(self) -> Chain:
        if _PUBLIC:
            return tuple(self._object.get_verified_chain() or ())  # type: ignore[attr-defined,unused-ignore]
        inner = self._object._sslobj  # type: ignore[attr-defined]  # noqa: SLF001 - public since 3.13 only
        return tuple([one.public_bytes(_DER) for one in inner.get_verified_chain() or ()])

    def seal(self, data: bytes) -> bytes:
        """Return `data` as records to send, with what the handshake still had to say before it."""
        if data:
            self._object.write(data)
        return self._outgoing.read()

    def read(self, data: bytes) -> tuple[bytes, bool]:
        """Return the plain text of the records in `data`, and whether the peer said that it is the last."""
        self._incoming.write(data)
        pieces: list[bytes] = []
        try:
            while piece := self._object.read(_PIECE):
                pieces.append(piece)
        except ssl.SSLWantReadError:
            return b"".join(pieces), False
        except ssl.SSLZeroReturnError:
            return b"".join(pieces), True
        except ssl.SSLError as error:
            if pieces:  # what came before the fault is judged first
                return b"".join(pieces), False
            raise _broken(error) from None
        return b"".join(pieces), True


def sent_chain(tls: ssl.SSLObject) -> Chain:
    """Return the certificates a server sent, DER, whatever was thought of them."""
    if _PUBLIC:
        return tuple(tls.get_unverified_chain() or ())  # type: ignore[attr-defined,unused-ignore]
    inner = tls._sslobj  # type: ignore[attr-defined]  # noqa: SLF001 - public since 3.13 only
    return tuple([one.public_bytes(_DER) for one in inner.get_unverified_chain() or ()])


def _broken(error: ssl.SSLError) -> NetFailure:
    """TLS 1.3 refuses a client only after the handshake, by an alert where the answer should be."""
    failure = of_tls(error)
    return NetFailure(Stage.TLS, Reason.TLS_HANDSHAKE, failure.detail)
