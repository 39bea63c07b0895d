"""What the demo site is asked and what it answers, as plain data that faults may change."""

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """How the connection ends."""

    WHOLE = "whole"  # everything is sent, then the connection closes
    CUT = "cut"  # it closes in the middle of the body
    RESET = "reset"  # it is reset before a byte is sent
    SILENT = "silent"  # nothing is ever sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The parts of a request the site looks at."""

    method: str
    path: str  # without the query


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, before it is put on the wire."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    wait: float = 0.0  # seconds before the first byte
    ending: Ending = Ending.WHOLE


def html(text: str, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Answer a page."""
    return Answer(
        status=status, headers=(("Content-Type", "text/html; charset=utf-8"), *headers), body=text.encode("utf-8")
    )
