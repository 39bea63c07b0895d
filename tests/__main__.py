"""Run everything that CI checks: `python3 -m tests [--soak]`."""

import sys

from agent import bootstrap

USAGE = """\
usage: python3 -m tests [--soak]

Formatting, lint, types, imports, walls, tests and coverage: all that CI checks.
--soak adds the long campaigns. A part of the tests: .venv/bin/python -m pytest tests/agent -q"""


def main(argv: list[str]) -> int:
    """Run the gate; 0 if everything passed, 3 for words it does not know."""
    if "-h" in argv or "--help" in argv:
        print(USAGE)
        return 0
    if set(argv) - {"--soak"}:
        print(USAGE, file=sys.stderr)
        return 3
    bootstrap.ensure("dev")
    from tests.gate import steps

    return steps.main(soak="--soak" in argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
