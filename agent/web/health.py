"""`/healthz`: the process answers. `/readyz`: it does its work."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What it takes to do the work."""

    configuration: bool  # loaded
    store: bool  # writable
    scheduler: bool  # running
    first_check: bool  # the first one due was started, or none is planned

    @property
    def ready(self) -> bool:
        """Whether all of it holds."""
        return self.configuration and self.store and self.scheduler and self.first_check


def routes(readiness: Callable[[], Readiness]) -> list[Route]:
    """The two questions a supervisor asks."""

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(_request: Request) -> Response:
        now = readiness()
        parts = {
            "configuration": now.configuration,
            "store": now.store,
            "scheduler": now.scheduler,
            "first_check": now.first_check,
        }
        return JSONResponse(
            {"status": "ready" if now.ready else "not ready", **parts}, status_code=200 if now.ready else 503
        )

    return [Route("/healthz", healthz), Route("/readyz", readyz)]
