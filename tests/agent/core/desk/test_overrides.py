"""A contract may see a rule otherwise: graver, lighter, or not at all."""

from agent.core.desk.overrides import overridden
from agent.core.desk.settings import RuleOverride
from checks.core.model import Observed, Severity
from tests.agent.kit import BROKEN, SLOW, TOLD, UPTIME, outcome

SAID = outcome(UPTIME, 0, SLOW.found("a"), BROKEN.found("b"), TOLD.found("c"))


def seen(*rules: RuleOverride) -> list[tuple[str, Severity]]:
    answer = overridden(SAID, rules).answer
    assert isinstance(answer, Observed)
    return [(finding.rule.id, finding.severity) for finding in answer.findings]


def test_without_a_word_everything_stays() -> None:
    assert overridden(SAID, ()) is SAID
    blind = outcome(UPTIME, 0, unobserved="x")
    assert overridden(blind, (RuleOverride(id="t.slow", disabled=True, reason="r"),)) is blind


def test_a_rule_gets_another_severity_or_is_left_out() -> None:
    rules = (
        RuleOverride(id="t.slow", severity=Severity.CRITICAL, reason="r"),
        RuleOverride(id="t.broken", disabled=True, reason="r"),
        RuleOverride(id="t.other", disabled=True, reason="r"),
    )
    assert seen(*rules) == [("t.slow", Severity.CRITICAL), ("t.told", Severity.INFO)]
