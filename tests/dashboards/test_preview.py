"""The preview asks what Grafana would, joins what Grafana joins, and writes values as Grafana does."""

from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from agent.report.charts import Tone
from dashboards.preview import __main__ as command
from dashboards.preview.panels import Looks, fill, names, read
from dashboards.preview.picture import called, joined
from dashboards.preview.prometheus import NoAnswer, Prometheus, Series
from dashboards.preview.words import tone, whole, worded, write

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def series(value: float, **labels: str) -> Series:
    return Series(labels=tuple(sorted(labels.items())), points=((NOW, value),))


def test_macros_are_filled_as_grafana_does() -> None:
    expr = 'x{site=~"$site"}[$__range] / rate(y[$__rate_interval])'
    assert fill(expr, span=HOUR, rate=timedelta(minutes=1)) == 'x{site=~".*"}[3600s] / rate(y[60s])'


def test_a_macro_that_is_not_known_is_refused_instead_of_asked() -> None:
    with pytest.raises(ValueError, match=r"unknown macro \$__interval"):
        fill("rate(x[$__interval])", span=HOUR, rate=HOUR)


@pytest.mark.parametrize("name", names())
def test_every_panel_of_a_committed_dashboard_is_read(name: str) -> None:
    panels = read(name).panels
    assert len(panels) > 10
    assert all(panel.targets and panel.title for panel in panels)
    assert all(panel.columns for panel in panels if panel.kind == "table")


def test_answers_are_joined_on_the_labels_that_all_have() -> None:
    why = [series(0, site="shop", reason="status"), series(0, site="blog")]
    worst = [series(3, site="shop"), series(2, site="blog")]
    last_good = [series(7, site="shop")]
    assert joined([why, worst, last_good]) == [
        {"site": "shop", "reason": "status", "Value #A": 0, "Value #B": 3, "Value #C": 7},
        {"site": "blog", "Value #A": 0, "Value #B": 2},
    ]


def test_one_answer_has_its_value_without_a_letter() -> None:
    assert joined([[series(5, site="shop")]]) == [{"site": "shop", "Value": 5}]
    assert joined([[], []]) == []


def test_a_legend_names_labels() -> None:
    assert called("{{site}} · {{ check }}", series(1, site="shop", check="uptime")) == "shop · uptime"
    assert called("", series(1)) == "value"


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        pytest.param(0.0123, "s", "12.3 ms", id="milliseconds"),
        pytest.param(0, "s", "0 s", id="no-time"),
        pytest.param(90, "s", "1.5 min", id="minutes"),
        pytest.param(93784, "dtdurations", "1 d 2 h", id="a-day-and-hours"),
        pytest.param(1_000_000, "dtdurations", "11 d", id="days"),
        pytest.param(3700, "dtdurations", "1 h 1 min", id="an-hour-and-a-minute"),
        pytest.param(61, "dtdurations", "1 min 1 s", id="a-minute-and-a-second"),
        pytest.param(-61, "dtdurations", "-1 min 1 s", id="what-is-over"),
        pytest.param(5 * 2**30, "bytes", "5 GiB", id="bytes"),
        pytest.param(0.5, "ops", "0.5/s", id="a-rate"),
        pytest.param(0.125, "percentunit", "12.5 %", id="a-share"),
        pytest.param(12345, "none", "12 345", id="a-count"),
        pytest.param((NOW.timestamp() - 600) * 1000, "dateTimeFromNow", "10 min 0 s ago", id="an-instant"),
        pytest.param(float("nan"), "s", "–", id="not-a-number"),
    ],
)
def test_values_are_written_with_their_unit(value: float, unit: str, written: str) -> None:
    assert write(value, unit, NOW) == written


def test_round_sizes_are_multiples_of_the_size_they_are_written_in() -> None:
    assert whole(70 * 2**30, "bytes") == 2**30
    assert whole(70, "s") == 1


def test_words_and_colours_follow_the_dashboard() -> None:
    looks = Looks(
        bounds=((float("-inf"), "green"), (2, "orange"), (5, "red")), words=((0, "✔ none", "green"),), decimals=0
    )
    assert [worded(value, looks) for value in (0.2, 3.4)] == ["✔ none", "3"]
    assert [tone(value, looks) for value in (0, 1, 3, 5)] == [Tone.GOOD, Tone.GOOD, Tone.WARN, Tone.BAD]


class _Refusing(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"status": "error", "errorType": "bad_data", "error": "parse error"}'
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def test_what_prometheus_refuses_is_told_with_its_reason() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(NoAnswer, match=r"refuses up\(: parse error"):
            Prometheus(address=f"http://127.0.0.1:{server.server_port}").now("up(", NOW)
        server.shutdown()


def test_without_a_prometheus_the_command_says_so_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--prometheus", "http://127.0.0.1:1", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("no Prometheus answers at http://127.0.0.1:1 (")
    assert command.main(["--prometheus", "file:///etc/passwd", "--out", str(tmp_path)]) == 1
    assert "is not the address of a Prometheus" in capsys.readouterr().err
