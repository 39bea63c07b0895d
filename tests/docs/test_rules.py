"""The rules page says what the code declares."""

from tests.docs.rules import PAGE, page


def test_the_rules_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.docs.rules"
