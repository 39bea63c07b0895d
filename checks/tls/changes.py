"""Judges today's certificates against those seen before, and says what is to be remembered of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from checks.core.facts import Fact
from checks.core.model import Rule, Severity
from checks.parse.certificates.read import Certificate
from checks.tls.fault import Fault
from checks.tls.options import Options
from checks.tls.rules import ISSUER_CHANGED, KEY_CHANGED, SAN_REMOVED
from checks.tls.seen import Change, Endpoint, Known, Memory, Remembered
from checks.tls.watched import covered_names, lost_names

ROLL_OUT = timedelta(hours=24)  # a new certificate may take to reach every address
TOLD = timedelta(hours=24)  # a change is told for
FORGOTTEN = timedelta(days=30)  # after which a certificate, or a name that was lost, is no longer thought of
MOST = 8  # certificates remembered of one endpoint
# A renewal is due in the second half of a certificate's life (RFC 9773 and every client's default lie within).
DUE = 0.5
_RULES = {rule.id: rule for rule in (KEY_CHANGED, ISSUER_CHANGED)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What changed, and what to remember."""

    faults: tuple[Fault, ...]
    remembered: Remembered


def compare(
    endpoint: Endpoint, memory: Memory | None, moved: frozenset[str], options: Options, now: datetime
) -> Compared:
    """Return what changed at an endpoint since it was looked at before."""
    before = memory.of(endpoint.subject) if memory is not None else None
    leaves = list(dict.fromkeys(look.chain.leaf for look in endpoint.looks if look.chain is not None))
    unexpected = list(_unexpected(leaves, options))
    if not leaves or before is None or not before.known:
        known = tuple(_known(leaf, endpoint.host, now) for leaf in leaves)
        base = before or Remembered(subject=endpoint.subject)
        return Compared(faults=tuple(unexpected), remembered=replace(base, known=known))
    arrived = _arrived(leaves, before, now)
    fresh = [change for leaf in arrived for change in _changes(leaf, before, options, now)]
    told = [change for change in before.changes if now - change.at < TOLD and not _repeated(change, fresh)]
    changes = (*fresh, *told)
    lost = _lost(endpoint, memory, before, moved, now)
    names = tuple(name for name, _since in lost)
    faults = [*unexpected, *(_fault(change, leaves) for change in changes)]
    if names:
        faults.append(Fault.of(SAN_REMOVED, leaves[0], removed=names))
    remembered = replace(
        before,
        known=tuple(_remember(leaves, arrived, before, endpoint.host, now)),
        changes=changes[:MOST],
        lost=lost,
    )
    return Compared(faults=tuple(faults), remembered=remembered)


def _arrived(leaves: list[Certificate], before: Remembered, now: datetime) -> list[Certificate]:
    """The certificates that have replaced the former ones: everywhere, or for longer than a roll-out takes."""
    settled = {one.sha256 for one in before.known if one.settled}
    since = {one.sha256: one.first for one in before.known}
    new = [leaf for leaf in leaves if leaf.sha256 not in settled]
    if len(new) == len(leaves):
        return new
    return [leaf for leaf in new if now - since.get(leaf.sha256, now) >= ROLL_OUT]


def _changes(leaf: Certificate, before: Remembered, options: Options, now: datetime) -> Iterator[Change]:
    settled = [one for one in before.known if one.settled]
    former = max(settled, key=lambda one: one.last)
    left = former.not_after - now
    outside = left / (former.not_after - former.not_before) > DUE
    facts: dict[str, Any] = {"left": left.total_seconds(), "former": former.issuer, "former_fingerprint": former.sha256}
    other_issuer = _issuer(leaf) not in {one.issuer for one in settled}
    strange = other_issuer and bool(options.expect_issuer) and not _expected(leaf, options)
    if leaf.key.sha256 not in {one.key for one in settled}:
        reason = "issuer" if strange else "outside_window" if outside else "renewed"
        yield _change(KEY_CHANGED, Severity.MAJOR if strange or outside else Severity.INFO, now, reason=reason, **facts)
    if other_issuer:
        severity = Severity.MAJOR if strange or outside else Severity.MINOR
        yield _change(ISSUER_CHANGED, severity, now, reason="changed", **facts)


def _change(rule: Rule, severity: Severity, now: datetime, **facts: str | float) -> Change:
    return Change(rule=rule.id, severity=severity.value, at=now, facts=tuple(facts.items()))


def _repeated(change: Change, fresh: Iterable[Change]) -> bool:
    return any(change.rule == one.rule for one in fresh)


def _fault(change: Change, leaves: list[Certificate]) -> Fault:
    facts: dict[str, Fact] = dict(change.facts)
    return Fault(
        rule=_RULES[change.rule],
        severity=Severity(change.severity),
        certificate=leaves[0],
        facts=tuple({**facts, "issuer": _issuer(leaves[0])}.items()),
    )


def _unexpected(leaves: list[Certificate], options: Options) -> Iterator[Fault]:
    for leaf in leaves:
        if options.expect_issuer and not _expected(leaf, options):
            yield Fault.of(
                ISSUER_CHANGED,
                leaf,
                severity=Severity.MAJOR,
                reason="unexpected",
                former="",
                expected=", ".join(options.expect_issuer),
            )


def _expected(leaf: Certificate, options: Options) -> bool:
    return any(part.casefold() in leaf.issuer_text.casefold() for part in options.expect_issuer)


def _issuer(leaf: Certificate) -> str:
    """An authority signs with several keys in turn: its owner's name is what stays."""
    return leaf.issuer_organization or leaf.issuer_title


def _known(leaf: Certificate, host: str, now: datetime, *, settled: bool = True) -> Known:
    return Known(
        sha256=leaf.sha256,
        key=leaf.key.sha256,
        issuer=_issuer(leaf)[:200],
        not_before=leaf.not_before,
        not_after=leaf.not_after,
        covers=covered_names(leaf, host),
        first=now,
        last=now,
        settled=settled,
    )


def _remember(
    leaves: list[Certificate], arrived: list[Certificate], before: Remembered, host: str, now: datetime
) -> Iterator[Known]:
    seen = {leaf.sha256: leaf for leaf in leaves}
    settled = {leaf.sha256 for leaf in arrived}
    known = {one.sha256 for one in before.known}
    kept = [
        replace(one, last=now, settled=one.settled or one.sha256 in settled) if one.sha256 in seen else one
        for one in before.known
        if one.sha256 in seen or now - one.last < FORGOTTEN
    ]
    kept += [_known(leaf, host, now, settled=sha in settled) for sha, leaf in seen.items() if sha not in known]
    yield from sorted(kept, key=lambda one: one.last, reverse=True)[:MOST]


def _lost(
    endpoint: Endpoint, memory: Memory | None, before: Remembered, moved: frozenset[str], now: datetime
) -> tuple[tuple[str, datetime], ...]:
    """Names that were covered and are not: not while an address is out of sight, nor where another certificate does."""
    if endpoint.failed or not endpoint.complete:
        return before.lost
    since = dict(before.lost)
    gone = ((name, since.get(name, now)) for name in lost_names(endpoint, memory) if name not in moved)
    return tuple((name, when) for name, when in gone if now - when < FORGOTTEN)
