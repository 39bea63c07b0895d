"""A step of the gate tells how it ended, and what it said when that is needed."""

import pytest

from tests.gate import steps
from tests.gate.steps import Result, Step


def test_a_step_that_ends_well_passes_with_what_it_said() -> None:
    result = steps.run(Step(says="x", command=("this",)))
    assert result.passed
    assert "Zen of Python" in result.output


def test_a_step_that_ends_badly_fails_with_what_it_said() -> None:
    result = steps.run(Step(says="x", command=("no_such_module",)))
    assert not result.passed
    assert "no_such_module" in result.output


def test_a_step_that_does_not_end_is_ended_and_fails() -> None:
    result = steps.run(Step(says="x", command=("http.server", "0", "--bind", "127.0.0.1"), bound=0.5))
    assert not result.passed
    assert "not done after" in result.output


def test_a_run_of_the_tests_that_lost_some_of_them_fails() -> None:
    result = steps.with_count(Result(passed=True, seconds=1.0, output="…"), "1 passed in 1.00s")
    assert not result.passed


def test_pytests_own_closing_line_is_the_last_that_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "9999 passed, 1 skipped in 3.00s"
    ends = {"pytest": f"....\n{line}\n", "mypy": "Found 3 errors\n"}
    monkeypatch.setattr(
        steps,
        "run",
        lambda step: Result(passed=step.command[0] != "mypy", seconds=1.0, output=ends.get(step.command[0], "quiet")),
    )
    assert steps.main(soak=False) == 1
    said = capsys.readouterr().out
    assert said.splitlines()[-2:] == ["failed: types", line]
    assert "Found 3 errors" in said
    assert "quiet" not in said
