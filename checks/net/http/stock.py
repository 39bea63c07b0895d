"""One request by httpx's own transport: through a proxy, or over HTTP/2."""

import asyncio
import ssl
import sys
import time
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

import httpcore
import httpx

from checks.core.errors import CannotLook
from checks.net.http.decode import decode
from checks.net.http.exchange import Handshake, Heard, Limits, Reply, Stock
from checks.net.http.failure import NetFailure, Reason, Stage, chain_of, of_connect, of_tls, refuse_our_faults
from checks.net.http.trust import TrustSet
from checks.parse.urls import BadUrl, Url, parse

_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "content-length"})
_SENT: Final = ("send_request_headers.started", "send_connection_init.started")


# Python 3.13 adds VERIFY_X509_STRICT, which refuses chains that browsers accept: ours are the same on every version.
_FLAGS: Final = ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST
_PUBLIC: Final = sys.version_info >= (3, 13)
_DER: Final = 2  # _ssl.ENCODING_DER


class _Watch:
    """Notes when each phase began and ended, from httpcore's trace events."""

    def __init__(self) -> None:
        self.marks: dict[str, int] = {}

    async def __call__(self, event: str, _info: dict[str, Any]) -> None:
        name = event.partition(".")[2]
        if name == "start_tls.started":  # inside a tunnel: what was said to the proxy is over
            self.marks = {mark: at for mark, at in self.marks.items() if mark.startswith("connect_tcp")}
        self.marks[name] = time.perf_counter_ns()

    def between(self, start: str, end: str) -> int:
        first = self.marks.get(start)
        return 0 if first is None else max(0, self.marks.get(end, time.perf_counter_ns()) - first)

    @property
    def stage(self) -> Stage:
        if "receive_response_headers.complete" in self.marks:
            return Stage.BODY
        if "start_tls.complete" not in self.marks and "start_tls.started" in self.marks:
            return Stage.TLS
        return Stage.HEADERS if any(name in self.marks for name in _SENT) else Stage.CONNECT


async def fetch(
    request: Stock,
    url: Url,
    address: str,
    server_name: str,
    trust: TrustSet,
    limits: Limits,
    bounds: tuple[float, float],
) -> Heard:
    """Make one request on a fresh connection; `bounds` are connect-by and deadline on the loop's clock.

    Through a proxy the URL's own host is asked for, else `address`. Raises `CannotLook` for faults of ours, the proxy's
    among them.
    """
    watch, body = _Watch(), bytearray()
    transport = httpx.AsyncHTTPTransport(
        verify=_context(trust),
        trust_env=False,
        http2=request.http2,
        limits=httpx.Limits(max_keepalive_connections=0),
        proxy=_proxy(request.proxy),
    )
    response: httpx.Response | None = None
    handshake, failure = None, None
    try:
        async with asyncio.timeout_at(bounds[1]):
            response = await transport.handle_async_request(_request(request, url, address, server_name, watch, bounds))
            handshake = _handshake(response, url, address, server_name)
            failure = await _read(response, body, limits)
    except (httpx.HTTPError, OSError, ssl.SSLError) as error:
        failure = _failure(error, watch.stage, proxied=bool(request.proxy))
    finally:
        with suppress(Exception):  # closing what is broken breaks too
            await transport.aclose()
    return _heard(watch, response, bytes(body), failure, limits, handshake)


