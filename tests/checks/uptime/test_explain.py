"""A run told step by step holds what a person looks for, and no secret."""

from checks.uptime.explain import explain
from checks.uptime.seen import Seen
from tests.checks.uptime.harness import SCENARIOS
from tests.lab.http.probe import seen_by
from tests.lab.http.server import OK, by_path, redirect, serving


async def told(url: str, **options: object) -> str:
    return "\n".join(explain(await seen_by(url, **options)))


async def test_a_healthy_run() -> None:
    async with serving(by_path({"/": redirect("/in?token=abcdef"), "/in": OK})) as server:
        text = await told(server.url(), contains=("hello",), slow_after=5.0)
    assert "GET http://127.0.0.1" in text
    assert "HTTP/1.1 302 Moved" in text
    assert "127.0.0.1: answered" in text
    assert "processing" in text
    assert "status 200: expected (200-299)" in text
    assert "1 conditions" in text
    assert "within the 5 s allowed" in text
    assert "again: curl " in text
    assert "abcdef" not in text


async def test_a_dead_port() -> None:
    text = await told("http://127.0.0.1:1/")
    assert "127.0.0.1: connect_refused" in text
    assert "no answer to judge" in text


def test_every_scenario_can_be_told() -> None:
    for scenario in SCENARIOS:
        assert isinstance(scenario.seen, Seen)
        assert list(explain(scenario.seen))
