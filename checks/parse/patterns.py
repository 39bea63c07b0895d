"""Searches hostile text with an operator's regular expressions, in bounded time."""

from functools import lru_cache

import regex


class TooSlow(Exception):
    """A pattern did not come to an end in its time."""


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> "regex.Pattern[str]":
    return regex.compile(pattern, regex.VERSION0)


def found(pattern: str, text: str, seconds: float) -> bool:
    """Whether `pattern` is found in `text`; raises `TooSlow` after `seconds`."""
    try:
        return _compiled(pattern).search(text, timeout=seconds, concurrent=True) is not None
    except TimeoutError:
        raise TooSlow(pattern) from None
