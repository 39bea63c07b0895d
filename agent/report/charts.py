"""Draws small charts as SVG text, for reports and previews: lines over time, and strips of states.

Pure: values in, text out. Nothing relies on colour alone: a state has a height of its own, a line a dash pattern and
its name at its end.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from html import escape
from typing import TypeGuard

from checks.core.facts import clean_text

INK, MUTED, GRID = "#1f2933", "#52606d", "#e1e5ea"
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9")  # Okabe and Ito's, told apart by all eyes
DASHES = ("", "7 3", "2 3", "9 3 2 3")
WIDE = 6.8  # pixels of a character, near enough
NAME = 60  # characters of a name that are shown
ROW = 24  # pixels from one strip to the next
FOOT = 22  # pixels below, for the instants

_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)) + tuple(
    timedelta(days=days) for days in (1, 2, 7, 14, 30, 91, 365)
)


class Tone(StrEnum):
    """What a colour means, the same in every chart."""

    GOOD = "#2f855a"
    WARN = "#b7791f"
    BAD = "#c53030"
    UNKNOWN = "#829ab1"


# How much of its row a strip's state fills: the worse, the higher; unknown is an outline.
_HEIGHTS = {Tone.GOOD: 0.35, Tone.WARN: 0.7, Tone.BAD: 1.0, Tone.UNKNOWN: 0.7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The room a chart has, and the time it shows; pixels, and instants with a zone."""

    width: int
    height: int
    start: datetime
    end: datetime
    zone: tzinfo = UTC  # of the instants written below
    title: str
    empty: str = "no data"  # said in place of a chart of nothing

    def x(self, at: datetime, left: float, right: float) -> float:
        """Where an instant lies between two edges."""
        share = (at - self.start) / max(self.end - self.start, timedelta(microseconds=1))
        return left + min(max(share, 0.0), 1.0) * (right - left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Values over time; a None, or a number that is none, is a gap."""

    name: str
    points: tuple[tuple[datetime, float | None], ...]
    tone: Tone | None = None  # None: the next colour of the palette


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A value worth a line across the chart."""

    value: float
    name: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time in one state."""

    start: datetime
    end: datetime
    tone: Tone
    says: str  # what one reads when pointing at it


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One row of states."""

    name: str
    spans: tuple[Span, ...]


def line_chart(
    frame: Frame,
    lines: Sequence[Line],
    write: Callable[[float], str],
    limits: Sequence[Limit] = (),
    *,
    whole: float = 1.0,
) -> str:
    """Draw lines over one axis; `write` gives a value its words (and unit), ticks are round in multiples of `whole`."""
    values = [value for line in lines for _, value in line.points if _drawable(value)]
    if not values:
        return _svg(frame, frame.height, [_text(frame.width / 2, frame.height / 2, frame.empty, anchor="middle")])
    ticks = tuple(tick * whole for tick in nice_ticks(min(0.0, *values) / whole, max(values) / whole))
    left = 14 + WIDE * max(len(write(tick)) for tick in ticks)
    right = frame.width - 20 - WIDE * min(NAME, max(len(line.name) for line in lines))
    top, bottom = 10.0, frame.height - FOOT

    def y(value: float) -> float:
        share = (value - ticks[0]) / (ticks[-1] - ticks[0])
        return bottom - min(max(share, 0.0), 1.0) * (bottom - top)

    parts = list(_instants(frame, left, right, top, bottom))
    for tick in ticks:
        parts += [_rule(left, right, y(tick), GRID), _text(left - 6, y(tick) + 4, write(tick), anchor="end")]
    for limit in limits:
        if ticks[0] <= limit.value <= ticks[-1]:
            words = f"{limit.name}: {write(limit.value)}"
            parts += [
                _rule(left, right, y(limit.value), limit.tone, "3 3"),
                _text(left + 4, y(limit.value) - 4, words, fill=limit.tone),
            ]
    ends = _spread([_last(line, y) for line in lines], top + 4, bottom)
    for number, (line, end) in enumerate(zip(lines, ends, strict=True)):
        colour = line.tone or PALETTE[number % len(PALETTE)]
        path = _path(line, lambda at: frame.x(at, left, right), y)
        dash = DASHES[number // len(PALETTE) % len(DASHES)] if line.tone is None else DASHES[number % len(DASHES)]
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{_dash(dash)}/>')
        parts.append(_text(right + 8, end + 4, line.name, fill=colour))
    return _svg(frame, frame.height, parts)


def strip_chart(frame: Frame, strips: Sequence[Strip]) -> str:
    """Draw one row per strip; the height follows from their number, `frame.height` is the least."""
    if not strips:
        return _svg(frame, frame.height, [_text(frame.width / 2, frame.height / 2, frame.empty, anchor="middle")])
    left = 14 + WIDE * min(NAME, max(len(strip.name) for strip in strips))
    right, top = frame.width - 14.0, 6.0
    bottom = top + ROW * len(strips) + 4
    parts = list(_instants(frame, left, right, top, bottom))
    for number, strip in enumerate(strips):
        foot = top + ROW * (number + 1) - 4
        parts.append(_text(left - 8, foot - 4, strip.name, anchor="end", fill=INK))
        for span in strip.spans:
            x, wide = frame.x(span.start, left, right), frame.x(span.end, left, right)
            high = (ROW - 6) * _HEIGHTS[span.tone]
            look = (
                f'fill="none" stroke="{span.tone}" stroke-dasharray="3 2"'
                if span.tone is Tone.UNKNOWN
                else f'fill="{span.tone}"'
            )
            parts.append(
                f'<rect x="{x:.1f}" y="{foot - high:.1f}" width="{max(wide - x, 1.0):.1f}" height="{high:.1f}" {look}>'
                f"<title>{_clean(span.says)}</title></rect>"
            )
    return _svg(frame, max(frame.height, int(bottom) + FOOT), parts)


def nice_ticks(low: float, high: float, wanted: int = 4) -> tuple[float, ...]:
    """Choose round values (1, 2 or 5 times a power of ten) whose first and last hold all between `low` and `high`."""
    if not high > low:
        high = low + (abs(low) or 1.0)
    rough = max((high - low) / wanted, abs(low) * 1e-12, abs(high) * 1e-12, 1e-300)  # what floats can still tell apart
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((power * factor for factor in (1, 2, 5) if power * factor >= rough), power * 10)
    first, last = math.floor(low / step), math.ceil(high / step - 1e-9)
    return tuple(number * step for number in range(first, max(last, first + 1) + 1))


def time_ticks(start: datetime, end: datetime, zone: tzinfo, wanted: int = 6) -> tuple[datetime, ...]:
    """Choose round local instants within a stretch of time; midnights from one day a step on."""
    step = next((step for step in _STEPS if (end - start) / step <= wanted), _STEPS[-1])
    local = start.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    days = step >= timedelta(days=1)
    # Days are added to local midnights, so that a change of the clocks moves none of them; hours to instants.
    base = midnight.replace(tzinfo=None) if days else midnight.astimezone(UTC)
    found = []
    for number in range(int((end - start) / step) + (2 if days else int(timedelta(hours=26) / step))):
        raw = base + number * step
        tick = raw.replace(tzinfo=zone) if days else raw.astimezone(zone)
        if start <= tick <= end:
            found.append(tick)
    return tuple(found)


def _instants(frame: Frame, left: float, right: float, top: float, bottom: float) -> Iterator[str]:
    """The vertical rules and what is written below them."""
    span = frame.end - frame.start
    form = "%H:%M" if span <= timedelta(days=1) else "%d/%m" if span <= timedelta(days=200) else "%m/%Y"
    for tick in time_ticks(frame.start, frame.end, frame.zone, wanted=max(2, int((right - left) / 90))):
        x = frame.x(tick, left, right)
        yield f'<line x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{bottom:.1f}" stroke="{GRID}"/>'
        # The last one would be cut at the edge of a chart that has no names beside it.
        anchor = "middle" if x < frame.width - 20 else "end"
        yield _text(x, bottom + 16, tick.strftime(form), anchor=anchor)


def _drawable(value: float | None) -> TypeGuard[float]:
    """Whether a value has a place on an axis: numbers near the end of floats have none."""
    return value is not None and math.isfinite(value) and abs(value) < 1e300


def _path(line: Line, x: Callable[[datetime], float], y: Callable[[float], float]) -> str:
    """The line's course; a point between two gaps is drawn as a short dash of its own."""
    parts, pen_down = [], False
    for at, value in line.points:
        if not _drawable(value):
            pen_down = False
            continue
        parts.append(f"{'L' if pen_down else 'M'}{x(at):.1f} {y(value):.1f}" + ("" if pen_down else "h0.5"))
        pen_down = True
    return "".join(parts)


def _last(line: Line, y: Callable[[float], float]) -> float:
    """Where a line ends, for its name."""
    known = [value for _, value in line.points if _drawable(value)]
    return y(known[-1]) if known else y(0.0)


def _spread(places: Iterable[float], top: float, bottom: float, room: float = 13.0) -> list[float]:
    """Move names apart that would be written over one another, keeping their order; crowded ones start at the top."""
    ordered = sorted(enumerate(places), key=lambda item: item[1])
    limit = bottom - room * (len(ordered) - 1)
    moved, least = {}, top
    for number, place in ordered:
        moved[number] = max(min(place, max(limit, top)), least)
        least = moved[number] + room
        limit += room
    return [moved[number] for number in range(len(ordered))]


def _svg(frame: Frame, height: int, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{frame.width}" height="{height}" '
        f'viewBox="0 0 {frame.width} {height}" role="img" aria-label="{_clean(frame.title)}" '
        f'font-family="Inter, Cantarell, Helvetica, Arial, sans-serif" font-size="12">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = MUTED) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{_clean(words, NAME)}</text>'


def _rule(left: float, right: float, y: float, colour: str, dash: str = "") -> str:
    return f'<line x1="{left:.1f}" y1="{y:.1f}" x2="{right:.1f}" y2="{y:.1f}" stroke="{colour}"{_dash(dash)}/>'


def _dash(pattern: str) -> str:
    return f' stroke-dasharray="{pattern}"' if pattern else ""


def _clean(words: str, limit: int = 300) -> str:
    """Make any text fit to stand in XML, which knows neither control characters nor two of Unicode's last."""
    return escape(clean_text(words, limit).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd"))
