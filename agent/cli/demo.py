"""`vigie demo`: break and heal the demo client while the daemon runs."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.frame import Config, group, teach

BREAK = teach("Switch a fault on.", "demo break down", "demo break slow", more="`vigie demo list` names the faults.")
HEAL = teach("Switch all faults off.", "demo heal")
LIST = teach("Name the faults there are, and mark those that are on.", "demo list")


def register(app: typer.Typer) -> None:
    """Add `demo` to the command."""
    made = group("Break and heal the demo client of the running daemon.", "demo list", "demo break down", "demo heal")
    made.command("break", help=BREAK)(break_)
    made.command("heal", help=HEAL)(heal)
    made.command("list", help=LIST)(list_)
    app.add_typer(made, name="demo")


def break_(
    name: Annotated[str, typer.Argument(help="A fault; `demo list` names them.", show_default=False)],
    config: Config = Path("config.toml"),
) -> int:
    """Switch a fault on."""
    from agent.demo.state import active
    from agent.demo.state import break_ as switch_on

    where = _faults(config)
    switch_on(where, name)
    print(f"on: {', '.join(active(where))}")
    return 0


def heal(config: Config = Path("config.toml")) -> int:
    """Switch all faults off."""
    from agent.demo.state import heal as switch_off

    were = switch_off(_faults(config))
    print(f"healed: {', '.join(were)}" if were else "nothing was broken")
    return 0


def list_(config: Config = Path("config.toml")) -> int:
    """Name the faults."""
    from agent.demo.faults import find, names
    from agent.demo.state import active

    on = active(_faults(config))
    for name in names():
        print(f"{'on ' if name in on else '   '} {name:14} {find(name).summary}")
    return 0


def _faults(config: Path) -> Path:
    """The folder of faults; raises `UsageError` when the configuration has no demo."""
    from agent.config import load
    from agent.demo.settings import Demo
    from agent.demo.state import folder
    from agent.settings import Agent
    from checks.core.errors import UsageError

    settings = load(config, secrets=False)
    if not settings[Demo].enabled:
        raise UsageError(f"{config} serves no demo client: [demo] enabled = true is missing")
    return folder(settings[Agent].state_dir)
