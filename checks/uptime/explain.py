"""Tells one look at a site as a person wants to read it: what was judged and why, then where it went, in what time."""

from collections.abc import Iterator

from checks.core.facts import clean_text
from checks.core.telling import Line, Say, line
from checks.core.text import _, _n
from checks.net.http.exchange import Hop, Reply, Tried, Visit
from checks.parse import redact
from checks.parse.validity import NotDer, validity
from checks.uptime import curl, evidence, explain_judged
from checks.uptime.seen import Seen

_PHASES = (
    ("resolve", _("resolve")),
    ("connect", _("connect")),
    ("tls", _("tls")),
    ("processing", _("processing")),
    ("transfer", _("transfer")),
)
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
_SPEAKS = _("address {number} of {count}: {address}, which speaks for the site")
_OTHER = _("address {number} of {count}: {address}")
_SENT = _n("{session}, {count} certificate sent", "{session}, {count} certificates sent", "count")
_BYTES = _n("{count} byte", "{count} bytes", "count")
_DECODED = _n("{count} byte out of {wire} transferred", "{count} bytes out of {wire} transferred", "count")


def explain(seen: Seen, say: Say) -> Iterator[Line]:
    """Yield the lines of one attempt."""
    yield from explain_judged.lines(seen, say)
    for number, visit in enumerate(seen.visits):
        if len(seen.visits) > 1:
            says = _SPEAKS if number == seen.main else _OTHER
            address = visit.hops[0].address
            yield line(0, say(says, number=number + 1, count=len(seen.visits), address=address))
        yield from _visit(visit, say, 1 if len(seen.visits) > 1 else 0)
    yield line(0, say("see yourself: {line}", line=curl.command(seen.visit, seen.options, seen.limit)))


def _visit(visit: Visit, say: Say, depth: int) -> Iterator[Line]:
    for number, hop in enumerate(visit.hops):
        yield line(depth, f"{'→ ' if number else ''}{hop.method} {redact.url(str(hop.url))}")
        below = depth + 1
        yield from _addresses(hop, say, below)
        yield from _phases(hop, say, below)
        yield from _secured(hop, say, below)
        if hop.reply is not None:
            yield from _answer(hop.reply, say, below)
            if hop.failure is not None:
                yield line(below, say("but {what}", what=evidence.said(hop.failure)))
    if visit.failure is not None and visit.failure is not visit.last.failure:
        yield line(depth + 1, say("but {what}", what=evidence.said(visit.failure)))


def _addresses(hop: Hop, say: Say, depth: int) -> Iterator[Line]:
    for tried in hop.tried:
        yield _met(tried, say("through the proxy") if hop.proxied else tried.address, say, depth)
    for address in hop.untried:
        yield line(depth, say("{address}: not tried, since another address answered", address=address))
    for address in hop.lacking:
        yield line(depth, say("{address}: left out, since this machine cannot use its family", address=address))
    if not hop.complete:
        yield line(depth, say("the DNS did not tell all addresses"))
    if not hop.tried and hop.failure is not None:
        yield line(depth, evidence.said(hop.failure))


def _met(tried: Tried, where: str, say: Say, depth: int) -> Line:
    if tried.failure is None:
        return line(depth, say("{address}: answered", address=where))
    said = say("{address}: {what}", address=where, what=evidence.said(tried.failure))
    late = tried.took >= 10_000_000
    return line(depth, say("{what} (after {took:duration})", what=said, took=tried.took / 1e9) if late else said, said)


def _phases(hop: Hop, say: Say, depth: int) -> Iterator[Line]:
    spent = [(called, getattr(hop.phases, phase)) for phase, called in _PHASES]
    most = max(nanoseconds for _called, nanoseconds in spent)
    for called, nanoseconds in spent:
        if nanoseconds:
            bar = "█" * max(1, round(_BAR * nanoseconds / most))
            took = say("{number} ms", number=round(nanoseconds / 1e6, 2))
            yield line(depth, f"{say(called):11}{took:>12}  {bar}", "")


def _secured(hop: Hop, say: Say, depth: int) -> Iterator[Line]:
    handshake = hop.handshake
    if handshake is None:
        return
    session = f"{handshake.version} {handshake.cipher}".strip() or say("no session")
    yield line(depth, say(_SENT, session=session, count=len(handshake.chain)))
    try:
        begins, ends = validity(handshake.chain[0])
    except (IndexError, NotDer):
        return
    told = dict(evidence.made_out(handshake.chain[0]))
    names = clean_text(", ".join(told.get("names", ())), 300) or say("nobody")
    issuer = clean_text(told.get("issuer") or "", 200) or say("nobody")
    yield line(depth, say("certificate for {names}, by {issuer}", names=names, issuer=issuer))
    yield line(depth, say("valid from {begins:instant} to {ends:instant}", begins=begins, ends=ends))


def _answer(reply: Reply, say: Say, depth: int) -> Iterator[Line]:
    yield line(depth, f"HTTP/{reply.version} {reply.status} {clean_text(reply.reason)}".rstrip())
    for name in _HEADERS:
        value = reply.header(name)
        if value is not None:
            yield line(depth, f"{name}: {clean_text(redact.header(name, value), 200)}")
    sizes = say(_BYTES if reply.wire == len(reply.body) else _DECODED, count=len(reply.body), wire=reply.wire)
    odd = ", ".join(reply.oddities)
    yield line(depth, say("{sizes}, odd: {oddities}", sizes=sizes, oddities=odd) if odd else sizes)
