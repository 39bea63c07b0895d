"""The httpx API over our engine, for code that is written against httpx: channels, feeds, libraries."""

import asyncio
from typing import Final

import httpx

from checks.net.http.client import Ask, Client
from checks.net.http.exchange import Reply, Visit
from checks.net.http.failure import NetFailure, Reason, Stage
from checks.parse.urls import BadUrl, parse

_TIMEOUT: Final = 10.0  # seconds, where the request names none
_OURS: Final = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "user-agent"})
_UNDONE: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_LATE: Final = {
    Reason.DNS_TIMEOUT: httpx.ConnectTimeout,
    Reason.CONNECT_TIMEOUT: httpx.ConnectTimeout,
    Reason.TIMEOUT_HEADERS: httpx.ReadTimeout,
    Reason.TIMEOUT_BODY: httpx.ReadTimeout,
}


class Transport(httpx.AsyncBaseTransport):
    """One request at a time through a `Client`: its guard, its resolver, its trust; redirects are httpx's affair.

    The body comes decoded; `response.extensions["visit"]` holds the whole story.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Make one request; raises httpx's exceptions, whose cause is a `NetFailure`."""
        try:
            url = parse(str(request.url))
        except BadUrl as error:
            raise httpx.UnsupportedProtocol(str(error), request=request) from error
        headers = tuple((name, value) for name, value in request.headers.items() if name.lower() not in _OURS)
        visit = await self._client.visit(
            Ask(
                url=url,
                deadline=asyncio.get_running_loop().time() + _seconds(request),
                method=request.method,
                headers=headers,
                body=await request.aread(),
                follow=False,
                keep_alive=True,
            )
        )
        if visit.failure is not None or visit.reply is None:
            raise _error(visit, request)
        return _response(visit, visit.reply, request)


def _seconds(request: httpx.Request) -> float:
    """The overall bound: the longest that httpx would wait for one thing."""
    named = [value for value in request.extensions.get("timeout", {}).values() if value is not None]
    return float(max(named, default=_TIMEOUT))


def _error(visit: Visit, request: httpx.Request) -> httpx.TransportError:
    failure = visit.failure or NetFailure(Stage.HEADERS, Reason.BAD_HTTP, "no answer")
    kind: type[httpx.TransportError] = _LATE.get(failure.reason, httpx.ReadError)
    if failure.stage in (Stage.RESOLVE, Stage.CONNECT, Stage.TLS) and failure.reason not in _LATE:
        kind = httpx.ConnectError
    elif failure.reason in (Reason.BAD_HTTP, Reason.TRUNCATED):
        kind = httpx.RemoteProtocolError
    elif failure.reason is Reason.BAD_ENCODING:
        return _with_cause(httpx.ReadError(str(failure), request=request), failure)
    return _with_cause(kind(f"{failure.reason.value}: {failure}", request=request), failure)


def _with_cause(error: httpx.TransportError, failure: NetFailure) -> httpx.TransportError:
    error.__cause__ = failure
    return error


def _response(visit: Visit, reply: Reply, request: httpx.Request) -> httpx.Response:
    headers = [(name, value) for name, value in reply.headers if name.lower() not in _UNDONE]
    return httpx.Response(
        reply.status,
        headers=headers,
        content=reply.body,
        request=request,
        extensions={
            "visit": visit,
            "http_version": f"HTTP/{reply.version}".encode(),
            "reason_phrase": reply.reason.encode("latin-1", "replace"),
        },
    )
