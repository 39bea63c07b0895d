"""Judges the way from http to https, and the promise to stay there."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from checks.core.model import Finding, Rule, Severity
from checks.net.preload import Preload, Preloaded
from checks.parse.addresses import written_address
from checks.parse.domains import same_owner
from checks.tls.options import Options
from checks.tls.rules_http import (
    HSTS_DISABLED,
    HSTS_INVALID,
    HSTS_MISSING,
    HSTS_SHORT,
    PRELOAD_BROKEN,
    REDIRECT_DOWNGRADE,
    REDIRECT_FOREIGN,
    REDIRECT_LOOP,
    REDIRECT_MISSING,
    REDIRECT_TEMPORARY,
)
from checks.tls.seen import Endpoint, Entry, Head, Look, Seen, Step

SHORT = 15_768_000  # seconds, half a year
PRELOAD_AGE = 31_536_000  # seconds; the preload list's condition (hstspreload.org)
_TEMPORARY = frozenset({302, 303, 307})
_DIRECTIVE = re.compile(r'\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)\s*)?')


def judge_web(seen: Seen, options: Options) -> Iterator[Finding]:
    """Yield what is wrong with the way from http, and with what each address promises."""
    if seen.entry is not None:
        yield from judge_entry(seen.entry, seen.host)
    if not options.hsts:
        return
    for endpoint in seen.endpoints:
        heads: dict[tuple[str, ...], Head] = {}
        addresses: dict[tuple[str, ...], list[str]] = {}
        for look in endpoint.looks:
            if shows_hsts(endpoint, look) and look.head is not None:
                heads[look.head.hsts] = look.head
                addresses.setdefault(look.head.hsts, []).append(look.address)
        for hsts, head in heads.items():
            where = endpoint.subject if len(heads) == 1 else f"{endpoint.subject} ({', '.join(addresses[hsts])})"
            yield from judge_hsts(head, seen.host, where, preload=seen.preload, entry=seen.entry)


def judge_entry(entry: Entry, host: str) -> Iterator[Finding]:
    """Yield what a visitor meets who types the bare name (RFC 6797, 7.2)."""
    yield from _first(entry, host)
    if entry.loop:
        yield _found(REDIRECT_LOOP, host, entry, leads_to=_way(entry))
    elif any(one.url.startswith("https:") and one.leads_to.startswith("http:") for one in entry.steps):
        yield _found(REDIRECT_DOWNGRADE, host, entry, leads_to=_way(entry))


def _first(entry: Entry, host: str) -> Iterator[Finding]:
    if entry.closed:
        yield _found(REDIRECT_MISSING, host, entry, Severity.INFO, reason="closed", status=0, leads_to="")
        return
    if not entry.steps or _unjudgeable(entry.steps[0]):
        return
    first = entry.steps[0]
    foreign = next((one for one in entry.steps if one.leads_to and not same_owner(host, _host(one.leads_to))), None)
    upgrade = next((one for one in entry.steps if one.leads_to.startswith("https:")), None)
    if foreign is not None:
        yield _found(REDIRECT_FOREIGN, host, entry, leads_to=foreign.leads_to, status=foreign.status)
    elif upgrade is None and not entry.loop:
        reason = "elsewhere" if first.leads_to else "none"
        yield _found(REDIRECT_MISSING, host, entry, reason=reason, status=first.status, leads_to=first.leads_to)
    elif upgrade is not None and upgrade.status in _TEMPORARY:
        yield _found(REDIRECT_TEMPORARY, host, entry, leads_to=upgrade.leads_to, status=upgrade.status)


def _unjudgeable(step: Step) -> bool:
    """A server that is out of order, or that suspects a robot, does not show what it does for visitors."""
    return step.status >= 500 or step.status in (429, 999)


def settled(entry: Entry) -> bool:
    """Whether what was met says anything of what visitors meet."""
    return entry.closed or (bool(entry.steps) and not _unjudgeable(entry.steps[0]))


def upgrades_on_host(entry: Entry, host: str) -> bool:
    """Whether the first step leads to https on the same host."""
    first = entry.steps[0] if entry.steps else None
    return entry.closed or (first is not None and first.leads_to.startswith("https:") and _host(first.leads_to) == host)


def _found(rule: Rule, host: str, entry: Entry, severity: Severity | None = None, **facts: Any) -> Finding:
    steps = tuple(f"{one.status} {one.url}" + (f" → {one.leads_to}" if one.leads_to else "") for one in entry.steps)
    return rule.found(host, severity=severity, entry=entry.url, steps=steps, **facts)


def _way(entry: Entry) -> str:
    return " → ".join([entry.url, *(one.leads_to for one in entry.steps if one.leads_to)][:6])


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def shows_hsts(endpoint: Endpoint, look: Look) -> bool:
    """Whether an answer says how the site treats browsers; an address has no HSTS (RFC 6797, 8.1.1)."""
    return (
        endpoint.main
        and look.head is not None
        and look.head.status < 500
        and not look.head.wants_certificate
        and look.head.status not in (429, 999)
        and written_address(endpoint.host) is None
    )


def judge_hsts(
    head: Head, host: str, where: str, *, preload: Preloaded | None, entry: Entry | None
) -> Iterator[Finding]:
    """Yield what is wrong with the Strict-Transport-Security field; only the first counts (RFC 6797, 8.1)."""
    header = head.hsts[0] if head.hsts else ""
    directives = _directives(header)
    standing = preload.standing if preload is not None else Preload.UNKNOWN
    if preload is not None and standing is Preload.OWN:
        problem = _preload_problem(head, directives, host, entry)
        if problem:
            yield PRELOAD_BROKEN.found(
                host, host=host, where=where, header=header, problem=problem, list_of=f"{preload.as_of:%Y-%m-%d}"
            )
            return
    if not head.hsts:
        if standing is not Preload.ABOVE:  # browsers already hold a parent's promise for it
            yield HSTS_MISSING.found(host, where=where, header="")
        return
    age, problem = _max_age(directives)
    if age is None:
        yield HSTS_INVALID.found(host, where=where, header=header, problem=problem)
    elif age == 0:
        yield HSTS_DISABLED.found(host, where=where, header=header)
    elif age < SHORT:
        yield HSTS_SHORT.found(host, where=where, header=header, max_age=age)


def _directives(header: str) -> tuple[tuple[str, str], ...] | None:
    """The directives, lower-case names first; None when the field breaks its grammar (RFC 6797, 6.1)."""
    found: list[tuple[str, str]] = []
    for part in header.split(";"):
        if not part.strip():
            continue
        match = _DIRECTIVE.fullmatch(part)
        if match is None:
            return None
        found.append((match[1].lower(), (match[2] or "").strip('"')))
    return tuple(found)


def _max_age(directives: tuple[tuple[str, str], ...] | None) -> tuple[int | None, str]:
    if directives is None:
        return None, "syntax"
    names = [name for name, _value in directives]
    if any(one == other for one, other in pairwise(sorted(names))):
        return None, "a directive stands twice"
    value = dict(directives).get("max-age")
    if value is None:
        return None, "no max-age"
    if not value.isascii() or not value.isdigit():
        return None, "max-age is no number"
    return min(int(value[:12]), 10**11), ""


def _preload_problem(head: Head, directives: tuple[tuple[str, str], ...] | None, host: str, entry: Entry | None) -> str:
    if not head.hsts:
        return "no Strict-Transport-Security"
    age, problem = _max_age(directives)
    if age is None:
        return problem
    names = {name for name, _value in directives or ()}
    missing = [name for name in ("includesubdomains", "preload") if name not in names]
    if age < PRELOAD_AGE:
        return f"max-age={age}"
    if missing:
        return {"includesubdomains": "no includeSubDomains", "preload": "no preload"}[missing[0]]
    return "redirect" if entry is not None and settled(entry) and not upgrades_on_host(entry, host) else ""
