"""`vigie run`: the daemon."""

from pathlib import Path

import typer

from agent.cli.frame import Config

HELP = """Watch the configured sites until SIGTERM or Ctrl-C; SIGHUP reads the configuration anew.

\b
  vigie run
  vigie run --config /etc/vigie/config.toml"""


def register(app: typer.Typer) -> None:
    """Add `run` to the command."""
    app.command(help=HELP)(run)


def run(config: Config = Path("config.toml")) -> int:
    """Run the daemon."""
    from agent.daemon import run as run_daemon

    return run_daemon(config)
