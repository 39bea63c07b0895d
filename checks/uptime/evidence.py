"""What a ticket about a visit holds: what was done, what came back, and how to see it again."""

from collections.abc import Iterator
from typing import Any

from checks.core.facts import clean_text
from checks.core.model import Finding, Shared, SharedKind
from checks.net.http.exchange import Hop, Reply, Visit
from checks.net.http.failure import NetFailure
from checks.parse import redact
from checks.parse.domains import registrable
from checks.parse.validity import NotDer, validity
from checks.uptime import curl
from checks.uptime.options import Options
from checks.uptime.reading import compared
from checks.uptime.seen import Seen

BODY = 64 * 1024  # bytes of a page kept as evidence
_NAMES = 20  # of a certificate that are told


def of_visit(seen: Seen, visit: Visit, options: Options, reason: str, at: str = "") -> dict[str, Any]:
    """Return the facts that every finding about a visit carries; `at` is the address it is about, if one is."""
    hop, reply = visit.last, visit.reply
    facts: dict[str, Any] = {
        "url": redact.url(str(hop.url)),
        "host": hop.url.host,
        "port": hop.url.port,
        "address": at or hop.address or None,
        "addresses": tuple(_tried(hop)),
        "phases_ms": tuple(_phases(visit)),
        "attempts": (*_attempts(seen), _attempt(seen, at or hop.address, reason)),
        "reason": reason,
        "curl": curl.command(visit, options, seen.limit, at),
    }
    if len(visit.hops) > 1:
        facts["hops"] = tuple((_came(one), redact.url(str(one.url))) for one in visit.hops)
    if reply is not None:
        facts |= {
            "status": reply.status,
            "server": redact.text(reply.header("server") or "") or None,
            "bytes": len(reply.body),
        }
        if seen.reading.shows:
            facts["shows"] = seen.reading.shows
        if reply.oddities:
            facts["oddities"] = tuple(reply.oddities)
    return facts | dict(_tls(hop)) | dict(_difference(seen, reply))


def _came(hop: Hop) -> int | str:
    """What a hop gave: the status, or why none came."""
    if hop.reply is not None:
        return hop.reply.status
    return hop.failure.reason.value if hop.failure else "no answer"


def _tried(hop: Hop) -> Iterator[tuple[str, str]]:
    for tried in hop.tried:
        failure = tried.failure
        yield tried.address, "answered" if failure is None else said(failure)
    for address in hop.untried:
        yield address, "not tried"


def said(failure: NetFailure) -> str:
    """Return a failure as a person reads it: its reason, and what the system said."""
    detail = detail_of(failure)
    return f"{failure.reason.value}: {clean_text(detail, 300)}" if detail else failure.reason.value


def detail_of(failure: NetFailure) -> str:
    """What the system said of a failure, without what a site's own addresses may hold."""
    return redact.text(failure.detail)


def _phases(visit: Visit) -> Iterator[tuple[str, float]]:
    for phase in ("resolve", "connect", "tls", "processing", "transfer"):
        yield phase, round(sum(getattr(hop.phases, phase) for hop in visit.hops) / 1e6, 3)


def _attempts(seen: Seen) -> Iterator[tuple[int, float, str | None, str]]:
    """Each look before: its number, seconds, address and reasons."""
    for attempt in seen.attempt.before:
        reasons = ", ".join(dict.fromkeys(_why(f) for f in attempt.findings))
        met = next((str(f.fact("address")) for f in attempt.findings if f.fact("address")), None)
        yield attempt.number, round(attempt.seconds, 3), met, reasons or "ok"


def _why(finding: Finding) -> str:
    return str(finding.fact("failure") or finding.fact("reason") or finding.rule.id)


def _attempt(seen: Seen, address: str, reason: str) -> tuple[int, float, str | None, str]:
    return seen.attempt.number, round(seen.seconds, 3), address or None, reason


def _tls(hop: Hop) -> Iterator[tuple[str, Any]]:
    handshake = hop.handshake
    if handshake is None:
        return
    yield "tls", f"{handshake.version} {handshake.cipher}".strip() or None
    try:
        not_before, not_after = validity(handshake.chain[0])
    except (IndexError, NotDer):
        return
    yield "certificate_not_before", not_before.isoformat()
    yield "certificate_not_after", not_after.isoformat()
    yield from made_out(handshake.chain[0])


def made_out(der: bytes) -> Iterator[tuple[str, Any]]:
    """Yield whom a certificate is made out to, and by whom."""
    from checks.parse.certificates import read  # its library loads when something is wrong

    try:
        found = read.read(der)
    except read.BadCertificate:
        return
    yield "names", (*found.dns_names, *found.addresses)[:_NAMES]
    yield "issuer", found.issuer_title or found.issuer_text


def _difference(seen: Seen, reply: Reply | None) -> Iterator[tuple[str, Any]]:
    """When the site was last well, and how what came differs from what came then."""
    if seen.good is None:
        return
    yield "last_good", seen.good.taken.isoformat()
    if reply is None or not reply.body:
        return
    found = compared(reply, seen.good)
    rows: list[tuple[object, ...]] = [("bytes", *found.size), ("words", *found.words), ("likeness", found.likeness)]
    if found.title is not None:
        rows.insert(0, ("title", *found.title))
    yield "since_then", tuple(rows)


def shares(visit: Visit, reason: str) -> frozenset[Shared]:
    """Return what the cause of a failure may be shared through with other sites."""
    hop = visit.last
    found = {Shared(kind=SharedKind.ADDRESS, value=tried.address) for tried in hop.tried}
    if reason.startswith("dns_"):
        found.add(Shared(kind=SharedKind.ZONE, value=registrable(hop.url.host)))
    if reason.startswith("tls_") and hop.handshake is not None and hop.handshake.chain:
        found.add(Shared(kind=SharedKind.CERTIFICATE, value=_fingerprint(hop.handshake.chain[0])))
    return frozenset(found)


def _fingerprint(der: bytes) -> str:
    from hashlib import sha256

    return sha256(der).hexdigest()


def head(reply: Reply, own: frozenset[str], secrets: list[str]) -> bytes:
    """Return the status line and the headers of an answer, secrets masked; `own` are header names of the operator."""
    lines = [f"HTTP/{reply.version} {reply.status} {reply.reason}".rstrip()]
    lines += [f"{name}: {redact.header(name, value, own)}" for name, value in reply.headers]
    return redact.text("\n".join(lines), secrets).encode("utf-8", "replace")


def beginning(reply: Reply, secrets: list[str]) -> bytes:
    """Return the first of a page, without the secrets that went along with the request."""
    body = reply.body[:BODY]
    return redact.text(body.decode("utf-8", "replace"), secrets).encode() if secrets else body
