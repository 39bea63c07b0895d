"""What no test runs of the deciding layers is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.gate import pure


def report(*, lines: list[int], branches: list[list[int]]) -> dict[str, Any]:
    ran = 10 - len(lines)
    summary = {"num_statements": 10, "covered_lines": ran, "num_branches": 4, "covered_branches": 4 - len(branches)}
    return {"summary": summary, "missing_lines": lines, "missing_branches": branches}


@pytest.mark.parametrize(
    ("files", "status", "says"),
    [
        pytest.param(
            {"checks/core/a.py": report(lines=[], branches=[])}, 0, "checks/core: 100.00 %", id="all-of-it-ran"
        ),
        pytest.param({"agent/web/a.py": report(lines=[1], branches=[])}, 0, "", id="what-does-io-may-have-gaps"),
        pytest.param({"agent/plan.py": report(lines=[7], branches=[])}, 1, "agent/plan.py: 7", id="a-line-did-not"),
        pytest.param(
            {"agent/core/a.py": report(lines=[], branches=[[3, 5], [8, -1]])},
            1,
            "a.py: 3->5, 8->exit",
            id="branches-did-not",
        ),
    ],
)
def test_gaps_are_told(
    files: dict[str, Any], status: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "c.json").write_text(json.dumps({"files": files}))
    assert pure.main([str(tmp_path / "c.json")]) == status
    assert says in capsys.readouterr().out
