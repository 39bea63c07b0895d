"""What one run says of an anomaly, and what a rule makes of facts."""

from datetime import UTC, datetime

import pytest

from checks.core.facts import MAX_TEXT, clean, clean_facts
from checks.core.model import (
    ALL,
    Confirm,
    Everything,
    Key,
    Layer,
    Maintenance,
    Observed,
    Outcome,
    Presence,
    Rule,
    Severity,
    Unobserved,
    Untested,
)
from checks.core.text import _

DOWN = Rule(
    id="t.down",
    family="t.available",
    severity=Severity.CRITICAL,
    maintenance=Maintenance.CORRECTIVE,
    layer=Layer.HTTP,
    says=_("down"),
    advice=_("Mend it."),
    confirm=Confirm.NETWORK,
    blocks=True,
)


def outcome(answer: Observed | Unobserved, only: frozenset[str] = frozenset()) -> Outcome:
    return Outcome(
        id="1",
        key=Key(site="s", check="c"),
        started=datetime(2026, 1, 1, tzinfo=UTC),
        seconds=0.1,
        only=only,
        answer=answer,
    )


def untested(families: frozenset[str] | Everything, subject: str | None = None) -> Observed:
    return Observed(untested=(Untested(families=families, subject=subject, cause="cut"),))


@pytest.mark.parametrize(
    ("said", "presence"),
    [
        pytest.param(outcome(Observed(findings=(DOWN.found("c"),))), Presence.PRESENT, id="found-is-present"),
        pytest.param(outcome(Observed()), Presence.ABSENT, id="looked-and-not-found-is-absent"),
        pytest.param(outcome(Unobserved(cause="x", detail="")), Presence.UNTESTED, id="could-not-look-says-nothing"),
        pytest.param(outcome(untested(ALL)), Presence.UNTESTED, id="untested-all-covers-every-family"),
        pytest.param(outcome(untested(frozenset({"other"}))), Presence.ABSENT, id="another-family-untested-leaves-it"),
        pytest.param(
            outcome(untested(frozenset({"t.available"}), "c")), Presence.UNTESTED, id="its-own-subject-untested"
        ),
        pytest.param(
            outcome(untested(frozenset({"t.available"}), "d")), Presence.ABSENT, id="another-subject-untested"
        ),
        pytest.param(outcome(Observed(), frozenset({"d"})), Presence.UNTESTED, id="only-others-were-looked-at"),
        pytest.param(outcome(Observed(), frozenset({"c"})), Presence.ABSENT, id="only-it-was-looked-at"),
        pytest.param(
            outcome(Observed(findings=(DOWN.found("c"),), untested=(Untested(families=ALL, cause="x"),))),
            Presence.PRESENT,
            id="found-beats-untested",
        ),
    ],
)
def test_presence(said: Outcome, presence: Presence) -> None:
    assert said.presence("t.available", "c") is presence


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        pytest.param(float("nan"), None, id="nan-is-nothing"),
        pytest.param(float("-inf"), None, id="infinity-is-nothing"),
        pytest.param("a\ud800b", "a\ufffdb", id="lone-surrogate-replaced"),
        pytest.param("a\x00\x1b[1m", "a\ufffd\ufffd[1m", id="control-characters-replaced"),
        pytest.param("tab\tline\n", "tab\tline\n", id="tab-and-newline-stay"),
        pytest.param(2**70, str(2**70), id="integers-beyond-64-bits-become-text"),
        pytest.param(b"\xff", "\ufffd", id="bytes-are-decoded"),
        pytest.param(Severity.MAJOR, "major", id="enum-becomes-its-value"),
        pytest.param([1, (2.5, None)], (1, (2.5, None)), id="lists-become-tuples"),
        pytest.param({"b", "a"}, ("a", "b"), id="sets-are-sorted"),
        pytest.param({"k": 1}, "{'k': 1}", id="anything-else-becomes-text"),
        pytest.param([[[[[1]]]]], (((("[1]",),),),), id="depth-is-bounded"),
        pytest.param(True, True, id="bool-stays"),
    ],
)
def test_clean(value: object, kept: object) -> None:
    assert clean(value) == kept


def test_long_values_are_cut_and_say_so() -> None:
    text = clean("x" * 1_000_000)
    items = clean(list(range(500)))
    assert isinstance(text, str)
    assert (len(text), text[-1]) == (MAX_TEXT, "…")
    assert isinstance(items, tuple)
    assert (len(items), items[-1]) == (100, "…")


def test_facts_are_sorted_by_name() -> None:
    assert clean_facts({"b": 1, "a": "x"}) == (("a", "x"), ("b", 1))


def test_found_takes_the_rule_unless_told() -> None:
    plain, told = DOWN.found("c"), DOWN.found("c", severity=Severity.MINOR, layer=Layer.AGENT, blocks=False, reason="x")
    assert (plain.severity, plain.layer, plain.blocks, plain.family) == (
        Severity.CRITICAL,
        Layer.HTTP,
        True,
        "t.available",
    )
    assert (told.severity, told.layer, told.blocks) == (Severity.MINOR, Layer.AGENT, False)
    assert (told.fact("reason"), told.fact("missing")) == ("x", None)


def test_severities_rank() -> None:
    assert sorted(Severity, key=lambda s: s.rank) == [Severity.INFO, Severity.MINOR, Severity.MAJOR, Severity.CRITICAL]


def test_an_anomaly_follows_the_worst_of_what_its_family_found() -> None:
    minor = DOWN.found("c", severity=Severity.MINOR, number=1)
    worse = DOWN.found("c", severity=Severity.MAJOR, number=2)
    other = DOWN.found("d", number=3)
    observed = Observed(findings=(minor, worse, DOWN.found("c", severity=Severity.MAJOR, number=4), other))
    assert observed.anomalies() == {("t.available", "c"): worse, ("t.available", "d"): other}
