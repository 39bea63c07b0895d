"""The series of checks and sites: they come with the plan, follow each run, and leave with the plan."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from agent.metrics.watched import Labelled, Live, Watched
from checks.core.model import (
    Answer,
    Confirm,
    Key,
    Layer,
    Maintenance,
    Measure,
    Observed,
    Outcome,
    Rule,
    Severity,
    Unobserved,
)
from checks.core.text import _

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = Key(site="shop", check="uptime")
CHECK = Labelled(key=KEY, client="acme", kind="uptime")
OTHER = Labelled(key=Key(site="blog", check="uptime"), client="acme", kind="uptime")
DOWN = Rule(
    id="t.down",
    family="t.available",
    severity=Severity.CRITICAL,
    maintenance=Maintenance.CORRECTIVE,
    layer=Layer.HTTP,
    says=_("down"),
    advice=_("Mend it."),
    confirm=Confirm.NETWORK,
)
OK = Observed(measures=(Measure(name="probe_success", value=1), Measure(name="tls_chain_length", value=3)))
FAILED = Observed(findings=(DOWN.found("uptime"),), measures=(Measure(name="probe_success", value=0),))


def outcome(answer: Answer, key: Key = KEY, only: frozenset[str] = frozenset()) -> Outcome:
    return Outcome(id="1", key=key, started=NOON, seconds=0.5, only=only, answer=answer)


def watched(*plan: Labelled) -> Watched:
    series = Watched()
    series.plan(plan)
    return series


def read(series: Watched, name: str, **wanted: str) -> list[float]:
    families = text_string_to_metric_families(b"".join(series.lines.chunks(openmetrics=False)).decode())
    samples: Iterable = (sample for family in families for sample in family.samples)  # type: ignore[type-arg]
    return [s.value for s in samples if s.name == name and wanted.items() <= s.labels.items()]


def test_counters_start_at_nothing() -> None:
    series = watched(CHECK)
    assert read(series, "vigie_check_runs_total", site="shop") == [0, 0, 0]
    assert read(series, "vigie_tickets_opened_total", site="shop") == [0, 0, 0]
    assert read(series, "vigie_ticket_reopens_total", site="shop") == [0]


def test_a_check_has_all_its_labels() -> None:
    text = b"".join(watched(CHECK).lines.chunks(openmetrics=False)).decode()
    assert 'client="acme",site="shop",check="uptime",kind="uptime",location="local",result="ok"' in text


@pytest.mark.parametrize(
    ("answer", "gave", "success"),
    [
        pytest.param(OK, "ok", [NOON.timestamp() + 0.5], id="a-clean-run-is-a-success"),
        pytest.param(FAILED, "findings", [], id="a-finding-is-none"),
        pytest.param(Unobserved(cause="offline", detail=""), "unobserved", [], id="nor-is-a-run-that-could-not-look"),
        pytest.param(
            Observed(findings=(DOWN.found("uptime", severity=Severity.INFO),)),
            "ok",
            [NOON.timestamp() + 0.5],
            id="what-is-only-info-does-not-spoil-it",
        ),
    ],
)
def test_what_a_run_gave(answer: Answer, gave: str, success: list[float]) -> None:
    series = watched(CHECK)
    series.ran(outcome(answer))
    assert read(series, "vigie_check_runs_total", result=gave) == [1]
    assert sum(read(series, "vigie_check_runs_total")) == 1
    assert read(series, "vigie_check_last_run_timestamp_seconds") == [NOON.timestamp() + 0.5]
    assert read(series, "vigie_check_last_success_timestamp_seconds") == success


def test_blackbox_names_stay_and_others_are_ours() -> None:
    series = watched(CHECK)
    series.ran(outcome(OK))
    assert read(series, "probe_success", site="shop") == [1]
    assert read(series, "vigie_tls_chain_length", site="shop") == [3]


def test_a_measure_that_a_run_did_not_take_is_gone_unless_the_run_could_not_look() -> None:
    series = watched(CHECK)
    series.ran(outcome(OK))
    series.ran(outcome(Unobserved(cause="offline", detail="")))
    assert read(series, "vigie_tls_chain_length") == [3]
    series.ran(outcome(FAILED))
    assert read(series, "vigie_tls_chain_length") == []
    assert read(series, "probe_success") == [0]


def test_a_look_at_one_subject_says_nothing_of_the_whole() -> None:
    series = watched(CHECK)
    series.ran(outcome(FAILED))
    series.ran(outcome(OK, only=frozenset({"x"})))
    assert read(series, "probe_success") == [0]
    assert read(series, "vigie_check_last_success_timestamp_seconds") == []


def test_labels_of_a_measure_come_after_the_checks_own() -> None:
    series = watched(CHECK)
    phases = (("resolve", 0.1), ("tls", 0.2))
    measures = tuple(
        Measure(name="probe_http_duration_seconds", value=value, labels=(("phase", phase),)) for phase, value in phases
    )
    series.ran(outcome(Observed(measures=measures)))
    assert read(series, "probe_http_duration_seconds", phase="tls", site="shop") == [0.2]


def test_a_site_that_leaves_takes_its_series_along_and_those_that_stay_go_on_counting() -> None:
    series = watched(CHECK, OTHER)
    for key in (CHECK.key, OTHER.key):
        series.ran(outcome(FAILED, key))
        series.opened(key.site, Severity.CRITICAL)
    series.plan([OTHER])
    text = b"".join(series.lines.chunks(openmetrics=False)).decode()
    assert "shop" not in text
    assert read(series, "vigie_check_runs_total", result="findings") == [1]
    assert read(series, "vigie_tickets_opened_total", site="blog", severity="critical") == [1]
    series.ran(outcome(OK))
    assert "shop" not in b"".join(series.lines.chunks(openmetrics=False)).decode()


def test_live_tickets_by_site_with_the_oldest() -> None:
    series = watched(CHECK, OTHER)
    series.tickets([Live(client="acme", site="shop", severity=Severity.CRITICAL, count=2, oldest=NOON)])
    assert read(series, "vigie_tickets_open", site="shop", severity="critical") == [2]
    assert read(series, "vigie_tickets_open", site="blog") == [0, 0, 0]
    assert read(series, "vigie_ticket_oldest_open_timestamp_seconds") == [NOON.timestamp()]
    series.tickets([])
    assert sum(read(series, "vigie_tickets_open")) == 0
    assert read(series, "vigie_ticket_oldest_open_timestamp_seconds") == []


def test_live_tickets_of_a_site_that_goes_over_to_another_client_or_comes_back() -> None:
    live = [Live(client="acme", site="shop", severity=Severity.CRITICAL, count=2, oldest=NOON)]
    series = watched(CHECK)
    series.tickets(live)
    series.plan([Labelled(key=KEY, client="other", kind="uptime")])
    series.tickets(live)
    assert read(series, "vigie_tickets_open", severity="critical", site="shop") == [2]
    assert read(series, "vigie_tickets_open", severity="critical", client="other") == [2]
    series.plan([])
    series.plan([CHECK])
    series.tickets(live)
    assert read(series, "vigie_tickets_open", severity="critical", client="acme") == [2]
    assert read(series, "vigie_ticket_oldest_open_timestamp_seconds", site="shop") == [NOON.timestamp()]


def test_what_is_believed_of_a_check() -> None:
    series = watched(CHECK)
    series.believed(KEY, up=False)
    assert read(series, "vigie_check_up", site="shop") == [0]
