"""`vigie config`: what is wrong with a configuration, what it comes to, and its schema."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agent.cli.frame import Config, group, teach
from agent.present.terminal import counted

if TYPE_CHECKING:
    from agent.config.loaded import Settings

CHECK = teach(
    "Say all that is wrong with it, each with file and line.",
    "config check",
    "config check --config /etc/vigie/",
    more="What is odd but can be used is a warning. Every secret must be there: set the variables it names. "
    "Exit status: 0 it can be used, 3 it cannot.",
)
SHOW = teach(
    "Print what is in effect, as TOML, every secret hidden.",
    "config show > effective.toml",
    more="Every default is filled in, and what is inherited stands where it takes effect.",
)
SCHEMA = teach(
    "Print its JSON Schema, for editors.",
    "config schema > vigie.schema.json",
    more="With it an editor completes keys and shows errors while you type.",
)


def register(app: typer.Typer) -> None:
    """Add `config` to the command."""
    made = group("Check, show and describe the configuration.", "config check", "config show", "config schema")
    made.command(help=CHECK)(check)
    made.command(help=SHOW)(show)
    made.command(help=SCHEMA)(schema)
    app.add_typer(made, name="config")


def check(config: Config = Path("config.toml")) -> int:
    """Say all that is wrong."""
    from agent.config import load
    from agent.config.problems import ConfigErrors
    from agent.plan import plan
    from agent.settings import Site

    try:
        settings = load(config)
    except ConfigErrors as error:
        for issue in error.issues:
            print(issue, file=sys.stderr)
        return error.status
    for issue in settings.warnings:
        print(f"{issue} (warning)", file=sys.stderr)
    sites, checks = len(settings.all(Site)), len(plan(settings).planned)
    print(f"{config}: good; {counted(sites, 'site')}, {counted(checks, 'check')}")
    return 0


def show(config: Config = Path("config.toml")) -> int:
    """Print what is in effect."""
    from agent.config import load
    from agent.config.owners import surroundings
    from agent.config.show import show as written

    settings = load(config, secrets=False)
    print(written(_effective(settings), surroundings(os.environ).sections), end="")
    return 0


def _effective(settings: "Settings") -> "Settings":
    """The same settings with what each check takes where nothing is written."""
    from agent.plan import plan
    from agent.settings import Site, Watch

    planned = {one.key: one for one in plan(settings).planned}

    def watch(site: Site, one: Watch) -> Watch:
        found = planned.get(one.key(site.id))
        if found is None:
            return one
        options = replace(found.options, timeout=found.timeout)
        return replace(
            one,
            options=options,
            every=found.every,
            recheck_every=found.recheck_every,
            blind_after=found.blind_after,
        )

    sites = tuple(replace(site, checks=tuple(watch(site, one) for one in site.checks)) for site in settings.all(Site))
    return replace(settings, sections={**settings.sections, Site: sites})


def schema(config: Config = Path("config.toml")) -> int:  # noqa: ARG001  # every command takes it; the schema is the same
    """Print the JSON Schema."""
    from agent.config.owners import surroundings
    from agent.config.schema import schema as described

    around = surroundings(os.environ)
    print(json.dumps(described(around.sections, around.vocabulary), indent=2, ensure_ascii=False))
    return 0
