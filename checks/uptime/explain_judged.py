"""Tells what was judged of one look at a site and why, and what was not judged."""

from collections.abc import Iterator

from checks.core.facts import clean_text
from checks.core.telling import Line, Say, line
from checks.core.text import _, _n
from checks.net.http.exchange import Visit
from checks.net.http.failure import NetFailure
from checks.parse import redact
from checks.uptime import evidence
from checks.uptime.judge import answers_wrongly, astray, expected, failing
from checks.uptime.options import Options
from checks.uptime.rules import ADDRESS, BLOCKED, CONTENT, DOWN, REDIRECT
from checks.uptime.seen import Fault, Seen

_GRAVEST = "✖?✔·"
_CLEAN = _("no sign of an error, maintenance, parking or blank page")
_CONDITIONS = _n("its condition holds", "all {count} conditions hold", "count")


def lines(seen: Seen, say: Say) -> Iterator[Line]:
    """Yield what was judged of one attempt, the gravest first, as the check judges it."""
    yield line(0, say("judged"))
    visit, reply, options = seen.visit, seen.visit.reply, seen.options
    if seen.reading.challenge:
        yield line(1, f"? {say(BLOCKED.says, detail=clean_text(seen.reading.challenge, 300))}")
        yield from _left_open(say("not judged: whether the site is up, its page, its speed"))
    elif visit.failure is not None and not answers_wrongly(visit, options):
        yield line(1, f"✖ {_failed(visit, visit.failure, options, say)}")
        yield from _left_open(say("not judged: its page, its speed"))
    elif reply is None or not expected(reply.status, options):
        status = reply.status if reply else None
        yield line(1, f"✖ {say(DOWN.says, reason='status', status=status, expected=_wanted(options))}")
        if seen.reading.shows:
            yield line(2, say("the page shows: {what}", what=clean_text(seen.reading.shows, 300)))
        yield from _left_open(say("not judged: its page, its speed"))
    else:
        yield from sorted((*_answered(seen, say), _took(seen, say)), key=lambda one: _GRAVEST.index(one.text[0]))
        return
    yield _took(seen, say)


def _left_open(text: str) -> Iterator[Line]:
    yield line(1, f"· {text}")


def _wanted(options: Options) -> str:
    return ", ".join(str(one) for one in options.expect_status)


def _failed(visit: Visit, failure: NetFailure, options: Options, say: Say) -> str:
    """The words of the finding that the check makes of it."""
    reason, hop = failure.reason.value, visit.last
    return say(
        (REDIRECT if reason.startswith("redirect_") else DOWN).says,
        reason=reason,
        host=hop.url.host,
        port=hop.url.port,
        address=hop.address or None,
        url=redact.url(str(hop.url)),
        limit=options.max_redirects,
        detail=evidence.detail_of(failure) or reason,
    )


def _answered(seen: Seen, say: Say) -> Iterator[Line]:
    """What is judged of a site that answers."""
    visit, status = seen.visit, seen.visit.reply.status if seen.visit.reply else None
    known = {"status": status, "expected": _wanted(seen.options)}
    yield line(1, f"✔ {say('status {status}, as expected ({expected})', **known)}")
    if reason := astray(visit):
        yield line(1, f"✖ {say(REDIRECT.says, reason=reason, to=redact.url(str(visit.last.url)))}")
    for fault in seen.reading.faults:
        yield line(1, f"✖ {_fault(fault, say)}")
    if seen.reading.unread:
        yield line(1, f"? {say('the page was not judged to its end: {why}', why=clean_text(seen.reading.unread, 300))}")
    elif visit.last.bodiless:
        yield line(1, f"? {say('such an answer has no page: neither page nor speed is judged')}")
    elif not seen.reading.faults:
        known = {"conditions": _conditions(seen.options, say), "signs": say(_CLEAN)}
        yield line(1, f"✔ {say('page: {conditions}; {signs}', **known)}")
    yield from _addresses(seen, say)


def _fault(fault: Fault, say: Say) -> str:
    detail = clean_text(fault.detail, 300)
    return say(CONTENT.says, **{"expected": detail, **dict(fault.facts), "reason": fault.reason, "detail": detail})


def _conditions(options: Options, say: Say) -> str:
    groups = (
        options.contains,
        options.not_contains,
        options.matches,
        options.not_matches,
        options.header,
        options.json,
    )
    count = sum(map(len, groups))
    return say(_CONDITIONS, count=count) if count else say("no condition is set")


def _addresses(seen: Seen, say: Say) -> Iterator[Line]:
    """Which addresses do not what others do."""
    host = seen.visit.hops[0].url.host
    met = {bad.address: bad for _visit, bad in failing(seen, seen.options)}
    for bad in met.values():
        detail = clean_text(bad.detail or bad.reason, 300)
        yield line(1, f"✖ {say(ADDRESS.says, address=bad.address, host=host, detail=detail)}")
    for visit, reading in seen.others:
        address = visit.hops[0].address
        if reading.challenge:
            yield line(1, f"? {say('{address}: a bot challenge answered, nothing is judged', address=address)}")
        elif address not in met:
            yield line(1, f"✔ {say('{address} answers as it should', address=address)}")


def _took(seen: Seen, say: Say) -> Line:
    """The time it took, against what it may take where that is judged."""
    most, reply = seen.options.slow_after, seen.visit.reply
    known = {"took": seen.seconds, "most": most, "limit": seen.limit}
    well = reply is not None and seen.visit.failure is None and expected(reply.status, seen.options)
    if not well or seen.reading.challenge or seen.visit.last.bodiless:
        return line(1, f"· {say('it took {took:duration} (timeout {limit:duration})', **known)}", "")
    if most is None:
        return line(
            1, f"· {say('it took {took:duration}; no slow_after is set (timeout {limit:duration})', **known)}", ""
        )
    if seen.seconds > most:
        return line(1, f"✖ {say('slow: it took {took:duration}, more than {most:duration}', **known)}", "slow")
    return line(1, f"✔ {say('fast enough: it took {took:duration}, at most {most:duration}', **known)}", "fast")
