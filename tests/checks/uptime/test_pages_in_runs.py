"""Pages that are not the site's own, through whole runs that remember the last good one."""

from typing import Any

from checks.core.model import Outcome
from checks.uptime.seen import Memory
from tests.lab.http.answers import page
from tests.lab.http.probe import finding, observed, probe, reasons
from tests.lab.http.server import Peer, answering, serving

WORDS = " ".join(f"<p>Lampe numéro {number}, en laiton poli, livrée sous dix jours.</p>" for number in range(20))
GOOD = f"<!doctype html><title>Boutique</title><body>{WORDS}<a href='/panier'>Panier</a></body></html>".encode()
MAINTENANCE = (
    b"<!DOCTYPE html><html><head><title>Maintenance</title></head>"
    b"<body><h1>Briefly unavailable for scheduled maintenance. Check back in a minute.</h1></body></html>"
)
PARKED = (
    b"<html><head><title>shop.acme.example</title></head><body>"
    b"<h1>This domain is parked</h1><p>Buy this domain</p></body></html>"
)


def memory_of(outcome: Outcome) -> Memory:
    memory = observed(outcome).memory
    assert isinstance(memory, Memory)
    return memory


async def runs(*bodies: bytes, **options: Any) -> list[Outcome]:
    """Run once for each body, each run with the memory of the one before."""
    outcomes: list[Outcome] = []
    current = [b""]

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(page(current[0]))

    memory = None
    async with serving(script) as server:
        for body in bodies:
            current[0] = body
            outcomes.append(await probe(server.url(), memory=memory, **options))
            memory = observed(outcomes[-1]).memory or memory  # none: nothing new
    return outcomes


async def test_a_maintenance_page_under_200_is_content() -> None:
    (outcome,) = await runs(MAINTENANCE)
    assert reasons(outcome) == [("uptime.content", "maintenance_page")]
    assert finding(outcome).blocks
    assert "maintenance" in str(finding(outcome).fact("detail")).lower()


async def test_under_503_it_is_down_and_the_page_is_evidence() -> None:
    async with serving(answering(page(MAINTENANCE, status=b"503 Service Unavailable"))) as server:
        outcome = await probe(server.url())
    assert reasons(outcome) == [("uptime.down", "status")]
    assert str(finding(outcome).fact("shows")).startswith("maintenance_page")


async def test_a_page_that_goes_blank_is_told_against_the_last_good_one() -> None:
    first, second, blank, again = await runs(GOOD, GOOD, b"", GOOD)
    assert memory_of(first).good is None  # a one-off run remembers nothing
    assert memory_of(second).good is not None
    assert reasons(blank) == [("uptime.content", "blank_page")]
    assert finding(blank).fact("last_good") is not None
    assert memory_of(blank).good == memory_of(second).good
    assert reasons(again) == []


async def test_what_changed_since_is_in_the_evidence() -> None:
    *_, bad = await runs(GOOD, GOOD, MAINTENANCE)
    since = finding(bad).fact("since_then")
    assert isinstance(since, tuple)
    assert ("title", "Boutique", "Maintenance") in since
    assert any(isinstance(row, tuple) and row[:2] == ("bytes", len(GOOD)) for row in since)


async def test_of_a_page_that_stays_as_it_is_nothing_new_is_remembered() -> None:
    _, second, third = await runs(GOOD, GOOD, GOOD)
    assert memory_of(second).good is not None
    assert observed(third).memory is None


async def test_a_keyword_that_is_missing_beside_a_mark_comes_second() -> None:
    (outcome,) = await runs(PARKED, contains=("Panier",))
    ((rule, reason),) = reasons(outcome)
    assert (rule, reason) == ("uptime.content", "parked_page")
    assert "'Panier' not found" in str(finding(outcome).fact("also"))


SHORT = b"<title>Boutique</title><h1>Site en maintenance dimanche</h1><p>Nos magasins restent ouverts.</p>"


async def test_a_page_that_always_said_so_calms_the_alarm() -> None:
    """It was vouched for once by the words it must hold; the next day nobody asks for them."""
    (alone,) = await runs(SHORT)
    vouched = await runs(SHORT, SHORT, contains=("dimanche",))
    memory = memory_of(vouched[-1])
    async with serving(answering(page(SHORT + b"<!-- 2 -->"))) as server:
        calm = await probe(server.url(), memory=memory)
    async with serving(answering(page(MAINTENANCE))) as server:
        alarmed = await probe(server.url(), memory=memory)
    assert reasons(alone) == [("uptime.content", "maintenance_page")]
    assert reasons(calm) == []
    assert reasons(alarmed) == [("uptime.content", "maintenance_page")]
