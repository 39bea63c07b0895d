"""The agent's own rules: whole, and readable in both languages."""

import pytest

from agent.core.desk.rules import RULES
from agent.texts import render
from checks.core.model import Layer, Maintenance, Rule, Severity
from checks.core.text import Text

FACTS = (
    *(
        ("age", 90000.0),
        ("cause", "challenge"),
        ("channel", "astreinte"),
        ("check", "uptime"),
        ("count", 3),
        ("detail", "x"),
    ),
    *(
        ("family", "links.broken"),
        ("feed", "osv"),
        ("free", 5e6),
        ("name", "backup"),
        ("offset", 61.0),
        ("site", "shop"),
    ),
    *(
        ("since", "2026-11-24T10:00:00+00:00"),
        ("targets", ("a", "b")),
        ("title", "x"),
        ("value", "192.0.2.7"),
        ("what", "files"),
    ),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_place_is_filled_in_both_languages(rule: Rule) -> None:
    for says in (rule.says, rule.advice):
        english, french = render(says, FACTS, "en"), render(says, FACTS, "fr")
        assert english
        assert "?" not in english + french
        assert french != english or says == Text(msgid="{title}")


def test_the_agents_own_findings_belong_to_no_client() -> None:
    own = [rule for rule in RULES if rule.id.startswith("agent.")]
    assert {rule.layer for rule in own} == {Layer.AGENT}
    assert {rule.maintenance for rule in own} == {Maintenance.NONE}
    assert not any(rule.blocks for rule in own)
    assert {rule.id.removeprefix("agent.") for rule in own if rule.severity is Severity.CRITICAL} == {
        "offline",
        "store",
        "disk",
    }
    assert {rule.id.removeprefix("agent.") for rule in own if rule.severity is Severity.MINOR} == {
        "no_ipv6",
        "overrun",
        "config",
    }


def test_ids_are_unique_and_families_are_their_own() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.family == rule.id for rule in RULES)
