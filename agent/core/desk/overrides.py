"""Applies what a contract says of a rule: another severity, or no finding at all."""

from collections.abc import Iterable
from dataclasses import replace

from agent.core.desk.settings import RuleOverride
from checks.core.model import Finding, Observed, Outcome


def overridden(outcome: Outcome, rules: Iterable[RuleOverride]) -> Outcome:
    """Return the outcome as these rules see it."""
    by_id = {rule.id: rule for rule in rules}
    if not by_id or not isinstance(outcome.answer, Observed):
        return outcome
    findings = tuple(kept for finding in outcome.answer.findings if (kept := _seen(finding, by_id)) is not None)
    return replace(outcome, answer=replace(outcome.answer, findings=findings))


def _seen(finding: Finding, rules: dict[str, RuleOverride]) -> Finding | None:
    rule = rules.get(finding.rule.id)
    if rule is None:
        return finding
    if rule.disabled:
        return None
    return replace(finding, severity=rule.severity or finding.severity)
