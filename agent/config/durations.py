"""Reads and writes lengths of time as people put them: "60s", "1h30m", "2d", "26 months"."""

import math
import re
from datetime import timedelta
from typing import Final

# A month counts 31 days and a year 366: what must be kept that long is never deleted early.
SECONDS: Final = {
    "ms": 0.001,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
    "month": 2678400.0,
    "y": 31622400.0,
}
_WORDS: Final = {
    "sec": "s",
    "second": "s",
    "min": "m",
    "minute": "m",
    "hour": "h",
    "day": "d",
    "week": "w",
    "year": "y",
}
_PART: Final = re.compile(r"\s*(\d{1,12}(?:\.\d{1,6})?)\s*([a-z]*)\s*", re.IGNORECASE)
_MOST: Final = 100 * SECONDS["y"]

EXAMPLE: Final = 'a length of time such as "60s", "4h" or "2d"'


def parts(text: str) -> tuple[tuple[float, str], ...]:
    """Split "1h30m" into (1, "h"), (30, "m"); a bare number counts seconds; raises `ValueError`."""
    found: list[tuple[float, str]] = []
    at = 0
    while at < len(text):
        match = _PART.match(text, at)
        if match is None:
            raise ValueError(f"{text!r} is not {EXAMPLE}")
        found.append((float(match[1]), _unit(match[2], text)))
        at = match.end()
    if not found or (len(found) > 1 and any(not name for _amount, name in found)):
        raise ValueError(f"{text!r} is not {EXAMPLE}")
    return tuple((amount, name or "s") for amount, name in found)


def _unit(word: str, text: str) -> str:
    name = word.lower()
    for candidate in (name, name.removesuffix("s")):
        if candidate in SECONDS or not name:
            return candidate
        if candidate in _WORDS:
            return _WORDS[candidate]
    raise ValueError(f"{text!r}: {word!r} is not a unit of time; use ms, s, m, h, d, w, months or y")


def seconds(value: object) -> float:
    """Return a length of time in seconds; a number is one already; raises `ValueError`."""
    if isinstance(value, str):
        total = math.fsum(amount * SECONDS[name] for amount, name in parts(value))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        total = float(value)
    else:
        total = -1.0
    if not 0 <= total <= _MOST:
        raise ValueError(f"must be {EXAMPLE}, up to 100 years")
    return total


def duration(value: object) -> timedelta:
    """Return a length of time; a number counts seconds; raises `ValueError`."""
    return timedelta(seconds=seconds(value))


def written(length: timedelta) -> str:
    """The shortest way to write a length of time exactly, to the millisecond."""
    milliseconds = round(length / timedelta(milliseconds=1))
    for name in ("d", "h", "m", "s"):
        each = round(SECONDS[name] * 1000)
        if milliseconds and milliseconds % each == 0:
            return f"{milliseconds // each}{name}"
    return f"{milliseconds}ms" if milliseconds else "0s"
