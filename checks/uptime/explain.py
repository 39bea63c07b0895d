"""Tells one look at a site as a person wants to read it: where it went, how long it took, what was judged and why."""

from collections.abc import Iterator

from checks.core.facts import clean_text
from checks.net.http.exchange import Hop, Reply, Tried, Visit
from checks.parse import redact
from checks.parse.validity import NotDer, validity
from checks.uptime import curl, evidence
from checks.uptime.judge import astray, expected
from checks.uptime.options import Options
from checks.uptime.seen import Reading, Seen

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
    "retry-after",
    "location",
)


def explain(seen: Seen) -> Iterator[str]:
    """Yield the lines of one attempt."""
    several = len(seen.visits) > 1
    for number, visit in enumerate(seen.visits):
        if several:
            speaks = ", which speaks for the site" if number == seen.main else ""
            yield f"  address {number + 1} of {len(seen.visits)}: {visit.hops[0].address}{speaks}"
        yield from _visit(visit)
        if several and seen.readings:
            yield from _verdict(visit, seen.readings[number], seen.options)
    if not several:
        yield from _verdict(seen.visit, seen.reading, seen.options)
    yield from _time(seen)
    if seen.attempt.number == 1:
        yield f"  ask it yourself: {curl.command(seen.visit, seen.options, seen.limit)}"


def _visit(visit: Visit) -> Iterator[str]:
    for number, hop in enumerate(visit.hops):
        yield f"  {'→ ' if number else ''}{hop.method} {redact.url(str(hop.url))}"
        yield from _addresses(hop)
        yield from _phases(hop)
        yield from _secured(hop)
        if hop.reply is not None:
            yield from _answer(hop.reply)
            if hop.failure is not None:
                yield f"    but {evidence.said(hop.failure)}"
    if visit.failure is not None and visit.failure is not visit.last.failure:
        yield f"    but {evidence.said(visit.failure)}"


def _addresses(hop: Hop) -> Iterator[str]:
    for tried in hop.tried:
        yield f"    {'through the proxy' if hop.proxied else tried.address}: {_met(tried)}"
    for address in hop.untried:
        yield f"    {address}: not tried, since another address answered"
    for address in hop.lacking:
        yield f"    {address}: left out, since this machine cannot use its family"
    if not hop.complete:
        yield "    the DNS did not tell all addresses"
    if not hop.tried and hop.failure is not None:
        yield f"    {evidence.said(hop.failure)}"


def _met(tried: Tried) -> str:
    if tried.failure is None:
        return "answered"
    after = f" (after {tried.took / 1e9:.2f} s)" if tried.took >= 10_000_000 else ""
    return evidence.said(tried.failure) + after


def _phases(hop: Hop) -> Iterator[str]:
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
    count = len(handshake.chain)
    session = f"{handshake.version} {handshake.cipher}".strip() or "no session"
    yield f"    {session}, {count} certificate{'s' if count != 1 else ''} sent"
    try:
        begins, ends = validity(handshake.chain[0])
    except (IndexError, NotDer):
        return
    told = dict(evidence.made_out(handshake.chain[0]))
    names = ", ".join(told.get("names", ())) or "nobody"
    yield f"    certificate for {clean_text(names, 300)}, by {clean_text(told.get('issuer') or 'nobody', 200)}"
    yield f"    valid from {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} UTC"


def _answer(reply: Reply) -> Iterator[str]:
    yield f"    HTTP/{reply.version} {reply.status} {clean_text(reply.reason)}".rstrip()
    for name in _HEADERS:
        value = reply.header(name)
        if value is not None:
            yield f"    {name}: {clean_text(redact.header(name, value), 200)}"
    sizes = f"{len(reply.body)} bytes" if reply.wire == len(reply.body) else f"{reply.wire} → {len(reply.body)} bytes"
    yield f"    {sizes}" + (f", odd: {', '.join(reply.oddities)}" if reply.oddities else "")


def _verdict(visit: Visit, reading: Reading, options: Options) -> Iterator[str]:
    """Say what was judged, and why what was not judged was not."""
    reply = visit.reply
    wanted = ", ".join(str(one) for one in options.expect_status)
    yield "  judged"
    if visit.failure is not None or reply is None:
        reason = visit.failure.reason.value if visit.failure else "no answer"
        yield f"    ✖ no usable answer ({reason}): page and speed are not judged"
    elif reading.challenge:
        yield f"    ? a bot challenge ({clean_text(reading.challenge, 300)}): nothing is judged"
    elif not expected(reply.status, options):
        yield f"    ✖ status {reply.status}, expected {wanted}: the page itself is not judged"
        if reading.shows:
            yield f"      it shows: {clean_text(reading.shows, 300)}"
    else:
        yield f"    ✔ status {reply.status}, expected {wanted}"
        if reason := astray(visit):
            yield f"    ✖ {reason}: it ends at {redact.url(str(visit.last.url))}"
        yield from _page(reading, options)


def _page(reading: Reading, options: Options) -> Iterator[str]:
    for fault in reading.faults:
        yield f"    ✖ {fault.reason}: {clean_text(fault.detail, 300)}"
    if reading.unread:
        yield f"    ? not judged to its end: {clean_text(reading.unread, 300)}"
    elif not reading.faults:
        yield f"    ✔ page: {_conditions(options)}, and no mark of an error, maintenance, parking or blank page"


def _conditions(options: Options) -> str:
    groups = (
        options.contains,
        options.not_contains,
        options.matches,
        options.not_matches,
        options.header,
        options.json,
    )
    count = sum(map(len, groups))
    return {0: "no conditions asked for", 1: "its one condition holds"}.get(count, f"all {count} conditions hold")


def _time(seen: Seen) -> Iterator[str]:
    most = seen.options.slow_after
    took = f"{seen.seconds:.3f} s of the {seen.limit:.1f} s it may take"
    if most is None:
        yield f"    · {took}"
    elif seen.seconds > most:
        yield f"    ✖ {took}: slower than {most:g} s"
    else:
        yield f"    ✔ {took}, within {most:g} s"
