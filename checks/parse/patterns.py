"""Searches hostile text with an operator's regular expressions, in bounded time."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex


class TooSlow(Exception):
    """A pattern did not come to an end in its time."""


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> "regex.Pattern[str]":
    import regex  # takes longer to load than all else a probe needs, and few checks have a pattern

    return regex.compile(pattern, regex.VERSION0)


def found(pattern: str, text: str, seconds: float) -> bool:
    """Whether `pattern` is found in `text`; raises `TooSlow` after `seconds`."""
    try:
        return _compiled(pattern).search(text, timeout=seconds, concurrent=True) is not None
    except TimeoutError:
        raise TooSlow(pattern) from None
