"""The server answers on its socket, stops when told, and leaves the signals alone."""

import asyncio
import signal

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from agent.web.server import CannotListen, WebServer, listen, written


async def _hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


async def test_it_answers_and_stops_and_takes_over_no_signal() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    server = WebServer(Starlette(routes=[Route("/", _hello)]), listen("127.0.0.1", 0))
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        async with httpx.AsyncClient(verify=False, trust_env=False) as client:
            answer = await client.get(f"http://{written(*server.address)}/")
        assert (answer.text, answer.headers.get("server")) == ("hello", None)
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
        server.stop()


def test_a_taken_port_is_told_in_one_line() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"^cannot listen on 127\.0\.0\.1:{port}: Address already in use; see "):
            listen("127.0.0.1", port)


def test_an_ipv6_address_is_written_in_brackets() -> None:
    assert written("::1", 8787) == "[::1]:8787"
