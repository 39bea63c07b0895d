"""Start Vigie: `python3 -m agent …` from a checkout, `vigie …` once installed."""

import sys

from agent import bootstrap

INTERRUPTED = 130


def main(*, from_checkout: bool = False) -> int:
    """Run the command line that the process was started with; from a checkout, set it up first."""
    try:
        if from_checkout:
            bootstrap.ensure("run")
        from agent.cli import main as run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # while all this was still being loaded
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(from_checkout=True))
