"""Visits the site and keeps what came back; decides nothing."""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from checks.core.check import Context
from checks.net import auth
from checks.net.http.client import Ask, Client
from checks.net.http.exchange import Limits, Visit
from checks.net.http.failure import NetFailure
from checks.parse.urls import parse
from checks.uptime import evidence
from checks.uptime.judge import expected
from checks.uptime.options import IpVersion, Options
from checks.uptime.reading import read, read_refusal
from checks.uptime.rules import ADDRESS, AVAILABLE
from checks.uptime.seen import READ_WELL, WELL, Memory, Reading, Seen

Look = tuple[Visit, float]  # and the seconds it took

_AT_ONCE = 8  # addresses of one name visited at the same time
_BIG = 512 * 1024  # bytes of a page whose reading would hold the loop too long
_SPARE = 0.05  # seconds kept back so that what was seen is handed in before the deadline


async def observe(context: Context[Options, Memory]) -> Seen:
    """Make the visit, or one for each address; raises `CannotLook` for faults of ours."""
    loop, options = asyncio.get_running_loop(), context.options
    limit = context.deadline - loop.time()
    visitor, ask = _visitor(context), _ask(context, limit)
    looks = await _looks(visitor, ask, each=options.ip_version == IpVersion.EACH)
    visits = tuple([visit for visit, _seconds in looks])
    memory = context.memory or WELL
    readings = tuple([await _read(visit, options, memory) for visit in visits])
    main = 0 if len(visits) == 1 else min(range(len(visits)), key=lambda n: _rank(visits[n], readings[n], options))
    _keep_evidence(context, visits[main], readings[main], visitor)
    return Seen(
        name=context.name,
        attempt=context.attempt,
        visits=visits,
        main=main,
        reading=readings[main],
        readings=readings if len(readings) > 1 else (),
        seconds=looks[main][1],
        limit=limit,
        good=memory.good,
        options=options,
    )


def _visitor(context: Context[Options, Memory]) -> Client | auth.Visitor:
    options, net = context.options, context.net
    plain = net.client(options, context.target)
    way = options.auth.way if options.auth else auth.written(parse(context.target))
    if way is None and options.proxy is None and not options.http2:
        return plain
    client = net.client(
        options,
        context.target,
        certificate=auth.certificate(way),
        proxy=auth.reveal(options.proxy) if options.proxy else "",
        http2=options.http2,
    )
    if way is None:
        return client
    token_url = getattr(way, "token_url", "")
    asks_tokens = net.client(replace(options, headers=()), token_url) if token_url else None
    return auth.Visitor(client=client, way=way, tokens=net.tokens, asks_tokens=asks_tokens)


def _ask(context: Context[Options, Memory], limit: float) -> Ask:
    options, memory = context.options, context.memory or WELL
    again = bool(context.attempt.before)
    return Ask(
        url=parse(context.target),
        deadline=context.deadline - min(_SPARE, limit / 10),
        method=options.method,
        body=auth.reveal(options.body).encode() if options.body else b"",
        follow=options.follow_redirects,
        max_redirects=options.max_redirects,
        limits=_limits(options.max_bytes),
        family=options.family,
        first=(*memory.failing, *context.only, *(_of(context, ADDRESS.family) if again else ())),
        last=_of(context, AVAILABLE) if again else (),
        fresh=again or memory.unwell,
    )


@lru_cache(maxsize=64)
def _limits(body: int) -> Limits:
    return Limits(body=body)


def _of(context: Context[Options, Memory], family: str) -> tuple[str, ...]:
    """The addresses that the looks before found wrong.

    A second look at a site that is down begins with the others, one at an address that fails alone with that address.
    """
    before = (finding for attempt in context.attempt.before for finding in attempt.findings)
    found = (finding.fact("address") for finding in before if finding.family == family)
    return tuple(address for address in found if isinstance(address, str))


async def _looks(client: Client | auth.Visitor, ask: Ask, *, each: bool) -> tuple[Look, ...]:
    addresses: tuple[str, ...] = ()
    if each:
        with suppress(NetFailure):  # the visit itself says why
            addresses = await client.addresses(ask)
    if not addresses:
        return (await _look(client, ask),)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(address: str) -> Look:
        async with gate:
            return await _look(client, replace(ask, at=address, fresh=False))

    return tuple(await asyncio.gather(*(one(address) for address in addresses)))


async def _look(client: Client | auth.Visitor, ask: Ask) -> Look:
    began = time.perf_counter()  # uvloop's own clock counts whole milliseconds
    visit = await client.visit(ask)
    return visit, time.perf_counter() - began


def _rank(visit: Visit, reading: Reading, options: Options) -> int:
    """How well a visit speaks for the site: a good page before a bad one, any answer before none."""
    if visit.failure is not None or visit.reply is None:
        return 4
    if reading.challenge:
        return 2
    if not expected(visit.reply.status, options):
        return 3
    return 1 if reading.faults else 0


async def _read(visit: Visit, options: Options, memory: Memory) -> Reading:
    searched = options.matches or options.not_matches or options.header or options.json
    if visit.reply is not None and (searched or len(visit.reply.body) > _BIG):
        return await asyncio.to_thread(_reading, visit, options, memory)
    return _reading(visit, options, memory)


def _reading(visit: Visit, options: Options, memory: Memory) -> Reading:
    reply = visit.reply
    if reply is None or visit.failure is not None:
        return READ_WELL
    method = visit.hops[-1].method
    if not expected(reply.status, options):
        return read_refusal(reply, method, memory.good)
    return read(reply, method, options, memory.good)


def _keep_evidence(
    context: Context[Options, Memory], visit: Visit, reading: Reading, visitor: Client | auth.Visitor
) -> None:
    """Keep the head and the beginning of the body of an answer that something is wrong with."""
    options, reply = context.options, visit.reply
    if reply is None or (visit.failure is None and reading.well and expected(reply.status, options)):
        return
    own = frozenset(name.lower() for name, _secret in options.headers)
    secrets = [secret.reveal() for _name, secret in options.headers]
    secrets += visitor.secrets if isinstance(visitor, auth.Visitor) else []
    number = context.attempt.number
    context.files.add("headers", f"headers-{number}.txt", "text/plain", evidence.head(reply, own, secrets))
    if reply.body:
        media = (reply.header("content-type") or "application/octet-stream").strip()[:200]
        context.files.add("body", f"body-{number}", media, evidence.beginning(reply, secrets))
