"""`vigie run`: the daemon."""

from pathlib import Path

import typer

from agent.cli.frame import Config, teach

HELP = teach(
    "Watch the configured sites until SIGTERM or Ctrl-C.",
    "run",
    "run --config /etc/vigie/",
    more="SIGHUP reads the configuration anew, as `vigie reload` does.",
)


def register(app: typer.Typer) -> None:
    """Add `run` to the command."""
    app.command(help=HELP)(run)


def run(config: Config = Path("config.toml")) -> int:
    """Watch the configured sites."""
    from agent.daemon import run as run_daemon

    return run_daemon(config)
