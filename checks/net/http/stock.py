"""One exchange through httpx's own transport."""

import asyncio
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from checks.net.http.decode import decode
from checks.net.http.exchange import Handshake, Headers, Heard, Limits, Reply
from checks.net.http.failure import NetFailure, Reason, Stage, chain_of, of_connect, of_tls, refuse_our_faults
from checks.net.http.trust import TrustSet
from checks.parse.urls import Url


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request ready to go to one address."""

    url: Url
    address: str
    method: str
    headers: Headers  # all of them, Host included
    body: bytes
    server_name: str  # for SNI and the certificate


class _Watch:
    """Notes when each phase began and ended, from httpcore's trace events."""

    def __init__(self) -> None:
        self.marks: dict[str, int] = {}
        self.handshake: Handshake | None = None

    async def __call__(self, event: str, _info: dict[str, Any]) -> None:
        self.marks[event.partition(".")[2]] = time.perf_counter_ns()

    def between(self, start: str, end: str) -> int:
        first = self.marks.get(start)
        if first is None:
            return 0
        return self.marks.get(end, time.perf_counter_ns()) - first

    @property
    def stage(self) -> Stage:
        if "receive_response_headers.complete" in self.marks:
            return Stage.BODY
        if "send_request_headers.started" in self.marks:
            return Stage.HEADERS
        return Stage.TLS if "start_tls.started" in self.marks else Stage.CONNECT


async def exchange(sent: Sent, trust: TrustSet, limits: Limits, connect_by: float, deadline: float) -> Heard:
    """Make one request on a fresh connection to `sent.address`; both bounds are on the loop's clock."""
    watch, loop = _Watch(), asyncio.get_running_loop()
    transport = httpx.AsyncHTTPTransport(
        verify=trust.verifying, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
    )
    host = f"[{sent.address}]" if ":" in sent.address else sent.address
    request = httpx.Request(
        sent.method,
        f"{sent.url.scheme}://{host}:{sent.url.port}{sent.url.target}",
        headers=[(k.encode("latin-1", "replace"), v.encode("utf-8", "replace")) for k, v in sent.headers],
        content=sent.body or None,
        extensions={
            "trace": watch,
            "sni_hostname": sent.server_name,
            "timeout": {"connect": max(connect_by - loop.time(), 0.001)},
        },
    )
    response: httpx.Response | None = None
    body = bytearray()
    try:
        async with asyncio.timeout_at(deadline):
            response = await transport.handle_async_request(request)
            _note_handshake(watch, sent, response)
            failure = await _read(response, body, limits)
    except (httpx.HTTPError, OSError, ssl.SSLError) as error:
        failure = _failure(error, watch.stage)
    finally:
        with suppress(Exception):  # closing what is broken breaks too
            await transport.aclose()
    return _heard(watch, response, bytes(body), failure, limits)


def _note_handshake(watch: _Watch, sent: Sent, response: httpx.Response) -> None:
    tls = response.extensions["network_stream"].get_extra_info("ssl_object")
    if tls is not None:
        watch.handshake = Handshake(
            host=sent.server_name,
            port=sent.url.port,
            address=sent.address,
            chain=(tls.getpeercert(True),),
            version=tls.version() or "",
            cipher=(tls.cipher() or ("",))[0],
            at=time.time(),
        )


async def _read(response: httpx.Response, body: bytearray, limits: Limits) -> NetFailure | None:
    if sum(len(k) + len(v) + 4 for k, v in response.headers.raw) > limits.head:
        return NetFailure(Stage.HEADERS, Reason.TOO_LARGE, f"more than {limits.head} bytes of headers")
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > limits.body:
            return NetFailure(Stage.BODY, Reason.TOO_LARGE, f"more than {limits.body} bytes")
    return None


def _failure(error: Exception, stage: Stage) -> NetFailure:
    refuse_our_faults(error)
    for cause in chain_of(error):
        if isinstance(cause, ssl.SSLError) and stage is Stage.TLS:
            return of_tls(cause)
        if (
            isinstance(cause, OSError)
            and not isinstance(cause, TimeoutError)
            and stage is Stage.CONNECT
            and cause.errno
        ):
            return of_connect(cause)
    if any(isinstance(cause, TimeoutError | httpcore.TimeoutException) for cause in chain_of(error)):
        return _too_slow(stage)
    if any(isinstance(cause, ConnectionError | httpcore.ReadError | httpcore.WriteError) for cause in chain_of(error)):
        return _broken_off(stage)
    if isinstance(error, httpx.RemoteProtocolError) and ("disconnected" in str(error) or "closed" in str(error)):
        return NetFailure(stage, Reason.TRUNCATED, str(error))
    return NetFailure(stage, Reason.BAD_HTTP, str(error) or type(error).__name__)


def _too_slow(stage: Stage) -> NetFailure:
    reasons = {
        Stage.CONNECT: Reason.CONNECT_TIMEOUT,
        Stage.TLS: Reason.TLS_HANDSHAKE,
        Stage.HEADERS: Reason.TIMEOUT_HEADERS,
    }
    return NetFailure(stage, reasons.get(stage, Reason.TIMEOUT_BODY), "no progress before the deadline")


def _broken_off(stage: Stage) -> NetFailure:
    if stage is Stage.TLS:
        return NetFailure(stage, Reason.TLS_HANDSHAKE, "connection reset during the handshake")
    if stage is Stage.BODY:
        return NetFailure(stage, Reason.TRUNCATED, "connection reset in the middle of the body")
    return NetFailure(stage, Reason.CONNECT_RESET, "connection reset before the answer")


def _heard(
    watch: _Watch, response: httpx.Response | None, body: bytes, failure: NetFailure | None, limits: Limits
) -> Heard:
    reply = None
    if response is not None:
        decoded = decode(body, ", ".join(response.headers.get_list("content-encoding")), limits)
        failure = failure or decoded.failure
        length = response.headers.get("content-length", "")
        reply = Reply(
            status=response.status_code,
            reason=response.reason_phrase,
            version=str(response.extensions.get("http_version", b"HTTP/1.1"), "ascii").removeprefix("HTTP/"),
            headers=tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers.raw),
            body=decoded.body,
            wire=len(body),
            length=int(length) if length.isdigit() else -1,
            oddities=decoded.oddities,
        )
    return Heard(
        reply=reply,
        failure=failure,
        connect=watch.between("connect_tcp.started", "connect_tcp.complete"),
        tls=watch.between("start_tls.started", "start_tls.complete"),
        processing=watch.between("send_request_headers.started", "receive_response_headers.complete"),
        transfer=watch.between("receive_response_headers.complete", "receive_response_body.complete"),
        handshake=watch.handshake,
    )
