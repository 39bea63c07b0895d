"""Our own way of making one request to one address, which every visit takes unless a proxy or HTTP/2 is asked for."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Final

from checks.net.http.byhand import Apart, Server
from checks.net.http.connection import Exchange, exchange, exchange_again
from checks.net.http.decode import Decoded, decode
from checks.net.http.exchange import DEFAULT_LIMITS, Heard, Limits, Reply, Stock
from checks.net.http.failure import NetFailure, Reason, Stage
from checks.net.http.parser import Answer, Wanted
from checks.net.http.pool import Place, Pool
from checks.net.http.secure import Plan, Secure
from checks.net.http.trust import ClientCertificate, Trusts
from checks.net.http.verdicts import Verdicts
from checks.parse.urls import Url

_LATE: Final = frozenset({Reason.TIMEOUT_HEADERS, Reason.TIMEOUT_BODY})
_LEAST: Final = 0.01  # seconds that another connection takes; a loop's timer may come a millisecond early besides
_BIG: Final = 256 * 1024  # bytes on the wire from which decoding would hold the loop too long


@dataclass(slots=True, kw_only=True)
class Sent:
    """A request ready to go to one address."""

    url: Url
    address: str
    request: bytes = field(repr=False)  # as it goes on the wire
    head_only: bool = False  # HEAD: the answer has no body, whatever it says
    server_name: str  # for SNI and the certificate
    ca_file: str = ""  # extra trust roots
    certificate: ClientCertificate = None
    stock: Stock | None = None  # go by httpx's own transport
    connect_by: float  # on the loop's clock: until then it must be connected and secured
    deadline: float
    limits: Limits = DEFAULT_LIMITS
    wanted: Wanted | None = None  # how much of the body is wanted, once the head is there
    keep_alive: bool = False  # use a connection left open, and leave one


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What the connections of one process share."""

    trusts: Trusts = field(default_factory=Trusts)
    verdicts: Verdicts = field(default_factory=Verdicts)
    pool: Pool = field(default_factory=Pool)
    apart: Apart = field(default_factory=Apart)

    async def fetch(self, sent: Sent) -> Heard:
        """Make a request; raises `CannotLook` for faults of ours."""
        if sent.stock is not None:
            return await self._by_stock(sent, sent.stock)
        plan = self._plan(sent) if sent.url.scheme == "https" else None
        if sent.keep_alive:
            return await self._kept(sent, plan)
        done = await self._fresh(sent, plan)
        done.connection.close()
        return await _heard(done, sent.limits)

    async def _by_stock(self, sent: Sent, request: Stock) -> Heard:
        from checks.net.http.stock import fetch  # httpx takes longer to load than a probe takes

        trust = self.trusts.of(sent.ca_file, sent.certificate)
        return await fetch(
            request, sent.url, sent.address, sent.server_name, trust, sent.limits, (sent.connect_by, sent.deadline)
        )

    async def _kept(self, sent: Sent, plan: Plan | None) -> Heard:
        place = _place(sent, plan)
        done = await self._reused(sent, place) or await self._fresh(sent, plan)
        if done.connection.reusable:
            self.pool.put(place, done.connection)
        return await _heard(done, sent.limits)

    async def _reused(self, sent: Sent, place: Place) -> Exchange | None:
        """Use a connection left open; None when there is none, or it turns out to have been closed meanwhile."""
        connection = self.pool.take(place)
        if connection is None:
            return None
        done = await exchange_again(connection, sent.request, _answer(sent), sent.deadline)
        unheard = done.failure is not None and not done.answer.first and done.failure.reason not in _LATE
        return None if unheard else done

    def _plan(self, sent: Sent) -> Plan:
        trust = self.trusts.of(sent.ca_file, sent.certificate)
        reading = self.verdicts.knows(trust.name, sent.server_name)
        return Plan(
            trust=trust,
            verdicts=self.verdicts,
            name=sent.server_name,
            port=sent.url.port,
            address=sent.address,
            reading=reading,
            by_hand=reading and sent.certificate is None and not self.apart.holds(_server(sent)),
        )

    async def _fresh(self, sent: Sent, plan: Plan | None) -> Exchange:
        """Make a connection, and another where one could not tell: by then no byte of a request was sent."""
        where, bounds = (sent.address, sent.url.port), (sent.connect_by, sent.deadline)
        unsettled = False
        while True:
            done = await exchange(sent.request, _answer(sent), plan, where, *bounds)
            secure = done.secure
            if plan is None or secure is None:
                return done
            again = _open(secure, done.failure)
            late = again and _late(done, sent.connect_by)
            # By OpenSSL from now on: it got further than we did, or nobody can tell.
            if (unsettled and secure.chained) or secure.old or (late and secure.unsettled):
                self.apart.add(_server(sent))
            if late or not again:
                return done
            unsettled = secure.unsettled
            plan = replace(plan, by_hand=False, reading=unsettled)


