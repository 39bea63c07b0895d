"""Judges a server's own certificate: its dates, its names, its use, its lifetime."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from checks.core.model import Severity
from checks.parse.certificates.names import covers
from checks.parse.certificates.read import Certificate
from checks.tls.fault import Fault, instant
from checks.tls.issuers import renews_by_itself
from checks.tls.options import Options
from checks.tls.rules import (
    BAD_USAGE,
    CERT_EXPIRED,
    CERT_EXPIRING,
    CERT_NOT_YET_VALID,
    CERT_RENEWAL_STALLED,
    KEY_UNUSUAL,
    LIFETIME_LONG,
    NAME_MISMATCH,
    NAME_NO_SAN,
)
from checks.tls.seen import Head, Renewal

NOTHING = timedelta(0)
CLOCK_SKEW = timedelta(minutes=10)
SHORT = timedelta(days=10)  # of life; certbot renews these at half of it, others with a third left
MARGIN = 0.05  # of the life, after which a renewal that is due counts as not done
# From when on how many days are allowed (CA/Browser Forum ballots SC22, SC31 and SC081v3).
_LIMITS = (
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2020, 9, 1, tzinfo=UTC), 398),
    (datetime(2018, 3, 1, tzinfo=UTC), 825),
)
PRIVATE_LIMIT = 825  # days; what Apple's clients take from private authorities


def judge_leaf(
    leaf: Certificate, host: str, options: Options, now: datetime, head: Head | None, renewal: Renewal | None
) -> Iterator[Fault]:
    """Yield what is wrong with it whoever issued it."""
    yield from _dates(leaf, options, now, head, renewal)
    if not leaf.malformed:
        yield from _names(leaf, host)
        yield from _use(leaf)
    if leaf.key.unusual:
        yield Fault.of(KEY_UNUSUAL, leaf, key=leaf.key.text)


def clock_in_doubt(leaf: Certificate, now: datetime, head: Head | None) -> bool:
    """Whether the server's own clock says that the certificate is valid already: then ours may be the wrong one."""
    if now >= leaf.not_before or head is None or head.date is None:
        return False
    return head.date >= leaf.not_before and head.date - now > CLOCK_SKEW


def _dates(
    leaf: Certificate, options: Options, now: datetime, head: Head | None, renewal: Renewal | None
) -> Iterator[Fault]:
    left = leaf.not_after - now
    if left <= NOTHING:
        yield Fault.of(CERT_EXPIRED, leaf, ago=-left.total_seconds(), left=left.total_seconds())
    elif now < leaf.not_before:
        if not clock_in_doubt(leaf, now, head):
            yield Fault.of(CERT_NOT_YET_VALID, leaf, ahead=(leaf.not_before - now).total_seconds())
    else:
        yield from _running_out(leaf, left, options, now, renewal)


def _running_out(
    leaf: Certificate, left: timedelta, options: Options, now: datetime, renewal: Renewal | None
) -> Iterator[Fault]:
    life = leaf.lifetime
    share = left / life
    facts: dict[str, Any] = {"left": left.total_seconds(), "life": life.total_seconds(), "share_left": round(share, 4)}
    if renewal is not None and renewal.end <= now:
        yield Fault.of(
            CERT_EXPIRING,
            leaf,
            severity=Severity.MAJOR,
            reason="ari",
            window_end=instant(renewal.end),
            explanation=renewal.explanation,
            **facts,
        )
    elif left < min(timedelta(days=options.major_days), life * options.major_life):
        yield Fault.of(CERT_EXPIRING, leaf, severity=Severity.MAJOR, reason="days", **facts)
    elif left < min(timedelta(days=options.minor_days), life * options.minor_life):
        yield Fault.of(CERT_EXPIRING, leaf, reason="days", **facts)
    elif renews_by_itself(leaf.issuer_organization) and share < (1 / 2 if life < SHORT else 1 / 3) - MARGIN:
        yield Fault.of(CERT_RENEWAL_STALLED, leaf, **facts)


def _names(leaf: Certificate, host: str) -> Iterator[Fault]:
    names = (*leaf.dns_names, *leaf.addresses)
    if not names:
        yield Fault.of(NAME_NO_SAN, leaf, host=host)
    elif not covers(leaf, host):
        shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        yield Fault.of(NAME_MISMATCH, leaf, host=host, names=shown, all_names=names[:100])


def _use(leaf: Certificate) -> Iterator[Fault]:
    wrong = []
    if not leaf.serves:
        wrong.append("extended key usage " + ", ".join(sorted(leaf.purposes or ())))
    if not leaf.signs_handshakes:
        wrong.append("key usage")
    if wrong:
        yield Fault.of(BAD_USAGE, leaf, usage="; ".join(wrong))


def judge_lifetime(leaf: Certificate, *, public: bool) -> Iterator[Fault]:
    """Yield a lifetime beyond what was allowed on the day of issue."""
    limit = PRIVATE_LIMIT
    if public:
        limit = next((days for since, days in _LIMITS if leaf.not_before >= since), 0)
    if limit and leaf.lifetime > timedelta(days=limit, seconds=1):
        yield Fault.of(LIFETIME_LONG, leaf, days=leaf.lifetime.days, limit=limit)
