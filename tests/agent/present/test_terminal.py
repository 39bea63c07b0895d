"""Colour shows on a terminal only."""

import io

import pytest

from agent.present.terminal import Paint, paint_for
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
