"""A later look is told only where it differs, under the headings that say where."""

import pytest

from checks.core.telling import Line, line, news

FIRST = [
    line(0, "GET /"),
    line(1, "192.0.2.7: refused"),
    line(1, "connect 2 ms", ""),
    line(0, "GET /next"),
    line(1, "connect 3 ms", ""),
    line(1, "HTTP/1.1 200"),
]


def without(*texts: str) -> list[Line]:
    return [one for one in FIRST if one.text not in texts]


@pytest.mark.parametrize(
    ("later", "told"),
    [
        pytest.param(FIRST, [], id="the-same"),
        pytest.param([line(1, "connect 9 ms", "") if one.mark == "" else one for one in FIRST], [], id="times-alone"),
        pytest.param(without("connect 3 ms"), [], id="a-time-less"),
        pytest.param(
            [*FIRST[:5], line(1, "HTTP/1.1 500")], ["GET /next", "HTTP/1.1 500"], id="a-line-under-its-heading"
        ),
        pytest.param(
            [*FIRST, line(0, "GET /last"), line(1, "connect 1 ms", ""), line(1, "HTTP/1.1 200")],
            ["GET /last", "connect 1 ms", "HTTP/1.1 200"],
            id="what-is-new-with-all-below-it",
        ),
        pytest.param(
            without("192.0.2.7: refused"), ["GET /", "192.0.2.7: refused"], id="what-is-gone-if-nothing-is-new"
        ),
        pytest.param([], [one.text for one in FIRST], id="nothing-at-all"),
    ],
)
def test_news(later: list[Line], told: list[str]) -> None:
    assert [one.text for one in news(later, FIRST)] == told
