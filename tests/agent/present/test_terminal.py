"""Colour shows on a terminal only."""

import io

import pytest

from agent.present.terminal import Paint, folded, paint_for, width_of
from checks.core.model import Severity


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "on"),
    [
        pytest.param(Terminal(), {}, True, id="on-a-terminal"),
        pytest.param(io.StringIO(), {}, False, id="not-into-a-file"),
        pytest.param(Terminal(), {"NO_COLOR": "1"}, False, id="no-color-is-honoured"),
        pytest.param(Terminal(), {"TERM": "dumb"}, False, id="not-on-a-dumb-terminal"),
    ],
)
def test_colour_shows_only_where_it_is_wanted(stream: io.StringIO, environ: dict[str, str], on: bool) -> None:
    assert paint_for(stream, environ).on is on


def test_painting() -> None:
    assert Paint(on=True).severity(Severity.MINOR, "x") == "\x1b[33mx\x1b[0m"
    assert Paint(on=False)("x", "red") == "x"


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        pytest.param("  a line that fits", ["  a line that fits"], id="a-short-line-stays"),
        pytest.param(
            "    what to do   Renew it now and reload",
            ["    what to do   Renew it", "                 now and", "                 reload"],
            id="what-follows-a-label-stays-in-its-column",
        ),
        pytest.param(
            "  ✖ the page is not there at all", ["  ✖ the page is not there", "    at all"], id="behind-a-mark"
        ),
        pytest.param(
            "  one two three four five six", ["  one two three four five", "    six"], id="else-two-further-in"
        ),
        pytest.param("  " + "f" * 40, ["  " + "f" * 40], id="a-fingerprint-is-not-cut"),
        pytest.param(
            "  see: curl -sS https://a.example/", ["  see: curl -sS https://a.example/"], id="a-line-to-paste"
        ),
    ],
)
def test_a_long_line_is_broken_between_words(line: str, lines: list[str]) -> None:
    assert folded(line, 26).splitlines() == lines
    assert folded(line, 0) == line


def test_only_a_terminal_has_a_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert (width_of(Terminal()), width_of(io.StringIO())) == (80, 0)
