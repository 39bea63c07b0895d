"""An operator's pattern is searched, and one that would never end is given up."""

import pytest

from checks.parse.patterns import BadPattern, Patience, TooSlow, check


@pytest.mark.parametrize(
    ("pattern", "text", "there"),
    [
        pytest.param(r"in \d+ stock", "now in 12 stock", True, id="anywhere-in-the-text"),
        pytest.param(r"^stock$", "in stock", False, id="not-against-its-anchors"),
        pytest.param(r"(?m)^stock$", "in\nstock", True, id="with-a-flag-of-its-own"),
    ],
)
def test_searching(pattern: str, text: str, there: bool) -> None:
    assert Patience(10, float).found(pattern, text) is there


ENDLESS = r"(a|aa)+$", "a" * 60 + "b"  # each `a` doubles the ways to try: more than any machine finishes


def test_a_pattern_without_an_end_is_given_up() -> None:
    with pytest.raises(TooSlow, match=r"\(a\|aa\)"):
        Patience(0.01, float).found(*ENDLESS)


def test_all_searches_share_one_time() -> None:
    clock = iter([0.0, 0.6, 0.6, 1.2]).__next__
    patience = Patience(1.0, clock)
    assert patience.found("plain", "plain")
    assert patience.found("plain", "plain")
    with pytest.raises(TooSlow, match="plain"):
        patience.found("plain", "plain")


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "(?P<n", "a{2,1}"])
def test_a_text_that_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        check(pattern)


def test_what_the_searching_library_knows_is_a_pattern() -> None:
    check(r"\p{Lu}\w+")
    assert Patience(10, float).found(r"\p{Lu}\w+", "voir École")
