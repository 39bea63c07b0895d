"""Identifiers sort by the time they were made at, and are written as ULIDs are."""

import pytest

from checks.core import ulid


@pytest.mark.parametrize(
    ("milliseconds", "randomness", "text"),
    [
        pytest.param(0, bytes(10), "0" * 26, id="all-zeros"),
        pytest.param(2**48 - 1, b"\xff" * 10, "7" + "Z" * 25, id="all-ones"),
        pytest.param(1_469_918_176_385, bytes(10), "01ARYZ6S41" + "0" * 16, id="the-time-of-the-specification"),
        pytest.param(0, bytes(9) + b"\x21", "0" * 24 + "11", id="the-last-bits-come-last"),
    ],
)
def test_the_26_characters(milliseconds: int, randomness: bytes, text: str) -> None:
    assert ulid.encode(milliseconds, randomness) == text


def test_a_new_one_is_like_no_other_and_not_before_those_made_before() -> None:
    made = [ulid.new() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert sorted(one[:10] for one in made) == [one[:10] for one in made]
