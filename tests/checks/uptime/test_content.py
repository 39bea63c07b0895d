"""Pages that real servers sent, sent again by one on loopback: what the check makes of them from end to end."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from agent.codec.jobs import decode_memory, encode_memory
from checks.core.model import ALL, Finding, Outcome
from checks.parse.patterns import Patience
from checks.uptime.rules import CONTENT
from checks.uptime.seen import Memory
from tests.checks.uptime.recorded import folder, load
from tests.lab.http.answers import page
from tests.lab.http.probe import finding, observed, probe, reasons
from tests.lab.http.server import Script, answering, serving

PAGES = {path.stem: path for name in ("held_out", "marked", "innocent") for path in folder(name)}
SHOP = "<title>Durand</title>" + "".join(f"<p>Porte en chêne numéro {n}, escalier {n * 7}</p>" for n in range(60))


def sent(name: str, status: int | None = None) -> Script:
    """Send a recorded page again, under its own status unless told."""
    page = load(PAGES[name])
    kept = "".join(
        f"{key}: {value}\r\n" for key, value in page.headers if key.lower() in {"content-type", "cf-mitigated"}
    )
    head = f"HTTP/1.1 {status or page.status} X\r\n{kept}Content-Length: {len(page.body)}\r\n\r\n"
    return answering(head.encode() + page.body)


def html(body: str) -> Script:
    data = body.encode()
    return answering(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(data) + data)


async def look(script: Script, **options: Any) -> Outcome:
    async with serving(script) as server:
        return await probe(server.url(), **options)


def fact(found: Finding, name: str) -> Any:
    return found.fact(name)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param(sent("nginx-site"), [], id="a-healthy-page"),
        pytest.param(sent("wordpress-home-fr"), [], id="a-healthy-site"),
        pytest.param(sent("wordpress-page"), [], id="a-page-about-maintenance"),
        pytest.param(sent("next-client-only"), [], id="a-page-that-scripts-fill"),
        pytest.param(sent("cloudflare-normal-page"), [], id="a-page-behind-cloudflare"),
        pytest.param(sent("wordpress-no-theme"), [("uptime.content", "blank_page")], id="the-white-screen"),
        pytest.param(sent("php-warning"), [("uptime.content", "error_page")], id="a-warning-above-a-page"),
        pytest.param(sent("wordpress-db-stopped", 200), [("uptime.content", "error_page")], id="an-error-kept-as-200"),
        pytest.param(sent("wordpress-db-stopped"), [("uptime.down", "status")], id="an-error-under-its-own-status"),
        pytest.param(sent("wordpress-maintenance", 200), [("uptime.content", "maintenance_page")], id="maintenance"),
        pytest.param(sent("parking-services"), [("uptime.content", "parked_page")], id="a-parked-domain"),
        pytest.param(sent("cloudflare-challenge-header"), [("uptime.blocked", "bot_challenge")], id="a-challenge-403"),
        pytest.param(sent("imperva-incident"), [("uptime.blocked", "bot_challenge")], id="a-challenge-200"),
    ],
)
async def test_what_is_found(script: Script, expected: list[tuple[str, str]]) -> None:
    assert reasons(await look(script)) == expected


async def test_a_fault_of_content_stops_visitors_and_says_what_told() -> None:
    found = finding(await look(sent("django-debug-database", 200)))
    assert found.blocks
    assert (fact(found, "mark"), fact(found, "product")) == ("django-debug", "Django")
    assert str(fact(found, "detail")).startswith("Django: ")


async def test_a_challenge_leaves_everything_untested() -> None:
    answer = observed(await look(sent("datadome")))
    assert [one.families for one in answer.untested] == [ALL]
    assert answer.memory is None


async def test_an_answer_to_head_is_never_blank() -> None:
    assert reasons(await look(answering(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"), method="HEAD")) == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, [("uptime.content", "maintenance_page")], id="a-likely-mark-is-believed"),
        pytest.param({"contains": ("dimanche",)}, [], id="unless-the-words-asked-for-are-there"),
        pytest.param({"contains": ("lundi",)}, [("uptime.content", "maintenance_page")], id="and-not-when-they-lack"),
    ],
)
async def test_a_page_that_holds_what_it_must_is_vouched_for(
    options: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    page = html("<h1>Site en maintenance dimanche</h1><p>Nos magasins restent ouverts.</p>")
    assert reasons(await look(page, **options)) == expected


async def remembered(script: Script, memory: Memory | None = None) -> Memory:
    """What a run leaves to the next, as the store gives it back."""
    kept = observed(await look(script, memory=memory)).memory
    back = decode_memory("uptime", encode_memory("uptime", kept))
    assert back == kept
    assert isinstance(back, Memory)
    return back


async def test_the_last_good_page_is_remembered_and_told() -> None:
    first = await remembered(html(SHOP))
    memory = await remembered(html(SHOP), first)
    assert first.good is None
    assert memory.good is not None
    assert memory.good.title == "Durand"
    outcome = await look(html("<html><body><script src=x></script></body></html>"), memory=memory)
    found = finding(outcome)
    assert fact(found, "reason") == "blank_page"
    assert fact(found, "last_good") == memory.good.taken.isoformat()
    assert {("title", "Durand", ""), ("likeness", 0.0)} <= set(fact(found, "since_then"))
    after = observed(outcome).memory
    assert isinstance(after, Memory)
    assert after.good == memory.good


async def test_an_unchanged_page_leaves_nothing_new_to_remember() -> None:
    memory = await remembered(html(SHOP), Memory())
    assert memory.good is not None
    assert observed(await look(html(SHOP), memory=memory)).memory is None


ENDLESS = "(a|aa)+$"  # against many letters `a` and one `b`, it never ends
HOSTILE = f'{{"x": "{"a" * 60}b"}}'


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"matches": (ENDLESS,)}, id="wanted"),
        pytest.param({"not_matches": (ENDLESS,) * 20}, id="twenty-unwanted"),
        pytest.param({"header": (f"X-A: {ENDLESS}",)}, id="in-a-header"),
        pytest.param({"json": (f"search($.x, '{ENDLESS}')",)}, id="in-json"),
    ],
)
async def test_a_pattern_that_never_ends_leaves_the_page_open_and_the_loop_free(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []
    spend = Patience.spend

    def noted(self: Patience, pattern: str, search: Callable[[float], object]) -> bool:
        threads.append(threading.current_thread())
        return spend(self, pattern, search)

    monkeypatch.setattr(Patience, "spend", noted)
    head = f"HTTP/1.1 200 OK\r\nX-A: {'a' * 60}b\r\nContent-Length: {len(HOSTILE)}\r\n\r\n"
    outcome = await look(answering((head + HOSTILE).encode()), **options)
    assert reasons(outcome) == []
    assert outcome.seconds < 1.5
    assert left_open(outcome)
    assert len(threads) == 1
    assert threading.main_thread() not in threads


async def test_json_too_large_to_be_walked_in_time_is_left_open() -> None:
    """Hostile or not: the walk cannot be stopped, and would go on beside every run that follows."""
    large = answering(page(b'{"ok": true, "rows": [' + b"[1]," * 400_000 + b"1]}"))
    outcome = await look(large, json=("$.ok == false",), not_contains=("rows",))
    assert reasons(outcome) == [("uptime.content", "keyword_forbidden")]
    causes = [one.cause for one in observed(outcome).untested if one.covers(CONTENT.family, "another")]
    assert [cause.partition(":")[0] for cause in causes] == ["json_too_large"]


async def test_what_was_wrong_before_the_time_was_over_is_found() -> None:
    outcome = await look(answering(page(HOSTILE.encode())), contains=("panier",), matches=(ENDLESS,))
    assert reasons(outcome) == [("uptime.content", "keyword_missing")]
    assert left_open(outcome)


def left_open(outcome: Outcome) -> bool:
    """Whether what else may be wrong with the page is untested, for the pattern's sake."""
    causes = [one.cause for one in observed(outcome).untested if one.covers(CONTENT.family, "another")]
    return len(causes) == 1 and causes[0].startswith("pattern_too_slow")