def _open(secure: Secure, failure: NetFailure | None) -> bool:
    """Whether a connection ended before anything was known of the site."""
    if failure is None:
        return secure.unknown
    return secure.unsettled and failure.stage is Stage.TLS


def _late(done: Exchange, connect_by: float) -> bool:
    """Whether no time is left for another connection; names the fault where there is none yet."""
    if asyncio.get_running_loop().time() + _LEAST < connect_by:
        return False
    done.failure = done.failure or NetFailure(Stage.TLS, Reason.TLS_HANDSHAKE, "no time to verify the chain")
    return True


def _server(sent: Sent) -> Server:
    return sent.address, sent.url.port, sent.server_name


def _answer(sent: Sent) -> Answer:
    return Answer(sent.limits, head_only=sent.head_only, wanted=sent.wanted)


def _place(sent: Sent, plan: Plan | None) -> Place:
    trust = plan.trust.name if plan is not None else ""
    return Place(sent.url.scheme, sent.server_name, sent.url.port, sent.address, trust)


async def _heard(done: Exchange, limits: Limits) -> Heard:
    connection, answer, secure = done.connection, done.answer, done.secure
    failure = done.failure
    reply = None
    if answer.headed:
        decoded = await _decoded(answer, limits)
        failure = failure or decoded.failure
        reply = _reply(answer, decoded)
    ended = max(connection.ended, answer.headed)
    greeted = connection.greeted or ended
    secured = connection.secured or (ended if secure is not None else greeted)
    headed = answer.headed or ended
    return Heard(
        reply=reply,
        failure=failure,
        connect=connection.connect if connection.greeted else ended - connection.began,
        tls=max(0, secured - greeted - connection.idle) if secure is not None else 0,
        processing=headed - connection.sent if connection.sent else 0,
        transfer=ended - headed,
        handshake=secure.handshake if secure is not None else None,
    )


async def _decoded(answer: Answer, limits: Limits) -> Decoded:
    body = answer.pieces[0] if len(answer.pieces) == 1 else b"".join(answer.pieces)
    if answer.partial or not answer.field(b"content-encoding"):
        return Decoded(body=body)
    encoding = ", ".join(
        [value.decode("latin-1") for name, value in answer.fields if name.lower() == b"content-encoding"]
    )
    if len(body) > _BIG:
        return await asyncio.to_thread(decode, body, encoding, limits)
    return decode(body, encoding, limits)


def _reply(answer: Answer, decoded: Decoded) -> Reply:
    length = answer.field(b"content-length")
    return Reply(
        status=answer.status,
        reason=answer.reason.decode("latin-1"),
        version=answer.version,
        headers=tuple([(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.fields]),
        body=decoded.body,
        wire=answer.size,
        length=int(length) if length.isdigit() else -1,
        partial=answer.partial,
        oddities=(*answer.oddities, *decoded.oddities) if answer.oddities or decoded.oddities else (),
    )
