"""The TLS side of one connection: the handshake, the verdict on its chain, and the records after it."""

from dataclasses import dataclass
from typing import Final

from checks.net.http.byhand import ByHand
from checks.net.http.exchange import Handshake
from checks.net.http.failure import NetFailure, Reason, Stage, of_handshake, of_verdict
from checks.net.http.openssl import Chain, Refused, Session
from checks.net.http.trust import TrustSet
from checks.net.http.verdicts import Verdicts
from checks.net.tls.thirteen import Deferred

_RECORDS: Final = (0x14, 0x15, 0x16, 0x17)  # first bytes of a TLS record


@dataclass(slots=True, kw_only=True)
class Plan:
    """How a connection is to be secured."""

    trust: TrustSet
    verdicts: Verdicts
    name: str  # for SNI and the certificate
    port: int
    address: str
    reading: bool  # read the chain and look its verdict up, instead of verifying it
    by_hand: bool = False  # and shake hands by hand; where that does not do, another connection is to verify


class Secure:
    """One TLS session; `shake` and `read` raise `NetFailure`."""

    __slots__ = ("_plan", "_session", "_started", "handshake", "unknown", "unsettled")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._session = _session(plan)
        self._started = False
        self.handshake: Handshake | None = None
        self.unknown = False  # the chain has no verdict, or the server another way: verify on another connection
        self.unsettled = plan.by_hand  # until the handshake came to its end, nothing that happens is the site's fault

    def shake(self, data: bytes) -> bool:
        """Go on with the handshake; True when it is over and the chain is good."""
        if data and not self._started:
            self._started = True
            if data[0] not in _RECORDS and not self._plan.by_hand:
                raise self._fail(NetFailure(Stage.TLS, Reason.TLS_NOT_TLS, f"it says {data[:40]!r}"))
        self._session.feed(data)
        try:
            return self._session.shake() and self._judge()
        except Deferred:
            self.unknown = True
            return False
        except Refused as refused:
            if not refused.verdict:
                raise self._fail(of_handshake(refused.words)) from None
            plan, chain = self._plan, self._session.sent()
            failure = of_verdict(refused.verdict, refused.words, plan.name)
            plan.verdicts.keep(plan.trust.name, plan.name, chain, failure)
            raise self._fail(failure, chain) from None

    def _judge(self) -> bool:
        plan, session = self._plan, self._session
        chain = session.sent()
        self.unsettled = False
        if plan.reading or isinstance(session, ByHand):
            verdict = plan.verdicts.find(plan.trust.name, plan.name, chain)
            if verdict is None:
                self.unknown = True
                return False
            chain = verdict.chain  # one copy of it in memory, however often it is seen
            if verdict.failure is not None:
                raise self._fail(verdict.failure.bare(), chain)
        else:
            plan.verdicts.keep(plan.trust.name, plan.name, chain, None, session.verified())
        self._note(chain, None)
        return True

    def _fail(self, failure: NetFailure, chain: Chain | None = None) -> NetFailure:
        self._note(self._session.sent() if chain is None else chain, failure)
        return failure

    def _note(self, chain: Chain, failure: NetFailure | None) -> None:
        plan, session = self._plan, self._session
        self.handshake = Handshake(
            host=plan.name,
            port=plan.port,
            address=plan.address,
            chain=chain,
            version=session.version,
            cipher=session.cipher,
            failure=failure.bare() if failure is not None else None,
        )

    @property
    def chained(self) -> bool:
        """Whether a chain came over this connection."""
        return self.handshake is not None and bool(self.handshake.chain)

    @property
    def old(self) -> bool:
        """Whether it is of a protocol that is not spoken by hand."""
        return self.handshake is not None and self.handshake.version == "TLSv1.2"

    @property
    def broken(self) -> bool:
        """Whether the last of what was read came before a record that cannot be."""
        return self._session.broken

    def seal(self, data: bytes) -> bytes:
        """Return `data` as records to send, with what the handshake still had to say before it."""
        if data:
            self._session.write(data)
        return self._session.drain()

    def read(self, data: bytes) -> tuple[bytes, bool]:
        """Return the plain text of the records in `data`, and whether the peer said that it is the last."""
        self._session.feed(data)
        try:
            return self._session.read()
        except Refused as refused:  # TLS 1.3 refuses a client only after the handshake, where the answer should be
            failure = of_handshake(refused.words)
            raise NetFailure(Stage.TLS, Reason.TLS_HANDSHAKE, failure.detail) from None


def _session(plan: Plan) -> Session | ByHand:
    if plan.by_hand:
        return ByHand(plan.name)
    return Session(plan.trust.reading if plan.reading else plan.trust.verifying, plan.name)
