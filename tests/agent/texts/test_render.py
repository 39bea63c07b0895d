"""Messages render in both languages, whatever the facts."""

import pytest

from agent.texts import render, translate
from agent.texts.values import duration, instant, rendered, size
from checks.core.facts import clean_facts
from checks.core.text import _, _n, choice, texts_of

REASONS = choice("reason", _("failed: {reason}"), refused=_("{host} refused the connection"))


@pytest.mark.parametrize(
    ("says", "facts", "sentence"),
    [
        pytest.param(_("expired on {day}"), {"day": "Monday"}, "expired on Monday", id="place-filled"),
        pytest.param(_("expired on {day}"), {}, "expired on ?", id="missing-fact-shows"),
        pytest.param(_n("{n} day", "{n} days", "n"), {"n": 1}, "1 day", id="one"),
        pytest.param(_n("{n} day", "{n} days", "n"), {"n": 3}, "3 days", id="many"),
        pytest.param(_n("{n} day", "{n} days", "n"), {"n": "x"}, "x days", id="a-count-that-is-none"),
        pytest.param(REASONS, {"reason": "refused", "host": "h"}, "h refused the connection", id="chosen-by-reason"),
        pytest.param(REASONS, {"reason": "other"}, "failed: other", id="default-when-unknown"),
        pytest.param(_("{a}"), {"a": "{b} %s"}, "{b} %s", id="a-fact-is-never-a-template"),
    ],
)
def test_render_in_english(says: object, facts: dict[str, object], sentence: str) -> None:
    assert render(says, clean_facts(facts), "en") == sentence  # type: ignore[arg-type]


def test_a_sentence_without_translation_stays_english() -> None:
    assert translate("no such sentence {n}", "fr", n=1.5) == "no such sentence 1,5"


@pytest.mark.parametrize(
    ("seconds", "english", "french"),
    [
        pytest.param(0.35, "350 ms", "350 ms", id="milliseconds"),
        pytest.param(4.25, "4.2 s", "4,2 s", id="seconds"),
        pytest.param(5.0, "5 s", "5 s", id="whole-seconds"),
        pytest.param(-3600.0, "-1 h", "-1 h", id="backwards"),
        pytest.param(34.4, "34 s", "34 s", id="tens-of-seconds"),
        pytest.param(59.7, "1 min", "1 min", id="nearly-a-minute"),
        pytest.param(0.9996, "1 s", "1 s", id="nearly-a-second"),
        pytest.param(200.0, "3 min 20 s", "3 min 20 s", id="minutes"),
        pytest.param(3600.0, "1 h", "1 h", id="an-hour"),
        pytest.param(187200.0, "2 d 4 h", "2 j 4 h", id="days"),
    ],
)
def test_durations(seconds: float, english: str, french: str) -> None:
    assert (duration(seconds, "en"), duration(seconds, "fr")) == (english, french)


def test_other_forms() -> None:
    assert (size(999, "en"), size(12_400, "fr"), size(5e12, "en")) == ("999 B", "12,4 ko", "5000 GB")
    assert instant("2026-11-24T10:00:00+01:00") == "2026-11-24 09:00 UTC"
    assert instant("soon") == "soon"
    assert rendered(("a", 1, None), "", "fr") == "a, 1, ?"
    assert rendered(2.0, "duration", "fr") == "2 s"
    assert rendered(2000, "size", "fr") == "2 ko"
    assert rendered("2026-11-24T10:00:00Z", "instant", "fr") == "2026-11-24 10:00 UTC"
    assert rendered("text", "duration", "fr") == "text"


def test_every_sentence_of_a_choice_is_known() -> None:
    assert [text.msgid for text in texts_of(REASONS)] == ["{host} refused the connection", "failed: {reason}"]
    assert texts_of(_("x")) == (_("x"),)
