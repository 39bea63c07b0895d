"""Judges where a chain leads: to a trusted root or not, by which fault, for how long, by which keys, in which shape."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from checks.core.model import Severity
from checks.parse.certificates.paths import End, Flaw, Path
from checks.parse.certificates.read import Certificate
from checks.tls.fault import Fault
from checks.tls.judge_leaf import judge_lifetime
from checks.tls.rules import (
    CHAIN_DUPLICATE,
    CHAIN_EXPIRED,
    CHAIN_EXPIRING,
    CHAIN_EXTRA,
    CHAIN_INCOMPLETE,
    CHAIN_INVALID,
    CHAIN_ORDER,
    CHAIN_OVERSIZE,
    KEY_WEAK,
    SELF_SIGNED,
    SIG_WEAK,
    UNTRUSTED_ROOT,
)
from checks.tls.seen import Chain, Seen

CHAIN_WARNING = timedelta(days=30)
MANY = 10  # certificates
LARGE = 16 * 1024  # bytes
REFUSED = 100 * 1024  # OpenSSL's limit: clients built on it give up


def judge_chain(chain: Chain, seen: Seen, now: datetime) -> Iterator[Fault]:
    """Yield what is wrong above and around the server's own certificate."""
    path = used_path(chain, now)
    yield from _trust(chain, path, seen)
    yield from _dates(chain, path, now)
    yield from _strength(path)
    yield from _shape(chain, path)
    yield from judge_lifetime(chain.leaf, public=path.public)


def used_path(chain: Chain, now: datetime) -> Path:
    """The way a client goes: a sound one within its dates, the longest-lasting of these; else the first there is."""
    sound = [path for path in chain.paths if path.sound]
    running = [path for path in sound if all(c.not_before <= now < c.not_after for c in path.certificates[1:])]
    if running:
        return max(running, key=lambda path: min((c.not_after for c in path.certificates[1:]), default=now))
    return (sound or list(chain.paths))[0]


def _trust(chain: Chain, path: Path, seen: Seen) -> Iterator[Fault]:
    if path.sound:
        borrowed = [c for c in path.certificates if c in chain.fetched]
        if borrowed:
            yield Fault.of(CHAIN_INCOMPLETE, chain.leaf, missing=borrowed[0].title, repaired="aia")
        return
    private = Severity.MAJOR if seen.private_roots else None
    top = path.certificates[-1]
    signature = next((fault for fault in path.faults if fault.flaw is Flaw.SIGNATURE), None)
    match path.end:
        case End.TRUSTED:
            yield _invalid(path)
        case End.SELF_SIGNED if len(path.certificates) == 1:
            yield Fault.of(SELF_SIGNED, chain.leaf, severity=private)
        case End.SELF_SIGNED:
            yield Fault.of(UNTRUSTED_ROOT, chain.leaf, severity=private, root=top.title)
        case End.UNKNOWN if signature is not None:
            yield _invalid(path)
        case End.UNKNOWN if _forgot(chain, top, seen):
            yield Fault.of(CHAIN_INCOMPLETE, chain.leaf, missing=top.issuer_title, repaired="no")
        case End.UNKNOWN:
            yield Fault.of(UNTRUSTED_ROOT, chain.leaf, severity=private, root=top.issuer_title)


def _invalid(path: Path) -> Fault:
    first = path.faults[0]
    return Fault.of(
        CHAIN_INVALID,
        first.certificate,
        flaw=first.flaw.value,
        detail=first.detail or first.certificate.title,
        flaws=tuple(f"{fault.flaw.value}: {fault.certificate.title}" for fault in path.faults),
    )


def _forgot(chain: Chain, top: Certificate, seen: Seen) -> bool:
    """Whether a way that ends at an unknown issuer lacks a certificate rather than trust.

    Nothing tells for sure. An issuer whose owner has trusted roots is a link that was forgotten; so is the issuer of a
    certificate sent alone that says where to get it, or that may well be the configured private authority's.
    """
    owner = top.issuer_organization
    if owner and owner in seen.trusted_organizations:
        return True
    if top != chain.leaf:
        return False
    ours = seen.private_roots and not (owner and seen.private_organizations)
    return bool(top.issuer_urls) or ours


def _dates(chain: Chain, path: Path, now: datetime) -> Iterator[Fault]:
    above = path.certificates[1:]
    expired = [c for c in above if c.not_after <= now]
    if expired:
        first = min(expired, key=lambda c: c.not_after)
        yield Fault.of(CHAIN_EXPIRED, first, ago=(now - first.not_after).total_seconds())
        return
    unused = [c for c in chain.sent[1:] if c not in path.certificates and c.not_after <= now]
    if unused:
        ago = (now - unused[0].not_after).total_seconds()
        yield Fault.of(CHAIN_EXPIRED, unused[0], severity=Severity.INFO, ago=ago)
    ending = [c for c in above if c.not_after - now < CHAIN_WARNING]
    if ending:
        first = min(ending, key=lambda c: c.not_after)
        yield Fault.of(CHAIN_EXPIRING, first, left=(first.not_after - now).total_seconds())


def _strength(path: Path) -> Iterator[Fault]:
    for certificate in path.used:
        if certificate.key.weak:
            yield Fault.of(KEY_WEAK, certificate, key=certificate.key.text)
        ends_here = path.end is End.SELF_SIGNED and certificate == path.certificates[-1]
        if certificate.signature.broken and not ends_here and not _pinned(path):
            yield Fault.of(SIG_WEAK, certificate, hash=certificate.signature.text)


def _pinned(path: Path) -> bool:
    """A certificate that is itself trusted needs nobody's signature."""
    return path.end is End.TRUSTED and len(path.certificates) == 1


def _shape(chain: Chain, path: Path) -> Iterator[Fault]:
    seen: set[Certificate] = set()
    for certificate in chain.sent:
        if certificate in seen:
            yield Fault.of(CHAIN_DUPLICATE, certificate)
            break
        seen.add(certificate)
    sent = list(dict.fromkeys(chain.sent))
    places = [path.certificates.index(c) for c in sent if c in path.certificates]
    if places != sorted(places):
        yield Fault.of(CHAIN_ORDER, chain.leaf)
    known = {c for one in chain.paths for c in one.certificates}
    extra = [c.title for c in sent if c not in known]
    if extra:
        yield Fault.of(CHAIN_EXTRA, chain.leaf, extra=tuple(extra))
    if chain.size > REFUSED or chain.count > MANY or chain.size > LARGE:
        severity = Severity.CRITICAL if chain.size > REFUSED else Severity.MINOR
        yield Fault.of(
            CHAIN_OVERSIZE, chain.leaf, severity=severity, reason="large", count=chain.count, size=chain.size
        )
