"""Reads the page that came: assertions on its headers and its text; pure, and bounded in time."""

from collections.abc import Iterator

from checks.net.http.exchange import Reply
from checks.parse import charset, patterns
from checks.uptime.options import Options
from checks.uptime.seen import READ_WELL, Fault, Reading

PATIENCE = 0.25  # seconds all regular expressions together may take


def read(reply: Reply, method: str, options: Options) -> Reading:
    """Return what is wrong with an answer whose status is the expected one; `READ_WELL` when nothing is."""
    challenge = _challenge(reply)
    if challenge:
        return Reading(challenge=challenge)
    faults: list[Fault] = []
    try:
        if options.header:
            faults += _headers(reply, options)
        if method != "HEAD" and not _is_plainly_there(reply, options):
            faults += _texts(reply, options)
    except patterns.TooSlow as error:
        return Reading(unread=f"pattern_too_slow: {error}")
    if not faults:
        return READ_WELL
    failed = any(fault.facts and fault.facts[0][0] == "pattern" for fault in faults)
    return Reading(faults=tuple(faults), pattern_failed=failed)


def _is_plainly_there(reply: Reply, options: Options) -> bool:
    """Whether the wanted texts are in the bytes already, which ASCII is in nearly every encoding: no need to decode."""
    if options.not_contains or options.matches or options.not_matches:
        return False
    return all(wanted.isascii() and wanted.encode() in reply.body for wanted in options.contains)


def _challenge(reply: Reply) -> str:
    """Cloudflare says so itself, whatever the status."""
    said = reply.header("cf-mitigated")
    return "cf-mitigated: challenge" if said is not None and said.lower() == "challenge" else ""


def _texts(reply: Reply, options: Options) -> Iterator[Fault]:
    page = charset.text(reply.body, reply.header("content-type"))
    for wanted in options.contains:
        if wanted not in page:
            yield Fault(reason="keyword_missing", detail=f"{wanted!r} not found", facts=(("expected", wanted),))
    for unwanted in options.not_contains:
        if unwanted in page:
            yield Fault(reason="keyword_forbidden", detail=f"{unwanted!r} found", facts=(("expected", unwanted),))
    for pattern in options.matches:
        if not patterns.found(pattern, page, PATIENCE):
            facts = (("pattern", pattern), ("expected", pattern))
            yield Fault(reason="keyword_missing", detail=f"/{pattern}/ not found", facts=facts)
    for pattern in options.not_matches:
        if patterns.found(pattern, page, PATIENCE):
            facts = (("pattern", pattern), ("expected", pattern))
            yield Fault(reason="keyword_forbidden", detail=f"/{pattern}/ found", facts=facts)


def _headers(reply: Reply, options: Options) -> Iterator[Fault]:
    for condition in options.header:
        forbidden = condition.startswith("!")
        name, _, pattern = (part.strip() for part in condition.lstrip("!").partition(":"))
        values = reply.all(name)
        met = any(not pattern or patterns.found(pattern, value, PATIENCE) for value in values)
        if met is forbidden:
            said = f"is {', '.join(values)}" if values else "is missing"
            yield Fault(reason="header", detail=f"{name} {said}", facts=(("condition", condition),))
