"""Puts the routes of every group behind the guard."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from agent.web.guard import Access, Guard


def build(routes: Sequence[BaseRoute], access: Access) -> ASGIApp:
    """Return the application."""
    return Guard(Starlette(routes=routes), access)


__all__ = ["ASGIApp", "build"]
