"""Gather `changes/*.md` into CHANGELOG.md under a release: `python -m tests.gate.changelog VERSION`."""

import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("added", "changed", "deprecated", "removed", "fixed", "security")


def section(version: str, day: date, fragments: Mapping[str, str]) -> str:
    """Write a release's section from its fragments: file names with their texts, taken in the order of the names.

    Raises ValueError for a name without a kind.
    """
    grouped: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name, text in sorted(fragments.items()):
        kind = name.removesuffix(".md").rpartition(".")[2]
        if kind not in grouped:
            message = f"{name}: the name ends in none of {', '.join(f'.{kind}.md' for kind in KINDS)}"
            raise ValueError(message)
        grouped[kind].append(text.strip())
    parts = [f"### {kind.capitalize()}\n\n" + "\n".join(texts) for kind, texts in grouped.items() if texts]
    return "\n\n".join([f"## {version} - {day.isoformat()}", *parts]) + "\n"


def insert(changelog: str, release: str) -> str:
    """Put a release above those that are there."""
    head, mark, rest = changelog.partition("\n## ")
    return f"{head.rstrip()}\n\n{release}" + (f"{mark}{rest}" if mark else "")


def fragment_files() -> list[Path]:
    """Every fragment that waits."""
    return sorted(file for file in (ROOT / "changes").glob("*.md") if file.name != "README.md")


def main(argv: list[str]) -> int:
    """Move the fragments into the changelog."""
    if len(argv) != 1:
        print("usage: python -m tests.gate.changelog VERSION", file=sys.stderr)
        return 3
    files = fragment_files()
    fragments = {file.name: file.read_text(encoding="utf-8") for file in files}
    release = section(argv[0], datetime.now(UTC).date(), fragments)
    changelog = ROOT / "CHANGELOG.md"
    changelog.write_text(insert(changelog.read_text(encoding="utf-8"), release), encoding="utf-8")
    for file in files:
        file.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
