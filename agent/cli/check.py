"""`vigie check`: one check, once, on any address; touches no store."""

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.asked import adhoc, configured
from agent.cli.frame import Config, language, teach
from checks.core import registry
from checks.core.errors import UsageError
from checks.core.model import Severity

if TYPE_CHECKING:
    from agent.oneoff import Done
    from checks.core.check import Progress


class Format(StrEnum):
    """How to print outcomes."""

    TEXT = "text"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add `check` to the command."""
    app.command(help=_help())(check)


def _help() -> str:
    return teach(
        f"Look at an address once, with one check or all of them. Checks: {', '.join(registry.kinds())}, all.",
        "check uptime https://www.example.org/",
        "check uptime https://www.example.org/ --set contains=Panier --set slow_after=2s",
        "check all https://www.example.org/ --format json --fail-on major",
        "check uptime http://intranet.example/ --allow-private",
        "check uptime --config config.toml --site acme-shop",
        "check tls https://www.example.org/ --explain --lang fr",
        more="Exit status: 0 nothing at or above --fail-on, 1 findings, 2 could not look, "
        "3 wrong usage or configuration.",
    )


def check(  # noqa: PLR0917  # typer reads the order of arguments from it
    kind: Annotated[str, typer.Argument(help="A kind of check, or `all`.", show_default=False)],
    url: Annotated[str, typer.Argument(help="The address; may be left out with --site.", show_default=False)] = "",
    options: Annotated[
        list[str] | None, typer.Option("--set", metavar="K=V", help="Set an option of the check; repeatable.")
    ] = None,
    site: Annotated[str, typer.Option(metavar="ID", help="Use this site's address and options.")] = "",
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Let it reach private and loopback addresses.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="Text for people, JSON for programs.")] = Format.TEXT,
    fail_on: Annotated[
        str, typer.Option("--fail-on", metavar="SEVERITY", help="minor, major or critical: least to exit with 1.")
    ] = "minor",
    lang: Annotated[
        str, typer.Option(metavar="fr|en", help="Instead of the site's language, or English.", callback=language)
    ] = "",
    explain: Annotated[bool, typer.Option("--explain", help="Tell the run step by step.")] = False,
    config: Config = Path("config.toml"),
) -> int:
    """Run the command; what it prints as help is built from the checks there are."""
    from agent.oneoff import run_once, status

    least = _severity(fail_on)
    pairs = [_pair(option) for option in options or ()] + ([("allow_private", "true")] if allow_private else [])
    asked = configured(kind, url, site, pairs, config) if site else adhoc(kind, url, pairs)
    done = run_once(asked.jobs, _progress())
    if form is Format.JSON:
        _print_json(kind, done, lang or "en")
    else:
        _print_text(done, lang or asked.language, explain=explain)
    return status([one.outcome for one in done], least)


def _severity(word: str) -> Severity:
    from agent.config import severity

    with suppress(ValueError):
        found = severity(word)
        if found is not Severity.INFO:
            return found
    raise UsageError(f"--fail-on {word}: there is minor, major, critical (mineure, majeure, bloquante)")


def _pair(option: str) -> tuple[str, str]:
    key, equals, value = option.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"--set {option}: write it as KEY=VALUE")
    return key.strip(), value


def _progress() -> "Progress":
    """A line that overwrites itself, on a terminal only."""
    if not sys.stderr.isatty():
        return lambda _what, _done, _total: None

    def show(what: str, done: int, total: int | None) -> None:
        of = f" of {total}" if total else ""
        sys.stderr.write(f"\r\x1b[K{what}: {done}{of}" if done != total else "\r\x1b[K")
        sys.stderr.flush()

    return show


def _print_json(kind: str, done: Sequence["Done"], language: str) -> None:
    from agent.present.outcome_json import outcome_json

    objects = [outcome_json(one.outcome, one.job.kind, one.job.target, language) for one in done]
    print(json.dumps(objects if kind == "all" else objects[0], ensure_ascii=False, indent=2))


def _print_text(done: Sequence["Done"], language: str, *, explain: bool) -> None:
    from agent.present.outcome_text import Reading, outcome_text
    from agent.present.terminal import folded, paint_for, width_of

    reading = Reading(language=language, paint=paint_for(sys.stdout), explain=explain)
    width = width_of(sys.stdout)
    for one in done:
        for line in outcome_text(one.outcome, one.job.kind, one.job.target, one.seen, reading):
            print(folded(line, width))
