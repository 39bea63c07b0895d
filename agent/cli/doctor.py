"""`vigie doctor`: what works here, what does not, and the line that mends it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.frame import Config, teach
from agent.cli.tickets import Form, Format
from agent.present.terminal import counted

if TYPE_CHECKING:
    from agent.daemon.doctor import Diagnosis

HELP = teach(
    "Say what works here, what does not, and what mends it.",
    "doctor",
    "doctor --offline --format json",
    more="Exit status: 0 nothing is wrong (there may be warnings), 1 something is.",
)

WRONG = 1


def register(app: typer.Typer) -> None:
    """Add `doctor` to the command."""
    app.command(help=HELP)(doctor)


def doctor(
    form: Form = Format.TEXT,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nothing of the network.")] = False,
    config: Config = Path("config.toml"),
) -> int:
    """Examine this machine and the configuration."""
    found = list(_examine(config, offline=offline))
    if form is Format.JSON:
        shown = [{"name": d.name, "verdict": d.verdict.value, "says": d.says, "mend": d.mend} for d in found]
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(found)))
    return WRONG if any(one.verdict == "wrong" for one in found) else 0


def _examine(config: Path, *, offline: bool) -> "Iterator[Diagnosis]":
    from agent.config import load
    from agent.config.problems import ConfigErrors
    from agent.daemon import doctor as examine
    from agent.daemon.doctor_net import ask_others
    from agent.daemon.doctor_place import examine_place
    from agent.plan import plan
    from checks.net import loop

    yield from examine.examine_python()
    yield from examine.examine_families()
    try:
        settings = load(config)
    except ConfigErrors as error:
        for issue in error.issues:
            mend = "see docs/configuration.md, or run `vigie config schema`"
            yield examine.Diagnosis(name="configuration", verdict=examine.Verdict.WRONG, says=str(issue), mend=mend)
        return
    planned = plan(settings).planned
    says = f"{counted(len(planned), 'check')} planned"
    yield examine.Diagnosis(name="configuration", verdict=examine.Verdict.OK, says=says)
    yield from examine_place(settings)
    yield from examine.examine_browser(wanted=any(one.kind == "smoke" for one in planned))
    if not offline:
        yield from loop.run(ask_others(settings))


def _lines(found: "list[Diagnosis]") -> Iterator[str]:
    from agent.present.terminal import paint_for

    paint = paint_for(sys.stdout)
    colours = {"ok": "green", "warning": "yellow", "wrong": "red"}
    for one in found:
        yield f"{paint(f'{one.verdict.value:8}', colours[one.verdict])} {one.name:14} {one.says}"
        if one.mend:
            yield f"{'':8} {'':14} → {one.mend}"
