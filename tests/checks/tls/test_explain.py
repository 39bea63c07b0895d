"""Every look can be told in both languages, and a look says what a person asks of a certificate."""

import re
from typing import Any

import pytest

from agent.texts import LANGUAGES, speaker
from checks.core.telling import news
from checks.tls.explain import explain
from tests.checks.tls.harness import SCENARIOS

ENGLISH = re.compile(r"\b(the|not|none|nobody|until|signed|answers|left|browsers|of no use|alone)\b")


def text_of(seen: Any, language: str) -> str:
    return "\n".join("  " * line.depth + line.text for line in explain(seen, speaker(language)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_scenario_can_be_told(scenario: Any, language: str) -> None:
    text = text_of(scenario.seen, language)
    assert text
    assert all(line.isprintable() for line in text.splitlines())
    assert re.findall(r"[{}]", text) == []
    assert language == "en" or ENGLISH.findall(text) == []


def test_a_look_repeated_is_no_news_whatever_time_it_took() -> None:
    say = speaker("en")
    for scenario in SCENARIOS:
        lines = list(explain(scenario.seen, say))
        assert news(lines, lines) == []
