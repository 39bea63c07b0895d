"""Serves an application on a socket until told to stop, and leaves the signals to the daemon."""

import contextlib
import logging
import os
import socket
from collections.abc import Iterator

from starlette.types import ASGIApp
from uvicorn import Config, Server

from checks.core.errors import VigieError

BACKLOG = 128
LEAVE = 1  # seconds that answers under way have when the daemon stops


class CannotListen(VigieError):
    """The address to listen on cannot be had."""


class _Quiet(Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take over no signal: the daemon stops in its own order."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raises `CannotListen` with a line that says why."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise CannotListen(f"cannot listen on {written(host, port)}: {_why(error)}; see [agent] listen") from error


def _why(error: OSError) -> str:
    """The system's own words: `socket` adds the address to them."""
    if isinstance(error, socket.gaierror) or error.errno is None:
        return error.strerror or str(error)
    return os.strerror(error.errno)


def written(host: str, port: int) -> str:
    """An address as it stands in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class WebServer:
    """One application on one socket."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        self._listener = listener
        self._server = _Quiet(
            Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="none",
                timeout_graceful_shutdown=LEAVE,
                timeout_keep_alive=30,
                h11_max_incomplete_event_size=16 * 1024,
            )
        )

    @property
    def address(self) -> tuple[str, int]:
        """Host and port really listened on."""
        host, port = self._listener.getsockname()[:2]
        return host, port

    async def serve(self) -> None:
        """Answer until `stop()`."""
        await self._server.serve(sockets=[self._listener])

    def stop(self) -> None:
        """Take no more questions; `serve()` returns when those under way are answered."""
        self._server.should_exit = True
