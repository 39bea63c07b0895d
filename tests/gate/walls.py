"""Hold every module of the product to its walls: `python -m tests.gate.walls`."""

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("agent", "checks")
WALLS: Mapping[str, int] = {"lines": 350, "function": 50, "imports": 12}
MOST_ALLOWED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One module above one wall."""

    path: str
    wall: str
    size: int
    what: str = ""

    def __str__(self) -> str:
        """Say it in the form that editors can jump to."""
        return f"{self.path}{self.what}: {self.wall} {self.size}, the wall is {WALLS[self.wall]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A module that may stand above a wall until a day."""

    path: str
    wall: str
    until: date
    reason: str


def measure(path: str, text: str) -> Iterator[Breach]:
    """Find what is above a wall in one module."""
    tree = ast.parse(text)
    lines = text.count("\n")
    if lines > WALLS["lines"]:
        yield Breach(path=path, wall="lines", size=lines)
    imported = own_imports(tree)
    if len(imported) > WALLS["imports"]:
        yield Breach(path=path, wall="imports", size=len(imported))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > WALLS["function"]:
                yield Breach(path=path, wall="function", size=size, what=f":{node.lineno} {node.name}")


def own_imports(tree: ast.Module) -> set[str]:
    """Name the modules of ours that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name for name in found if name.partition(".")[0] in OURS}


def judge(breaches: Sequence[Breach], allowed: Sequence[Allowed], today: date) -> list[str]:
    """Say what is wrong: breaches that nothing allows, and allowances that are too many, over or needed no more."""
    wrong = [str(breach) for breach in breaches if not any(covers(entry, breach, today) for entry in allowed)]
    if len(allowed) > MOST_ALLOWED:
        wrong.append(f"walls.toml allows {len(allowed)} breaches, the most is {MOST_ALLOWED}")
    for entry in allowed:
        if entry.until < today:
            wrong.append(f"walls.toml: {entry.path} was allowed until {entry.until}")
        elif not any(covers(entry, breach, today) for breach in breaches):
            wrong.append(f"walls.toml: {entry.path} is below the wall again, take its entry out")
    return wrong


def covers(entry: Allowed, breach: Breach, today: date) -> bool:
    """Tell whether an allowance holds for a breach today."""
    return (entry.path, entry.wall) == (breach.path, breach.wall) and today <= entry.until


def main() -> int:
    """Print what stands above a wall; 0 if nothing does."""
    files = sorted(file for package in OURS for file in (ROOT / package).rglob("*.py"))
    breaches = [
        breach
        for file in files
        for breach in measure(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    ]
    entries = tomllib.loads((Path(__file__).parent / "walls.toml").read_text(encoding="utf-8"))
    allowed = [Allowed(**entry) for entry in entries.get("allowed", [])]
    wrong = judge(breaches, allowed, datetime.now(UTC).date())
    print("\n".join(wrong) or f"{len(files)} modules")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
