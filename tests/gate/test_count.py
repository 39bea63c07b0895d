"""A run that holds fewer tests than the files do is noticed."""

from pathlib import Path

import pytest

from tests.gate import count


@pytest.mark.parametrize(
    ("closing", "functions", "wrong"),
    [
        pytest.param("500 passed in 9.00s", 400, "", id="more-cases-than-functions-is-well"),
        pytest.param(
            "400 passed, 3 skipped, 2 deselected in 9.00s", 405, "", id="skipped-and-deselected-are-accounted-for"
        ),
        pytest.param("400 passed in 9.00s", 401, "400 tests were accounted for, and 401 are written", id="one-is-lost"),
        pytest.param("3 passed in 9.00s", 3, f"at least {count.FLOOR}", id="files-are-gone"),
        pytest.param("", 400, "0 tests passed", id="it-never-came-to-its-end"),
    ],
)
def test_lost_tests_are_told(closing: str, functions: int, wrong: str) -> None:
    said = count.judge(closing, functions)
    assert wrong in said
    assert bool(wrong) == bool(said)


def test_functions_and_methods_and_coroutines_are_counted(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        "def test_a(): ...\nclass TestB:\n    async def test_b(self): ...\ndef helper(): ...\n"
    )
    (tmp_path / "other.py").write_text("def test_not_a_test_file(): ...\n")
    assert count.written(tmp_path) == 2


@pytest.mark.parametrize(
    "line", ["5 passed in 1.2s", "1 failed, 5 passed, 2 skipped in 65.10s (0:01:05)", "1 error in 0.10s"]
)
def test_pytests_closing_line_is_known(line: str) -> None:
    assert count.CLOSING.search(line)
