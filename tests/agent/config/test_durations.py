"""Lengths of time as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.durations import duration, seconds, written


@pytest.mark.parametrize(
    ("text", "length"),
    [
        pytest.param("60s", 60, id="seconds"),
        pytest.param("60", 60, id="a-bare-number-as-text"),
        pytest.param(4, 4, id="a-number"),
        pytest.param(0.25, 0.25, id="a-part-of-a-second"),
        pytest.param("250ms", 0.25, id="milliseconds"),
        pytest.param("1h30m", 5400, id="two-parts"),
        pytest.param(" 1 h  30 min ", 5400, id="spaces-and-words"),
        pytest.param("2d", 172800, id="days"),
        pytest.param("26 months", 26 * 31 * 86400, id="a-month-counts-31-days"),
        pytest.param("1 year", 366 * 86400, id="a-year-counts-366-days"),
        pytest.param("1.5 weeks", 1.5 * 604800, id="a-part-of-a-week"),
        pytest.param("3 SECONDS", 3, id="capitals"),
        pytest.param("0s", 0, id="nothing"),
    ],
)
def test_reads(text: object, length: float) -> None:
    assert seconds(text) == pytest.approx(length)
    assert duration(text) == timedelta(seconds=length)


@pytest.mark.parametrize(
    "text", ["", " ", "s", "1x", "1h 5", "5 1h", "-1s", -1, "1,5s", True, None, [], float("nan"), "101y"]
)
def test_refuses(text: object) -> None:
    with pytest.raises(ValueError, match=r"length of time|unit of time"):
        seconds(text)


@given(st.integers(0, 10**11))
def test_what_is_written_reads_the_same(milliseconds: int) -> None:
    length = timedelta(milliseconds=milliseconds)
    assert duration(written(length)) == length


def test_the_shortest_exact_text_is_written() -> None:
    lengths = [
        timedelta(days=2),
        timedelta(hours=36),
        timedelta(seconds=90),
        timedelta(milliseconds=1500),
        timedelta(0),
    ]
    assert [written(one) for one in lengths] == ["2d", "36h", "90s", "1500ms", "0s"]
