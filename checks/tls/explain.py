"""Tells a look as a person wants to read it: each chain from the server's certificate up."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from checks.net.preload import Preload, Preloaded
from checks.net.tls.hello import Version
from checks.net.tls.suites import suite_name
from checks.parse.certificates.paths import End, Path
from checks.parse.certificates.read import Certificate
from checks.tls.judge_chain import used_path
from checks.tls.seen import Audit, Chain, Endpoint, Entry, Listed, Look, Seen

_ENDS = {
    End.TRUSTED: "leads to a trusted root",
    End.SELF_SIGNED: "ends at a self-signed certificate that nobody trusts",
    End.UNKNOWN: "ends at an issuer whose certificate is missing",
}
_STANDINGS = {
    Preload.OWN: "browsers come by https alone",
    Preload.ABOVE: "browsers come by https alone, for the sake of a name above",
    Preload.NO: "browsers may come by http",
    Preload.UNKNOWN: "whether browsers come by https alone is not known: the list is too old to tell",
}
SHOWN = 4  # names of a certificate


def explain(seen: Seen) -> Iterator[str]:
    """Yield the lines that tell what was seen; nothing is judged."""
    for endpoint in seen.endpoints:
        yield from _endpoint(endpoint, seen)
    if seen.entry is not None:
        yield from _entry(seen.entry)
    if seen.preload is not None:
        yield _preloaded(seen.preload)
    for one in seen.lists or ():
        yield _listed(one)
    for renewal in seen.renewals:
        yield f"  the issuer wants it replaced between {_day(renewal.start)} and {_day(renewal.end)}"


def _endpoint(endpoint: Endpoint, seen: Seen) -> Iterator[str]:
    yield f"  {endpoint.subject}"
    told: dict[Chain, str] = {}
    for look in endpoint.looks:
        yield f"    {look.address}: {_how(look)}"
        if look.chain is None:
            continue
        if look.chain in told:
            yield f"      the same chain as {told[look.chain]}"
        else:
            told[look.chain] = look.address
            yield from _chain(look.chain, seen.at)
        if look.audit is not None:
            yield from _audit(look.audit)
    if endpoint.default is not None:
        shown = endpoint.default.chain
        same = shown is not None and any(look.chain and look.chain.leaf == shown.leaf for look in endpoint.looks)
        what = f"“{shown.leaf.title}”" if shown is not None else f"refused ({endpoint.default.refused})"
        yield "    without the site's name: " + ("the same certificate" if same else what)


def _how(look: Look) -> str:
    if not look.told:
        return look.failure.detail if look.failure is not None else "nothing was seen"
    took = f" in {look.seconds * 1000:.0f} ms" if look.seconds is not None else " (seen by another check)"
    failed = f", but: {look.failure.detail}" if look.failure is not None else ""
    return f"{look.version}{took if not failed else ''}{failed}"


def _chain(chain: Chain, at: datetime) -> Iterator[str]:
    path = used_path(chain, at)
    for depth, certificate in enumerate(path.certificates):
        yield f"      {depth + 1}. {_certificate(certificate, at)}{_origin(certificate, chain, path)}"
        if depth == 0:
            yield f"         for {_names(certificate)}"
            yield f"         SHA-256 {certificate.sha256}"
    others = [c.title for c in dict.fromkeys(chain.sent) if c not in path.certificates]
    if others:
        yield f"      also sent, of no use: {', '.join(others)}"
    yield f"      {_ENDS[path.end]}" + "".join(
        f"; {f.flaw.value}: {f.certificate.title} {f.detail}" for f in path.faults
    )


def _origin(certificate: Certificate, chain: Chain, path: Path) -> str:
    if certificate in chain.sent:
        return ""
    if certificate in chain.fetched:
        return " [not sent; fetched from where its child says]"
    return " [in the store]" if path.end is End.TRUSTED else ""


def _certificate(certificate: Certificate, at: datetime) -> str:
    left = certificate.not_after - at
    days = f"{_span(left)} left" if left > timedelta(0) else f"expired {_span(-left)} ago"
    dates = f"{_day(certificate.not_before)} → {_day(certificate.not_after)}, {days}"
    owner = f" ({certificate.organization})" if certificate.organization else ""
    return f"{certificate.title}{owner} · {certificate.key.text}, signed {certificate.signature.text} · {dates}"


def _names(certificate: Certificate) -> str:
    names = (*certificate.dns_names, *certificate.addresses)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more if names else "no name at all"


def _audit(audit: Audit) -> Iterator[str]:
    old = [version.text for version in audit.versions if version < Version.TLS12]
    yield f"      old protocols: {', '.join(old) or 'none'}"
    weak = [f"{suite_name(suite)} ({why.value})" for why, suite in audit.weak]
    yield f"      weak suites: {', '.join(weak) or 'none'}"
    if audit.static:
        yield f"      without forward secrecy: {suite_name(audit.static)}" + (" alone" if not audit.forward else "")
    if audit.stapled is not None:
        yield f"      OCSP staple: {'yes' if audit.stapled else 'no'}"
    for other in audit.others:
        yield f"      shown to other clients: {other.leaf.title}, {other.leaf.key.text}"


def _entry(entry: Entry) -> Iterator[str]:
    if entry.closed:
        yield f"  {entry.url} nobody listens there"
    for step in entry.steps:
        yield f"  {step.url} answers {step.status}" + (f" → {step.leads_to}" if step.leads_to else "")


def _preloaded(one: Preloaded) -> str:
    return f"  {_STANDINGS[one.standing]} (browsers' preload list of {one.as_of:%Y-%m-%d})"


def _listed(one: Listed) -> str:
    if one.problem:
        what = f"{one.problem}: {one.detail}"
    elif one.revoked is not None:
        what = f"REVOKED on {_day(one.revoked.at)} ({one.revoked.reason})"
    else:
        what = "not revoked" + (f", good until {_day(one.next_update)}" if one.next_update else "")
    return f"  revocation of {one.certificate.title}: {what} [{one.url}]"


def _day(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"


def _span(span: timedelta) -> str:
    return f"{span.days} d" if span.days >= 3 else f"{span.total_seconds() / 3600:.0f} h"
