"""`vigie history`: what was seen of a site, run by run, and how long it was up, down or unseen."""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.frame import Config, teach
from agent.cli.tickets import Form, Format
from agent.present.terminal import counted
from checks.core.errors import UsageError

if TYPE_CHECKING:
    from agent.present.terminal import Paint
    from agent.store.outcomes import Past
    from agent.store.rollups import CheckTimes

HELP = teach(
    "Tell what was seen of a site, the last run first.",
    "history acme-shop",
    "history acme-shop --check uptime --from 6h",
    "history acme-shop --from 2026-11-01 --to 2026-11-08T12:00 --format json",
    more="Instants are local unless they say otherwise; 90m, 6h and 7d count back from now.",
)

_AGO = re.compile(r"(\d+)\s*([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_SHOWN = 200  # runs shown as text; JSON gives all


def register(app: typer.Typer) -> None:
    """Add `history` to the command."""
    app.command(help=HELP)(history)


def history(  # typer reads the order of arguments from it
    site: Annotated[str, typer.Argument(help="The site's id; `agent` for the agent itself.", show_default=False)],
    check: Annotated[str, typer.Option(metavar="N", help="Only the check of that name.")] = "",
    begin: Annotated[str, typer.Option("--from", metavar="T", help="From this instant on.")] = "24h",
    end: Annotated[str, typer.Option("--to", metavar="T", help="Up to this instant.")] = "",
    form: Form = Format.TEXT,
    config: Config = Path("config.toml"),
) -> int:
    """Tell what was seen of a site."""
    from agent.present.terminal import paint_for
    from agent.settings import Agent
    from agent.store import outcomes, rollups
    from agent.store.opening import open_from

    now = datetime.now(UTC)
    most = sys.maxsize if form is Format.JSON else _SHOWN
    with open_from(config) as (settings, store):
        zone = settings[Agent].timezone
        since, until = instant(begin, now, zone), instant(end, now, zone) if end else now
        named = partial(outcomes.history, site=site, check=check or None, begin=since, end=until, limit=most)
        runs = store.read(lambda session: tuple(named(session, store.rules)))
        hours = store.read(lambda session: rollups.by_check(session, site, since, until))
    times = [one for one in hours if check in ("", one.key.check)]
    if not runs and not times:
        raise UsageError(f"nothing was seen of {site} in that time")
    if form is Format.JSON:
        print(json.dumps([_json(past) for past in runs], ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(runs, times, zone, paint_for(sys.stdout))))
    return 0


def instant(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Read an instant: ISO 8601, local unless it says otherwise, or a length of time before now."""
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago is not None:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        read = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{text!r} is no instant: write 2026-11-24, 2026-11-24T10:00 or 6h") from error
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)


def _lines(runs: "Sequence[Past]", times: "Sequence[CheckTimes]", zone: tzinfo, paint: "Paint") -> Iterator[str]:
    for past in runs:
        yield _line(past, zone, paint)
    if len(runs) == _SHOWN:
        yield f"… the last {_SHOWN} runs; --to shows earlier ones, --format json all"
    if times:
        yield ""
        yield "hours of that time, by check"
    for one in times:
        seen = one.times.up + one.times.down
        share = f"{100 * (one.times.up / seen):.3f} % up" if seen else "nothing yet"
        up, down, unknown = (_length(time) for time in (one.times.up, one.times.down, one.times.unknown))
        runs_ = counted(one.times.runs, "run")
        yield f"  {one.key.check:12} {share:14} up {up}, down {down}, not seen {unknown}, {runs_}"


def _length(time: timedelta) -> str:
    from agent.texts import fill

    return fill("{length:duration}", {"length": time.total_seconds()}, "en") if time else "0"


def _line(past: "Past", zone: tzinfo, paint: "Paint") -> str:
    from agent.texts import render
    from checks.core.model import Observed

    words = {"ok": "green", "findings": "red", "untested": "yellow", "unobserved": "yellow"}
    said = ""
    if past.outcome is not None:
        answer = past.outcome.answer
        said = (
            "; ".join(render(finding.rule.says, finding.facts, "en") for finding in answer.findings)
            if isinstance(answer, Observed)
            else f"{answer.cause}: {answer.detail}"
        )
    result = paint(f"{past.result.value:10}", words[past.result.value])
    took = f"{past.took.total_seconds():.3f} s"
    return f"{past.started.astimezone(zone):%Y-%m-%d %H:%M:%S}  {past.key.check:12} {result} {took:>9}  {said}".rstrip()


def _json(past: "Past") -> object:
    from agent.present.outcome_json import instant as written
    from agent.present.outcome_json import outcome_json

    whole = outcome_json(past.outcome, past.kind, past.target) if past.outcome is not None else None
    return {
        "id": past.id,
        "site": past.key.site,
        "check": past.key.check,
        "location": past.key.location,
        "kind": past.kind,
        "started": written(past.started),
        "seconds": past.took.total_seconds(),
        "result": past.result.value,
        "outcome": whole,
    }
