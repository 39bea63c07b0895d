"""What a check tells of a run step by step: lines that it composes in the reader's language without knowing it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from checks.core.text import Says


class Say(Protocol):
    """Puts a sentence into the reader's language; who calls a check's `explain` passes it in."""

    def __call__(self, says: Says | str, /, **places: object) -> str:
        """Return the sentence, its places filled; text that is no sentence of ours goes into places only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; `mark` is what has to be there again for a later look to be the same, "" where only time differs."""

    depth: int
    text: str
    mark: str


def line(depth: int, text: str, mark: str | None = None) -> Line:
    """Return a line that stands below the nearest one of less depth before it."""
    return Line(depth=depth, text=text, mark=text if mark is None else mark)


def news(lines: Sequence[Line], before: Sequence[Line]) -> list[Line]:
    """Return what a look tells that the one before did not, below its headings; if nothing, what it tells no more.

    Empty when only times differ.
    """
    then, now = list(_placed(before)), list(_placed(lines))
    return _unknown(now, then) or _unknown(then, now)


def _unknown(
    lines: Sequence[tuple[Line, tuple[str, ...]]], others: Iterable[tuple[Line, tuple[str, ...]]]
) -> list[Line]:
    known = {place for _line, place in others}
    new = {place for line, place in lines if place not in known and line.mark}
    headings = {place[:length] for place in new for length in range(1, len(place))}
    below = {place for _line, place in lines if not place[-1] and place[:-1] in new}
    return [line for line, place in lines if place in new or place in headings or place in below]


def _placed(lines: Iterable[Line]) -> Iterator[tuple[Line, tuple[str, ...]]]:
    """Yield each line with its place: the marks of the lines it stands below, and its own."""
    above: list[Line] = []
    for one in lines:
        while above and above[-1].depth >= one.depth:
            above.pop()
        above.append(one)
        yield one, tuple(heading.mark for heading in above)
