"""What an uptime check may be asked, and what is refused before anything runs."""

from pathlib import Path
from typing import Any

import pytest

from checks.core.options import BadOption
from checks.core.secret import Secret
from checks.uptime.options import IpVersion, Options, ranges
from tests.lab.http.probe import observed, probe, reasons
from tests.lab.http.server import OK, Peer, answering, serving


@pytest.mark.parametrize(
    ("written", "inside", "outside"),
    [
        pytest.param(("200-299",), (200, 299), (199, 300), id="a-range"),
        pytest.param((200, "301-308"), (200, 301, 308), (201, 300, 309), id="a-status-and-a-range"),
        pytest.param(("200, 404", " 500 - 599 "), (200, 404, 500, 599), (201,), id="lists-and-spaces"),
        pytest.param((999,), (999,), (998,), id="a-status-nobody-knows"),
    ],
)
def test_statuses(written: tuple[int | str, ...], inside: tuple[int, ...], outside: tuple[int, ...]) -> None:
    meant = ranges(written)
    assert all(status in meant for status in inside)
    assert not any(status in meant for status in outside)


REFUSED = [
    ("expect_status", ()), ("expect_status", ("",)), ("expect_status", ("2xx",)), ("expect_status", ("299-200",)),
    ("expect_status", (99,)), ("expect_status", (1000,)), ("expect_status", ("200-",)),
    ("method", ""), ("method", "GET /"), ("method", "G\r\nX: y"),
    ("ip_version", 5),
    ("matches", ("(",)), ("not_matches", ("ok", "[a")),
    ("json", ("$.a =",)),
    ("header", ("X-A: (",)), ("header", (": x",)), ("header", ("X A: x",)), ("header", ("!",)),
]  # fmt: skip


@pytest.mark.parametrize(("option", "value"), REFUSED, ids=str)
def test_what_means_nothing_is_refused_by_name(option: str, value: Any) -> None:
    with pytest.raises(BadOption) as caught:
        Options(**{option: value})
    assert caught.value.option == option


@pytest.mark.parametrize(
    ("written", "family"), [(4, 4), (6, 6), ("4", 4), ("6", 6), ("any", None), ("each", None)], ids=repr
)
def test_families(written: Any, family: int | None) -> None:
    options = Options(ip_version=IpVersion(written) if isinstance(written, str) else written)
    assert options.family == family


@pytest.mark.parametrize(
    ("name", "line"),
    [("user-agent", b"user-agent: mine"), ("ACCEPT", b"ACCEPT: mine"), ("accept-encoding", b"accept-encoding: mine")],
)
async def test_a_header_that_the_operator_writes_stands_alone(name: str, line: bytes) -> None:
    async with serving(answering(OK)) as server:
        assert reasons(await probe(server.url(), headers=((name, Secret(text="mine")),))) == []
    assert line in server.heads[0].split(b"\r\n")
    assert server.heads[0].lower().count(b"\r\n" + name.lower().encode() + b":") == 1


async def test_a_header_adds_no_line_of_its_own() -> None:
    async with serving(answering(OK)) as server:
        assert reasons(await probe(server.url(), headers=(("X-A", Secret(text="b\r\nX-Evil: c")),))) == []
    assert b"X-A: b  X-Evil: c" in server.heads[0].split(b"\r\n")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"])
async def test_any_method_is_sent_as_it_is_written(method: str) -> None:
    async with serving(answering(b"HTTP/1.1 204 No Content\r\n\r\n")) as server:
        outcome = await probe(server.url("/x"), method=method)
    assert reasons(outcome) == []
    assert {one.cause for one in observed(outcome).untested} == {"no_body"}
    assert server.heads[0].startswith(method.encode() + b" /x HTTP/1.1\r\n")


async def test_a_body_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text('{"été": 1}\n', encoding="utf-8")
    bodies: list[bytes] = []

    async def reads(peer: Peer) -> None:
        head = await peer.request()
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        bodies.append(await peer.reader.readexactly(length))
        await peer.send(OK)

    async with serving(reads) as server:
        outcome = await probe(server.url(), method="POST", body=Secret(file=str(tmp_path / "body.json")))
    assert reasons(outcome) == []
    assert bodies == ['{"été": 1}'.encode()]


@pytest.mark.parametrize("scheme", ["HTTP", "hTTp"])
async def test_a_scheme_in_any_case(scheme: str) -> None:
    async with serving(answering(OK)) as server:
        assert reasons(await probe(server.url(scheme=scheme))) == []
