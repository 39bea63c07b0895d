"""Notice tests that silently stop being run: count those that are written, and those that pytest accounts for."""

import re
from pathlib import Path

# Raised now and then; it catches what the count of written tests cannot: files that are gone.
FLOOR = 60

CLOSING = re.compile(r"\b\d+ (?:passed|failed|error)\w*\b.* in [\d.]+s")
# Not by ast: Python 3.11.2 cannot always parse after a test that recursed too deeply (a bug of its own, mended since).
_WRITTEN = re.compile(r"^[ \t]*(?:async )?def test_", re.MULTILINE)
_FATES = re.compile(r"(\d+) (passed|failed|skipped|deselected|xfailed|errors?)\b")


def written(folder: Path) -> int:
    """Count the test functions that stand in a folder's test files."""
    return sum(len(_WRITTEN.findall(file.read_text(encoding="utf-8"))) for file in folder.rglob("test_*.py"))


def judge(closing: str, functions: int) -> str:
    """Say what is wrong with a run of the tests by its closing line; empty if nothing is.

    A parametrised function counts more than once in the line and once here, so this only sees a great loss:
    a folder that is not collected, an interpreter that ends early.
    """
    fates = {fate: int(number) for number, fate in _FATES.findall(closing)}
    accounted = sum(fates.values())
    if fates.get("passed", 0) < FLOOR:
        return f"{fates.get('passed', 0)} tests passed, at least {FLOOR} are expected"
    if accounted < functions:
        return f"{accounted} tests were accounted for, and {functions} are written"
    return ""
