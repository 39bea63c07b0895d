"""Lays a dashboard out as Grafana would, and draws each panel from what Prometheus answers."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from html import escape

from agent.report.charts import INK, MUTED, Frame, Line, Span, Strip, Tone, line_chart, strip_chart
from dashboards.preview.panels import Column, Dashboard, Panel, fill
from dashboards.preview.prometheus import Prometheus, Series
from dashboards.preview.words import tone, whole, worded, write

WIDTH = 1440
UNIT, GAP, HEAD, TITLE = 34, 8, 56, 28  # pixels: a row of the grid, between panels, above them all, in a panel
POINTS = 240  # of a line
MOST_LINES = 8
ROW = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which Prometheus, which time, and how instants are written."""

    prometheus: Prometheus
    start: datetime
    end: datetime
    rate: timedelta  # what rates are taken over
    zone: tzinfo

    @property
    def step(self) -> timedelta:
        """From one point of a line to the next."""
        return max((self.end - self.start) / POINTS, timedelta(seconds=1))

    def ask(self, panel: Panel, at: int) -> tuple[Series, ...]:
        """Ask a panel's query, for now or for the range; raises `NoAnswer`."""
        target = panel.targets[at]
        expr = fill(target.expr, span=self.end - self.start, rate=self.rate)
        if target.instant:
            return self.prometheus.now(expr, self.end)
        return self.prometheus.over(expr, self.start, self.end, self.step)


def draw(dashboard: Dashboard, view: View) -> str:
    """Draw a dashboard as one SVG; raises `NoAnswer`."""
    bottom = max(panel.y + panel.height for panel in dashboard.panels)
    height = HEAD + bottom * UNIT + GAP
    form = "%d/%m/%Y %H:%M"
    times = f"{view.start.astimezone(view.zone):{form}} – {view.end.astimezone(view.zone):{form}} ({view.zone})"
    parts = [
        f'<rect width="{WIDTH}" height="{height}" fill="#f0f2f5"/>',
        f'<text x="{GAP + 8}" y="35" font-size="20" font-weight="600" fill="{INK}">{escape(dashboard.title)}</text>',
        f'<text x="{WIDTH - 16}" y="35" font-size="13" text-anchor="end" fill="{MUTED}">{escape(times)}</text>',
        *(_card(panel, view) for panel in dashboard.panels),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="Inter, Cantarell, Helvetica, Arial, sans-serif" font-size="13">{"".join(parts)}</svg>\n'
    )


def _card(panel: Panel, view: View) -> str:
    column = (WIDTH - GAP) / 24
    x, y = GAP + panel.x * column, HEAD + panel.y * UNIT
    width, height = round(panel.width * column - GAP), panel.height * UNIT - GAP
    inside = KINDS[panel.kind](panel, view, width, height - TITLE)
    return (
        f'<g transform="translate({x:.1f} {y})">'
        f'<rect width="{width}" height="{height}" rx="4" fill="#ffffff" stroke="#d9dee3"/>'
        f'<text x="12" y="20" font-weight="600" fill="{INK}">{escape(panel.title)}</text>'
        f'<g transform="translate(0 {TITLE})">{inside}</g></g>'
    )


def _figure(panel: Panel, view: View, width: int, height: int) -> str:
    """One large figure; a sign beside it says what its colour means."""
    found = view.ask(panel, 0)
    if not found:
        return _middle(width, height, panel.nothing)
    value = found[0].value
    words, meaning = worded(value, panel.looks, view.end), tone(value, panel.looks)
    sign = {Tone.BAD: "✖ ", Tone.WARN: "▲ ", Tone.GOOD: "✔ "}.get(meaning, "") if meaning else ""
    if words.startswith(sign.strip() or "\0"):
        sign = ""
    return (
        f'<rect x="10" y="{height - 14}" width="{width - 20}" height="6" rx="3" fill="{meaning or Tone.UNKNOWN}"/>'
        f'<text x="{width / 2:.0f}" y="{height / 2 + 6:.0f}" text-anchor="middle" font-size="28" font-weight="600" '
        f'fill="{meaning or INK}">{escape(sign + words)}</text>'
    )


def _lines(panel: Panel, view: View, width: int, height: int) -> str:
    """Lines over time; the most that can be told apart, those with the highest last value."""
    found = [
        Line(name=called(target.legend, series), points=tuple(_with_gaps(series, view.step)))
        for number, target in enumerate(panel.targets)
        for series in view.ask(panel, number)
    ]
    kept = sorted(found, key=lambda line: -(line.points[-1][1] or 0.0))[:MOST_LINES]
    highest = max((value or 0.0 for line in kept for _, value in line.points), default=0.0)
    return line_chart(
        _frame(panel, view, width, height),
        sorted(kept, key=lambda line: line.name),
        lambda value: write(value, panel.looks.unit),
        whole=whole(highest, panel.looks.unit),
    )


