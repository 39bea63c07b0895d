"""What holds for every check there is, and for every one that will come."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from agent import codec
from agent.texts import LANGUAGES, render
from checks.core import registry, ulid
from checks.core.model import Finding, Key, Observed, Outcome, Presence, Rule
from checks.core.run import observed
from tests.checks.harness import Cut, Scenario

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
KINDS = registry.kinds()


def harness(kind: str) -> Any:
    name = f"tests.checks.{kind}.harness"
    assert find_spec(f"tests.checks.{kind}") is not None, f"{kind} has no tests in tests/checks/{kind}"
    assert find_spec(name) is not None, f"{kind} needs {name} with SCENARIOS and CUTS (see tests/checks/harness.py)"
    return import_module(name)


def every(name: str) -> list[Any]:
    return [pytest.param(kind, one, id=f"{kind}-{one.name}") for kind in KINDS for one in getattr(harness(kind), name)]


def judged(kind: str, one: Scenario | Cut, now: datetime = NOW) -> Observed:
    check = registry.find(kind)
    return observed(check.judge(one.seen, one.options, one.memory, now), [])


def outcome(answer: Observed) -> Outcome:
    return Outcome(
        id=ulid.new(), key=Key(site="s", check="c"), started=NOW, seconds=0.1, only=frozenset(), answer=answer
    )


def anomalies(kind: str) -> dict[tuple[str, str], Finding]:
    found: dict[tuple[str, str], Finding] = {}
    for one in harness(kind).SCENARIOS:
        found.update(judged(kind, one).anomalies())
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_it_has_a_page_in_the_docs_and_says_each_rule_there(kind: str) -> None:
    page = ROOT.joinpath("docs", "checks", f"{kind}.md")
    assert page.is_file(), f"write {page.relative_to(ROOT)}"
    text = page.read_text(encoding="utf-8")
    assert [rule.id for rule in registry.rules(kind) if f"`{rule.id}`" not in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_its_kind_is_its_module_and_its_rules_are_those_of_the_rules_module(kind: str) -> None:
    check = registry.find(kind)
    assert check.kind == kind
    assert check.rules == registry.rules(kind)
    assert check.options is registry.options(kind)
    assert len({rule.id for rule in check.rules}) == len(check.rules)


@pytest.mark.parametrize("kind", KINDS)
def test_its_scenarios_make_every_rule_speak(kind: str) -> None:
    said = {finding.rule.id for one in harness(kind).SCENARIOS for finding in judged(kind, one).findings}
    assert said == {rule.id for rule in registry.rules(kind)}


@pytest.mark.parametrize(("kind", "one"), every("SCENARIOS"))
def test_it_yields_declared_rules_only_and_its_outcome_travels(kind: str, one: Scenario) -> None:
    answer = judged(kind, one)
    assert {finding.rule for finding in answer.findings} <= set(registry.rules(kind))
    whole = outcome(answer)
    assert codec.decode_outcome(codec.encode_outcome(whole, kind), registry.Catalogue()) == whole


@pytest.mark.parametrize(("kind", "one"), every("SCENARIOS"))
def test_its_findings_read_well_in_both_languages(kind: str, one: Scenario) -> None:
    for finding in judged(kind, one).findings:
        for says in (finding.rule.says, finding.rule.advice):
            for language in LANGUAGES:
                text = render(says, finding.facts, language)
                assert text.strip()
                places = text.replace(" ?", "").replace("\u202f?", "")
                assert "?" not in places, f"a fact is missing: {text}"
                assert "{" not in text, text


@pytest.mark.parametrize(("kind", "one"), every("SCENARIOS"))
def test_what_is_seen_today_names_the_same_anomalies_a_day_later(kind: str, one: Scenario) -> None:
    assert set(judged(kind, one, NOW + timedelta(days=1)).anomalies()) >= set(judged(kind, one).anomalies())


@pytest.mark.parametrize(("kind", "one"), every("CUTS"))
def test_a_run_cut_short_ends_no_live_anomaly(kind: str, one: Cut) -> None:
    whole = outcome(judged(kind, one))
    ended = {
        (family, subject)
        for family, subject in anomalies(kind)
        if family not in one.looked_at and whole.presence(family, subject) is Presence.ABSENT
    }
    assert not ended


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_cut_at_its_first_step_looked_at_nothing(kind: str) -> None:
    assert any(not one.looked_at for one in harness(kind).CUTS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_has_advice(kind: str) -> None:
    rules: tuple[Rule, ...] = registry.rules(kind)
    assert all(render(rule.advice, (), "en") for rule in rules)
