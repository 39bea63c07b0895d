"""Asks an application in this process, without a socket."""

from collections.abc import Mapping

import httpx
from starlette.types import ASGIApp


async def ask(
    app: ASGIApp, path: str = "/", *, method: str = "GET", headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """Return the answer of `app` to one request."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", verify=False) as client:
        return await client.request(method, path, headers=headers)
