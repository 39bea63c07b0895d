"""Searches hostile text with an operator's regular expressions, in bounded time."""

from collections.abc import Callable
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


class BadPattern(ValueError):
    """A text that is no regular expression; the message says why."""


def check(pattern: str) -> None:
    """Raise `BadPattern` when a pattern cannot be searched for."""
    import regex

    try:
        _compiled(pattern)
    except regex.error as error:
        raise BadPattern(str(error)) from None


class Patience:
    """The time that all searches of one page may take together, on the clock that is handed in."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._left = seconds
        self._clock = clock

    def found(self, pattern: str, text: str) -> bool:
        """Whether `pattern` is found in `text`; raises `TooSlow` when the time is over."""
        return self.spend(pattern, lambda seconds: _compiled(pattern).search(text, timeout=seconds, concurrent=True))

    def spend(self, pattern: str, search: Callable[[float], object]) -> bool:
        """Whether a search finds something in the seconds that are left; raises `TooSlow` naming the pattern."""
        if self._left <= 0:
            raise TooSlow(pattern)
        began = self._clock()
        try:
            return search(self._left) is not None
        except TimeoutError:
            raise TooSlow(pattern) from None
        finally:
            self._left -= self._clock() - began
