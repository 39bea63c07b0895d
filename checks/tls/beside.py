"""What a look gathers beside the handshakes: the way from http, revocation lists, the preload list, moved names."""

import asyncio
from dataclasses import replace

from checks.core.check import Context
from checks.net.http.client import Ask, Client
from checks.net.http.failure import NetFailure
from checks.net.preload import Preload, preload
from checks.net.tls.shake import Endpoint as At
from checks.net.tls.shake import shake
from checks.parse.certificates.names import covers
from checks.parse.certificates.paths import Trust
from checks.parse.certificates.read import BadCertificate, read
from checks.parse.urls import Url, parse
from checks.tls.entry import Known, walk
from checks.tls.fetched import listed
from checks.tls.options import Options
from checks.tls.seen import Chain, Endpoint, Entry, Listed, Memory, Seen
from checks.tls.watched import lost_names

SPARE = 0.05


async def gather(seen: Seen, context: Context[Options, Memory], client: Client, _trust: Trust) -> Seen:
    """Return the look with all that belongs to it; raises `CannotLook` for faults of ours."""
    deadline = context.deadline - SPARE
    entry, lists, moved = await asyncio.gather(
        _entry(seen, context, client, deadline),
        _lists(seen, context, client, deadline),
        _moved(seen, context, client, deadline),
    )
    return replace(seen, entry=entry, lists=lists, moved=moved, preload=_preloaded(seen, context))


def _main(seen: Seen) -> Endpoint | None:
    return next((one for one in seen.endpoints if one.main), None)


def _chains(seen: Seen) -> list[Chain]:
    return [look.chain for one in seen.endpoints for look in one.looks if look.chain is not None]


async def _entry(seen: Seen, context: Context[Options, Memory], client: Client, deadline: float) -> Entry | None:
    main = _main(seen)
    if main is None or not main.audited or not context.options.http_port or not context.target.startswith("https:"):
        return None
    url = parse(context.target)
    head = next((look.head for look in main.looks if look.head is not None), None)
    known = Known(url=url, head=head) if head is not None else None
    return await walk(client, seen.host, context.options.http_port, deadline, known)


async def _lists(
    seen: Seen, context: Context[Options, Memory], client: Client, deadline: float
) -> tuple[Listed, ...] | None:
    if not context.options.revocation:
        return None
    return await listed(_chains(seen), context.net.feeds, client, deadline)


def _preloaded(seen: Seen, context: Context[Options, Memory]) -> Preload | None:
    main = _main(seen)
    if main is None or not main.audited or not context.options.hsts:
        return None
    return preload(seen.host)


async def _moved(seen: Seen, context: Context[Options, Memory], client: Client, deadline: float) -> frozenset[str]:
    """Of the names that the certificate no longer covers, those that another one covers where they lead now."""
    names = {name for one in seen.endpoints for name in lost_names(one, context.memory)}
    found = await asyncio.gather(*(_covered(name, seen, client, deadline) for name in sorted(names)))
    return frozenset(name for name, covered in zip(sorted(names), found, strict=True) if covered)


async def _covered(name: str, seen: Seen, client: Client, deadline: float) -> bool:
    port = next((one.port for one in seen.endpoints if one.main), 443)
    url = Url(scheme="https", host=name, port=port, target="/")
    try:
        addresses = await client.addresses(Ask(url=url, deadline=deadline, steered=True))
    except NetFailure:
        return True  # a name that leads nowhere needs no certificate
    for address in addresses[:2]:
        shaken = await shake(At(address=address, port=port, server_name=name), deadline)
        try:
            if shaken.chain and covers(read(shaken.chain[0]), name):
                return True
        except BadCertificate:
            continue
    return not addresses
