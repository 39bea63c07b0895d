"""Fragments become a release of the changelog, and those that wait are well named."""

from datetime import date

import pytest

from tests.gate.changelog import fragment_files, insert, section

DAY = date(2026, 11, 24)


def test_fragments_are_gathered_by_kind() -> None:
    fragments = {"b.fixed.md": "- b\n", "a.added.md": "- a\n", "c.added.md": "- c\n"}
    expected = "## 1.0.0 - 2026-11-24\n\n### Added\n\n- a\n- c\n\n### Fixed\n\n- b\n"
    assert section("1.0.0", DAY, fragments) == expected


def test_a_name_without_a_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a\.new\.md: the name ends in none of \.added\.md"):
        section("1.0.0", DAY, {"a.new.md": "- a\n"})


def test_a_release_stands_above_the_earlier_ones() -> None:
    first = insert("# Changelog\n\nWords.\n", "## 1.0.0 - A\n\n- a\n")
    second = insert(first, "## 1.1.0 - B\n\n- b\n")
    assert first == "# Changelog\n\nWords.\n\n## 1.0.0 - A\n\n- a\n"
    assert second == "# Changelog\n\nWords.\n\n## 1.1.0 - B\n\n- b\n\n## 1.0.0 - A\n\n- a\n"


def test_every_fragment_that_waits_has_a_kind_and_is_a_list() -> None:
    fragments = {file.name: file.read_text(encoding="utf-8") for file in fragment_files()}
    assert section("next", DAY, fragments)
    assert [name for name, text in fragments.items() if not text.startswith("- ")] == []
