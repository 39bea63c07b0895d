"""The whole check against real servers that are up, down, slow, redirecting or broken."""

import asyncio
import errno
import socket
import sys
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from checks.core.model import Layer
from checks.uptime.options import IpVersion
from tests.lab.http.probe import finding, measure, observed, probe, reasons
from tests.lab.http.server import OK, Peer, Script, answering, by_path, redirect, serving


async def never(peer: Peer) -> None:
    await peer.request()
    await peer.hang()


async def stops_in_the_body(peer: Peer) -> None:
    await peer.request()
    await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhel")
    await peer.hang()


async def resets(peer: Peer) -> None:
    await peer.request()
    peer.reset()


CASES = [
    pytest.param(answering(OK), {}, [], id="a-page-is-up"),
    pytest.param(
        answering(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), {}, [("uptime.down", "status")], id="503-is-down"
    ),
    pytest.param(
        answering(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"),
        {"expect_status": (404,)},
        [],
        id="an-expected-404-is-up",
    ),
    pytest.param(resets, {}, [("uptime.down", "connect_reset")], id="reset-before-the-answer"),
    pytest.param(
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"),
        {},
        [("uptime.down", "truncated")],
        id="cut-body",
    ),
    pytest.param(answering(b""), {}, [("uptime.down", "truncated")], id="closed-without-a-word"),
    pytest.param(never, {"timeout": 0.5}, [("uptime.down", "timeout_headers")], id="never-answers"),
    pytest.param(stops_in_the_body, {"timeout": 0.5}, [("uptime.down", "timeout_body")], id="never-ends"),
    pytest.param(answering(OK), {"slow_after": 0.000001}, [("uptime.slow", "slow")], id="slower-than-allowed"),
    pytest.param(
        answering(OK), {"contains": ("panier",)}, [("uptime.content", "keyword_missing")], id="keyword-missing"
    ),
    pytest.param(answering(OK), {"contains": ("hell",)}, [], id="keyword-there"),
    pytest.param(
        answering(OK), {"not_contains": ("hell",)}, [("uptime.content", "keyword_forbidden")], id="forbidden-word"
    ),
    pytest.param(answering(OK), {"matches": ("^h.l+o$",)}, [], id="pattern-found"),
    pytest.param(
        answering(OK), {"not_matches": ("l{2}",)}, [("uptime.content", "keyword_forbidden")], id="forbidden-pattern"
    ),
    pytest.param(answering(OK), {"header": ("content-type: html",)}, [], id="header-as-wanted"),
    pytest.param(
        answering(OK), {"header": ("!content-type: html",)}, [("uptime.content", "header")], id="header-forbidden"
    ),
    pytest.param(answering(OK), {"header": ("X-None",)}, [("uptime.content", "header")], id="header-missing"),
    pytest.param(
        answering(b"HTTP/1.1 403 No\r\ncf-mitigated: challenge\r\nContent-Length: 0\r\n\r\n"),
        {},
        [("uptime.blocked", "bot_challenge")],
        id="a-challenge-says-nothing",
    ),
    pytest.param(by_path({"/": redirect("/in"), "/in": OK}), {}, [], id="redirect-followed"),
    pytest.param(by_path({"/": redirect("/")}), {}, [("uptime.redirect", "redirect_loop")], id="redirect-to-itself"),
    pytest.param(
        by_path({"/": redirect("/?again"), "/in": OK}),
        {},
        [("uptime.redirect", "redirect_loop")],
        id="redirect-loop-of-two",
    ),
    pytest.param(
        answering(b"HTTP/1.1 302 x\r\nContent-Length: 0\r\n\r\n"),
        {},
        [("uptime.redirect", "redirect_bad")],
        id="no-location",
    ),
    pytest.param(
        by_path({"/": redirect("ftp://x.example/")}), {}, [("uptime.redirect", "redirect_bad")], id="redirect-to-ftp"
    ),
    pytest.param(
        by_path({"/": redirect("http://10.0.0.1/")}),
        {},
        [("uptime.redirect", "redirect_guarded")],
        id="redirect-inwards",
    ),
    pytest.param(
        by_path({"/": redirect("/a"), "/a": redirect("/b"), "/b": OK}),
        {"max_redirects": 1},
        [("uptime.redirect", "redirect_limit")],
        id="one-redirect-too-many",
    ),
    pytest.param(
        by_path({"/": redirect("/in")}),
        {"follow_redirects": False, "expect_status": ("302",)},
        [],
        id="a-redirect-that-is-the-answer",
    ),
]


@pytest.mark.parametrize(("script", "options", "expected"), CASES)
async def test_what_is_found(script: Script, options: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    async with serving(script) as server:
        outcome = await probe(server.url(), **options)
    assert reasons(outcome) == expected


@pytest.mark.parametrize(
    ("script", "phase"), [(never, "processing"), (stops_in_the_body, "transfer")], ids=["no-head", "no-end"]
)
async def test_the_phase_that_ran_out_of_time_shows_it(script: Script, phase: str) -> None:
    async with serving(script) as server:
        outcome = await probe(server.url(), timeout=0.5)
    assert (measure(outcome, "probe_http_duration_seconds", phase=phase) or 0) > 0.3
    spent = dict(row for row in finding(outcome).fact("phases_ms") or ())  # type: ignore[union-attr, misc]
    assert max(spent, key=spent.__getitem__) == phase


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse what their queue does not hold")
async def test_a_machine_that_does_not_answer() -> None:
    """A listener that accepts nobody and whose queue is full drops what comes, as a dead machine does."""
    with socket.socket() as listening, ExitStack() as waiting:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(listening.getsockname())
        outcome = await probe(f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout=0.4)
    assert reasons(outcome) == [("uptime.down", "connect_timeout")]
    assert finding(outcome).layer is Layer.TCP
    assert (measure(outcome, "probe_http_duration_seconds", phase="connect") or 0) > 0.3
    assert measure(outcome, "probe_http_ssl") == 0


@pytest.mark.parametrize("number", [errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN])
async def test_a_machine_that_no_way_leads_to(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect_ex", lambda *_: number)
    assert reasons(await probe("http://127.0.0.1:1/")) == [("uptime.down", "connect_unreachable")]


async def test_nobody_listens() -> None:
    async with serving(answering(OK)) as server:
        url = server.url()
    outcome = await probe(url)
    assert reasons(outcome) == [("uptime.down", "connect_refused")]
    assert len(observed(outcome).attempts) == 2


async def test_a_failure_that_is_gone_a_second_later_is_no_finding() -> None:
    first = True

    async def once_bad(peer: Peer) -> None:
        nonlocal first
        if first:
            first = False
            peer.reset()
        else:
            await answering(OK)(peer)

    async with serving(once_bad) as server:
        outcome = await probe(server.url())
    assert reasons(outcome) == []
    assert [len(attempt.findings) for attempt in observed(outcome).attempts] == [1, 0]


async def test_the_ticket_can_reproduce_it_and_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    from checks.core.secret import Secret

    monkeypatch.setenv("LAB_TOKEN", "s3cr3t-token")
    body = b'{"error": "bad", "echo": "s3cr3t-token", "password": "hunter2"}'
    answer = (
        b"HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nSet-Cookie: sid=abcdef\r\nContent-Length: %d\r\n\r\n"
        % len(body)
    )
    async with serving(answering(answer + body)) as server:
        outcome = await probe(
            server.url("/x?token=abc"),
            headers=(("X-Api-Key", Secret(text="${LAB_TOKEN}")),),
            expect_status=("200-299",),
        )
        assert b"X-Api-Key: s3cr3t-token" in server.heads[0]
    one = finding(outcome)
    curl = str(one.fact("curl"))
    assert curl.startswith("curl ")
    assert "token=***" in curl
    kept = b"".join(artifact.data for artifact in observed(outcome).artifacts)
    assert b"500 Oops" in kept
    for secret in (b"s3cr3t", b"hunter2", b"abcdef"):
        assert secret not in kept
        assert secret.decode() not in str(one.facts)


async def test_names_are_pinned_in_the_command() -> None:
    async with serving(answering(b"HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n")) as server:
        url = server.url(host="shop.acme.example")
        outcome = await probe(url, resolve=(("shop.acme.example", ("127.0.0.1",)),))
    assert f"--resolve shop.acme.example:{server.port}:127.0.0.1" in str(finding(outcome).fact("curl"))


async def test_half_up_names_the_address() -> None:
    async with serving(answering(OK)) as server:
        url = server.url(host="shop.acme.example")
        resolve = (("shop.acme.example", ("127.0.0.2", "127.0.0.1")),)
        outcome = await probe(url, resolve=resolve)
        each = await probe(url, resolve=resolve, ip_version=IpVersion.EACH)
    assert [(f.rule.id, f.subject) for f in observed(outcome).findings] == [("uptime.address", "127.0.0.2")]
    assert [(f.rule.id, f.subject) for f in observed(each).findings] == [("uptime.address", "127.0.0.2")]


async def test_measures_keep_their_names() -> None:
    async with serving(by_path({"/": redirect("/in"), "/in": OK})) as server:
        outcome = await probe(server.url())
    assert measure(outcome, "probe_success") == 1
    assert measure(outcome, "probe_http_redirects") == 1
    assert measure(outcome, "probe_http_status_code") == 200
    assert measure(outcome, "probe_http_uncompressed_body_length") == 5
    assert measure(outcome, "probe_http_duration_seconds", phase="tls") == 0
    assert measure(outcome, "probe_ip_protocol") == 4


async def test_a_run_does_not_outlast_its_deadline_by_more_than_it_must() -> None:
    async def drips(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not peer.over.is_set():
            await peer.send(b".")
            await asyncio.sleep(0.02)

    async with serving(drips) as server:
        outcome = await probe(server.url(), timeout=0.5)
    assert reasons(outcome) == [("uptime.down", "timeout_body")]
