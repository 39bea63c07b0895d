"""Builds the command from the files of this folder: each exports `register(app)`."""

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

import agent
import agent.cli

_NOT_GROUPS = frozenset({"frame"})

HELP = """Watches websites, opens one good ticket per anomaly, proves what the contract promised.

Look once:     vigie check uptime https://www.example.org/

Watch:         vigie run

What is open:  vigie tickets list

`vigie COMMAND --help` teaches each command by example."""

Config = Annotated[Path, typer.Option("--config", metavar="F", help="Configuration file or folder.")]


def build() -> Any:
    """Return the whole command; group files import what is heavy only inside their commands."""
    app = typer.Typer(
        name="vigie", help=HELP, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
    )
    app.callback(invoke_without_command=True)(_top)
    for name in sorted(module.name for module in pkgutil.iter_modules(agent.cli.__path__)):
        if name not in _NOT_GROUPS:
            import_module(f"agent.cli.{name}").register(app)
    return app


def _top(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"vigie {agent.__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
