"""Judges JSON by conditions written as JSONPath filters (RFC 9535): `$.status == 'ok' && length($.items) > 2`."""

import json
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from checks.parse.patterns import Patience

# Whose patience the functions of a condition spend: the library hands them nothing but their arguments.
_patience: ContextVar[Patience] = ContextVar("patience")


class BadCondition(ValueError):
    """A text that is no condition; the message says where."""


class NotJson(ValueError):
    """The document is not JSON."""


def check(condition: str) -> None:
    """Raise `BadCondition` when a condition cannot be read."""
    _compiled(condition)


def load(body: bytes) -> Any:
    """Read a document; raises `NotJson`."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:  # bytes that are no text are a ValueError too
        raise NotJson(str(error) or "nested too deeply") from None


def holds(condition: str, document: Any, patience: Patience) -> bool:
    """Whether a document meets a condition; raises `TooSlow` when its patterns take longer than `patience` has."""
    _patience.set(patience)
    try:
        return bool(_compiled(condition).findall([document]))
    except RecursionError:
        return False


@lru_cache(maxsize=1024)
def _compiled(condition: str) -> Any:
    import jsonpath

    try:
        return _environment().compile(f"$[?{_about_item(condition)}]")
    except (jsonpath.JSONPathError, RecursionError) as error:
        raise BadCondition(f"{condition!r}: {str(error).partition(chr(10))[0]}") from None


@lru_cache(maxsize=1)
def _environment() -> Any:
    import jsonpath
    from jsonpath.function_extensions import Match, Search

    class BoundedMatch(Match):
        def __call__(self, value: object, pattern: object) -> bool:
            return _spends(self.check_cache, "fullmatch", value, pattern)

    class BoundedSearch(Search):
        def __call__(self, value: object, pattern: object) -> bool:
            return _spends(self.check_cache, "search", value, pattern)

    made = jsonpath.JSONPathEnvironment(strict=True)
    made.function_extensions |= {"match": BoundedMatch(thread_safe=True), "search": BoundedSearch(thread_safe=True)}
    return made


def _spends(compiled: Callable[[str], Any], how: str, value: object, pattern: object) -> bool:
    """RFC 9535, 2.4.6 and 2.4.7: what is no text, or no pattern, matches nothing."""
    made = compiled(pattern) if isinstance(value, str) and isinstance(pattern, str) else None
    if made is None:
        return False
    search = getattr(made, how)
    return _patience.get().spend(str(pattern), lambda seconds: search(value, timeout=seconds, concurrent=True))


def _about_item(condition: str) -> str:
    """Let `$` mean the document, which stands in a list of one so that a filter can judge it whole.

    Inside brackets it means that already: a query within a query has the item for its root.
    """
    out, quote, depth = "", "", 0
    letters = iter(condition)
    for letter in letters:
        if quote and letter == "\\":
            out += letter + next(letters, "")
            continue
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        depth += 0 if quote else {"[": 1, "]": -1}.get(letter, 0)
        out += "@" if letter == "$" and not quote and depth == 0 else letter
    return out
