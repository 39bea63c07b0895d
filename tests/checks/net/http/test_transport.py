"""The httpx API over the engine, held against httpx's own transport on answers that are well formed."""

import gzip
import zlib
from collections.abc import AsyncIterator, Callable

import brotli
import httpx
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.core.options import Common
from checks.net import Net, open_net
from checks.net.http.failure import NetFailure, Reason
from checks.net.http.transport import Transport
from tests.lab.http.server import OK, answering, serving


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    async with open_net() as opened:
        yield opened


def ours(net: Net, url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=Transport(net.client(Common(), url)), trust_env=False)


async def test_a_request_and_its_answer(net: Net) -> None:
    async with serving(answering(OK)) as server, ours(net, server.url()) as client:
        response = await client.post(server.url("/a?b=c"), content=b"body", headers={"X-A": "b"})
    assert response.status_code == 200
    assert response.text == "hello"
    assert response.extensions["visit"].last.phases.processing > 0
    assert server.heads[0].startswith(b"POST /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nx-a: b\r\n" in server.heads[0].lower()
    assert b"\r\nContent-Length: 4\r\n" in server.heads[0]


async def test_a_failure_is_httpx_s_own_with_its_cause(net: Net) -> None:
    async with ours(net, "http://127.0.0.1:1/") as client:
        with pytest.raises(httpx.ConnectError) as caught:
            await client.get("http://127.0.0.1:1/")
    assert isinstance(caught.value.__cause__, NetFailure)
    assert caught.value.__cause__.reason is Reason.CONNECT_REFUSED


async def test_a_guarded_address_is_refused(net: Net) -> None:
    async with serving(answering(OK)) as server, ours(net, "https://api.example.org/") as client:
        with pytest.raises(httpx.TransportError, match="dns_private"):
            await client.get(server.url())
    assert server.connections == 0


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "identity": lambda body: body,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": lambda body: zstandard.ZstdCompressor().compress(body),
}
TOKEN = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12).map(lambda name: f"X-{name}")
VALUE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=40)


@st.composite
def well_formed(draw: st.DrawFn) -> bytes:
    """Write an answer that every client reads the same way."""
    body = draw(st.binary(max_size=2000))
    encoding = draw(st.sampled_from(sorted(ENCODERS)))
    sent = ENCODERS[encoding](body)
    lines = [f"HTTP/1.1 {draw(st.sampled_from([200, 201, 203, 404, 410, 500, 503]))} Whatever"]
    lines += [f"{name}: {value}" for name, value in draw(st.lists(st.tuples(TOKEN, VALUE), max_size=6))]
    lines.append(f"Content-Encoding: {encoding}")
    framing = draw(st.sampled_from(["length", "chunks", "close"]))
    if framing == "length":
        lines.append(f"Content-Length: {len(sent)}")
    elif framing == "chunks":
        lines.append("Transfer-Encoding: chunked")
        cuts = sorted(draw(st.lists(st.integers(0, len(sent)), max_size=4)))
        pieces = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True) if b > a]
        sent = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + sent


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=well_formed())
async def test_it_reads_what_httpx_reads(answer: bytes) -> None:
    async with open_net() as net, serving(answering(answer)) as server:
        async with ours(net, server.url()) as client:
            mine = await client.get(server.url())
        async with httpx.AsyncClient(verify=False, trust_env=False) as client:
            theirs = await client.get(server.url())
    assert mine.status_code == theirs.status_code
    assert mine.content == theirs.content
    assert mine.reason_phrase == theirs.reason_phrase
    dropped = {"content-encoding", "content-length", "transfer-encoding"}
    kept = [(name, value) for name, value in theirs.headers.multi_items() if name not in dropped]
    assert [(name.lower(), value) for name, value in mine.headers.multi_items() if name not in dropped] == kept
