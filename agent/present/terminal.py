"""What a terminal is told apart from a sentence: colour where it can show it, numbers with their nouns."""

import os
import re
import shutil
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from checks.core.model import Severity

_CODES = {"red": "31", "yellow": "33", "green": "32", "blue": "34", "bold": "1", "dim": "2"}
_PASTE = "curl -"
_LABEL = re.compile(r" *\S.*?\s{2,}(?=\S)|( *([✔✖?·→] ))")
_WIDEST = 28  # columns of a label, its margin and what parts it from its value
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


def width_of(stream: TextIO) -> int:
    """Columns of the terminal that `stream` is; 0 when it is none."""
    return shutil.get_terminal_size().columns if stream.isatty() else 0


def folded(line: str, width: int) -> str:
    """Break a long line between words, what follows under its own beginning; 0 leaves it whole.

    So do a line to paste, and a word that would not fit anyway.
    """
    if not width or len(line) <= width or _PASTE in line:
        return line
    indent = " " * _hang(line)
    if max(map(len, line.split())) > width - len(indent):
        return line
    return "\n".join(
        textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    )


def _hang(line: str) -> int:
    """The column of what follows a broken line: that of the value behind a label, else two more than the line's."""
    label = _LABEL.match(line)
    return label.end() if label and label.end() <= _WIDEST else len(line) - len(line.lstrip()) + 2


def counted(number: int, noun: str) -> str:
    """Return a number with its English noun: `1 site`, `2 sites`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
