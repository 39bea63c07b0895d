"""Judges one endpoint: every certificate that any of its addresses shows, and how each address answers."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from checks.core.model import Severity
from checks.tls.fault import Fault, at
from checks.tls.judge_chain import judge_chain
from checks.tls.judge_leaf import judge_leaf
from checks.tls.judge_service import judge_differences, judge_failures, judge_service
from checks.tls.options import Options
from checks.tls.rules import REVOCATION_UNAVAILABLE, REVOKED
from checks.tls.seen import Chain, Endpoint, Listed, Look, Seen

PATIENCE = timedelta(days=3)  # with an authority whose revocation lists cannot be had


def judge_endpoint(
    endpoint: Endpoint, seen: Seen, options: Options, failing: datetime | None, now: datetime
) -> Iterator[Fault]:
    """Yield what is wrong at each address; `failing` is since when revocation lists cannot be had."""
    for look in endpoint.looks:
        yield from at(look, judge_service(look, options))
        for chain in _chains(look):
            yield from at(look, _certificate(chain, look, endpoint, seen, options, now))
    for look, fault in judge_failures(endpoint):
        yield from at(look, [fault])
    yield from judge_differences(endpoint)
    yield from _revocation(endpoint, seen, failing, now)


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
