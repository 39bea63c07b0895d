"""Writes values as Grafana's units do, near enough to be read the same."""

import math
from datetime import UTC, datetime

from agent.report.charts import Tone
from dashboards.preview.panels import Looks

TONES = {"green": Tone.GOOD, "orange": Tone.WARN, "red": Tone.BAD, "blue": None, "#8e8e8e": Tone.UNKNOWN}

_LENGTHS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
_SIZES = ((1024.0**4, "TiB"), (1024.0**3, "GiB"), (1024.0**2, "MiB"), (1024.0, "KiB"), (1.0, "B"))


def write(value: float, unit: str, now: datetime | None = None) -> str:
    """Give a value its unit; `now` is what a date is told from."""
    if not math.isfinite(value):
        return "–"
    match unit:
        case "s":
            return _scaled(value, _LENGTHS)
        case "dtdurations":
            return _duration(value)
        case "bytes":
            return _scaled(value, _SIZES)
        case "ops":
            return f"{value:.3g}/s"
        case "percentunit":
            return f"{100 * value:.3g} %"
        case "dateTimeFromNow":
            return f"{_duration((now or datetime.now(UTC)).timestamp() - value / 1000)} ago"
        case _:
            return f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}".replace(",", " ")


def whole(highest: float, unit: str) -> float:
    """What round values are multiples of: the size that the highest one is written in."""
    return next((size for size, _ in _SIZES if unit == "bytes" and highest >= size), 1.0)


def worded(value: float, looks: Looks, now: datetime | None = None) -> str:
    """Write a value, or the word that stands in its place."""
    if looks.decimals is not None:
        value = round(value, looks.decimals)
    return next((word for number, word, _ in looks.words if number == value), write(value, looks.unit, now))


def tone(value: float, looks: Looks) -> Tone | None:
    """The meaning of a value's colour; None where it has none."""
    word = next((colour for number, _, colour in looks.words if number == value), None)
    reached = [colour for bound, colour in looks.bounds if value >= bound]
    return TONES.get(word or (reached[-1] if reached else ""))


def _scaled(value: float, scales: tuple[tuple[float, str], ...]) -> str:
    if value == 0:
        return f"0 {'s' if scales is _LENGTHS else 'B'}"
    size, unit = next((each for each in scales if abs(value) >= each[0]), scales[-1])
    return f"{value / size:.3g} {unit}"


def _duration(seconds: float) -> str:
    sign, left = ("-" if seconds < 0 else ""), abs(round(seconds))
    days, hours, minutes = left // 86400, left % 86400 // 3600, left % 3600 // 60
    if days:
        return f"{sign}{days} d {hours} h" if days < 10 else f"{sign}{days} d"
    if hours:
        return f"{sign}{hours} h {minutes} min"
    return f"{sign}{minutes} min {left % 60} s" if minutes else f"{sign}{left} s"
