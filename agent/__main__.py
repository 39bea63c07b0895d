"""Start Vigie: `python3 -m agent …` from a checkout, `vigie …` once installed."""

import sys

from agent import bootstrap


def main() -> int:
    """Run the command line that the process was started with."""
    from agent.cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    # Installed by pip, the command comes in through main() and needs no set-up.
    bootstrap.ensure("run")
    sys.exit(main())
