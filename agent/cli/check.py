"""`vigie check`: one check, once, on any address; touches no store."""

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from agent.cli.frame import Config, teach
from checks.core import registry, ulid
from checks.core.errors import UsageError
from checks.core.model import Job, Key, Severity

if TYPE_CHECKING:
    from agent.oneoff import Done
    from checks.core.check import Progress
    from checks.core.options import Common

ADHOC = "adhoc"


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
    explain: Annotated[bool, typer.Option("--explain", help="Tell the run step by step.")] = False,
    config: Config = Path("config.toml"),
) -> int:
    """Run the command; what it prints as help is built from the checks there are."""
    from agent.oneoff import run_once, status

    least = _severity(fail_on)
    pairs = [_pair(option) for option in options or ()] + ([("allow_private", "true")] if allow_private else [])
    jobs = _configured(kind, url, site, pairs, config) if site else _adhoc(kind, url, pairs)
    done = run_once(jobs, _progress())
    if form is Format.JSON:
        _print_json(kind, done)
    else:
        _print_text(done, explain=explain)
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


def _adhoc(kind: str, url: str, pairs: Sequence[tuple[str, str]]) -> list[Job]:
    from agent.config import parse_options

    if not url:
        raise UsageError("which address? give a URL, or --config F --site ID")
    target = _address(url)
    kinds = registry.kinds() if kind == "all" else (kind,)
    checks = [registry.find(one) for one in kinds]
    scheme = urlsplit(target).scheme
    fitting = [one for one in checks if scheme in one.schemes]
    if not fitting:
        raise UsageError(f"{kind} cannot look at a {scheme}: address")
    return [_job(Key(site=ADHOC, check=one.kind), one.kind, target, parse_options(one.kind, pairs)) for one in fitting]


def _job(key: Key, kind: str, target: str, options: "Common") -> Job:
    return Job(key=key, id=ulid.new(), kind=kind, target=target, options=options, timeout=options.timeout)


def _address(url: str) -> str:
    whole = url if "://" in url else f"https://{url}"
    parts = urlsplit(whole)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{url}: an address begins with http:// or https:// and names a host")
    return whole if parts.path else parts._replace(path="/").geturl()


def _configured(kind: str, url: str, site: str, pairs: Sequence[tuple[str, str]], config: Path) -> list[Job]:
    from agent.config import load, parse_options
    from agent.plan import plan

    planned = [one for one in plan(load(config, secrets=False)).planned if one.key.site == site]
    if not planned:
        raise UsageError(f"no site {site} in {config}")
    fitting = [one for one in planned if kind in {"all", one.kind, one.key.check}]
    if not fitting:
        raise UsageError(f"{site} has no check {kind}: there is {', '.join(one.key.check for one in planned)}")
    return [
        _job(one.key, one.kind, _address(url) if url else one.target, parse_options(one.kind, pairs, one.options))
        for one in fitting
    ]


def _progress() -> "Progress":
    """A line that overwrites itself, on a terminal only."""
    if not sys.stderr.isatty():
        return lambda _what, _done, _total: None

    def show(what: str, done: int, total: int | None) -> None:
        of = f" of {total}" if total else ""
        sys.stderr.write(f"\r\x1b[K{what}: {done}{of}" if done != total else "\r\x1b[K")
        sys.stderr.flush()

    return show


def _print_json(kind: str, done: Sequence["Done"]) -> None:
    from agent.present.outcome_json import outcome_json

    objects = [outcome_json(one.outcome, one.job.kind, one.job.target) for one in done]
    print(json.dumps(objects if kind == "all" else objects[0], ensure_ascii=False, indent=2))


def _print_text(done: Sequence["Done"], *, explain: bool) -> None:
    from agent.present.outcome_text import outcome_text
    from agent.present.terminal import paint_for

    paint = paint_for(sys.stdout)
    for one in done:
        print("\n".join(outcome_text(one.outcome, one.job.kind, one.job.target, paint)))
        for number, seen in enumerate(one.seen, 1) if explain else ():
            print("\n".join(_explained(one.job.kind, number, seen)))


def _explained(kind: str, number: int, seen: object) -> Iterable[str]:
    """A packaged check may tell what it saw: `checks/KIND/explain.py` with `explain(seen) -> Iterable[str]`."""
    if not _packaged(kind) or find_spec(f"checks.{kind}.explain") is None:
        return [f"  {kind} has nothing more to explain"]
    lines: Iterable[str] = import_module(f"checks.{kind}.explain").explain(seen)
    return [f"  attempt {number}", *(f"    {line}" for line in lines)]


def _packaged(kind: str) -> bool:
    spec = find_spec(f"checks.{kind}")
    return spec is not None and spec.submodule_search_locations is not None
