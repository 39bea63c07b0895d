"""`/metrics`: what Prometheus scrapes, in pieces between which the daemon's loop goes on turning."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from agent.metrics import Answer

Scrape = Callable[[str, str], Answer]  # Accept, Accept-Encoding


def routes(scrape: Scrape) -> list[Route]:
    """The one address Prometheus asks."""

    async def metrics(request: Request) -> Response:
        answer = scrape(request.headers.get("accept", ""), request.headers.get("accept-encoding", ""))
        headers = {"Content-Type": answer.content_type, "Vary": "Accept, Accept-Encoding"}
        if answer.encoding:
            headers["Content-Encoding"] = answer.encoding
        return StreamingResponse(_between_turns(answer.pieces), headers=headers)

    return [Route("/metrics", metrics)]


async def _between_turns(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
        await asyncio.sleep(0)
