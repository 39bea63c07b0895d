"""Facts: the plain values a finding carries, cleaned once so that they survive any store and any wire."""

import math
import re
from collections.abc import Iterable, Mapping
from enum import Enum

Fact = str | int | float | bool | None | tuple["Fact", ...]
Facts = tuple[tuple[str, Fact], ...]

MAX_TEXT = 4096  # characters of one text; a body excerpt is an artifact, not a fact
MAX_ITEMS = 100  # elements of one tuple
MAX_DEPTH = 4
MAX_INTEGER = 2**63 - 1  # what SQLite and most JSON readers hold
CUT = "…"

# C0 but for tab and newline, DEL, C1, and lone surrogates: none of them survives JSON, SQLite and a terminal unharmed.
_UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_text(text: str, limit: int = MAX_TEXT) -> str:
    """Replace control characters and lone surrogates by U+FFFD and cut to `limit` characters, marked by an ellipsis."""
    cleaned = _UNCLEAN.sub("\ufffd", text[: limit + 1])
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1] + CUT


def clean(value: object, depth: int = 0) -> Fact:
    """Return `value` as a fact: finite numbers, clean and bounded text, bounded tuples; anything else as its text."""
    match value:
        case None | bool():
            return value
        case Enum():
            return clean(value.value, depth)
        case int():
            return value if abs(value) <= MAX_INTEGER else clean_text(str(value))
        case float():
            return value if math.isfinite(value) else None
        case str():
            return clean_text(value)
        case bytes():
            return clean_text(value.decode("utf-8", "replace"))
        case list() | tuple() | set() | frozenset() if depth < MAX_DEPTH:
            return _clean_items(sorted(value, key=repr) if isinstance(value, set | frozenset) else value, depth)
        case _:
            return clean_text(str(value))


def _clean_items(items: Iterable[object], depth: int) -> tuple[Fact, ...]:
    kept = tuple(items)
    cleaned = tuple(clean(item, depth + 1) for item in kept[:MAX_ITEMS])
    return cleaned if len(kept) <= MAX_ITEMS else (*cleaned[: MAX_ITEMS - 1], CUT)


def clean_facts(facts: Mapping[str, object]) -> Facts:
    """Return `facts` sorted by name, every value cleaned."""
    return tuple(sorted((clean_text(name, 64), clean(value)) for name, value in facts.items()))
