"""What a terminal is told apart from a sentence: colour where it can show it, numbers with their nouns."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from checks.core.model import Severity

_CODES = {"red": "31", "yellow": "33", "green": "32", "blue": "34", "bold": "1", "dim": "2"}
_COLOURS = {Severity.CRITICAL: "red", Severity.MAJOR: "red", Severity.MINOR: "yellow", Severity.INFO: "blue"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """Paints words when `on`; never the only carrier of a meaning."""

    on: bool

    def __call__(self, text: str, colour: str) -> str:
        """Return `text` in a colour."""
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self.on else text

    def severity(self, severity: Severity, text: str) -> str:
        """Paint `text` in the colour of a severity."""
        return self(text, _COLOURS[severity])


def paint_for(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Paint:
    """Colour only on a terminal; `NO_COLOR` (no-color.org) set to anything turns it off."""
    return Paint(on=stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb")


def counted(number: int, noun: str) -> str:
    """Return a number with its English noun: `1 site`, `2 sites`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
