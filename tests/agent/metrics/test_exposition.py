"""A scrape gets the format and the encoding it asked for, and promtool finds nothing to say."""

import gzip
import subprocess
from datetime import UTC, datetime

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from agent.executor.spawned import Loss
from agent.metrics import Exposition, Labelled, Own, Watched
from agent.metrics.watched import Live
from agent.schedule import Trouble
from checks.core.model import Key, Lane, Measure, Observed, Outcome, Severity
from tests.needs import program

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"


@pytest.fixture
def exposition() -> Exposition:
    own, watched = Own(), Watched()
    key = Key(site="shop", check="uptime")
    watched.plan([Labelled(key=key, client="acme", kind="uptime")])
    measures = (Measure(name="probe_success", value=1), Measure(name="probe_duration_seconds", value=0.2))
    outcome = Outcome(id="1", key=key, started=NOON, seconds=0.2, only=frozenset(), answer=Observed(measures=measures))
    watched.ran(outcome)
    watched.believed(key, up=True)
    watched.tickets([Live(client="acme", site="shop", severity=Severity.MAJOR, count=1, oldest=NOON)])
    own.ran("uptime", outcome)
    own.fired(0.01)
    own.trouble(key, Trouble.OVERLAP, 2)
    own.lane(Lane.LOOP, running=1, waiting=0)
    own.child_lost(Loss.MEMORY)
    own.delivered("log", "delivered")
    own.outbox("log", pending=0, oldest=0)
    own.online(online=True)
    own.problem("agent.disk", present=False)
    own.store(size=1, free=2)
    own.inbox(0)
    own.reloaded(NOON, good=True)
    return Exposition(own.registry, watched.lines)


def body(exposition: Exposition, accept: str = "", encoding: str = "") -> bytes:
    return b"".join(exposition.answer(accept, encoding).pieces)


def test_plain_text_is_the_default(exposition: Exposition) -> None:
    answer = exposition.answer("", "")
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    names = {family.name for family in read_text(b"".join(answer.pieces).decode())}
    assert {"vigie_check_up", "probe_success", "vigie_scheduler_lag_seconds", "vigie_build_info"} <= names


def test_openmetrics_is_given_when_asked_for_and_ends_once(exposition: Exposition) -> None:
    answer = exposition.answer(OPENMETRICS, "")
    text = b"".join(answer.pieces).decode()
    assert answer.content_type.startswith("application/openmetrics-text")
    assert text.endswith("# EOF\n")
    assert text.count("# EOF") == 1
    assert {"vigie_check_up", "vigie_check_runs"} <= {family.name for family in read_openmetrics(text)}  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("asked", "zipped"),
    [("gzip", True), ("br, gzip;q=0.8", True), ("*", True), ("", False), ("gzip;q=0", False), ("gzip; q=0.00", False)],
)
def test_gzip_when_asked_for(exposition: Exposition, asked: str, zipped: bool) -> None:
    answer = exposition.answer("", asked)
    assert (answer.encoding == "gzip") is zipped
    raw = b"".join(answer.pieces)
    assert b"# TYPE vigie_check_up gauge\n" in (gzip.decompress(raw) if zipped else raw)


def test_no_family_is_announced_twice(exposition: Exposition) -> None:
    heads = [line for line in body(exposition).decode().splitlines() if line.startswith("# TYPE")]
    assert len(heads) == len(set(heads))


def test_promtool_finds_nothing_to_say(exposition: Exposition) -> None:
    promtool = program("promtool", apt="prometheus")
    said = subprocess.run(
        [promtool, "check", "metrics"], input=body(exposition), capture_output=True, timeout=60, check=False
    )
    assert (said.returncode, said.stdout + said.stderr) == (0, b"")
