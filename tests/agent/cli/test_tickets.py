"""`vigie tickets`, `history`, `backup` and `restore`, on a store that a stream of outcomes made."""

import asyncio
import json
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.cli import main
from agent.cli.history import instant
from agent.core.desk.rules import RULES as AGENT_RULES
from agent.core.desk.watch import Watch
from agent.intake import Intake
from agent.store import FILE, Store
from checks.core.errors import UsageError
from checks.core.model import Artifact, Attempt, Finding, Key, Observed, Outcome, Unobserved
from checks.core.registry import Catalogue, rules

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CURL = "curl -sS -i http://127.0.0.1:9/panier"
WATCH = Watch(
    key=Key(site="shop", check="panier"),
    kind="uptime",
    target="http://127.0.0.1:9/panier",
    client="acme",
    language="fr",
)


def refused() -> Finding:
    (down,) = [rule for rule in rules("uptime") if rule.id == "uptime.down"]
    return down.found("panier", reason="connect_refused", address="127.0.0.1", port=9, host="127.0.0.1", curl=CURL)


def run(minutes: float, *findings: Finding, watch: Watch = WATCH) -> tuple[Outcome, Watch]:
    attempts = tuple(Attempt(number=number, seconds=0.25, findings=findings) for number in (1, 2) if findings)
    page = Artifact(kind="body", name="body-2", media="text/html", data=b"x" * 1500)
    answer = Observed(findings=findings, attempts=attempts, artifacts=(page,) if findings else ())
    started = START + timedelta(minutes=minutes)
    said = Outcome(id=f"{minutes:026.1f}", key=watch.key, started=started, seconds=0.5, only=frozenset(), answer=answer)
    return said, watch


async def fill(path: Path) -> None:
    store = Store.open(path, Catalogue(AGENT_RULES))
    intake = Intake(store, lambda _changes: None)
    for taken in (run(0, refused()), run(1, refused()), run(2), run(3), run(100, refused()), run(101, refused())):
        await intake.put(*taken)
    blind = Outcome(
        id="z",
        key=WATCH.key,
        started=START + timedelta(minutes=102),
        seconds=0,
        only=frozenset(),
        answer=Unobserved(cause="resolver", detail="no answer"),
    )
    await intake.put(blind, WATCH)
    await intake.close()
    await intake.run()
    store.close()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('[agent]\nstate_dir = "var"\n\n[sites.shop]\nurl = "http://127.0.0.1:9/"\n')
    asyncio.run(fill(tmp_path / "var" / FILE))
    return path


def vigie(*words: str) -> int:
    return main(list(words))


CONTRACT = frozenset(
    (
        *("ref", "fingerprint", "rule", "family", "site", "sites", "client", "contract", "check", "severity"),
        *(
            "maintenance",
            "state",
            "title",
            "opened_at",
            "detected_at",
            "acked_at",
            "restored_at",
            "closed_at",
            "parent",
        ),
        *("merged_into", "recurrence_of", "reopen_count", "flapping", "occurrences", "gti_due", "gtr_due", "events"),
        "head",
    )
)


def test_the_list_as_json_has_the_contracts_fields(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert vigie("tickets", "list", "--state", "all", "--format", "json", "--config", str(config)) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(one["ref"], one["state"], one["recurrence_of"]) for one in listed] == [
        ("ACME-2026-0001", "resolved", None),
        ("ACME-2026-0002", "open", "ACME-2026-0001"),
    ]
    assert all(set(one) >= CONTRACT for one in listed)
    first = listed[0]
    assert (first["detected_at"], first["restored_at"]) == ("2026-11-24T09:00:00.000Z", "2026-11-24T09:02:00.000Z")
    assert (first["events"], first["sites"], first["severity"], first["occurrences"]) == (2, ["shop"], "critical", 2)
    assert re.fullmatch("[0-9a-f]{64}", first["head"])


@pytest.mark.parametrize(
    ("words", "refs"),
    [
        pytest.param((), ["ACME-2026-0002"], id="live-by-default"),
        pytest.param(("--state", "resolved"), ["ACME-2026-0001"], id="one-state"),
        pytest.param(("--state", "all", "--site", "shop"), ["ACME-2026-0001", "ACME-2026-0002"], id="one-site"),
        pytest.param(("--state", "all", "--site", "other"), [], id="another-site"),
    ],
)
def test_the_list_is_narrowed(
    config: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], refs: list[str]
) -> None:
    assert vigie("tickets", "list", *words, "--format", "json", "--config", str(config)) == 0
    assert [one["ref"] for one in json.loads(capsys.readouterr().out)] == refs
    assert vigie("tickets", "list", *words, "--config", str(config)) == 0
    text = capsys.readouterr().out
    assert re.findall(r"ACME-2026-\d+", text) == refs
    assert text.splitlines()[-1] == ("1 ticket" if len(refs) == 1 else f"{len(refs)} tickets")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param(
            "fr",
            [
                "bloquante",
                "résolu",
                "refuse les connexions",
                "depuis",
                "10:00:00 CET",
                "que faire",
                "à reproduire",
                "tentative 2",
            ],
            id="in-french",
        ),
        pytest.param(
            "en",
            [
                "critical",
                "resolved",
                "refuses connections",
                "since",
                "10:00:00 CET",
                "what to do",
                "see yourself",
                "attempt 2",
            ],
            id="in-english",
        ),
    ],
)
def test_a_stranger_can_act_on_what_is_shown(
    config: Path, capsys: pytest.CaptureFixture[str], language: str, words: list[str]
) -> None:
    assert vigie("tickets", "show", "acme-2026-0001", "--lang", language, "--config", str(config)) == 0
    text = capsys.readouterr().out
    assert [word for word in words if word not in text] == []
    assert "http://127.0.0.1:9/panier" in text
    (line,) = [line for line in text.splitlines() if "curl" in line]
    assert shlex.split(line[line.index("curl") :]) == shlex.split(CURL)
    assert text.count("09:00:00") == 0  # the reader's clock, not UTC
    assert re.search("body-2, 1[.,]5 k[oB] ?: evidence/", text)


