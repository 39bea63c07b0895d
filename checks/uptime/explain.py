"""Tells one look at a site as a person wants to read it: where it went, how long it took, what was judged and why."""

from collections.abc import Iterator

from checks.core.facts import clean_text
from checks.net.http.exchange import Hop, Reply, Visit
from checks.net.http.failure import NetFailure
from checks.parse import redact
from checks.parse.validity import NotDer, validity
from checks.uptime import curl
from checks.uptime.judge import expected
from checks.uptime.options import Options
from checks.uptime.seen import Seen

_PHASES = ("resolve", "connect", "tls", "processing", "transfer")
_BAR = 30  # columns of the longest phase
_HEADERS = (
    "server",
    "content-type",
    "content-encoding",
    "cache-control",
    "via",
    "x-cache",
    "cf-cache-status",
    "location",
)


def explain(seen: Seen) -> Iterator[str]:
    """Yield the lines of one attempt."""
    for number, visit in enumerate(seen.visits, 1):
        if len(seen.visits) > 1:
            yield f"  visit {number} of {len(seen.visits)}: {visit.hops[0].address}"
        for hop in visit.hops:
            yield from _hop(hop)
        if visit.failure is not None and visit.failure is not visit.last.failure:
            yield f"    then {_why(visit.failure)}"
    yield from _judged(seen, seen.visit, seen.options)
    yield f"  again: {curl.command(seen.visit, seen.options, seen.limit)}"


def _hop(hop: Hop) -> Iterator[str]:
    yield f"  {hop.method} {redact.url(str(hop.url))}"
    for tried in hop.tried:
        way = "through the proxy" if hop.proxied else tried.address
        yield f"    {way}: {'answered' if tried.failure is None else _why(tried.failure)}"
    for address in hop.untried:
        yield f"    {address}: not tried, since another address answered"
    for address in hop.lacking:
        yield f"    {address}: left out, since this machine cannot use its family"
    if not hop.complete:
        yield "    the DNS did not tell all addresses"
    if not hop.tried and hop.failure is not None:
        yield f"    {_why(hop.failure)}"
    yield from _times(hop)
    yield from _secured(hop)
    if hop.reply is not None:
        yield from _answer(hop.reply)
    if hop.failure is not None and hop.reply is not None:
        yield f"    but {_why(hop.failure)}"


def _times(hop: Hop) -> Iterator[str]:
    spent = {phase: getattr(hop.phases, phase) for phase in _PHASES}
    most = max(spent.values())
    for phase, nanoseconds in spent.items():
        if nanoseconds:
            bar = "█" * max(1, round(_BAR * nanoseconds / most))
            yield f"    {phase:11}{nanoseconds / 1e6:9.2f} ms  {bar}"


def _secured(hop: Hop) -> Iterator[str]:
    handshake = hop.handshake
    if handshake is None:
        return
    said = f"{handshake.version} {handshake.cipher}".strip() or "no session"
    yield f"    {said}, {len(handshake.chain)} certificates"
    try:
        _, ends = validity(handshake.chain[0])
    except (IndexError, NotDer):
        return
    yield f"    the certificate ends {ends:%Y-%m-%d %H:%M} UTC"


def _answer(reply: Reply) -> Iterator[str]:
    yield f"    HTTP/{reply.version} {reply.status} {clean_text(reply.reason)}".rstrip()
    for name in _HEADERS:
        value = reply.header(name)
        if value is not None:
            yield f"    {name}: {clean_text(redact.header(name, value), 200)}"
    sizes = f"{len(reply.body)} bytes" if reply.wire == len(reply.body) else f"{reply.wire} → {len(reply.body)} bytes"
    yield f"    {sizes}" + (f", odd: {', '.join(reply.oddities)}" if reply.oddities else "")


def _why(failure: NetFailure) -> str:
    return f"{failure.reason.value}: {clean_text(failure.detail, 300)}" if failure.detail else failure.reason.value


def _judged(seen: Seen, visit: Visit, options: Options) -> Iterator[str]:
    reply, reading = visit.reply, seen.reading
    yield f"  judged after {seen.seconds:.3f} s of {seen.limit:.1f} s"
    if reply is None:
        yield "    no answer to judge"
        return
    verdict = "expected" if expected(reply.status, options) else "not expected"
    yield f"    status {reply.status}: {verdict} ({', '.join(str(one) for one in options.expect_status)})"
    if reading.challenge:
        yield f"    a bot challenge: {reading.challenge}; nothing else is judged"
        return
    groups = (
        options.contains,
        options.not_contains,
        options.matches,
        options.not_matches,
        options.header,
        options.json,
    )
    yield f"    page: {sum(map(len, groups))} conditions, and the marks of pages that are not the site's own"
    for fault in reading.faults:
        yield f"    {fault.reason}: {clean_text(fault.detail, 300)}"
    if reading.unread:
        yield f"    the page could not be judged: {reading.unread}"
    if not reading.faults and not reading.unread:
        yield "    nothing wrong with the page"
    if options.slow_after is not None:
        slow = "over" if seen.seconds > options.slow_after else "within"
        yield f"    time: {slow} the {options.slow_after:g} s allowed"