def _states(panel: Panel, view: View, width: int, height: int) -> str:
    """Strips of states; as many as there is room for."""
    strips = [
        Strip(name=called(panel.targets[0].legend, series), spans=tuple(_spans(panel, series, view)))
        for series in view.ask(panel, 0)
    ]
    room = max(1, (height - 36) // ROW)
    return strip_chart(_frame(panel, view, width, height), strips[:room])


def _table(panel: Panel, view: View, width: int, height: int) -> str:
    """A table; rows that agree in the labels which all queries share are one."""
    rows = joined([view.ask(panel, number) for number in range(len(panel.targets))])
    first = next((column.field for column in panel.columns if column.title == panel.first), None)
    if first is not None:
        rows.sort(key=lambda row: -float(row.get(first, 0.0)))
    if not rows:
        return _middle(width, height, panel.nothing)
    shares = [
        max(len(column.title), *(len(_cell(row, column, view)[0]) for row in rows)) + 3 for column in panel.columns
    ]
    lefts = [12 + (width - 24) * sum(shares[:number]) / sum(shares) for number in range(len(shares))]
    parts = [
        f'<text x="{left:.0f}" y="16" font-size="12" fill="{MUTED}">{escape(column.title)}</text>'
        for left, column in zip(lefts, panel.columns, strict=True)
    ]
    for number, row in enumerate(rows[: max(1, (height - 24) // ROW)]):
        y = 24 + ROW * (number + 1) - 8
        parts.append(f'<line x1="10" y1="{y - 16}" x2="{width - 10}" y2="{y - 16}" stroke="#e1e5ea"/>')
        for left, column in zip(lefts, panel.columns, strict=True):
            words, meaning = _cell(row, column, view)
            look = 'fill="#1a56a8" text-decoration="underline"' if column.link else f'fill="{meaning or INK}"'
            parts.append(f'<text x="{left:.0f}" y="{y}" {look}>{escape(words)}</text>')
    return "".join(parts)


KINDS: dict[str, Callable[[Panel, View, int, int], str]] = {
    "stat": _figure,
    "timeseries": _lines,
    "state-timeline": _states,
    "table": _table,
}

Row = dict[str, str | float]


def joined(answers: Sequence[Sequence[Series]]) -> list[Row]:
    """Join instant answers on the labels that all have, as Grafana's *merge* does; values go to `Value #A`, `#B` …."""
    names = [{name for series in answer for name, _ in series.labels} for answer in answers if answer]
    shared = sorted(set.intersection(*names)) if names else []
    rows: dict[tuple[str, ...], Row] = {}
    for number, answer in enumerate(answers):
        field = f"Value #{chr(ord('A') + number)}" if len(answers) > 1 else "Value"
        for series in answer:
            row = rows.setdefault(tuple(series.label(name) for name in shared), {})
            row.update(dict(series.labels))
            row[field] = series.value
    return list(rows.values())


def called(legend: str, series: Series) -> str:
    """A series' name by its legend, in which `{{label}}` stands for a label's value."""
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: series.label(found[1]), legend) or "value"


def _cell(row: Row, column: Column, view: View) -> tuple[str, Tone | None]:
    value = row.get(column.field)
    if isinstance(value, float):
        return worded(value, column.looks, view.end), tone(value, column.looks)
    return value or "–", None


def _with_gaps(series: Series, step: timedelta) -> Iterator[tuple[datetime, float | None]]:
    before = None
    for at, value in series.points:
        if before is not None and at - before > 1.5 * step:
            yield before + step, None
        yield at, value
        before = at


def _spans(panel: Panel, series: Series, view: View) -> Iterator[Span]:
    """Stretches of equal value; where there is none, nothing was known."""
    if not series.points:
        return
    began, known = series.points[0]
    end = began
    for at, value in series.points:
        if value != known or at > end + view.step / 2:
            yield _span(panel, began, min(at, end), known)
            began, known = at, value
        end = min(at + view.step, view.end)
    yield _span(panel, began, end, known)


def _span(panel: Panel, start: datetime, end: datetime, value: float) -> Span:
    meaning = tone(value, panel.looks) or Tone.UNKNOWN
    return Span(start=start, end=end, tone=meaning, says=worded(value, panel.looks))


def _frame(panel: Panel, view: View, width: int, height: int) -> Frame:
    return Frame(
        width=width,
        height=height - 4,
        start=view.start,
        end=view.end,
        zone=view.zone,
        title=panel.title,
        empty=panel.nothing,
    )


def _middle(width: int, height: int, words: str) -> str:
    return f'<text x="{width / 2:.0f}" y="{height / 2:.0f}" text-anchor="middle" fill="{MUTED}">{escape(words)}</text>'