def test_the_sites_language_is_the_default(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vigie("tickets", "show", "ACME-2026-0002", "--config", str(config))
    assert "bloquante" in capsys.readouterr().out


def test_a_ticket_as_json_tells_its_story(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert vigie("tickets", "show", "ACME-2026-0001", "--format", "json", "--config", str(config)) == 0
    story = json.loads(capsys.readouterr().out)
    assert set(story) >= CONTRACT
    assert story["evidence"]["curl"] == CURL
    kept = {exhibit["file"] for exhibit in story["exhibits"]}
    assert len(kept) == 1
    assert (config.parent / "var" / kept.pop()).read_bytes() == b"x" * 1500
    assert [one["event"] for one in story["history"]] == ["opened", "resolved"]
    assert [(one["started"], one["attempt"]) for one in story["tries"]] == [
        ("2026-11-24T09:00:00.000Z", 1),
        ("2026-11-24T09:00:00.000Z", 2),
        ("2026-11-24T09:01:00.000Z", 1),
        ("2026-11-24T09:01:00.000Z", 2),
    ]


def test_the_chain_is_verified(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert vigie("tickets", "verify-log", "--config", str(config)) == 0
    assert "3 events of 2 tickets" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status", "line"),
    [
        pytest.param(("tickets", "show", "NONE-1"), 3, "there is no ticket NONE-1", id="no-such-ticket"),
        pytest.param(("tickets", "show", "X", "--lang", "de"), 3, "--lang de", id="no-such-language"),
        pytest.param(
            ("tickets", "list", "--state", "odd"), 3, "--state odd: there is live, all, open", id="no-such-state"
        ),
        pytest.param(("history", "none"), 3, "nothing was seen of none", id="no-such-site"),
        pytest.param(("history", "shop", "--from", "soon"), 3, "'soon' is no instant", id="no-instant"),
        pytest.param(("restore", "/nowhere.db"), 1, "there is no backup", id="no-such-backup"),
    ],
)
def test_errors_are_one_line(
    config: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], status: int, line: str
) -> None:
    assert vigie(*words, "--config", str(config)) == status
    told = capsys.readouterr().err
    assert line in told
    assert told.count("\n") == 1


def test_without_a_store_the_line_says_what_makes_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[sites.shop]\nurl = "http://127.0.0.1:9/"\n')
    assert vigie("tickets", "show", "X", "--config", str(path)) == 1
    assert "`vigie run` makes it" in capsys.readouterr().err
    assert vigie("tickets", "list", "--format", "json", "--config", str(path)) == 0
    out, err = capsys.readouterr()
    assert (out, "`vigie run` makes it" in err) == ("[]\n", True)


def test_history_tells_runs_and_hours(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("history", "shop", "--from", "2026-11-24T09:00Z", "--to", "2026-11-24T11:00Z", "--config", str(config))
    assert vigie(*words) == 0
    text = capsys.readouterr().out
    assert "2026-11-24 10:01:00  panier       findings" in text
    assert "127.0.0.1 refuses connections" in text
    assert "unobserved" in text
    assert "resolver: no answer" in text
    assert re.search(r"panier +[\d.]+ % up +up 4 min, down 4 min, not seen 1 h 34 min, 7 runs", text), text
    assert vigie(*words, "--check", "none") == 3


def test_history_as_json_gives_whole_outcomes(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--from", "2026-11-24", "--to", "2026-11-25", "--format", "json", "--config", str(config))
    assert vigie("history", "shop", "--check", "panier", *words) == 0
    runs = json.loads(capsys.readouterr().out)
    assert [one["result"] for one in runs] == ["unobserved", "findings", "findings", "ok", "ok", "findings", "findings"]
    assert runs[-1]["outcome"]["findings"][0]["rule"] == "uptime.down"
    assert runs[3]["outcome"] is None


def test_backup_and_restore(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert vigie("backup", str(tmp_path / "one.db"), "--config", str(config)) == 0
    assert "2 tickets" in capsys.readouterr().out
    assert vigie("restore", str(tmp_path / "one.db"), "--config", str(config)) == 0
    assert "what was there before" in capsys.readouterr().out
    assert vigie("tickets", "verify-log", "--config", str(config)) == 0


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param("6h", START - timedelta(hours=6), id="hours-ago"),
        pytest.param("90m", START - timedelta(minutes=90), id="minutes-ago"),
        pytest.param("2026-11-24", datetime(2026, 11, 24, tzinfo=UTC), id="a-day"),
        pytest.param("2026-11-24T10:00+01:00", START, id="with-its-offset"),
    ],
)
def test_instants(text: str, read: datetime) -> None:
    assert instant(text, START, UTC) == read


def test_an_age_beyond_all_calendars_is_no_instant() -> None:
    with pytest.raises(UsageError):
        instant("999999999d", START, UTC)


def test_the_commands_load_no_check_and_no_browser(config: Path) -> None:
    script = (
        "import sys; from agent.cli import main; main(sys.argv[1:]); "
        "print([m for m in ('lxml', 'playwright', 'apscheduler', 'starlette', 'httpx') if m in sys.modules])"
    )
    words = ("tickets", "list", "--config", str(config))
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
