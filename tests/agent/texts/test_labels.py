"""Every fact that a finding can hold is called something a reader understands, in each language."""

import re
from datetime import UTC, datetime
from importlib import import_module

import pytest

from agent.core.desk.rules import RULES
from agent.texts import LANGUAGES, catalogue
from agent.texts.labels import CURL, curl, readable
from checks.core import registry
from checks.core.model import Finding
from checks.core.text import texts_of

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PLACE = re.compile(r"\{(\w+)")


def found() -> set[str]:
    """The facts of everything that the scenarios of the checks make them say."""
    facts: set[str] = set()
    for kind in registry.kinds():
        judge = registry.find(kind).judge
        for one in import_module(f"tests.checks.{kind}.harness").SCENARIOS:
            said = judge(one.seen, one.options, one.memory, NOW)
            facts.update(name for finding in said if isinstance(finding, Finding) for name, _value in finding.facts)
    return facts


def spoken() -> set[str]:
    """The facts that messages have places for."""
    rules = [*RULES, *(rule for kind in registry.kinds() for rule in registry.rules(kind))]
    texts = [text for rule in rules for text in (*texts_of(rule.says), *texts_of(rule.advice))]
    return {name for text in texts for name in PLACE.findall(f"{text.msgid} {text.plural}")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_has_a_label(language: str) -> None:
    said = catalogue(language).gettext
    assert {name for name in found() | spoken() if said(f"facts.{name}") == f"facts.{name}"} - {CURL} == set()


FACTS = (
    ("attempts", ((1, 0.0214, "status"),)),
    ("curl", "curl -sS https://a.example/"),
    ("excerpt", "one line\nand another"),
    ("explanation", ""),
    ("left", 223200.0),
    ("not_after", "2026-11-23T10:00:00Z"),
    ("server", None),
    ("size", 5623),
    ("unheard_of", True),
)


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        pytest.param(
            "en",
            ["attempts: 1  0.021  status", "excerpt: one line / and another", "left: 2 d 14 h",
             "valid until: 2026-11-23 10:00 UTC", "size: 5.6 kB", "unheard of: True"],
            id="in-english",
        ),
        pytest.param(
            "fr",
            ["tentatives: 1  0,021  status", "extrait: one line / and another", "reste: 2 j 14 h",
             "valable jusqu’au: 2026-11-23 10:00 UTC", "taille: 5,6 ko", "unheard of: True"],
            id="in-french",
        ),
    ],
)  # fmt: skip
def test_facts_are_read_with_their_labels_and_units_and_without_what_is_empty(language: str, lines: list[str]) -> None:
    assert [f"{called}: {' / '.join(value)}" for called, value in readable(FACTS, language, longest=400)] == lines


def test_a_long_line_is_cut_and_the_line_to_paste_stands_apart() -> None:
    assert list(readable((("detail", "x" * 9),), "en", longest=4)) == [("detail", ("xxxx…",))]
    assert (curl(FACTS), curl(())) == ("curl -sS https://a.example/", "")
