"""A run told step by step holds what a person looks for, in their language, and no secret."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.texts import LANGUAGES, speaker
from checks.core.model import Finding, Severity
from checks.core.telling import news
from checks.net.http.exchange import Phases, Visit
from checks.uptime.explain import explain
from checks.uptime.judge import judge
from checks.uptime.seen import Seen
from tests.checks.uptime.harness import SCENARIOS
from tests.lab.http.answers import page
from tests.lab.http.authority import HOST, Authority
from tests.lab.http.probe import seen_by
from tests.lab.http.server import OK, Peer, answering, by_path, redirect, serving

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def text_of(seen: Seen, language: str = "en") -> str:
    return "\n".join("  " * line.depth + line.text for line in explain(seen, speaker(language)))


async def told(url: str, language: str = "en", **options: Any) -> str:
    return text_of(await seen_by(url, **options), language)


async def test_a_healthy_run() -> None:
    async with serving(by_path({"/": redirect("/in?token=abcdef"), "/in": OK})) as server:
        text = await told(server.url(), contains=("hello",), slow_after=5.0)
    assert text.startswith("judged\n  ✔ status 200, as expected (200-299)\n")
    assert "✔ page: its condition holds; no sign of an error, maintenance, parking or blank page" in text
    assert ", at most 5 s\nGET http://127.0.0.1" in text
    assert "HTTP/1.1 302 Moved" in text
    assert "→ GET http://127.0.0.1" in text
    assert "127.0.0.1: answered" in text
    assert "processing" in text
    assert "\nsee yourself: curl " in text
    assert "abcdef" not in text
    assert "✖" not in text


async def test_a_healthy_run_in_french() -> None:
    async with serving(answering(OK)) as server:
        text = await told(server.url(), "fr", contains=("hello", "ell"))
    assert text.startswith("jugé\n  ✔ statut 200, comme attendu (200-299)\n")
    assert "✔ page : ses 2 conditions sont remplies ; aucun signe d’une page d’erreur" in text
    assert re.search(r"· durée : \d+ ms ; slow_after n’est pas fixé \(délai maximal 2 s\)", text)
    assert "127.0.0.1 : a répondu" in text
    assert re.search(r"attente +\d+(,\d+)? ms  █", text)
    assert re.search(r"\d octets\n", text)
    assert "\nà reproduire : curl " in text


async def test_a_dead_port() -> None:
    text = await told("http://127.0.0.1:1/")
    assert "127.0.0.1: connect_refused: Connection refused" in text
    assert "✖ 127.0.0.1 refuses connections on port 1\n  · not judged: its page, its speed" in text
    assert "✔" not in text


@pytest.mark.parametrize(
    ("language", "says", "shows"),
    [
        pytest.param(
            "en", "✖ the site answers with status 500 where 200-299 is expected", "the page shows: error_page",
            id="in-english",
        ),
        pytest.param(
            "fr", "✖ le site répond par le statut 500 alors que 200-299 est attendu", "la page montre : error_page",
            id="in-french",
        ),
    ],
)  # fmt: skip
async def test_a_bad_status_says_nothing_good_of_its_page(language: str, says: str, shows: str) -> None:
    async with serving(
        answering(page(b"<h1>Error establishing a database connection</h1>", status=b"500 x"))
    ) as server:
        text = await told(server.url(), language, contains=("a", "b"), slow_after=0.000_001)
    assert says in text
    assert shows in text
    assert text.count("✖") == 1  # speed is not judged either
    assert "✔" not in text


async def test_what_the_page_lacks_comes_before_what_is_well() -> None:
    async with serving(answering(OK)) as server:
        text = await told(server.url(), contains=("hello", "panier"), slow_after=0.000_001)
    first, second, third = text.splitlines()[1:4]
    assert first == "  ✖ the page no longer holds “panier”"
    assert second.startswith("  ✖ slow: it took ")
    assert third.startswith("  ✔ status 200")
    assert "✔ page" not in text


async def test_an_answer_to_head_leaves_page_and_speed_open() -> None:
    async with serving(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")) as server:
        text = await told(server.url(), method="HEAD", slow_after=0.000_001)
    assert "? such an answer has no page: neither page nor speed is judged" in text
    assert "slow" not in text
    assert "✔ page" not in text


async def test_a_redirect_that_leads_astray() -> None:
    async with (
        serving(answering(OK), host="127.0.0.2") as other,
        serving(answering(redirect(other.url(host="127.0.0.2")))) as server,
    ):
        text = await told(server.url(), allow_private=True)
        guarded = await told(server.url())
    assert f"✖ the site redirects to another owner's domain: {other.url(host='127.0.0.2')}" in text
    assert "127.0.0.2: redirect_guarded: 127.0.0.2 is a loopback address" in guarded
    assert "✖ the site redirects to an address that visitors cannot reach: 127.0.0.2" in guarded


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param("en", ["1 certificate sent", "certificate for other.example, by trustme", "valid from "], id="en"),
        pytest.param("fr", ["1 certificat envoyé", "certificat pour other.example, émis par", "valable du "], id="fr"),
    ],
)
async def test_a_broken_certificate_says_whose_it_is(language: str, words: list[str], tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    async with serving(answering(OK), tls=authority.server("other.example")) as server:
        url, resolve = server.url(host=HOST, scheme="https"), ((HOST, ("127.0.0.1",)),)
        text = await told(url, language, ca_file=authority.file, resolve=resolve)
    assert "tls_wrong_host: " in text
    assert [one for one in words if one not in text] == []


async def test_a_challenge_leaves_all_open() -> None:
    async with serving(answering(b"HTTP/1.1 403 No\r\ncf-mitigated: challenge\r\nContent-Length: 0\r\n\r\n")) as server:
        text = await told(server.url(), contains=("hello",))
    assert "? a bot challenge answered in place of the site" in text
    assert "(Cloudflare: cf-mitigated: challenge)" in text
    assert "· not judged: whether the site is up, its page, its speed" in text
    assert "✖" not in text
    assert "✔" not in text


async def test_of_two_addresses_the_broken_one_is_named_first() -> None:
    async with serving(answering(OK)) as server:
        resolve = ((HOST, ("127.0.0.9", "127.0.0.1")),)
        text = await told(server.url(host=HOST), resolve=resolve)
        french = await told(server.url(host=HOST), "fr", resolve=resolve)
    assert text.splitlines()[1].startswith(f"  ✖ 127.0.0.9 fails while other addresses of {HOST} answer: ")
    assert french.splitlines()[1].startswith("  ✖ 127.0.0.9 est en échec alors que d’autres adresses de")
    assert "✔ status 200" in text


async def test_each_address_has_its_verdict() -> None:
    async with serving(answering(OK)) as server:
        resolve = ((HOST, ("127.0.0.2", "127.0.0.1")),)
        text = await told(server.url(host=HOST), resolve=resolve, ip_version="each")
        in_turn = await told(server.url(host=HOST), resolve=((HOST, ("127.0.0.1", "127.0.0.2")),))
    assert "✖ 127.0.0.2 fails while other addresses" in text
    assert "address 1 of 2: 127.0.0.2\n" in text
    assert "address 2 of 2: 127.0.0.1, which speaks for the site\n" in text
    assert "127.0.0.2: not tried, since another address answered" in in_turn


async def test_an_address_that_challenges_is_not_judged() -> None:
    challenge = answering(b"HTTP/1.1 403 No\r\ncf-mitigated: challenge\r\nContent-Length: 0\r\n\r\n")
    async with serving(answering(OK)) as server, serving(challenge, host="127.0.0.2", port=server.port):
        resolve = ((HOST, ("127.0.0.1", "127.0.0.2")),)
        text = await told(server.url(host=HOST), resolve=resolve, ip_version="each")
    assert "? 127.0.0.2: a bot challenge answered, nothing is judged" in text
    assert "✖" not in text


async def test_two_sound_addresses_are_both_said_to_be() -> None:
    async with (
        serving(answering(OK)) as server,
        serving(answering(OK), host="127.0.0.2", port=server.port),
    ):
        resolve = ((HOST, ("127.0.0.1", "127.0.0.2")),)
        text = await told(server.url(host=HOST), resolve=resolve, ip_version="each")
    assert re.search(r"✔ 127\.0\.0\.[12] answers as it should", text)
    assert "✖" not in text


async def test_an_address_that_cost_time_says_how_much() -> None:
    async def silent(peer: Peer) -> None:
        await peer.request()
        await peer.hang()

    async with serving(silent) as server:
        text = await told(server.url(), timeout=0.4)
    assert re.search(r"timeout_headers: .* \(after 3\d\d ms\)", text)
    assert re.search(r"processing +3\d\d(\.\d+)? ms  █{30}", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_scenario_is_told_as_it_is_judged(scenario: Any, language: str) -> None:
    text = text_of(replace(scenario.seen, options=scenario.options), language)
    said = judge(scenario.seen, scenario.options, None, NOW)
    found = [one for one in said if isinstance(one, Finding)]
    wrong = [one for one in found if one.severity is not Severity.INFO]
    assert ("✖" in text) is bool(wrong)
    assert "{" not in text


def test_two_looks_that_differ_in_time_alone_have_the_same_marks() -> None:
    (well,) = [one.seen for one in SCENARIOS if one.name == "all-is-well"]
    hop = replace(well.visit.last, phases=Phases(resolve=9_000_000, processing=99_000_000))
    later = replace(well, visits=(Visit(hops=(hop,)),), seconds=0.7)
    say = speaker("en")
    assert text_of(well) != text_of(later)
    assert news(list(explain(later, say)), list(explain(well, say))) == []
