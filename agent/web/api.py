"""`/api/v1`: sites, outcomes, tickets and events as JSON, to read."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent.core.desk.ticket import State, states
from agent.present.sites import site_json
from agent.present.ticket_json import story_json, ticket_json
from agent.store import StoreError
from agent.web.history import event_json, past_json
from agent.web.reads import Reads

MOST = 1000  # rows of one answer
USUAL = 100
SPAN = timedelta(days=1)  # of outcomes, when none is asked for
_LANGUAGES = frozenset({"fr", "en"})


class BadQuery(Exception):
    """A parameter of the address that cannot be read."""


def routes(reads: Reads) -> list[Route]:
    """Return the routes."""
    api = _Api(reads)
    return [
        Route("/api/v1/sites", api.answer(api.sites)),
        Route("/api/v1/sites/{site}/checks/{check}/outcomes", api.answer(api.outcomes)),
        Route("/api/v1/tickets", api.answer(api.tickets)),
        Route("/api/v1/tickets/{ref}", api.answer(api.ticket)),
        Route("/api/v1/events", api.answer(api.events)),
    ]


class _Api:
    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    @staticmethod
    def answer(find: Any) -> Any:
        """Turn what a question gives into an answer, and what can be wrong with it into a status."""

        async def endpoint(request: Request) -> Response:
            try:
                found = await find(request)
            except BadQuery as error:
                return JSONResponse({"error": str(error)}, status_code=400)
            except StoreError as error:
                return JSONResponse({"error": str(error)}, status_code=503)
            if found is None:
                return JSONResponse({"error": "not found"}, status_code=404)
            return JSONResponse(found)

        return endpoint

    async def sites(self, _request: Request) -> object:
        return [site_json(site) for site in await self._reads.sites()]

    async def outcomes(self, request: Request) -> object:
        site, check = request.path_params["site"], request.path_params["check"]
        end = _instant(request.query_params, "to", datetime.now(UTC) + timedelta(seconds=1))
        begin = _instant(request.query_params, "from", end - SPAN)
        found = await self._reads.outcomes(site, check, begin, end, _limit(request.query_params))
        known = found or any(c.key.check == check for s in await self._reads.sites() if s.id == site for c in s.checks)
        return [past_json(past) for past in found] if known else None

    async def tickets(self, request: Request) -> object:
        query = request.query_params
        site = query.get("site")
        found = await self._reads.tickets(_states(query.get("state", "live")), site)
        return [ticket_json(view, _language(query)) for view in found]

    async def ticket(self, request: Request) -> object:
        story = await self._reads.story(request.path_params["ref"])
        return None if story is None else story_json(story, _language(request.query_params))

    async def events(self, request: Request) -> object:
        query = request.query_params
        return [event_json(event) for event in await self._reads.events(_number(query, "after", 0), _limit(query))]


def _states(word: str) -> tuple[State, ...]:
    try:
        return states(word)
    except ValueError as error:
        raise BadQuery(f"state: {error}") from None


def _language(query: Mapping[str, str]) -> str | None:
    language = query.get("lang")
    if language not in (None, *_LANGUAGES):
        raise BadQuery("lang: there is fr, en")
    return language


def _number(query: Mapping[str, str], name: str, usual: int) -> int:
    text = query.get(name, str(usual))
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadQuery(f"{name}: a whole number")
    return int(text)


def _limit(query: Mapping[str, str]) -> int:
    return min(_number(query, "limit", USUAL), MOST)


def _instant(query: Mapping[str, str], name: str, usual: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(query.get(name, usual.isoformat()))
    except ValueError:
        raise BadQuery(f"{name}: an instant such as 2026-11-24T10:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
