"""Judges how one address answers: what it accepts, what it demands, and how it fails."""

from collections.abc import Iterator
from typing import assert_never

from checks.core.model import Severity
from checks.net.tls.failure import Failing, Failure
from checks.net.tls.hello import Version
from checks.net.tls.suites import Weakness, suite_name
from checks.tls.fault import Fault
from checks.tls.options import Options
from checks.tls.rules import CHAIN_INVALID, CHAIN_OVERSIZE
from checks.tls.rules_service import (
    ADDR_DIFFERS,
    CLIENT_CERT,
    CONNECT_REFUSED,
    DEFAULT_DIFFERS,
    HANDSHAKE_ALERT,
    HANDSHAKE_FAILED,
    HANDSHAKE_RESET,
    HANDSHAKE_TIMEOUT,
    LEGACY,
    NO_FS,
    NO_MODERN,
    NO_TLS13,
    NOT_TLS,
    STAPLE_MISSING,
    WEAK_CIPHER,
)
from checks.tls.seen import Audit, Endpoint, Look

OLD = frozenset({"SSLv3", "TLS 1.0", "TLS 1.1"})


def judge_service(look: Look, options: Options) -> Iterator[Fault]:
    """Yield what is wrong with the way an address answers."""
    if look.version in OLD:
        versions = [version.text for version in look.audit.versions] if look.audit else [look.version]
        yield Fault.of(NO_MODERN, versions=tuple(versions))
    demands = look.wants_certificate or (look.audit is not None and look.audit.demands)
    if demands and not options.client_cert:
        yield Fault.of(CLIENT_CERT)
    if look.unreadable:
        yield Fault.of(CHAIN_INVALID, flaw="malformed", detail=look.unreadable)
    if look.audit is not None:
        yield from _audited(look, look.audit)
    if look.failure is not None and look.told:
        yield from _failed_although_it_speaks(look, look.failure)


def _audited(look: Look, audit: Audit) -> Iterator[Fault]:
    modern = look.version not in OLD
    old = [version for version in audit.versions if version < Version.TLS12]
    if old and modern:
        severity = Severity.MAJOR if Version.SSL3 in old else Severity.MINOR
        yield Fault.of(LEGACY, severity=severity, versions=tuple(version.text for version in old))
    if look.version == Version.TLS12.text and Version.TLS13 not in audit.versions:
        yield Fault.of(NO_TLS13)
    if audit.weak:
        mild = all(why is Weakness.TRIPLE_DES for why, _suite in audit.weak)
        yield Fault.of(
            WEAK_CIPHER,
            severity=Severity.MINOR if mild else Severity.MAJOR,
            classes=tuple(why.value for why, _suite in audit.weak),
            suites=tuple(suite_name(suite) for _why, suite in audit.weak),
        )
    if audit.static and modern:
        only = not audit.forward and "forward" not in audit.unanswered
        yield Fault.of(
            NO_FS,
            severity=Severity.MINOR if only else Severity.INFO,
            reason="only" if only else "also",
            suites=(suite_name(audit.static),),
        )
    if look.chain is not None and look.chain.leaf.must_staple and audit.stapled is False:
        yield Fault.of(STAPLE_MISSING, look.chain.leaf)


def _failed_although_it_speaks(look: Look, failure: Failure) -> Iterator[Fault]:
    """A server that accepts a hello and yet does not shake hands, where nothing else explains it."""
    if failure.failing is Failing.TOO_LARGE:
        if look.chain is None:
            yield Fault.of(CHAIN_OVERSIZE, severity=Severity.CRITICAL, reason="refused", count=0, size=0)
        return
    explained = look.version in OLD or look.wants_certificate or bool(look.unreadable)
    explained = explained or (look.audit is not None and bool(look.audit.weak))
    if not explained:
        yield Fault.of(HANDSHAKE_FAILED, detail=failure.detail)


def judge_failures(endpoint: Endpoint) -> Iterator[tuple[Look, Fault]]:
    """Yield how each address failed that tells nothing else."""
    everywhere = len(endpoint.failed) == len(endpoint.looks)
    for look in endpoint.failed:
        if look.failure is not None:
            yield look, _failure(look.failure, everywhere=everywhere)


def _failure(failure: Failure, *, everywhere: bool) -> Fault:
    detail = failure.detail
    match failure.failing:
        case Failing.REFUSED | Failing.UNREACHABLE | Failing.NO_ROUTE | Failing.CONNECT_TIMEOUT:
            reason = "unreachable" if failure.failing is Failing.NO_ROUTE else failure.failing.value
            return Fault.of(CONNECT_REFUSED, reason=reason, detail=detail)
        case Failing.TIMEOUT:
            return Fault.of(HANDSHAKE_TIMEOUT, reason="quiet" if failure.quiet else "slow", detail=detail)
        case Failing.RESET:
            return Fault.of(HANDSHAKE_RESET, detail=detail)
        case Failing.ALERT:
            severity = Severity.CRITICAL if everywhere else Severity.MAJOR
            return Fault.of(HANDSHAKE_ALERT, severity=severity, alert=failure.alert)
        case Failing.NOT_TLS:
            return Fault.of(NOT_TLS, speaks=failure.speech.value if failure.speech else "something else", detail=detail)
        case Failing.NO_STARTTLS:
            return Fault.of(NOT_TLS, speaks="STARTTLS", detail=detail)
        case Failing.TOO_LARGE:
            return Fault.of(CHAIN_OVERSIZE, severity=Severity.CRITICAL, reason="refused", count=0, size=0)
        case Failing.FAILED:
            return Fault.of(HANDSHAKE_FAILED, detail=detail)
        case _:
            assert_never(failure.failing)


def judge_differences(endpoint: Endpoint) -> Iterator[Fault]:
    """Yield that addresses, or clients that name no site, are shown different certificates."""
    shown: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for look in endpoint.looks:
        if look.chain is not None:
            shown.setdefault(look.chain.leaf.sha256, []).append(look.address)
            titles[look.chain.leaf.sha256] = f"{look.chain.leaf.title} {look.chain.leaf.sha256[:8]}"
    if len(shown) > 1:
        told = "; ".join(f"{titles[sha]} ({', '.join(addresses)})" for sha, addresses in shown.items())
        yield Fault.of(ADDR_DIFFERS, seen=told)
    if endpoint.default is not None and shown:
        yield from _default(endpoint, set(shown))


def _default(endpoint: Endpoint, shown: set[str]) -> Iterator[Fault]:
    assert endpoint.default is not None
    other = endpoint.default.chain
    if other is None:
        yield Fault.of(DEFAULT_DIFFERS, reason="refused", alert=endpoint.default.refused)
    elif other.leaf.sha256 not in shown:
        yield Fault.of(DEFAULT_DIFFERS, other.leaf, reason="other", other=other.leaf.title)