@lru_cache(maxsize=64)
def _context(trust: TrustSet) -> ssl.SSLContext:
    """Make a context that believes what our own engine believes; httpx changes it at will."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION
    context.verify_flags = _FLAGS
    context.hostname_checks_common_name = False  # RFC 9525
    if trust.ca_file:
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=trust.roots())
    if trust.certificate is not None:
        try:
            context.load_cert_chain(trust.certificate[0], trust.certificate[1] or None, password="")
        except (OSError, ssl.SSLError) as error:
            refuse_our_faults(error)
            detail = f"client certificate {trust.certificate[0]} cannot be used: {error}"
            raise CannotLook("configuration", detail) from error
    return context


def _sent(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """Return the certificates a server sent, DER."""
    if _PUBLIC:
        return tuple(tls.get_unverified_chain() or ())  # type: ignore[attr-defined,unused-ignore]
    inner = tls._sslobj  # type: ignore[attr-defined]  # noqa: SLF001 - public since 3.13 only
    return tuple([one.public_bytes(_DER) for one in inner.get_unverified_chain() or ()])


def _proxy(proxy: str) -> httpx.Proxy | None:
    if not proxy:
        return None
    try:
        parse(proxy)
        return httpx.Proxy(proxy)
    except (BadUrl, httpx.InvalidURL, ValueError) as error:
        raise CannotLook("configuration", "proxy is not an http or https URL") from error


def _request(
    request: Stock, url: Url, address: str, server_name: str, watch: _Watch, bounds: tuple[float, float]
) -> httpx.Request:
    host = url.host if request.proxy else address
    left = max(bounds[0] - asyncio.get_running_loop().time(), 0.001)
    headers = [(name, value) for name, value in request.headers if name.lower() not in _HOP_BY_HOP]
    return httpx.Request(
        request.method,
        f"{url.scheme}://{f'[{host}]' if ':' in host else host}:{url.port}{url.target}",
        headers=[(name.encode("latin-1", "replace"), value.encode("utf-8", "replace")) for name, value in headers],
        content=request.body or None,
        extensions={"trace": watch, "sni_hostname": server_name, "timeout": {"connect": left}},
    )


def _handshake(response: httpx.Response, url: Url, address: str, server_name: str) -> Handshake | None:
    tls = response.extensions["network_stream"].get_extra_info("ssl_object")
    if tls is None or url.scheme != "https":
        return None
    cipher = tls.cipher()
    return Handshake(
        host=server_name,
        port=url.port,
        address=address,
        chain=_sent(tls),
        version=tls.version() or "",
        cipher=cipher[0] if cipher else "",
    )


async def _read(response: httpx.Response, body: bytearray, limits: Limits) -> NetFailure | None:
    size, fields = sum(len(name) + len(value) + 4 for name, value in response.headers.raw), len(response.headers.raw)
    if size > limits.head or fields > limits.fields:
        return NetFailure(Stage.HEADERS, Reason.TOO_LARGE, f"{fields} header fields of {size} bytes")
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > limits.body:
            return NetFailure(Stage.BODY, Reason.TOO_LARGE, f"more than {limits.body} bytes")
    return None


def _failure(error: Exception, stage: Stage, *, proxied: bool) -> NetFailure:
    refuse_our_faults(error)
    causes = list(chain_of(error))
    if proxied and (stage is Stage.CONNECT or isinstance(error, httpx.ProxyError)):
        return _of_proxy(error)
    for cause in causes:
        if isinstance(cause, ssl.SSLError) and stage is Stage.TLS:
            return of_tls(cause)
        if (
            isinstance(cause, OSError)
            and not isinstance(cause, TimeoutError)
            and stage is Stage.CONNECT
            and cause.errno
        ):
            return of_connect(cause)
    if any(isinstance(cause, TimeoutError | httpcore.TimeoutException) for cause in causes):
        return _too_slow(stage)
    if any(isinstance(cause, ConnectionError | httpcore.ReadError | httpcore.WriteError) for cause in causes):
        return _broken_off(stage)
    if isinstance(error, httpx.RemoteProtocolError) and ("disconnected" in str(error) or "closed" in str(error)):
        return NetFailure(stage, Reason.TRUNCATED, str(error))
    if "too long" in str(error):  # a head larger than h11 takes in
        return NetFailure(stage, Reason.TOO_LARGE, str(error))
    return NetFailure(stage, Reason.BAD_HTTP, str(error) or type(error).__name__)


def _of_proxy(error: Exception) -> NetFailure:
    """Tell a proxy that could not reach the site from one that is itself the trouble; raises `CannotLook` for that."""
    said = str(error)
    if said[:3] in ("502", "503", "504"):
        return NetFailure(Stage.CONNECT, Reason.CONNECT_UNREACHABLE, f"the proxy says {said}")
    raise CannotLook("proxy", f"the proxy cannot be used: {said or type(error).__name__}")


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
    watch: _Watch,
    response: httpx.Response | None,
    body: bytes,
    failure: NetFailure | None,
    limits: Limits,
    handshake: Handshake | None,
) -> Heard:
    reply = None
    if response is not None:
        decoded = decode(body, ", ".join(response.headers.get_list("content-encoding")), limits)
        failure = failure or decoded.failure
        length = response.headers.get("content-length", "")
        reply = Reply(
            status=response.status_code,
            reason=response.reason_phrase,
            version=_version(response),
            headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw),
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
        handshake=handshake,
    )


def _version(response: httpx.Response) -> str:
    said: bytes = response.extensions.get("http_version", b"HTTP/1.1")
    text = said.decode("ascii", "replace").removeprefix("HTTP/")
    return "2.0" if text == "2" else text
