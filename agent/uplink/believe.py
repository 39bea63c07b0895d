"""Decides what an outcome is worth, given what is known of the agent's own way to the network; pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

from checks.core.model import Confirm, Finding, Layer, Observed, Outcome, Unobserved, Untested

CAUSE = "offline"
_RESOLVER = frozenset({"dns_timeout", "dns_servfail"})


class Online(StrEnum):
    """Whether the agent's own uplink works."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"  # there was nothing to compare with


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the references said."""

    online: Online = Online.YES
    silent: frozenset[int] = frozenset()  # address families (4, 6) that none of them answered on


def doubtful(outcome: Outcome) -> bool:
    """Whether the cause of an outcome could be our own uplink: something failed and no server gave an answer."""
    return isinstance(outcome.answer, Observed) and any(_doubtful(finding) for finding in outcome.answer.findings)


def answered(outcome: Outcome) -> bool:
    """Whether a run proves that the uplink works: it looked, and nothing in it is doubtful."""
    return isinstance(outcome.answer, Observed) and not doubtful(outcome)


def blames_resolver(outcome: Outcome) -> bool:
    """Whether an outcome rests on the resolver's silence, which is no answer about the site."""
    answer = outcome.answer
    return isinstance(answer, Observed) and any(
        _doubtful(finding) and finding.fact("reason") in _RESOLVER for finding in answer.findings
    )


def families_in_doubt(outcome: Outcome) -> frozenset[int]:
    """The address families (4, 6) over which something failed; empty when it failed before any address was known."""
    if not isinstance(outcome.answer, Observed):
        return frozenset()
    return frozenset[int]().union(*(_families(finding) for finding in outcome.answer.findings if _doubtful(finding)))


def believe(outcome: Outcome, standing: Standing) -> Outcome:
    """Return the outcome as far as it can be believed."""
    answer = outcome.answer
    if not isinstance(answer, Observed) or not doubtful(outcome):
        return outcome
    match standing.online:
        case Online.NO:
            return replace(outcome, answer=Unobserved(cause=CAUSE, detail="no reference target answered either"))
        case Online.UNKNOWN:
            findings = tuple(_not_cross_checked(one) if _doubtful(one) else one for one in answer.findings)
            return replace(outcome, answer=replace(answer, findings=findings))
        case Online.YES:
            return replace(outcome, answer=_without(answer, standing.silent))


def _doubtful(finding: Finding) -> bool:
    """An HTTP status came from somewhere: then the network worked."""
    return (
        finding.rule.confirm is Confirm.NETWORK
        and Layer.AGENT < finding.layer <= Layer.HTTP
        and finding.fact("status") is None
    )


def _not_cross_checked(finding: Finding) -> Finding:
    return replace(finding, facts=tuple(sorted((*finding.facts, ("cross_checked", False)))))


def _without(answer: Observed, silent: frozenset[int]) -> Observed:
    """Take back what was found over a family that does not work from here."""
    if not silent:
        return answer
    gone = tuple(f for f in answer.findings if _doubtful(f) and _families(f) and _families(f) <= silent)
    untested = tuple(
        Untested(families=frozenset({f.family}), subject=f.subject, cause=f"no_ipv{min(_families(f))}") for f in gone
    )
    kept = tuple(f for f in answer.findings if f not in gone)
    return replace(answer, findings=kept, untested=(*answer.untested, *untested))


def _families(finding: Finding) -> frozenset[int]:
    """The families of the addresses that a finding is about."""
    address, tried = finding.fact("address"), finding.fact("addresses")
    texts = [address] if isinstance(address, str) else []
    if not texts and isinstance(tried, tuple):
        texts = [one[0] for one in tried if isinstance(one, tuple) and one and isinstance(one[0], str)]
    return frozenset(6 if ":" in text else 4 for text in texts)
