"""Puts everything that is served together, behind the guard."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.types import ASGIApp

from agent.web import api, health, page, probe, scrape
from agent.web.guard import Access, Guard
from agent.web.reads import Reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What there is to serve, and to whom."""

    readiness: Callable[[], health.Readiness]
    scrape: scrape.Scrape
    look: probe.Look
    reads: Reads
    masthead: page.Masthead
    access: Access


def build(served: Served) -> ASGIApp:
    """Return the application."""
    routes = [
        *health.routes(served.readiness),
        *scrape.routes(served.scrape),
        *probe.routes(served.reads.planned, served.look),
        *api.routes(served.reads),
        *page.routes(served.reads, served.masthead),
    ]
    return Guard(Starlette(routes=routes), served.access)


__all__ = ["ASGIApp", "Served", "build"]
