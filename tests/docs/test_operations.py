"""The operations page names every address that is served and every ticket of the agent, and no other."""

import re
from pathlib import Path

import pytest
from starlette.routing import Route

from agent.cli.demo import BREAK as DEMO
from agent.core.desk.rules import RULES
from agent.demo import faults
from agent.web import api, health, page, probe, scrape

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "operations.md").read_text(encoding="utf-8")
HIDDEN = {"/static/vigie.css", "/favicon.ico"}


def test_every_address_is_described() -> None:
    nobody: object = None
    routes: list[Route] = [
        *health.routes(nobody),  # type: ignore[arg-type]
        *scrape.routes(nobody),  # type: ignore[arg-type]
        *probe.routes(nobody, nobody),  # type: ignore[arg-type]
        *api.routes(nobody),  # type: ignore[arg-type]
        *page.routes(nobody, nobody),  # type: ignore[arg-type]
    ]
    described = set(re.findall(r"^\| `(/[^`]*)`", PAGE, re.MULTILINE))
    assert {route.path for route in routes} - HIDDEN == described


def test_every_ticket_of_the_agent_is_described() -> None:
    described = set(re.findall(r"^\| `(agent\.[a-z0-9_]+)`", PAGE, re.MULTILINE))
    assert {rule.id for rule in RULES if rule.id.startswith("agent.")} == described


@pytest.mark.parametrize(
    "name", re.findall(r"demo break (\w+)", DEMO + (DOCS / "getting-started.md").read_text("utf-8"))
)
def test_every_fault_that_is_named_exists(name: str) -> None:
    assert name in faults.names()
