"""Looks at one endpoint: every address of the host at one port, with the site's name and once without."""

import asyncio
from dataclasses import replace

from checks.core.check import Context
from checks.net.http.client import Client
from checks.net.tls.failure import Failing
from checks.parse.certificates.paths import Trust
from checks.tls.audit import audit
from checks.tls.fetched import completed
from checks.tls.look import Way, look
from checks.tls.nameless import default
from checks.tls.options import Options
from checks.tls.place import Place, endpoint, request
from checks.tls.reused import FRESH, of_handshake
from checks.tls.seen import Default, Endpoint, Look, Memory

AT_ONCE = 8  # addresses of one endpoint looked at together
SPARE = 0.05
BESIDE = 0.25  # share of the time that is kept for what is looked at beside the endpoints


async def look_at(place: Place, context: Context[Options, Memory], client: Client, trust: Trust) -> Endpoint:
    """Return what every address shows; raises `CannotLook` for faults of ours."""
    now = asyncio.get_running_loop().time()
    deadline = context.deadline - SPARE - (context.deadline - now) * BESIDE
    head = request(place, client) if place.audit and place.main else b""
    way = Way(host=place.url.host, trust=trust, deadline=deadline, request=head)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(address: str) -> Look:
        async with gate:
            at = endpoint(place, context.options, address)
            found = _reused(place, context, address, trust) or await look(at, way)
            if found.chain is not None:
                whole = await completed(found.chain, trust, context.net.feeds, client, deadline)
                found = replace(found, chain=whole)
            if place.audit and found.told:
                found = replace(found, audit=await audit(at, found, trust, deadline))
            return found

    looks = await asyncio.gather(*(one(address) for address in place.addresses))
    kept = tuple(found for found in looks if not _lacking(found))
    return Endpoint(
        subject=place.subject,
        host=place.url.host,
        port=place.port,
        looks=kept,
        main=place.main,
        complete=place.complete,
        default=await _default(place, kept, context.options, trust, deadline) if place.audit else None,
    )


def _reused(place: Place, context: Context[Options, Memory], address: str, trust: Trust) -> Look | None:
    """What the uptime check has just shaken need not be shaken again; an audit needs its own connection."""
    if place.audit or place.again:
        return None
    last = context.net.handshakes.last(place.url.host, place.port, address, within=FRESH)
    return of_handshake(last, trust) if last is not None else None


def _lacking(found: Look) -> bool:
    """Whether this machine has no way to that family of addresses, which says nothing of the site."""
    return found.failure is not None and found.failure.failing is Failing.NO_ROUTE and ":" in found.address


async def _default(
    place: Place, looks: tuple[Look, ...], options: Options, trust: Trust, deadline: float
) -> Default | None:
    first = next((found for found in looks if found.chain is not None), None)
    if first is None or not place.named:
        return None
    return await default(endpoint(place, options, first.address, named=False), first, trust, deadline)
