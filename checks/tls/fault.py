"""What is wrong at one address, and how several addresses make one finding."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from checks.core.facts import Fact
from checks.core.model import Finding, Rule, Severity, Shared, SharedKind
from checks.parse.certificates.read import Certificate
from checks.tls.seen import Endpoint, Look

Pairs = tuple[tuple[str, Fact], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule broken at one address; `certificate` is the one to blame."""

    rule: Rule
    severity: Severity
    certificate: Certificate | None = None
    facts: Pairs = ()
    address: str = ""
    leaf: str = ""  # fingerprint of the certificate that address showed

    @classmethod
    def of(
        cls,
        rule: Rule,
        certificate: Certificate | None = None,
        *,
        severity: Severity | None = None,
        **facts: Fact | datetime,
    ) -> Self:
        """A fault with its facts; instants go as ISO 8601."""
        plain = tuple((name, instant(v) if isinstance(v, datetime) else v) for name, v in facts.items())
        return cls(rule=rule, severity=severity or rule.severity, certificate=certificate, facts=plain)


def instant(when: datetime) -> str:
    """An instant as facts carry it."""
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")


def at(look: Look, faults: Iterable[Fault]) -> Iterator[Fault]:
    """The faults of one address."""
    leaf = look.chain.leaf.sha256 if look.chain is not None else ""
    for fault in faults:
        yield Fault(
            rule=fault.rule,
            severity=fault.severity,
            certificate=fault.certificate,
            facts=fault.facts,
            address=look.address,
            leaf=leaf,
        )


def findings(endpoint: Endpoint, faults: Iterable[Fault]) -> Iterator[Finding]:
    """One finding for each rule: the worst of its faults speaks, and all its addresses are named."""
    by_rule: dict[str, list[Fault]] = {}
    for fault in faults:
        by_rule.setdefault(fault.rule.id, []).append(fault)
    for same in by_rule.values():
        yield _finding(endpoint, same)


def _finding(endpoint: Endpoint, same: list[Fault]) -> Finding:
    worst = max(same, key=lambda fault: fault.severity.rank)
    addresses = tuple(dict.fromkeys(fault.address for fault in same if fault.address))
    everywhere = {look.address for look in endpoint.looks} <= set(addresses) or not addresses
    where = endpoint.subject if everywhere else f"{endpoint.subject} ({', '.join(addresses)})"
    leaves = {fault.leaf for fault in same if fault.leaf}
    facts: dict[str, Any] = {"where": where, "addresses": addresses, "address": ", ".join(addresses)}
    if worst.certificate is not None:
        facts |= about(worst.certificate)
    facts |= dict(worst.facts)
    return worst.rule.found(
        endpoint.subject,
        severity=worst.severity,
        blocks=(worst.rule.blocks or _shuts_out(worst)) and everywhere,
        shares=frozenset(
            {Shared(kind=SharedKind.CERTIFICATE, value=leaf) for leaf in leaves}
            | {Shared(kind=SharedKind.ADDRESS, value=address) for address in addresses}
        ),
        **facts,
    )


def _shuts_out(fault: Fault) -> bool:
    """Of the connection's rules only those that shut everybody out block what lies above."""
    return fault.rule.family == "tls.connection" and fault.severity is Severity.CRITICAL


def issuer(certificate: Certificate) -> str:
    """Its issuer as a person says it: the owner's name, and which of its keys."""
    owner, title = certificate.issuer_organization, certificate.issuer_title
    return f"{owner} {title}" if owner and owner != title else title


def about(certificate: Certificate) -> dict[str, Any]:
    """The facts that name a certificate."""
    return {
        "certificate": certificate.title,
        "fingerprint": certificate.sha256,
        "certificate_subject": certificate.subject_text,
        "issuer": issuer(certificate),
        "serial": f"{certificate.serial:x}",
        "not_before": instant(certificate.not_before),
        "not_after": instant(certificate.not_after),
    }
