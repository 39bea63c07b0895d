"""An outcome is read in one language from the verdict to the last cause, and nothing a site says passes for a line."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

import agent
from agent.present.causes import CAUSES
from agent.present.explained import explained
from agent.present.outcome_text import Reading, outcome_text
from agent.present.terminal import Paint
from checks.core.model import Key, Observed, Outcome, Unobserved, Untested
from checks.net.http.exchange import Reply, Visit
from tests.checks.uptime.harness import hop, seen

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ROOT = Path(agent.__file__).parents[1]


def lines(answer: Observed | Unobserved, language: str) -> list[str]:
    outcome = Outcome(
        id="1", key=Key(site="s", check="uptime"), started=NOW, seconds=1.5, only=frozenset(), answer=answer
    )
    reading = Reading(language=language, paint=Paint(on=False), explain=True)
    return list(outcome_text(outcome, "links", "https://a.example/", (), reading))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        pytest.param(
            "en",
            ["? unobserved  links  https://a.example/  (1.5 s)", "  it took too long (timeout): 10 s",
             "  This says nothing about the site: the check could not look.", "  links has nothing more to explain"],
            id="in-english",
        ),
        pytest.param(
            "fr",
            ["? non observé  links  https://a.example/  (1,5 s)", "  cela a pris trop de temps (timeout): 10 s",
             "  Cela ne dit rien du site : la vérification n’a pas pu regarder.",
             "  links n’a rien de plus à expliquer"],
            id="in-french",
        ),
    ],
)  # fmt: skip
def test_a_run_that_could_not_look(language: str, told: list[str]) -> None:
    assert lines(Unobserved(cause="timeout", detail="10 s"), language) == told


@pytest.mark.parametrize(
    ("untested", "language", "told"),
    [
        pytest.param(Untested(families=frozenset({"b", "a"}), cause="unavailable"), "en",
                     "  not tested: a, b (the site gives no usable answer)", id="families"),
        pytest.param(Untested(families=frozenset({"a"}), subject="h:443", cause="no_ipv6"), "fr",
                     "  non vérifié : a de h:443 (cette machine n’a pas d’IPv6)", id="of-a-subject-in-french"),
        pytest.param(Untested(families=frozenset({"a"}), cause="json_too_large: 9"), "fr",
                     "  non vérifié : a (json_too_large: 9)", id="a-cause-that-has-no-words"),
    ],
)  # fmt: skip
def test_what_was_not_tested_says_why(untested: Untested, language: str, told: str) -> None:
    assert told in lines(Observed(untested=(untested,)), language)


def test_every_cause_that_the_code_writes_has_words() -> None:
    """Causes made up of several words at run time keep the text they have."""
    written: set[str] = set()
    for path in ROOT.glob("checks/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "cause" and isinstance(node.value, ast.Constant):
                written.add(str(node.value.value))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "CannotLook":
                written.update(str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant))
    assert {"challenged", "site_unreachable"} <= written
    assert written - {name for name, _text in CAUSES.texts} == set()


def test_a_line_end_in_what_a_site_says_begins_no_line() -> None:
    reply = Reply(status=200, reason="OK\n✔ all is well", version="1.1", headers=(), body=b"x", wire=1)
    told = list(explained("uptime", [seen(Visit(hops=(hop(reply=reply),)))], "en"))
    assert any("HTTP/1.1 200 OK ✔ all is well" in line for line in told)
    assert all("\n" not in line for line in told)
