"""Rendered lines say what the client library would say, in both formats."""

import math

import pytest
from prometheus_client.parser import text_string_to_metric_families

from agent.metrics.lines import CHUNK, Family, Lines, Type, is_name, labels, number

GAUGE = Family(name="vigie_x_seconds", type=Type.GAUGE, help="How long.")
COUNTER = Family(name="vigie_runs_total", type=Type.COUNTER, help="How many.")


def text(lines: Lines, *, openmetrics: bool = False) -> str:
    return b"".join(lines.chunks(openmetrics=openmetrics)).decode()


@pytest.mark.parametrize("value", ["plain", 'say "hi"', "back\\slash", "two\nlines", "accentué €", "}{,="])
def test_any_label_value_is_read_back_as_it_was(value: str) -> None:
    lines = Lines()
    lines.put("a", GAUGE, [(labels(("site", value)), 1.5)])
    (family,) = text_string_to_metric_families(text(lines))
    assert [(sample.labels, sample.value) for sample in family.samples] == [({"site": value}, 1.5)]


@pytest.mark.parametrize(
    ("value", "rendered"),
    [(1, "1.0"), (0.1, "0.1"), (1e21, "1e+21"), (math.inf, "+Inf"), (-math.inf, "-Inf"), (math.nan, "NaN")],
)
def test_values_are_written_as_both_formats_take_them(value: float, rendered: str) -> None:
    assert number(value) == rendered


def test_a_family_is_announced_once_and_holds_together() -> None:
    lines = Lines()
    for owner in ("a", "b"):
        lines.put(owner, GAUGE, [(f'check="{owner}"', 1)])
        lines.put(owner, COUNTER, [(f'check="{owner}"', 2)])
    assert text(lines).splitlines() == [
        "# HELP vigie_runs_total How many.",
        "# TYPE vigie_runs_total counter",
        'vigie_runs_total{check="a"} 2.0',
        'vigie_runs_total{check="b"} 2.0',
        "# HELP vigie_x_seconds How long.",
        "# TYPE vigie_x_seconds gauge",
        'vigie_x_seconds{check="a"} 1.0',
        'vigie_x_seconds{check="b"} 1.0',
    ]


def test_openmetrics_names_a_counter_without_its_ending() -> None:
    lines = Lines()
    lines.put("a", COUNTER, [("", 2)])
    assert text(lines, openmetrics=True).splitlines()[:2] == [
        "# HELP vigie_runs How many.",
        "# TYPE vigie_runs counter",
    ]


def test_an_owner_that_leaves_takes_its_lines_along() -> None:
    lines = Lines()
    lines.put("a", GAUGE, [('check="a"', 1)])
    lines.put("b", GAUGE, [('check="b"', 1)])
    lines.drop("a")
    assert 'check="a"' not in text(lines)
    lines.drop("b", GAUGE)
    assert text(lines) == ""


def test_pieces_are_bounded_and_may_be_read_while_lines_change() -> None:
    lines = Lines()
    for owner in range(3 * CHUNK):
        lines.put(owner, GAUGE, [(f'check="{owner}"', 1)])
    pieces = lines.chunks(openmetrics=False)
    head = next(pieces)
    lines.drop(0)
    lines.put(-1, GAUGE, [('check="-1"', 1)])
    assert head.startswith(b"# HELP")
    assert [piece.count(b"\n") for piece in pieces] == [CHUNK, CHUNK, CHUNK]


@pytest.mark.parametrize(("name", "good"), [("probe_success", True), ("a-b", False), ("1a", False), ("", False)])
def test_what_a_metric_may_be_called(name: str, good: bool) -> None:
    assert is_name(name) is good
