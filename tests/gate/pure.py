"""Hold what decides to full branch coverage: `python -m tests.gate.pure COVERAGE.json`."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# What decides without doing: every line and every branch of it is run by the tests.
PURE = ("checks/core", "checks/parse", "agent/core", "agent/config", "agent/plan.py", "agent/texts", "agent/codec")


def main(argv: list[str]) -> int:
    """Print one line for each pure path that exists, and what of it no test runs; 0 if that is nothing."""
    files = json.loads(Path(argv[0]).read_text(encoding="utf-8"))["files"]
    missing = 0
    for path in PURE:
        under = {name: report for name, report in files.items() if name == path or name.startswith(f"{path}/")}
        gaps = [line for name, report in sorted(under.items()) if (line := gap(name, report))]
        if under:
            print(f"{path}: {percent(under):.2f} % of lines and branches", *gaps, sep="\n  ")
        missing += len(gaps)
    return 1 if missing else 0


def percent(reports: Mapping[str, Any]) -> float:
    """Give the share of lines and branches that ran, in percent."""
    sums = [report["summary"] for report in reports.values()]
    possible = sum(each["num_statements"] + each.get("num_branches", 0) for each in sums)
    ran = sum(each["covered_lines"] + each.get("covered_branches", 0) for each in sums)
    return 100 * ran / possible if possible else 100.0


def gap(name: str, report: Mapping[str, Any]) -> str:
    """Name the lines and branches of a file that no test runs; empty if there are none."""
    lines = [str(line) for line in report["missing_lines"]]
    branches = [f"{start}->{'exit' if end < 0 else end}" for start, end in report.get("missing_branches", [])]
    return f"{name}: {', '.join(lines + branches)}" if lines or branches else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
