"""Charts are well-formed whatever they are given, and say the same without colour."""

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.report.charts import (
    Frame,
    Limit,
    Line,
    Span,
    Strip,
    Tone,
    line_chart,
    nice_ticks,
    strip_chart,
    time_ticks,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
SVG = "{http://www.w3.org/2000/svg}"


def frame(hours: float = 1.0, width: int = 600, height: int = 180, title: str = "Response time") -> Frame:
    return Frame(width=width, height=height, start=NOON, end=NOON + timedelta(hours=hours), zone=PARIS, title=title)


def line(*values: float | None, name: str = "shop", tone: Tone | None = None) -> Line:
    points = tuple((NOON + timedelta(minutes=10 * number), value) for number, value in enumerate(values))
    return Line(name=name, points=points, tone=tone)


def seconds(value: float) -> str:
    return f"{value:g} s"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def paths(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{SVG}path"))


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        pytest.param(0, 1, (0, 0.5, 1), id="a-share-in-halves"),
        pytest.param(0, 7, (0, 2, 4, 6, 8), id="the-last-tick-lies-above-the-highest-value"),
        pytest.param(0, 0, (0, 0.5, 1), id="a-flat-line-at-zero-has-an-axis"),
        pytest.param(-3, 3, (-4, -2, 0, 2, 4), id="zero-is-among-them"),
        pytest.param(0, 4096, (0, 2000, 4000, 6000), id="thousands"),
    ],
)
def test_ticks_are_round_and_hold_every_value(low: float, high: float, ticks: tuple[float, ...]) -> None:
    assert nice_ticks(low, high) == pytest.approx(ticks)


@given(low=st.floats(-1e12, 1e12), span=st.floats(0, 1e12))
@example(low=1e12, span=1e-5)
def test_ticks_rise_and_hold_every_value(low: float, span: float) -> None:
    ticks = nice_ticks(low, low + span)
    assert 2 <= len(ticks) <= 8
    assert all(one < next_ for one, next_ in pairwise(ticks))
    slack = (ticks[-1] - ticks[0]) * 1e-6 + abs(low) * 1e-9
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + span - slack


def local(start: datetime, hours: float) -> list[str]:
    return [f"{tick:%d %H:%M}" for tick in time_ticks(start, start + timedelta(hours=hours), PARIS, wanted=5)]


@pytest.mark.parametrize(
    ("start", "hours", "written"),
    [
        pytest.param(
            NOON, 1, ["24 13:00", "24 13:15", "24 13:30", "24 13:45", "24 14:00"], id="quarters-of-a-local-hour"
        ),
        pytest.param(
            datetime(2026, 11, 24, 22, 50, tzinfo=UTC),
            0.5,
            ["24 23:50", "25 00:00", "25 00:10", "25 00:20"],
            id="over-midnight",
        ),
        pytest.param(
            datetime(2026, 10, 24, 10, tzinfo=UTC),
            72,
            ["25 00:00", "26 00:00", "27 00:00"],
            id="local-midnights-on-both-sides-of-the-end-of-summer-time",
        ),
    ],
)
def test_instants_are_round_in_local_time(start: datetime, hours: float, written: list[str]) -> None:
    assert local(start, hours) == written


def test_a_line_is_named_at_its_end_and_has_the_axis_in_words() -> None:
    svg = line_chart(frame(), [line(0.1, 0.4, 0.2)], seconds)
    assert {"shop", "0 s", "0.4 s", "13:00"} <= set(texts(svg))
    assert ET.fromstring(svg).get("aria-label") == "Response time"


def test_a_gap_lifts_the_pen() -> None:
    (path,) = paths(line_chart(frame(), [line(0.1, 0.2, None, 0.2, math.nan, 0.1)], seconds))
    drawn = path.get("d") or ""
    assert drawn.count("M") == 3
    assert drawn.count("L") == 1


