"""Finds the line of every key of a TOML text that `tomllib` accepted (tomllib itself gives no positions)."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from typing import Final

from agent.config.section import Place

_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_KEY: Final = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_TEXT: Final = re.compile(
    r'"""(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
)
_SCALAR: Final = re.compile(r"[^,\]}\n#]*")


def locate(text: str) -> Mapping[Place, int]:
    """Return the line (from 1) of every table, key and array element of a valid TOML text."""
    return _Scanner(text).scan()


class _Scanner:
    """One walk over the text; `at` is the offset of the next character to read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines: dict[Place, int] = {}
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._counts: dict[Place, int] = {}  # of arrays of tables: the index of the last element

    def scan(self) -> dict[Place, int]:
        table: Place = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._peek("[["):
                table = self._element()
            elif self._peek("["):
                table = self._table()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self._lines

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        assert match is not None, "tomllib accepted the text"
        self._at = match.end()

    def _peek(self, token: str) -> bool:
        return self._text.startswith(token, self._at)

    def _mark(self, place: Place, at: int) -> None:
        self._lines.setdefault(place, bisect_right(self._starts, at))

    def _key(self) -> list[str]:
        """Read a dotted key and the blanks around its parts."""
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            match = _KEY.match(self._text, self._at)
            assert match is not None, "tomllib accepted the text"
            self._at = match.end()
            word = match[0]
            parts.append(next(iter(tomllib.loads(f"{word}=0"))) if word[0] in "\"'" else word)
            self._skip(_SPACE)
            if not self._peek("."):
                return parts
            self._at += 1

    def _reach(self, base: Place, parts: list[str], at: int) -> Place:
        """The place that `parts` lead to, through the last element of any array of tables on the way."""
        place = base
        for part in parts:
            place = (*place, part)
            self._mark(place, at)
            if place in self._counts:
                place = (*place, self._counts[place])
        return place

    def _table(self) -> Place:
        at = self._at
        self._at += 1
        parts = self._key()
        self._at += 1
        return self._reach((), parts, at)

    def _element(self) -> Place:
        at = self._at
        self._at += 2
        parts = self._key()
        self._at += 2
        array = (*self._reach((), parts[:-1], at), parts[-1])
        self._mark(array, at)
        self._counts[array] = self._counts.get(array, -1) + 1
        place = (*array, self._counts[array])
        self._mark(place, at)
        return place

    def _pair(self, base: Place) -> None:
        at = self._at
        place = self._reach(base, self._key(), at)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(place)

    def _value(self, place: Place) -> None:
        if self._peek("["):
            self._array(place)
        elif self._peek("{"):
            self._inline(place)
        else:
            self._skip(_TEXT if self._text[self._at] in "\"'" else _SCALAR)

    def _array(self, place: Place) -> None:
        self._at += 1
        index = 0
        self._skip(_BLANK)
        while not self._peek("]"):
            self._mark((*place, index), self._at)
            self._value((*place, index))
            index += 1
            self._skip(_BLANK)
            if self._peek(","):
                self._at += 1
                self._skip(_BLANK)
        self._at += 1

    def _inline(self, place: Place) -> None:
        self._at += 1
        self._skip(_BLANK)
        while not self._peek("}"):
            self._pair(place)
            self._skip(_BLANK)
            if self._peek(","):
                self._at += 1
                self._skip(_BLANK)
        self._at += 1
