"""Decides what a look says about the certificates and protocols of a site; pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from checks.core.check import Looking, Recheck
from checks.core.model import Finding, Remember, Said, Severity
from checks.tls import measures, untested
from checks.tls.changes import Compared, compare
from checks.tls.fault import findings
from checks.tls.judge_endpoint import judge_endpoint
from checks.tls.judge_http import judge_web
from checks.tls.judge_records import judge_records
from checks.tls.options import Options
from checks.tls.seen import Endpoint, Memory, Remembered, Seen

AGAIN = 1.0  # seconds before the second look


def judge(seen: Seen, options: Options, memory: Memory | None, now: datetime) -> Iterator[Said]:
    """Yield the findings, measures, what stays untested and what to remember of one look."""
    remembered: list[Remembered] = []
    failing = _lists_failing(seen, memory, now)
    for endpoint in seen.endpoints:
        compared = compare(endpoint, memory, seen.moved, options, now)
        faults = [*judge_endpoint(endpoint, seen, options, failing, now), *compared.faults]
        found = list(findings(endpoint, faults))
        yield from found
        yield from measures.of_endpoint(endpoint, now)
        yield from untested.of_endpoint(endpoint, seen, options, memory, now)
        remembered.append(_remembered(endpoint, compared, found, now))
    web = list(judge_web(seen, options))
    yield from web
    yield from judge_records(seen)
    yield from untested.of_host(seen, options, memory)
    others = tuple(one for one in (memory.endpoints if memory else ()) if one.subject not in _subjects(remembered))
    unsound = any(finding.severity is not Severity.INFO for finding in web)
    yield Remember(
        memory=Memory(
            endpoints=(*remembered, *others)[:40],
            lists_failing=failing,
            entry_unsound=unsound if seen.entry is not None else bool(memory and memory.entry_unsound),
            preloaded=untested.preloaded(seen, memory),
        )
    )


def recheck(found: tuple[Finding, ...], looking: Looking) -> Recheck | None:
    """Look a second time at what would become a ticket."""
    if looking.number > 1 or all(finding.severity is Severity.INFO for finding in found):
        return None
    return Recheck(after=AGAIN)


def _subjects(remembered: list[Remembered]) -> set[str]:
    return {one.subject for one in remembered}


def _lists_failing(seen: Seen, memory: Memory | None, now: datetime) -> datetime | None:
    since = memory.lists_failing if memory is not None else None
    if seen.lists is None:
        return since
    return (since or now) if any(one.problem for one in seen.lists) else None


def _remembered(endpoint: Endpoint, compared: Compared, found: list[Finding], now: datetime) -> Remembered:
    if not endpoint.audited:
        return compared.remembered
    unsound = any(f.family in untested.AUDIT and f.severity is not Severity.INFO for f in found)
    return replace(compared.remembered, audited=now, unsound=unsound)