def test_a_higher_value_stands_higher_and_a_later_one_further_right() -> None:
    (path,) = paths(line_chart(frame(), [line(0.1, 0.4)], seconds))
    start, end = (path.get("d") or "").replace("h0.5", "").removeprefix("M").split("L")
    (x1, y1), (x2, y2) = (tuple(map(float, place.split())) for place in (start, end))
    assert x1 < x2
    assert y1 > y2


def test_lines_beyond_the_palette_differ_by_their_dashes() -> None:
    svg = line_chart(frame(), [line(number, name=f"site-{number}") for number in range(12)], seconds)
    looks = {(path.get("stroke"), path.get("stroke-dasharray")) for path in paths(svg)}
    assert len(looks) == 12


def test_names_that_would_lie_on_one_another_are_moved_apart() -> None:
    svg = line_chart(frame(), [line(0.2, name=f"site-{number}") for number in range(5)], seconds)
    named = [element for element in ET.fromstring(svg).iter(f"{SVG}text") if (element.text or "").startswith("site-")]
    heights = sorted(float(element.get("y") or 0) for element in named)
    assert all(next_ - one >= 12 for one, next_ in pairwise(heights))


def test_a_limit_is_drawn_with_its_words_only_where_the_axis_reaches_it() -> None:
    limits = [Limit(value=0.3, name="slow", tone=Tone.WARN), Limit(value=30, name="timeout", tone=Tone.BAD)]
    words = texts(line_chart(frame(), [line(0.1, 0.4)], seconds, limits))
    assert "slow: 0.3 s" in words
    assert not any("timeout" in text for text in words)


def test_nothing_to_draw_says_so() -> None:
    assert texts(line_chart(frame(), [line(None, math.inf)], seconds)) == ["no data"]
    assert texts(strip_chart(frame(), [])) == ["no data"]


def strip(*tones: Tone) -> Strip:
    spans = tuple(
        Span(
            start=NOON + timedelta(minutes=10 * n),
            end=NOON + timedelta(minutes=10 * (n + 1)),
            tone=tone,
            says=tone.name,
        )
        for n, tone in enumerate(tones)
    )
    return Strip(name="shop", spans=spans)


def test_states_are_told_apart_by_their_height_and_outline() -> None:
    svg = strip_chart(frame(), [strip(Tone.GOOD, Tone.WARN, Tone.BAD, Tone.UNKNOWN)])
    rects = list(ET.fromstring(svg).iter(f"{SVG}rect"))
    looks = {(rect.get("height"), rect.get("fill") == "none") for rect in rects}
    assert len(looks) == 4
    assert [title.text for title in ET.fromstring(svg).iter(f"{SVG}title")] == ["GOOD", "WARN", "BAD", "UNKNOWN"]


def test_strips_of_many_sites_grow_downwards() -> None:
    svg = ET.fromstring(strip_chart(frame(), [strip(Tone.GOOD)] * 40))
    assert int(svg.get("height") or 0) > 40 * 20


words = st.text(max_size=80)
numbers = st.none() | st.floats(allow_nan=True, allow_infinity=True)


@given(name=words, title=words, values=st.lists(numbers, max_size=8), hours=st.floats(0, 30_000))
def test_any_name_and_any_number_give_well_formed_svg(
    name: str, title: str, values: list[float | None], hours: float
) -> None:
    room = frame(hours=hours, title=title)
    for svg in (
        line_chart(room, [line(*values, name=name)], seconds, [Limit(value=1, name=name, tone=Tone.BAD)]),
        strip_chart(room, [Strip(name=name, spans=(Span(start=NOON, end=NOON, tone=Tone.BAD, says=title),))]),
    ):
        root = ET.fromstring(svg)
        numbers_in = [
            value for element in root.iter() for key, value in element.items() if key in {"x", "y", "d", "height"}
        ]
        assert not any(word in value for value in numbers_in for word in ("nan", "inf"))
