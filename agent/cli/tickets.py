"""`vigie tickets`: what is open, and all there is to say of one ticket; works also while no daemon runs."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.frame import Config, group, language, teach
from agent.present.terminal import counted
from checks.core.errors import UsageError

if TYPE_CHECKING:
    from agent.config.loaded import Settings
    from agent.core.desk.ticket import State
    from agent.present.ticket_text import Reader

LIST = teach(
    "List tickets, the gravest and oldest first.",
    "tickets list",
    "tickets list --state all --site acme-shop --format json",
)
SHOW = teach(
    "Show all there is to say of one ticket.",
    "tickets show ACME-2026-0042",
    "tickets show ACME-2026-0042 --lang fr",
    more="What is wrong, since when, where, what was tried, and how to see it oneself.",
)
VERIFY = teach("Check that no event was altered, removed or added by hand.", "tickets verify-log")


class Format(StrEnum):
    """How to print tickets."""

    TEXT = "text"
    JSON = "json"


Form = Annotated[Format, typer.Option("--format", help="Text for people, JSON for programs.")]


def register(app: typer.Typer) -> None:
    """Add `tickets` to the command."""
    made = group("See the tickets.", "tickets list", "tickets show ACME-2026-0042")
    made.command("list", help=LIST)(list_tickets)
    made.command("show", help=SHOW)(show)
    made.command("verify-log", help=VERIFY)(verify_log)
    app.add_typer(made, name="tickets")


def list_tickets(
    state: Annotated[str, typer.Option(metavar="STATE", help="live, all, or one state.")] = "live",
    site: Annotated[str, typer.Option(metavar="ID", help="Only tickets of this site.")] = "",
    form: Form = Format.TEXT,
    config: Config = Path("config.toml"),
) -> int:
    """List tickets."""
    from agent.present.ticket_json import ticket_json
    from agent.present.ticket_text import list_text
    from agent.store import views
    from agent.store.opening import StoreMissing, open_from

    states = _states(state)
    try:
        with open_from(config) as (settings, store):
            found = store.read(
                lambda session: views.ticket_views(session, store.rules, states=states, site=site or None)
            )
    except StoreMissing as error:
        print(error, file=sys.stderr)
        print("[]" if form is Format.JSON else "0 tickets")
        return 0
    if form is Format.JSON:
        print(json.dumps([ticket_json(view) for view in found], ensure_ascii=False, indent=2))
    else:
        _print(list_text(found, _reader(settings, "en")))
    return 0


def show(
    ref: Annotated[str, typer.Argument(help="The ticket's reference.", show_default=False)],
    lang: Annotated[str, typer.Option(metavar="fr|en", help="Instead of the site's language.", callback=language)] = "",
    form: Form = Format.TEXT,
    config: Config = Path("config.toml"),
) -> int:
    """Show one ticket."""
    from agent.present.ticket_json import story_json
    from agent.present.ticket_text import story_text
    from agent.store import views
    from agent.store.opening import open_from

    with open_from(config) as (settings, store):
        story = store.read(lambda session: views.ticket_story(session, store.rules, ref))
    if story is None:
        raise UsageError(f"there is no ticket {ref}")
    if form is Format.JSON:
        print(json.dumps(story_json(story, lang or None), ensure_ascii=False, indent=2))
    else:
        reader = _reader(settings, lang or story.view.ticket.language)
        _print(story_text(story, datetime.now(UTC), reader))
    return 0


def verify_log(config: Config = Path("config.toml")) -> int:
    """Check the chain of events."""
    from agent.store import chain
    from agent.store.opening import open_from

    with open_from(config) as (_settings, store):
        seen = store.read(chain.verify)
    for fault in seen.faults:
        print(fault, file=sys.stderr)
    of = f"{counted(seen.events, 'event')} of {counted(seen.tickets, 'ticket')}"
    print(f"{of}, {counted(seen.erased, 'payload')} erased")
    print(f"the log ends at {seen.log or '-'}")
    return 1 if seen.faults else 0


def _states(word: str) -> "tuple[State, ...]":
    from agent.core.desk.ticket import states

    try:
        return states(word)
    except ValueError as error:
        raise UsageError(f"--state {word}: {error}") from None


def _reader(settings: "Settings", language: str) -> "Reader":
    from agent.present.terminal import paint_for
    from agent.present.ticket_text import Reader
    from agent.settings import Agent

    return Reader(language=language, zone=settings[Agent].timezone, paint=paint_for(sys.stdout))


def _print(lines: Iterable[str]) -> None:
    print("\n".join(lines))
