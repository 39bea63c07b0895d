"""Decides what a visit says about the site; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from checks.core.check import Looking, Recheck
from checks.core.model import ALL, Finding, Layer, Remember, Said, Severity, Untested
from checks.net.http.exchange import Hop, Reply, Visit
from checks.net.http.failure import NetFailure, Reason, Stage
from checks.net.http.redirects import downgrades
from checks.parse import redact
from checks.parse.domains import same_owner
from checks.uptime import evidence, measures
from checks.uptime.options import IpVersion, Options, ranges
from checks.uptime.reading import remembered
from checks.uptime.rules import ADDRESS, BLOCKED, CONTENT, DOWN, REDIRECT, SLOW
from checks.uptime.seen import WELL, Memory, Reading, Seen

_LAYERS = {"dns": Layer.DNS, "connect": Layer.TCP, "tls": Layer.TLS}
_BLOCKING_PAGES = frozenset({"blank_page", "error_page", "maintenance_page", "parked_page"})
_ABOVE = frozenset({CONTENT.family, SLOW.family})
_UNSEEN = _ABOVE | {ADDRESS.family, BLOCKED.family}  # of a site that gives no answer
_AGAIN = 1.0  # seconds before the second look


def expected(status: int, options: Options) -> bool:
    """Whether a status is one that the check expects."""
    return status in ranges(options.expect_status)


def judge(seen: Seen, options: Options, memory: Memory | None, now: datetime) -> Iterator[Said]:
    """Yield the findings, measures and what stays untested of one attempt."""
    visit = seen.visit
    yield from measures.of_visit(visit, seen.seconds, seen.visits)
    if seen.reading.challenge:
        yield from _challenged(seen, options)
        return
    yield measures.figure("probe_failed_due_to_regex", int(seen.reading.pattern_failed))
    if _is_plain(seen, visit, options):
        yield measures.figure("probe_success", 1)
        well = _well(seen, visit, memory, now)
        if well is not memory:  # as on most runs nothing new is remembered, nor stored again
            yield Remember(memory=well)
        return
    unwell = list(_availability(seen, visit, options))
    yield from unwell
    down = any(
        finding.blocks for finding in unwell
    )  # visitors get nothing: the run says nothing of what the page holds
    content = [] if down else list(_content(seen, options))
    yield from content
    if down:
        yield Untested(families=_UNSEEN, cause="unavailable")
    else:
        yield from _addresses(seen, options)
        yield from _above(seen, options)
    reason = next((finding.fact("reason") for finding in (*unwell, *content)), None)
    yield measures.figure("probe_success", int(reason is None))
    if reason is not None:
        yield measures.figure("probe_failure_info", 1, (("reason", str(reason)),))
    yield Remember(memory=_unwell(seen, options, down=down))


def _is_plain(seen: Seen, visit: Visit, options: Options) -> bool:
    """Whether there is nothing to say: one address answered as it should, at once and in time. Most runs are such."""
    hop, reply = visit.hops[0], visit.reply
    return (
        visit.failure is None
        and reply is not None
        and seen.reading.well
        and len(seen.visits) == len(visit.hops) == len(hop.tried) == 1
        and not (hop.untried or hop.lacking)
        and hop.complete
        and not hop.bodiless
        and (options.slow_after is None or seen.seconds <= options.slow_after)
        and expected(reply.status, options)
    )


def _availability(seen: Seen, visit: Visit, options: Options) -> Iterator[Finding]:
    if visit.failure is not None and not answers_wrongly(visit, options):
        yield _failed(seen, visit, visit.failure, options)
        return
    reply = visit.reply
    if reply is not None and not expected(reply.status, options):
        facts = evidence.of_visit(seen, visit, options, "status")
        wanted = ", ".join(str(one) for one in options.expect_status)
        yield DOWN.found(
            seen.name,
            shares=evidence.shares(visit, "status"),
            **facts,
            expected=wanted,
            detail=_status(reply),
        )
    yield from _astray(seen, visit, options)


def answers_wrongly(visit: Visit, options: Options) -> bool:
    """A body that is cut under a wrong status tells less than the status does."""
    reply, failure = visit.reply, visit.failure
    cut = failure is not None and failure.stage is Stage.BODY
    return cut and reply is not None and not expected(reply.status, options)


def _failed(seen: Seen, visit: Visit, failure: NetFailure, options: Options) -> Finding:
    reason = failure.reason.value
    facts = evidence.of_visit(seen, visit, options, reason)
    rule = REDIRECT if reason.startswith("redirect_") else DOWN
    if failure.reason is Reason.REDIRECT_LIMIT:
        facts["limit"] = options.max_redirects
    return rule.found(
        seen.name,
        layer=_LAYERS.get(reason.partition("_")[0], rule.layer),
        shares=evidence.shares(visit, reason),
        **facts,
        stage=failure.stage.value,
        detail=evidence.detail_of(failure) or reason,
    )


def astray(visit: Visit) -> str:
    """Why redirects that were followed should not be there, though visitors still get a page; "" for no reason."""
    urls = [hop.url for hop in visit.hops]
    if any(downgrades(before, after) for before, after in pairwise(urls)):
        return Reason.REDIRECT_DOWNGRADE.value
    if urls[-1].host != urls[0].host and not same_owner(urls[0].host, urls[-1].host):
        return Reason.REDIRECT_FOREIGN.value
    return ""


def _status(reply: Reply) -> str:
    return redact.text(f"status {reply.status} {reply.reason}".rstrip())


def _astray(seen: Seen, visit: Visit, options: Options) -> Iterator[Finding]:
    reason = astray(visit)
    if reason:
        to = redact.url(str(visit.last.url))
        facts = evidence.of_visit(seen, visit, options, reason)
        yield REDIRECT.found(seen.name, blocks=False, **facts, to=to, detail=f"ends at {to}")


def _content(seen: Seen, options: Options) -> Iterator[Finding]:
    if not seen.reading.faults:
        return
    first, *others = seen.reading.faults
    facts = evidence.of_visit(seen, seen.visit, options, first.reason)
    facts |= {"expected": first.detail} | dict(first.facts)
    if others:
        facts["also"] = tuple(other.detail for other in others)
    yield CONTENT.found(seen.name, blocks=first.reason in _BLOCKING_PAGES, **facts, detail=first.detail)


def _addresses(seen: Seen, options: Options) -> Iterator[Said]:
    """Say which addresses fail while others answer, and of which this run says nothing."""
    for visit, bad in failing(seen, options):
        facts = evidence.of_visit(seen, visit, options, bad.reason, bad.address) | {"reason": "address"}
        yield ADDRESS.found(bad.address, **facts, failure=bad.reason, detail=bad.detail or "fails")
    for visit, reading in seen.others:
        if reading.challenge:
            yield Untested(families=frozenset({ADDRESS.family}), subject=visit.hops[0].address, cause="challenged")
    for hop in [hop for visit in seen.visits for hop in visit.hops]:
        yield from _unseen(hop, each=options.ip_version == IpVersion.EACH)


def _unseen(hop: Hop, *, each: bool) -> Iterator[Untested]:
    """Say which addresses of a name this run tells nothing of."""
    family = frozenset({ADDRESS.family})
    if not hop.complete:
        yield Untested(families=family, cause="dns_incomplete")
    for address in hop.lacking:
        yield Untested(families=family, subject=address, cause="no_ipv6" if ":" in address else "no_ipv4")
    for address in () if each else hop.untried:
        yield Untested(families=family, subject=address, cause="another_answered")


@dataclass(frozen=True, slots=True)
class Bad:
    """An address that does not do what others do."""

    address: str
    reason: str
    detail: str


def failing(seen: Seen, options: Options) -> Iterator[tuple[Visit, Bad]]:
    """Yield each address that fails where another one answers, with the visit that met it."""
    for visit in seen.visits:
        for tried in [tried for hop in visit.hops for tried in hop.tried]:
            if tried.failure is not None:
                yield visit, Bad(tried.address, tried.failure.reason.value, evidence.detail_of(tried.failure))
    for visit, reading in seen.others:
        first = visit.hops[0]
        said = _worse(visit, reading, options)
        if said is not None and first.address and all(tried.failure is None for tried in first.tried):
            yield visit, Bad(first.address, *said)
    for bad in _failed_before(seen):
        yield seen.visit, bad


def _worse(visit: Visit, reading: Reading, options: Options) -> tuple[str, str] | None:
    """What is wrong at an address that was reached, where another one speaks for the site."""
    reply = visit.reply
    if visit.failure is not None and not answers_wrongly(visit, options):
        return visit.failure.reason.value, evidence.detail_of(visit.failure)
    if reply is None or reading.challenge:
        return None
    if not expected(reply.status, options):
        return "status", _status(reply)
    return (reading.faults[0].reason, reading.faults[0].detail) if reading.faults else None


def _failed_before(seen: Seen) -> Iterator[Bad]:
    """Addresses that failed at the look before, when another one answered at this: part of the visitors meet them."""
    untried = {address for hop in seen.visit.hops for address in hop.untried}
    for finding in [finding for attempt in seen.attempt.before for finding in attempt.findings]:
        address = finding.fact("address")
        if finding.family == DOWN.family and isinstance(address, str) and address in untried:
            yield Bad(address, str(finding.fact("reason")), str(finding.fact("detail") or ""))


def _above(seen: Seen, options: Options) -> Iterator[Said]:
    """Judge the time it took, and say what an answer without a body leaves open."""
    if seen.reading.unread:
        yield Untested(families=frozenset({CONTENT.family}), cause=seen.reading.unread)
    if seen.visit.last.bodiless:
        yield Untested(families=_ABOVE, cause="no_body")
        return
    if options.slow_after is not None and seen.seconds > options.slow_after:
        facts = evidence.of_visit(seen, seen.visit, options, "slow")
        yield SLOW.found(seen.name, **facts, seconds=round(seen.seconds, 3), limit=options.slow_after, detail="slow")


def _challenged(seen: Seen, options: Options) -> Iterator[Said]:
    facts = evidence.of_visit(seen, seen.visit, options, "bot_challenge")
    yield BLOCKED.found(seen.name, **facts, detail=seen.reading.challenge)
    yield Untested(families=ALL, cause="challenged")


def _well(seen: Seen, visit: Visit, memory: Memory | None, now: datetime) -> Memory:
    """What to remember of a run that found nothing: its page, from the second such run on."""
    if memory is None:
        return WELL
    good = remembered(visit.reply, seen.good, now, same=seen.reading.same)
    same = good is memory.good and not memory.failing and not memory.unwell
    return memory if same else Memory(good=good)


def _unwell(seen: Seen, options: Options, *, down: bool) -> Memory:
    bad = dict.fromkeys(bad.address for _visit, bad in failing(seen, options))
    return Memory(failing=tuple(bad), unwell=down, good=seen.good)


def recheck(findings: tuple[Finding, ...], attempt: Looking) -> Recheck | None:
    """Look once more when something is wrong: most failures of one second are gone the next."""
    wrong = any(finding.severity is not Severity.INFO for finding in findings)
    return Recheck(after=_AGAIN) if wrong and attempt.number == 1 else None
