"""A run told step by step holds what a person looks for, and no secret."""

import re
from pathlib import Path
from typing import Any

from checks.uptime.explain import explain
from checks.uptime.seen import Seen
from tests.checks.uptime.harness import SCENARIOS
from tests.lab.http.answers import page
from tests.lab.http.authority import HOST, Authority
from tests.lab.http.probe import seen_by
from tests.lab.http.server import OK, Peer, answering, by_path, redirect, serving


async def told(url: str, **options: Any) -> str:
    return "\n".join(explain(await seen_by(url, **options)))


async def test_a_healthy_run() -> None:
    async with serving(by_path({"/": redirect("/in?token=abcdef"), "/in": OK})) as server:
        text = await told(server.url(), contains=("hello",), slow_after=5.0)
    assert "GET http://127.0.0.1" in text
    assert "HTTP/1.1 302 Moved" in text
    assert "→ GET http://127.0.0.1" in text
    assert "127.0.0.1: answered" in text
    assert "processing" in text
    assert "✔ status 200, expected 200-299" in text
    assert "✔ page: its one condition holds, and no mark of" in text
    assert ", within 5 s" in text
    assert "ask it yourself: curl " in text
    assert "abcdef" not in text
    assert "✖" not in text


async def test_a_dead_port() -> None:
    text = await told("http://127.0.0.1:1/")
    assert "127.0.0.1: connect_refused: Connection refused" in text
    assert "✖ no usable answer (connect_refused)" in text
    assert "✔" not in text


async def test_a_bad_status_says_nothing_good_of_its_page() -> None:
    async with serving(
        answering(page(b"<h1>Error establishing a database connection</h1>", status=b"500 x"))
    ) as server:
        text = await told(server.url(), contains=("a", "b"))
    assert "✖ status 500, expected 200-299: the page itself is not judged" in text
    assert "it shows: error_page" in text
    assert "✔" not in text


async def test_what_the_page_lacks() -> None:
    async with serving(answering(OK)) as server:
        text = await told(server.url(), contains=("hello", "panier"), slow_after=0.000_001)
    assert "✖ keyword_missing: 'panier' not found" in text
    assert "slower than 1e-06 s" in text
    assert "✔ page" not in text


async def test_a_redirect_that_leads_astray() -> None:
    async with (
        serving(answering(OK), host="127.0.0.2") as other,
        serving(answering(redirect(other.url(host="127.0.0.2")))) as server,
    ):
        text = await told(server.url(), allow_private=True)
        guarded = await told(server.url())
    assert f"✖ redirect_foreign: it ends at {other.url(host='127.0.0.2')}" in text
    assert "127.0.0.2: redirect_guarded: 127.0.0.2 is a loopback address" in guarded
    assert "✖ no usable answer (redirect_guarded)" in guarded


async def test_a_broken_certificate_says_whose_it_is(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    async with serving(answering(OK), tls=authority.server("other.example")) as server:
        url, resolve = server.url(host=HOST, scheme="https"), ((HOST, ("127.0.0.1",)),)
        text = await told(url, ca_file=authority.file, resolve=resolve)
    assert "127.0.0.1: tls_wrong_host: " in text
    assert "1 certificate sent" in text
    assert "certificate for other.example, by trustme" in text
    assert "valid from " in text


async def test_a_challenge_leaves_all_open() -> None:
    async with serving(answering(b"HTTP/1.1 403 No\r\ncf-mitigated: challenge\r\nContent-Length: 0\r\n\r\n")) as server:
        text = await told(server.url(), contains=("hello",))
    assert "? a bot challenge (Cloudflare: cf-mitigated: challenge): nothing is judged" in text
    assert "✖" not in text
    assert "✔" not in text


async def test_each_address_has_its_verdict() -> None:
    async with serving(answering(OK)) as server:
        resolve = ((HOST, ("127.0.0.2", "127.0.0.1")),)
        text = await told(server.url(host=HOST), resolve=resolve, ip_version="each")
        in_turn = await told(server.url(host=HOST), resolve=((HOST, ("127.0.0.1", "127.0.0.2")),))
    assert "address 1 of 2: 127.0.0.2\n" in text
    assert "address 2 of 2: 127.0.0.1, which speaks for the site\n" in text
    assert text.count("  judged\n") == 2
    assert "127.0.0.2: not tried, since another address answered" in in_turn


async def test_an_address_that_cost_time_says_how_much() -> None:
    async def silent(peer: Peer) -> None:
        await peer.request()
        await peer.hang()

    async with serving(silent) as server:
        text = await told(server.url(), timeout=0.4)
    assert re.search(r"timeout_headers: .* \(after 0\.3\d s\)", text)
    assert re.search(r"processing +3\d\d\.\d\d ms  █{30}", text)


def test_every_scenario_can_be_told() -> None:
    for scenario in SCENARIOS:
        assert isinstance(scenario.seen, Seen)
        assert list(explain(scenario.seen))
