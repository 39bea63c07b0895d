"""Builds the command from the files of this folder: each exports `register(app)`."""

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import agent
import agent.cli
from checks.core.errors import UsageError

_NOT_GROUPS = frozenset({"asked", "frame"})

HELP = """Watches websites, opens one good ticket per anomaly, proves what the contract promised.

\b
  vigie check uptime https://www.example.org/    look once
  vigie run                                      watch
  vigie tickets list                             what is open

`vigie COMMAND --help` teaches each command by example."""

Config = Annotated[Path, typer.Option("--config", metavar="F", help="Configuration file or folder.")]


class Listed(TyperGroup):
    """Lists its commands by name, whatever file they came from."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names."""
        return sorted(super().list_commands(ctx))


def build() -> Any:
    """Return the whole command; group files import what is heavy only inside their commands."""
    app = typer.Typer(
        name="vigie",
        cls=Listed,
        help=HELP,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback(invoke_without_command=True)(_top)
    for name in sorted(module.name for module in pkgutil.iter_modules(agent.cli.__path__)):
        if name not in _NOT_GROUPS:
            import_module(f"agent.cli.{name}").register(app)
    return app


def group(says: str, *examples: str) -> typer.Typer:
    """Return a group of commands; alone it shows its help, as `vigie` does."""
    made = typer.Typer(cls=Listed, help=teach(says, *examples), rich_markup_mode=None)
    made.callback(invoke_without_command=True)(_alone)
    return made


def language(word: str) -> str:
    """Return the language of a `--lang`, "" where none was given; raises `UsageError`."""
    from agent.texts import LANGUAGES

    if word and word not in LANGUAGES:
        raise UsageError(f"--lang {word}: there is {', '.join(LANGUAGES)}")
    return word


def teach(says: str, *examples: str, more: str = "") -> str:
    """Return a help text: what a command does, examples to paste (without `vigie`), what else there is to know."""
    lines = "\n".join(f"  vigie {example}" for example in examples)
    return "\n\n".join(part for part in (says, f"\b\n{lines}" if lines else "", more) if part)


def _top(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"vigie {agent.__version__}")
        raise typer.Exit
    _alone(context)


def _alone(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
