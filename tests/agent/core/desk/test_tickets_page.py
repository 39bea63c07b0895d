"""The page about tickets says what the code does."""

import re
from pathlib import Path

from agent.core.desk import lifecycle
from agent.core.desk.correlate import explain
from agent.core.desk.hold import CAP, FIRST, LAST
from agent.core.desk.message import MERGED_INTO_NEWER
from agent.core.desk.settings import Flap
from agent.core.desk.ticket import LIVE, EventKind, State
from agent.core.desk.verdict import Policy
from agent.core.desk.watch import DOWNTIME
from agent.intake.inbox import ROOM
from agent.store.events import event_hash, sha256

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "tickets.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def test_every_state_is_described_and_whether_it_is_live() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (yes|no) \|", section("States"), re.MULTILINE)
    assert {State(name): live == "yes" for name, live in rows} == {state: state in LIVE for state in State}
    assert "Nothing leaves `closed` and `merged`" in PAGE
    assert not lifecycle.TRANSITIONS[State.CLOSED] | lifecycle.TRANSITIONS[State.MERGED]


def test_every_event_is_described_and_none_is_invented() -> None:
    text = section("Events").split("**The chain.**")[0]
    named = {word for word in re.findall(r"`(\w+)`", text) if word in set(EventKind)}
    assert named == set(EventKind)
    assert {*FIRST, *LAST, *MERGED_INTO_NEWER} <= named


def test_the_numbers_are_those_of_the_code() -> None:
    assert (Policy().network_runs, Policy().fact_runs) == (2, 1)
    flap = Flap()
    assert (flap.reopens, flap.window.total_seconds(), flap.stable.total_seconds()) == (2, 3600, 1800)
    assert "2 runs in a row that agree" in PAGE
    assert "second reopening (`reopens`)" in PAGE
    assert "window`, 60 minutes" in PAGE
    assert "30 minutes (`stable`)" in PAGE
    assert f"for at most {CAP.total_seconds() / 60:.0f} minutes" in PAGE
    assert f"up to {ROOM:,} of them" in PAGE
    assert {f"`{family}` by default" in PAGE for family in DOWNTIME} == {True}


def test_the_hash_is_made_as_described() -> None:
    assert "`[ticket, seq, at, actor, kind, payload, prev]`" in PAGE
    written = '["ACME-2026-0001",1,1795514460500,"M\\u00e9lanie","opened","aa",""]'
    assert event_hash("ACME-2026-0001", 1, 1795514460500, "Mélanie", "opened", "aa", "") == sha256(written)


def test_the_rules_of_explanation_are_those_of_the_code() -> None:
    said = " ".join(explain.__doc__.split() if explain.__doc__ else ())
    for words in ("all checks of the same host", "those of the same address", "the root"):
        assert words in said
    text = section("What explains what")
    for words in ("all checks of the same host", "those of the same address", "every parent is a root"):
        assert words in text
