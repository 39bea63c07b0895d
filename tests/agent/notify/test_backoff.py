"""The first retry comes after a second, each next one later, none later than a quarter of an hour."""

import pytest

from agent.notify.backoff import wait


@pytest.mark.parametrize(
    ("attempts", "draw", "asked", "seconds"),
    [
        pytest.param(1, 0.0, None, 1.0, id="the-first-after-a-second"),
        pytest.param(2, 0.0, None, 2.0, id="then-doubling"),
        pytest.param(5, 0.0, None, 16.0, id="and-doubling"),
        pytest.param(5, 0.8, None, 19.2, id="spread-by-a-draw"),
        pytest.param(11, 0.999, None, 900.0, id="at-most-a-quarter-of-an-hour"),
        pytest.param(100_000, 0.5, None, 900.0, id="however-often-it-failed"),
        pytest.param(1, 0.0, 60.0, 60.0, id="not-before-the-other-side-asked"),
        pytest.param(8, 0.0, 60.0, 128.0, id="nor-sooner-than-our-own-turn"),
        pytest.param(1, 0.0, 86400.0, 900.0, id="but-a-day-is-not-believed"),
    ],
)
def test_seconds_before_the_next_attempt(attempts: int, draw: float, asked: float | None, seconds: float) -> None:
    assert wait(attempts, draw, asked) == pytest.approx(seconds)
