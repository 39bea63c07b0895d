"""Reads the page that came: assertions on its headers and its text; pure, and bounded in time."""

import time
from collections.abc import Iterator
from datetime import datetime

from checks.net.http.exchange import Reply
from checks.parse import charset, patterns, redact
from checks.uptime import past
from checks.uptime.marks import Kind, Trust
from checks.uptime.options import Options
from checks.uptime.pages import Mark, look_at
from checks.uptime.past import LastGood
from checks.uptime.seen import READ_SAME, READ_WELL, Fault, Reading
from checks.uptime.source import Page

MAX_JSON = 512 * 1024  # bytes of an answer whose conditions are judged: a walk over more takes seconds, and has no end
PATIENCE = 0.25  # seconds that all regular expressions of a check may take together


class _TooMuch(Exception):
    """More than can be judged in bounded time."""


def read(reply: Reply, method: str, options: Options, good: LastGood | None) -> Reading:
    """Return what is wrong with an answer of an expected status; `READ_WELL` or `READ_SAME` when nothing is."""
    mark, same = None, False
    if method in ("GET", "POST"):
        page = _page(reply)
        same = good is not None and past.is_same(page, good)
        mark = look_at(page, good, same=same)
    if mark is not None and mark.kind is Kind.BOT_CHALLENGE:
        return Reading(challenge=_words(mark))
    faults: list[Fault] = []
    unread = ""
    try:
        for fault in _conditions(reply, method, options):
            faults.append(fault)  # noqa: PERF402 - what was found before a search took too long is found
    except patterns.TooSlow as error:
        unread = f"pattern_too_slow: {error}"
    except _TooMuch as error:
        unread = f"json_too_large: {error}"
    if mark is not None and _believed(mark, reply, options, vouched=not (faults or unread)):
        own = (("mark", mark.id), ("product", mark.product), ("seen", mark.seen))
        faults.insert(0, Fault(reason=mark.kind.value, detail=_words(mark), facts=own))
    if not faults and not unread:
        return READ_SAME if same else READ_WELL
    failed = any(fault.facts and fault.facts[0][0] == "pattern" for fault in faults)
    return Reading(faults=tuple(faults), unread=unread, pattern_failed=failed)


def _conditions(reply: Reply, method: str, options: Options) -> Iterator[Fault]:
    patience = patterns.Patience(PATIENCE, time.perf_counter)
    if options.header:
        yield from _headers(reply, options, patience)
    if method != "HEAD" and not _is_plainly_there(reply, options):
        yield from _texts(reply, options, patience)
    if options.json:
        yield from _json(reply, options, patience)


def read_refusal(reply: Reply, method: str, good: LastGood | None) -> Reading:
    """Return what an answer of an unexpected status shows: a challenge, or evidence."""
    mark = look_at(_page(reply), good) if method in ("GET", "POST") else None
    if mark is None:
        return READ_WELL
    if mark.kind is Kind.BOT_CHALLENGE:
        return Reading(challenge=_words(mark))
    return Reading(shows=f"{mark.kind.value} ({_words(mark)})")


def remembered(reply: Reply | None, good: LastGood | None, now: datetime, *, same: bool) -> LastGood | None:
    """Return what to remember of a page that nothing was wrong with; `good` itself when that still says it."""
    if reply is None or (same and good is not None and past.is_fresh(good, now)):
        return good
    return past.remember(_page(reply), good, now)


def compared(reply: Reply, good: LastGood) -> past.Difference:
    """Return how an answer differs from the last good one."""
    return past.compare(_page(reply), good)


def _page(reply: Reply) -> Page:
    return Page(status=reply.status, headers=reply.headers, body=reply.body, whole=not reply.partial)


def _believed(mark: Mark, reply: Reply, options: Options, *, vouched: bool) -> bool:
    """Whether to trust a mark: a page that holds all it must is believed over what is only likely.

    An answer with no body that does not call itself HTML, as health endpoints give, is not a blank page.
    """
    if mark.kind is Kind.BLANK_PAGE and not reply.body and reply.header("content-type") is None:
        return False
    return mark.trust is Trust.SURE or not (vouched and (options.contains or options.matches))


def _words(mark: Mark) -> str:
    return ": ".join(part for part in (mark.product or mark.id, mark.seen) if part)


def _is_plainly_there(reply: Reply, options: Options) -> bool:
    """Whether the wanted texts are in the bytes already, which ASCII is in nearly every encoding: no need to decode."""
    if options.not_contains or options.matches or options.not_matches:
        return False
    return all(wanted.isascii() and wanted.encode() in reply.body for wanted in options.contains)


def _texts(reply: Reply, options: Options, patience: patterns.Patience) -> Iterator[Fault]:
    page = charset.text(reply.body, reply.header("content-type"))
    for wanted in options.contains:
        if wanted not in page:
            yield Fault(reason="keyword_missing", detail=f"{wanted!r} not found", facts=(("expected", wanted),))
    for unwanted in options.not_contains:
        if unwanted in page:
            yield Fault(reason="keyword_forbidden", detail=f"{unwanted!r} found", facts=(("expected", unwanted),))
    for pattern in options.matches:
        if not patience.found(pattern, page):
            facts = (("pattern", pattern), ("expected", pattern))
            yield Fault(reason="keyword_missing", detail=f"/{pattern}/ not found", facts=facts)
    for pattern in options.not_matches:
        if patience.found(pattern, page):
            facts = (("pattern", pattern), ("expected", pattern))
            yield Fault(reason="keyword_forbidden", detail=f"/{pattern}/ found", facts=facts)


def _json(reply: Reply, options: Options, patience: patterns.Patience) -> Iterator[Fault]:
    from checks.parse import jsonpath

    if len(reply.body) > MAX_JSON:
        raise _TooMuch(f"{len(reply.body)} bytes, of which at most {MAX_JSON} are judged")
    try:
        document = jsonpath.load(reply.body)
    except jsonpath.NotJson as error:
        yield Fault(reason="json", detail=f"the answer is not JSON: {error}")
        return
    for condition in options.json:
        if not jsonpath.holds(condition, document, patience):
            yield Fault(reason="json", detail=f"not so: {condition}", facts=(("condition", condition),))


def _headers(reply: Reply, options: Options, patience: patterns.Patience) -> Iterator[Fault]:
    for condition in options.header:
        forbidden = condition.startswith("!")
        name, _, pattern = (part.strip() for part in condition.lstrip("!").partition(":"))
        values = reply.all(name)
        met = any(not pattern or patience.found(pattern, value) for value in values)
        if met is forbidden:
            said = f"is {', '.join([redact.header(name, value) for value in values])}" if values else "is missing"
            yield Fault(reason="header", detail=f"{name} {said}", facts=(("condition", condition),))
