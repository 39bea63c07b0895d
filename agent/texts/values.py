"""How one fact reads inside a sentence."""

from datetime import UTC, datetime

from checks.core.facts import Fact, clean

_UNITS = {"en": ("B", "kB", "MB", "GB"), "fr": ("o", "ko", "Mo", "Go")}
_DAY = {"en": "d", "fr": "j"}


def plain(value: object) -> Fact:
    """Return `value` as a fact, instants in ISO 8601."""
    return value.isoformat() if isinstance(value, datetime) else clean(value)


def rendered(value: Fact, form: str, language: str) -> str:
    """Return `value` as text in the given form ("" for the plain one)."""
    if value is None:
        return "?"
    match form:
        case "duration" if isinstance(value, int | float):
            return duration(float(value), language)
        case "size" if isinstance(value, int | float):
            return size(float(value), language)
        case "instant" if isinstance(value, str):
            return instant(value)
        case _:
            return _as_text(value, language)


def _as_text(value: Fact, language: str) -> str:
    if isinstance(value, tuple):
        return ", ".join(rendered(item, "", language) for item in value)
    if isinstance(value, float):
        return decimal(f"{value:.3f}".rstrip("0").rstrip("."), language)
    return str(value)


def decimal(text: str, language: str) -> str:
    """Return a number's text with the language's decimal mark."""
    return text.replace(".", ",") if language == "fr" else text


def duration(seconds: float, language: str) -> str:
    """Return seconds as a person says them, two units at most: `350 ms`, `4.2 s`, `3 min 20 s`, `2 d 4 h`."""
    if seconds < 0:
        return f"-{duration(-seconds, language)}"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return decimal(f"{seconds:.1f}".removesuffix(".0"), language) + " s"
    whole = round(seconds)
    parts = [
        (whole // 86400, _DAY[language]),
        (whole // 3600 % 24, "h"),
        (whole // 60 % 60, "min"),
        (whole % 60, "s"),
    ]
    first = next(index for index, (number, _unit) in enumerate(parts) if number)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number)


def size(count: float, language: str) -> str:
    """Return bytes in powers of 1000."""
    units = _UNITS[language]
    step = 0
    while count >= 1000 and step < len(units) - 1:
        count, step = count / 1000, step + 1
    return decimal(f"{count:.1f}".removesuffix(".0"), language) + " " + units[step]


def instant(text: str) -> str:
    """Return an ISO 8601 instant to the minute, in UTC; what is none stays as it is."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
