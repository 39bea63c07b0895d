"""Looks at one endpoint: every address of the host at one port, with the site's name and once without."""

import asyncio
import time
from dataclasses import dataclass, replace

from checks.core.check import Context
from checks.net.http.client import Client
from checks.net.http.exchange import Handshake
from checks.net.http.failure import Stage
from checks.net.http.request import request_bytes
from checks.net.tls.ask import ask
from checks.net.tls.failure import Failing
from checks.net.tls.hello import Hello, Version
from checks.net.tls.shake import Endpoint as At
from checks.net.tls.shake import shake
from checks.net.tls.starttls import WELL_KNOWN, Starttls
from checks.net.tls.suites import FORWARD
from checks.parse.addresses import written_address
from checks.parse.certificates.paths import Trust
from checks.parse.certificates.read import BadCertificate
from checks.parse.urls import Url
from checks.tls.audit import audit
from checks.tls.chains import chain
from checks.tls.fetched import completed
from checks.tls.look import Way, look, of_handshake
from checks.tls.options import Options
from checks.tls.seen import Default, Endpoint, Look, Memory

AT_ONCE = 8  # addresses of one endpoint looked at together
FRESH = 120.0  # seconds another check's handshake is as good as a new one
SPARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to look, and how closely."""

    url: Url
    port: int
    addresses: tuple[str, ...]
    complete: bool
    audit: bool
    again: bool  # a second look: nobody else's handshake will do

    @property
    def main(self) -> bool:
        """Whether it is the URL's own port."""
        return self.port == self.url.port

    @property
    def subject(self) -> str:
        """What findings about it are about."""
        return f"[{self.url.host}]:{self.port}" if ":" in self.url.host else f"{self.url.host}:{self.port}"


async def look_at(place: Place, context: Context[Options, Memory], client: Client, trust: Trust) -> Endpoint:
    """Return what every address shows; raises `CannotLook` for faults of ours."""
    deadline = context.deadline - SPARE
    request = _request(place, client) if place.audit and place.main else b""
    way = Way(host=place.url.host, trust=trust, deadline=deadline, request=request)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(address: str) -> Look:
        async with gate:
            at = _at(place, context.options, address)
            found = _reused(place, context, address, trust) or await look(at, way)
            if found.chain is not None:
                whole = await completed(found.chain, trust, context.net.feeds, client, deadline)
                found = replace(found, chain=whole)
            if place.audit and found.told:
                found = replace(found, audit=await audit(at, found, trust, deadline))
            return found

    looks = await asyncio.gather(*(one(address) for address in place.addresses))
    kept = tuple(found for found in looks if not _lacking(found))
    default = await _default(place, kept, context.options, trust, deadline) if place.audit else None
    return Endpoint(
        subject=place.subject,
        host=place.url.host,
        port=place.port,
        looks=kept,
        main=place.main,
        complete=place.complete,
        default=default,
    )


def _at(place: Place, options: Options, address: str, *, named: bool = True) -> At:
    name = place.url.host if named and written_address(place.url.host) is None else None
    return At(address=address, port=place.port, server_name=name, starttls=_starttls(place, options))


def _starttls(place: Place, options: Options) -> Starttls | None:
    if place.main and options.ports:
        return None
    if options.starttls:
        return Starttls(options.starttls)
    return None if place.main else WELL_KNOWN.get(place.port)


def _request(place: Place, client: Client) -> bytes:
    """The request that brings the answer's head, and with it a demand for a client certificate in TLS 1.3."""
    return request_bytes("GET", place.url, client.headers, b"", (client.user_agent, "", False))


def _reused(place: Place, context: Context[Options, Memory], address: str, trust: Trust) -> Look | None:
    """What the uptime check has just shaken need not be shaken again; an audit needs its own connection."""
    if place.audit or place.again:
        return None
    last = context.net.handshakes.last(place.url.host, place.port, address)
    if last is None or not last.chain or time.time() - last.at > FRESH or not _whole(last):
        return None
    return of_handshake(last, trust)


def _whole(handshake: Handshake) -> bool:
    """Whether nothing but the certificate was held against it."""
    failure = handshake.failure
    return failure is None or (failure.stage is Stage.TLS and failure.reason.value in _VERDICTS)


_VERDICTS = frozenset({"tls_expired", "tls_not_yet_valid", "tls_wrong_host", "tls_untrusted", "tls_self_signed"})


def _lacking(found: Look) -> bool:
    """Whether this machine has no way to that family of addresses, which says nothing of the site."""
    return found.failure is not None and found.failure.failing is Failing.NO_ROUTE and ":" in found.address


async def _default(
    place: Place, looks: tuple[Look, ...], options: Options, trust: Trust, deadline: float
) -> Default | None:
    """What the first address that answers shows to a client that names no site."""
    first = next((found for found in looks if found.chain is not None), None)
    if first is None or written_address(place.url.host) is not None:
        return None
    at = _at(place, options, first.address, named=False)
    answered = await ask(at, Hello(version=Version.TLS12, suites=FORWARD), deadline)
    ders, alert = answered.chain, answered.failure.alert if answered.failure else ""
    if not ders and first.version == "TLS 1.3":
        shaken = await shake(at, deadline)
        ders, alert = shaken.chain, shaken.failure.alert if shaken.failure else ""
    if ders:
        try:
            return Default(chain=chain(ders, trust))
        except BadCertificate:
            return None
    return Default(chain=None, refused=alert) if alert else None
