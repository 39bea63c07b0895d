"""The page at `/` and a page for each ticket: read-only, in the agent's language, readable on a phone."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

import agent
from agent.core.desk.ticket import LIVE, State, Ticket
from agent.core.desk.view import TicketStory, Told
from agent.present import ticket_text as words
from agent.present.ticket_json import title
from agent.store import StoreError
from agent.texts import LANGUAGES, render, translate
from agent.texts.labels import curl, readable
from agent.texts.values import duration
from agent.web.reads import Reads

SITES = 500  # shown on the page, those that are not well first; the API has them all
TICKETS = 500
LONG = 1000  # characters of a fact that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """What stands on every page."""

    name: str  # the agent's
    language: str
    zone: ZoneInfo
    online: Callable[[], bool]
    version: str = agent.__version__


def routes(reads: Reads, masthead: Masthead) -> list[Route]:
    """Return the routes."""
    pages = _Pages(reads, masthead)
    return [
        Route("/", pages.index),
        Route("/tickets/{ref}", pages.ticket),
        Route("/static/vigie.css", pages.style),
        Route("/favicon.ico", pages.icon),
    ]


@dataclass(frozen=True, slots=True)
class _Reader:
    """How the pages speak: a language and a clock."""

    language: str
    zone: ZoneInfo
    now: datetime

    def say(self, msgid: str, **places: object) -> str:
        return translate(msgid, self.language, **places)

    def when(self, instant: datetime) -> str:
        local = instant.astimezone(self.zone)
        return (
            f"{local:%H:%M:%S}" if local.date() == self.now.astimezone(self.zone).date() else f"{local:%Y-%m-%d %H:%M}"
        )

    def exactly(self, instant: datetime) -> str:
        return f"{instant.astimezone(self.zone):%Y-%m-%d %H:%M:%S %Z}"

    def lasted(self, begin: datetime, end: datetime | None = None) -> str:
        return duration(max(0.0, ((end or self.now) - begin).total_seconds()), self.language)

    def took(self, length: timedelta) -> str:
        return duration(length.total_seconds(), self.language)

    def title(self, ticket: Ticket) -> str:
        return title(ticket, self.language)

    def advice(self, ticket: Ticket) -> str:
        return render(ticket.finding.rule.advice, ticket.finding.facts, self.language)


class _Pages:
    def __init__(self, reads: Reads, masthead: Masthead) -> None:
        self._reads, self._masthead = reads, masthead
        self._templates = Environment(
            loader=PackageLoader("agent.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._style = (files("agent.web") / "static" / "vigie.css").read_bytes()
        self._icon = (files("agent.web") / "static" / "vigie.svg").read_bytes()

    async def style(self, _request: Request) -> Response:
        return Response(self._style, media_type="text/css", headers={"Cache-Control": "max-age=300"})

    async def icon(self, _request: Request) -> Response:
        return Response(self._icon, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})

    async def index(self, request: Request) -> Response:
        reader, only = self._reader(request), request.query_params.get("site", "")
        try:
            live = await self._reads.tickets(tuple(LIVE), only or None)
            sites = [site for site in await self._reads.sites() if only in {"", site.id}]
        except StoreError as error:
            return self._page("trouble.html", reader, 503, error=str(error))
        order = {"failing": 0, "unknown": 1, "waiting": 2, "ok": 3}
        shown = sorted(sites, key=lambda site: order[site.status])[:SITES]
        own = [view.ticket for view in live if view.ticket.site is None]
        clients = [view.ticket for view in live if view.ticket.site is not None]
        return self._page(
            "index.html",
            reader,
            only=only,
            own=own,
            tickets=clients[:TICKETS],
            more=max(0, len(clients) - TICKETS),
            sites=shown,
            rest=len(sites) - len(shown),
            well=sum(site.status == "ok" for site in sites),
        )

    async def ticket(self, request: Request) -> Response:
        reader = self._reader(request)
        try:
            story = await self._reads.story(request.path_params["ref"])
        except StoreError as error:
            return self._page("trouble.html", reader, 503, error=str(error))
        if story is None:
            return self._page("missing.html", reader, 404)
        ticket = story.view.ticket
        return self._page(
            "ticket.html",
            reader,
            ticket=ticket,
            story=story,
            facts=list(readable(ticket.finding.facts, reader.language, longest=LONG)),
            tries=list(_tries(story, reader)),
            told=[(one, _detail(one)) for one in story.told],
            curl=curl(ticket.finding.facts),
        )

    def _reader(self, request: Request) -> _Reader:
        asked = request.query_params.get("lang", "")
        language = asked if asked in LANGUAGES else self._masthead.language
        return _Reader(language, self._masthead.zone, datetime.now(UTC))

    def _page(self, template: str, reader: _Reader, status: int = 200, **shown: Any) -> Response:
        page = self._templates.get_template(template).render(
            reader=reader, say=reader.say, masthead=self._masthead, words=words, State=State, **shown
        )
        return HTMLResponse(page, status_code=status, headers={"Content-Language": reader.language})


def _tries(story: TicketStory, reader: _Reader) -> Iterator[tuple[datetime, int, str, str]]:
    for one in story.tries:
        found = "; ".join(render(f.rule.says, f.facts, reader.language) for f in one.findings)
        yield one.started, one.number, reader.took(one.took), found or reader.say("nothing wrong")


def _detail(told: Told) -> str:
    """What an event adds in a few words: what changed, which other ticket, what a person wrote."""
    body = json.loads(told.body) if told.body else {}
    changed = ", ".join(body.get("changed", ()))
    return str(changed or body.get("parent") or body.get("reason") or body.get("text") or "")
