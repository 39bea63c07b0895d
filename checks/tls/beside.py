"""What a look gathers beside the handshakes: the way from http, revocation lists, the preload list, moved names."""

import asyncio
from dataclasses import replace

from checks.core.check import Context
from checks.net import preload
from checks.net.feeds import Had
from checks.net.http.client import Client
from checks.net.preload import Preloaded
from checks.parse.urls import parse
from checks.tls import records, renewal
from checks.tls.entry import Known, walk
from checks.tls.fetched import listed
from checks.tls.moved import moved_names
from checks.tls.options import Options
from checks.tls.seen import Chain, Endpoint, Entry, Listed, Memory, Records, Renewal, Seen

SPARE = 0.05


async def gather(seen: Seen, context: Context[Options, Memory], client: Client) -> Seen:
    """Return the look with all that belongs to it; raises `CannotLook` for faults of ours."""
    deadline = context.deadline - SPARE
    entry, lists, moved, windows, told, standing = await asyncio.gather(
        _entry(seen, context, client, deadline),
        _lists(seen, context, client, deadline),
        moved_names(seen, context.memory, client, deadline),
        _renewals(seen, context, client, deadline),
        _records(seen, context, deadline),
        _preloaded(seen, context, client, deadline),
    )
    return replace(
        seen,
        entry=entry,
        lists=lists,
        moved=moved,
        renewals=windows,
        records=told,
        preload=standing,
    )


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
    return await listed(_chains(seen), context.net.feeds, client, deadline, context.net.clock)


async def _renewals(
    seen: Seen, context: Context[Options, Memory], client: Client, deadline: float
) -> tuple[Renewal, ...]:
    if not context.options.ari:
        return ()
    soon = min(deadline, asyncio.get_running_loop().time() + renewal.WAIT)
    return await renewal.renewals(_chains(seen), context.net.feeds, client, soon)


async def _records(seen: Seen, context: Context[Options, Memory], deadline: float) -> Records | None:
    main = _main(seen)
    wanted = context.options.dns and main is not None and main.audited
    if not wanted or not records.stands_in_dns(seen.host, context.options.resolve):
        return None
    soon = min(deadline, asyncio.get_running_loop().time() + records.WAIT)
    ports = tuple(one.port for one in seen.endpoints)
    return await records.look_up(context.net.resolver, seen.host, ports, soon)


async def _preloaded(
    seen: Seen, context: Context[Options, Memory], client: Client, deadline: float
) -> Preloaded | None:
    main = _main(seen)
    if main is None or not main.audited or not context.options.hsts or not preload.may_hold(seen.host):
        return None
    feeds, wanted = context.net.feeds, preload.source(context.options.preload_list)
    soon = min(deadline, asyncio.get_running_loop().time() + preload.WAIT)
    had = await (feeds.get(wanted, client, soon) if feeds.lasting else feeds.kept(wanted))
    if isinstance(had, Had):
        return await asyncio.to_thread(preload.preload, seen.host, had, seen.at)
    return preload.preload(seen.host, None, seen.at)
