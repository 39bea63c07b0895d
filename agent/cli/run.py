"""`vigie run`: the daemon."""

from pathlib import Path

import typer

from agent.cli.frame import Config


def register(app: typer.Typer) -> None:
    """Add `run` to the command."""
    app.command()(run)


def run(config: Config = Path("config.toml")) -> int:
    r"""Watch the configured sites until SIGTERM or Ctrl-C.

    \b
    vigie run
    vigie run --config /etc/vigie/
    """
    from agent.daemon import run as run_daemon

    return run_daemon(config)
