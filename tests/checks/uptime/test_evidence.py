"""What a ticket holds about a bad answer: enough to understand it, and nothing that authenticates anybody."""

import asyncio
from typing import Any

import pytest

from checks.core.model import Outcome
from checks.core.secret import Secret
from checks.uptime.seen import Memory
from tests.checks.uptime.test_recheck import in_turn
from tests.lab.http.answers import page
from tests.lab.http.probe import finding, measure, observed, probe, reasons
from tests.lab.http.server import OK, Script, answering, by_path, redirect, serving

SECRET = Secret(text="s3cr3t-token")


async def look(script: Script, path: str = "/", **options: Any) -> Outcome:
    async with serving(script) as server:
        return await probe(server.url(path), **options)


def kept(outcome: Outcome, kind: str) -> bytes:
    (one,) = [artifact.data for artifact in observed(outcome).artifacts if artifact.kind == kind]
    return one


async def test_the_first_64_kilobytes_of_a_bad_page_are_kept() -> None:
    body = b"<title>Oops</title>" + b"x" * 100_000
    outcome = await look(answering(page(body, status=b"500 Oops")))
    assert kept(outcome, "body") == body[: 64 * 1024]


@pytest.mark.parametrize(
    ("answer", "options"),
    [
        pytest.param(page(b"<p>no"), {"contains": ("yes",)}, id="a-page-that-lacks-a-word"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<p>no", {}, id="a-page-that-was-cut"),
        pytest.param(page(b"<p>no", status=b"404 No"), {}, id="a-bad-status"),
    ],
)
async def test_what_came_of_a_bad_answer_is_kept(answer: bytes, options: dict[str, Any]) -> None:
    outcome = await look(answering(answer), **options)
    assert kept(outcome, "body") == b"<p>no"
    assert kept(outcome, "headers").startswith(b"HTTP/1.1 ")


async def test_of_a_good_answer_nothing_is_kept() -> None:
    assert observed(await look(answering(OK))).artifacts == ()


async def test_headers_are_kept_without_what_authenticates() -> None:
    answer = page(
        b"<p>no",
        b"Set-Cookie: sid=abcdef",
        b"X-Api-Key: whatever-it-is",
        b"X-Echo: you said s3cr3t-token",
        b"Server: nginx",
        b"Location: https://u:hunter2@x.example/?token=qwertz",
        status=b"500 Oops",
    )
    outcome = await look(answering(answer), headers=(("X-Own", SECRET),))
    head = kept(outcome, "headers").decode()
    assert "Server: nginx" in head
    assert "Set-Cookie: ***" in head
    for secret in ("abcdef", "whatever", "s3cr3t", "hunter2", "qwertz"):
        assert secret not in head


@pytest.mark.parametrize(
    ("script", "path", "options"),
    [
        pytest.param(by_path({"/": redirect("/?token=qwertz")}), "/?token=qwertz", {}, id="a-loop"),
        pytest.param(answering(redirect("ftp://x.example/?token=qwertz")), "/", {}, id="a-bad-location"),
        pytest.param(answering(redirect("http://127.0.0.2/?token=qwertz")), "/", {}, id="a-guarded-address"),
        pytest.param(by_path({"/": redirect("/a?token=qwertz")}), "/", {}, id="a-404-behind-a-redirect"),
        pytest.param(
            answering(page(b"", b"Set-Cookie: sid=qwertz")), "/", {"header": ("!Set-Cookie",)}, id="a-forbidden-cookie"
        ),
        pytest.param(answering(page(status=b"500 token=qwertz")), "/", {}, id="a-reason-phrase"),
    ],
)
async def test_no_fact_holds_what_authenticates(script: Script, path: str, options: dict[str, Any]) -> None:
    for one in observed(await look(script, path, **options)).findings:
        assert "qwertz" not in str(one.facts)


@pytest.mark.parametrize("end", ["refused", "cut", "status"])
async def test_when_the_site_was_last_well_is_told_whatever_is_wrong(end: str) -> None:
    words = " ".join(f"<p>Lampe num\u00e9ro {number} en laiton poli.</p>" for number in range(30))
    good = page(f"<title>Boutique</title>{words}".encode())
    answers = {"refused": b"", "cut": good[:-50], "status": page(b"<h1>Oops</h1>", status=b"500 Oops")}
    async with serving(in_turn(good, good, answers[end])) as server:
        memory = observed(await probe(server.url(), memory=Memory())).memory
        assert isinstance(memory, Memory)
        assert memory.good is not None
        assert observed(await probe(server.url(), memory=memory)).memory is None  # nothing new
        one = finding(await probe(server.url(), memory=memory))
    assert one.fact("last_good") == memory.good.taken.isoformat()
    since: Any = one.fact("since_then")
    assert (since is None) is (end == "refused")
    if end == "status":
        assert ("title", "Boutique", "") in since


async def test_hops_and_phases_are_told() -> None:
    script = by_path({"/": redirect("/a", 301), "/a": redirect("/b"), "/b": page(status=b"503 Busy")})
    one = finding(await look(script))
    hops: Any = one.fact("hops")
    assert [(status, url.rpartition("/")[2]) for status, url in hops] == [(301, ""), (302, "a"), (503, "b")]
    phases: Any = one.fact("phases_ms")
    assert [name for name, _ in phases] == ["resolve", "connect", "tls", "processing", "transfer"]
    assert dict(phases)["processing"] > 0


async def test_a_hop_that_gave_nothing_says_why() -> None:
    hops: Any = finding(await look(answering(redirect("http://127.0.0.1:1/")))).fact("hops")
    assert hops[1] == ("connect_refused", "http://127.0.0.1:1/")


async def test_too_many_redirects_end_at_the_last_one_allowed() -> None:
    async def on_and_on(peer: Any) -> None:
        await peer.request()
        await peer.send(redirect(f"/{int(peer.path.strip('/') or 0) + 1}"))

    async with serving(on_and_on) as server:
        outcome = await probe(server.url())
        heads = [head.split(b" ")[1] for head in server.heads]
    assert reasons(outcome) == [("uptime.redirect", "redirect_limit")]
    assert heads[:11] == [b"/", *(b"/%d" % number for number in range(1, 11))]
    assert len(heads) == 22  # of two looks: the twelfth is never asked for
    assert measure(outcome, "probe_http_status_code") == 302
    assert measure(outcome, "probe_http_redirects") == 10


async def test_one_deadline_bounds_all_hops() -> None:
    async def slowly(peer: Any) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 302 Found\r\n")
        for _ in range(100):
            await peer.send(b"X-A: b\r\n")
            if peer.over.is_set():
                return
            await asyncio.sleep(0.002)
        await peer.send(b"Location: /%d\r\nContent-Length: 0\r\n\r\n" % (int(peer.path.strip("/") or 0) + 1))

    outcome = await look(slowly, timeout=0.5, max_redirects=50)
    assert reasons(outcome) == [("uptime.down", "timeout_headers")]
    assert outcome.seconds < 2


async def test_sizes_are_right_when_a_pattern_fails() -> None:
    outcome = await look(answering(page(b"x" * 500)), matches=("panier",))
    assert measure(outcome, "probe_failed_due_to_regex") == 1
    assert measure(outcome, "probe_http_content_length") == 500
    assert measure(outcome, "probe_http_uncompressed_body_length") == 500
    assert measure(outcome, "probe_success") == 0


async def test_a_word_that_is_missing_is_no_pattern_that_failed() -> None:
    outcome = await look(answering(page(b"x" * 500)), contains=("panier",))
    assert measure(outcome, "probe_failed_due_to_regex") == 0
