"""Decides what a look says about the certificates and protocols of a site; pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from checks.core.check import Looking, Recheck
from checks.core.model import Finding, Remember, Said, Severity
from checks.tls import measures, untested
from checks.tls.changes import Compared, compare
from checks.tls.fault import Fault, at, findings
from checks.tls.judge_chain import judge_chain
from checks.tls.judge_http import judge_entry, judge_hsts
from checks.tls.judge_leaf import judge_leaf
from checks.tls.judge_records import judge_records
from checks.tls.judge_service import judge_differences, judge_failures, judge_service
from checks.tls.options import Options
from checks.tls.rules import REVOCATION_UNAVAILABLE, REVOKED
from checks.tls.seen import Chain, Endpoint, Head, Listed, Look, Memory, Remembered, Seen

AGAIN = 1.0  # seconds before the second look
PATIENCE = timedelta(days=3)  # with an authority whose revocation lists cannot be had


def judge(seen: Seen, options: Options, memory: Memory | None, now: datetime) -> Iterator[Said]:
    """Yield the findings, measures, what stays untested and what to remember of one look."""
    remembered: list[Remembered] = []
    failing = _lists_failing(seen, memory, now)
    for endpoint in seen.endpoints:
        compared = compare(endpoint, memory, seen.moved, options, now)
        faults = [*_faults(endpoint, seen, options, now), *compared.faults, *_revocation(endpoint, seen, failing, now)]
        found = list(findings(endpoint, faults))
        yield from found
        yield from measures.of_endpoint(endpoint, now)
        yield from untested.of_endpoint(endpoint, seen, options, memory, now)
        remembered.append(_remembered(endpoint, compared, found, now))
    web = list(_web(seen, options))
    yield from web
    yield from judge_records(seen)
    yield from untested.of_host(seen, options)
    others = tuple(one for one in (memory.endpoints if memory else ()) if one.subject not in _subjects(remembered))
    unsound = any(finding.severity is not Severity.INFO for finding in web)
    yield Remember(
        memory=Memory(
            endpoints=(*remembered, *others)[:40],
            lists_failing=failing,
            entry_unsound=unsound if seen.entry is not None else bool(memory and memory.entry_unsound),
        )
    )


def recheck(found: tuple[Finding, ...], looking: Looking) -> Recheck | None:
    """Look a second time at what would become a ticket."""
    if looking.number > 1 or all(finding.severity is Severity.INFO for finding in found):
        return None
    return Recheck(after=AGAIN)


def _subjects(remembered: list[Remembered]) -> set[str]:
    return {one.subject for one in remembered}


def _faults(endpoint: Endpoint, seen: Seen, options: Options, now: datetime) -> Iterator[Fault]:
    for look in endpoint.looks:
        yield from at(look, judge_service(look, options))
        for chain in _chains(look):
            yield from at(look, _certificate(chain, look, endpoint, seen, options, now))
    for look, fault in judge_failures(endpoint):
        yield from at(look, [fault])
    yield from judge_differences(endpoint)


def _chains(look: Look) -> tuple[Chain, ...]:
    """What an address shows, also to clients that offer something else."""
    return ((look.chain,) if look.chain is not None else ()) + (look.audit.others if look.audit else ())


def _certificate(
    chain: Chain, look: Look, endpoint: Endpoint, seen: Seen, options: Options, now: datetime
) -> Iterator[Fault]:
    renewal = next((one for one in seen.renewals if one.certificate == chain.leaf), None)
    yield from judge_leaf(chain.leaf, endpoint.host, options, now, look.head, renewal)
    yield from judge_chain(chain, seen, now)


def _revocation(endpoint: Endpoint, seen: Seen, failing: datetime | None, now: datetime) -> Iterator[Fault]:
    for look in endpoint.looks:
        if look.chain is not None:
            used = set(look.chain.paths[0].certificates)
            lists = [one for one in seen.lists or () if one.certificate in used]
            yield from at(look, (fault for one in lists for fault in _listed(one, failing, now)))


def _listed(one: Listed, failing: datetime | None, now: datetime) -> Iterator[Fault]:
    if one.revoked is not None and one.revoked.at <= now:
        yield Fault.of(
            REVOKED, one.certificate, revoked_at=one.revoked.at, reason=_words(one.revoked.reason), list_url=one.url
        )
    if one.problem:
        long = failing is not None and now - failing >= PATIENCE
        yield Fault.of(
            REVOCATION_UNAVAILABLE,
            one.certificate,
            severity=Severity.MINOR if long else None,
            reason=one.problem,
            detail=one.detail or one.problem,
            url=one.url,
        )


def _words(reason: str) -> str:
    """`keyCompromise` as words."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in reason)


def _lists_failing(seen: Seen, memory: Memory | None, now: datetime) -> datetime | None:
    since = memory.lists_failing if memory is not None else None
    if seen.lists is None:
        return since
    return (since or now) if any(one.problem for one in seen.lists) else None


def _web(seen: Seen, options: Options) -> Iterator[Finding]:
    if seen.entry is not None:
        yield from judge_entry(seen.entry, seen.host)
    if not options.hsts:
        return
    for endpoint in seen.endpoints:
        heads: dict[tuple[str, ...], Head] = {}
        addresses: dict[tuple[str, ...], list[str]] = {}
        for look in endpoint.looks:
            if untested.shows_hsts(endpoint, look) and look.head is not None:
                heads[look.head.hsts] = look.head
                addresses.setdefault(look.head.hsts, []).append(look.address)
        for hsts, head in heads.items():
            where = endpoint.subject if len(heads) == 1 else f"{endpoint.subject} ({', '.join(addresses[hsts])})"
            yield from judge_hsts(head, seen.host, where, preload=seen.preload, entry=seen.entry)


def _remembered(endpoint: Endpoint, compared: Compared, found: list[Finding], now: datetime) -> Remembered:
    if not endpoint.audited:
        return compared.remembered
    unsound = any(f.family in untested.AUDIT and f.severity is not Severity.INFO for f in found)
    return replace(compared.remembered, audited=now, unsound=unsound)
