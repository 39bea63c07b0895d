"""`vigie sites`: what is watched, how often, and how it stands."""

import json
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.frame import Config, teach
from agent.present.terminal import counted

if TYPE_CHECKING:
    from agent.config.loaded import Settings
    from agent.present.sites import SiteView
    from agent.present.terminal import Paint

HELP = teach(
    "List the sites, their checks, and how they stand.",
    "sites",
    "sites --format json",
    more="What runs where, how often, and what is believed to be wrong; also while no daemon runs.",
)


class Format(StrEnum):
    """How to print sites."""

    TEXT = "text"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add `sites` to the command."""
    app.command(help=HELP)(sites)


def sites(
    form: Annotated[Format, typer.Option("--format", help="Text for people, JSON for programs.")] = Format.TEXT,
    config: Config = Path("config.toml"),
) -> int:
    """List the sites and their checks."""
    from agent.config import load
    from agent.present.sites import site_json
    from agent.present.terminal import paint_for

    found = _views(load(config, secrets=False))
    if form is Format.JSON:
        print(json.dumps([site_json(site) for site in found], ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(found, paint_for(sys.stdout))))
    return 0


def _views(settings: "Settings") -> "tuple[SiteView, ...]":
    """The sites with what the store knows of them, if there is a store yet."""
    from agent.plan import plan
    from agent.present.sites import site_views
    from agent.store.opening import open_existing, store_path
    from agent.store.standing import standing

    planned = plan(settings).planned
    if not store_path(settings).exists():
        return site_views(planned, {}, {})
    store = open_existing(settings)
    try:
        known = store.read(lambda session: standing(session, store.rules))
    finally:
        store.close()
    return site_views(planned, known.believed, known.latest)


def _lines(found: "Sequence[SiteView]", paint: "Paint") -> Iterator[str]:
    for site in found:
        yield f"{paint(site.id, 'bold')}  {site.client}{f' / {site.contract}' if site.contract else ''}  {site.status}"
        for check in site.checks:
            grave = paint.severity(check.severity, check.severity.value) if check.severity else ""
            every = f"every {check.every.total_seconds():g} s"
            yield f"  {check.key.check:14} {check.kind:14} {every:16} {check.status:8} {grave:9} {check.target}"
    yield counted(len(found), "site")
