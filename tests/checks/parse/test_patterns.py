"""An operator's pattern is searched, and one that would never end is given up."""

import pytest

from checks.parse.patterns import TooSlow, found


@pytest.mark.parametrize(
    ("pattern", "text", "there"),
    [
        pytest.param(r"in \d+ stock", "now in 12 stock", True, id="anywhere-in-the-text"),
        pytest.param(r"^stock$", "in stock", False, id="not-against-its-anchors"),
        pytest.param(r"(?m)^stock$", "in\nstock", True, id="with-a-flag-of-its-own"),
    ],
)
def test_searching(pattern: str, text: str, there: bool) -> None:
    assert found(pattern, text, 10) is there


def test_a_pattern_without_an_end_is_given_up() -> None:
    """Each `a` doubles the ways to try: sixty are more than any machine finishes."""
    with pytest.raises(TooSlow, match=r"\(a\|aa\)"):
        found(r"(a|aa)+$", "a" * 60 + "b", 0.01)
