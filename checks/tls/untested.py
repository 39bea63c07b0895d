"""Says what a look did not look at: there, finding nothing means nothing."""

from collections.abc import Iterator
from datetime import datetime

from checks.core.model import Untested
from checks.net.preload import Preload
from checks.tls.fetched import SHORT_LIVED
from checks.tls.judge_http import settled, shows_hsts
from checks.tls.judge_leaf import clock_in_doubt
from checks.tls.options import Options
from checks.tls.seen import Endpoint, Memory, Seen

CONNECTION = frozenset({"tls.connection"})
REVOCATION = frozenset({"tls.revocation", "tls.revocation_source"})
AUDIT = frozenset({"tls.proto", "tls.cipher", "tls.client_cert", "tls.staple", "tls.info"})
CERTIFICATE = frozenset(
    {
        "tls.cert.validity",
        "tls.chain.validity",
        "tls.name",
        "tls.trust",
        "tls.strength",
        "tls.chain.shape",
        "tls.change",
        "tls.address",
    }
)
ENDPOINT = CONNECTION | REVOCATION | AUDIT | CERTIFICATE
REDIRECTS = frozenset({"http.https_redirect", "http.redirect"})
_BY_QUESTION = {
    "versions": frozenset({"tls.proto"}),
    "weak": frozenset({"tls.cipher"}),
    "static": frozenset({"tls.cipher"}),
    "forward": frozenset({"tls.cipher"}),
    "staple": frozenset({"tls.staple"}),
}


def of_endpoint(
    endpoint: Endpoint, seen: Seen, options: Options, memory: Memory | None, now: datetime
) -> Iterator[Untested]:
    """Yield what one endpoint does not tell."""
    subject = endpoint.subject
    if not endpoint.complete or not endpoint.looks:
        yield Untested(families=ENDPOINT, subject=subject, cause="addresses_unknown")
    if endpoint.failed:
        yield Untested(families=ENDPOINT - CONNECTION, subject=subject, cause="address_unreachable")
    if any(look.told and look.chain is None for look in endpoint.looks):
        yield Untested(families=CERTIFICATE | REVOCATION, subject=subject, cause="no_certificate")
    if memory is None or memory.of(subject) is None:
        yield Untested(families=frozenset({"tls.change"}), subject=subject, cause="nothing_to_compare")
    yield from _of_audit(endpoint, options)
    yield from _of_lists(endpoint, seen)
    for look in endpoint.looks:
        if look.chain is not None and clock_in_doubt(look.chain.leaf, now, look.head):
            yield Untested(families=frozenset({"tls.cert.validity"}), subject=subject, cause="clock_in_doubt")


def _of_audit(endpoint: Endpoint, options: Options) -> Iterator[Untested]:
    if not endpoint.audited:
        cause = "audit_not_due" if options.audit else "audit_off"
        yield Untested(families=AUDIT, subject=endpoint.subject, cause=cause)
        return
    if not endpoint.main:  # without a request, TLS 1.3 does not show that a certificate is demanded
        yield Untested(families=frozenset({"tls.client_cert"}), subject=endpoint.subject, cause="not_asked")
    unanswered = {question for look in endpoint.looks if look.audit for question in look.audit.unanswered}
    for question in sorted(unanswered):
        yield Untested(families=_BY_QUESTION[question], subject=endpoint.subject, cause="no_answer")
    for look in endpoint.looks:
        demanded = look.chain is not None and look.chain.leaf.must_staple
        if demanded and look.audit is not None and look.audit.stapled is None:
            yield Untested(families=frozenset({"tls.staple"}), subject=endpoint.subject, cause="encrypted")


def _of_lists(endpoint: Endpoint, seen: Seen) -> Iterator[Untested]:
    """A list that cannot be had says nothing of the certificate, and one that nobody looked for nothing of itself."""
    if seen.lists is None:
        yield Untested(families=REVOCATION, subject=endpoint.subject, cause="revocation_off")
        return
    used = {c for look in endpoint.looks if look.chain is not None for c in look.chain.paths[0].certificates}
    if any(one.problem for one in seen.lists if one.certificate in used):
        yield Untested(families=frozenset({"tls.revocation"}), subject=endpoint.subject, cause="no_list")
    checked = {one.certificate for one in seen.lists}
    leaves = {look.chain.leaf for look in endpoint.looks if look.chain is not None}
    if any(leaf.crls and leaf.lifetime > SHORT_LIVED and leaf not in checked for leaf in leaves):
        yield Untested(families=REVOCATION, subject=endpoint.subject, cause="issuer_unknown")


def preloaded(seen: Seen, memory: Memory | None) -> bool:
    """Whether the host stands in the browsers' list, or did when last that could be told."""
    if seen.preload is None or seen.preload.standing is Preload.UNKNOWN:
        return memory is not None and memory.preloaded
    return seen.preload.standing is Preload.OWN


def of_host(seen: Seen, options: Options, memory: Memory | None) -> Iterator[Untested]:
    """Yield what was not looked at of the host as a whole."""
    host = seen.host
    if seen.entry is None or not settled(seen.entry):
        yield Untested(families=REDIRECTS, subject=host, cause="not_looked_at" if seen.entry is None else "no_answer")
    elif seen.entry.closed or seen.entry.problem:
        yield Untested(families=frozenset({"http.redirect"}), subject=host, cause="no_answer")
    looks = [(endpoint, look) for endpoint in seen.endpoints if endpoint.main for look in endpoint.looks]
    if not options.hsts or not looks or not all(shows_hsts(endpoint, look) for endpoint, look in looks):
        yield Untested(families=frozenset({"http.hsts"}), subject=host, cause="not_looked_at")
    elif preloaded(seen, memory) and (seen.preload is None or seen.preload.standing is Preload.UNKNOWN):
        yield Untested(families=frozenset({"http.hsts"}), subject=host, cause="preload_list_old")
    if seen.records is None or not seen.records.asked:
        yield Untested(families=frozenset({"tls.dns"}), subject=host, cause="not_looked_at")
