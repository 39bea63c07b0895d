"""A store with a site that is down, one that is well and one that never ran, and the application over it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from starlette.types import ASGIApp

from agent.core.desk.watch import Watch
from agent.intake import Changes, Intake
from agent.metrics import Exposition, Own, Watched
from agent.plan import Planned
from agent.settings import Phase
from agent.store import Store
from agent.web.app import Served, build
from agent.web.guard import Access
from agent.web.health import Readiness
from agent.web.page import Masthead
from agent.web.reads import Reads
from checks.core.model import Attempt, Finding, Key, Observed, Outcome
from checks.core.options import Common
from tests.agent.kit import DOWN, RULES

NASTY = '<script>alert("x")</script>'


def watch(site: str, check: str = "uptime") -> Watch:
    return Watch(key=Key(site=site, check=check), kind="uptime", target=f"https://{site}.example/", client="acme")


def planned(site: str) -> Planned:
    one = watch(site)
    return Planned(
        key=one.key,
        kind=one.kind,
        client=one.client,
        contract=None,
        phase=Phase.MAINTENANCE,
        target=one.target,
        options=Common(),
        every=timedelta(minutes=1),
        timeout=10,
        recheck_wait=1,
        recheck_every=timedelta(minutes=1),
        blind_after=timedelta(hours=1),
        language="fr",
    )


def run(site: str, minutes: float, *findings: Finding) -> Outcome:
    started = datetime.now(UTC) - timedelta(minutes=minutes)
    answer = Observed(findings=findings, attempts=(Attempt(number=1, seconds=0.2, findings=findings),))
    return Outcome(
        id=f"{site:>010}{round(minutes * 100):016d}",
        key=watch(site).key,
        started=started,
        seconds=0.25,
        only=frozenset(),
        answer=answer,
    )


@dataclass(slots=True)
class Desk:
    """What the tests ask."""

    app: ASGIApp
    store: Store
    online: bool = True
    ref: str = ""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = Store.open(tmp_path / "vigie.db", RULES)
    changes: list[Changes] = []
    intake = Intake(store, changes.append)
    curl = "curl -sS https://shop.example/"
    down = DOWN.found("uptime", reason="refused", detail=NASTY, curl=curl, addresses=(("192.0.2.1", "refused"),))
    for outcome in (run("shop", 3, down), run("shop", 2, down), run("blog", 1)):
        await intake.put(outcome, watch(outcome.key.site))
    await intake.close()
    await intake.run()
    own, watched = Own(), Watched()
    found = Desk(app=_nothing, store=store, ref=changes[0].tickets[0].ref)
    found.app = build(
        Served(
            readiness=lambda: Readiness(configuration=True, store=True, scheduler=True, first_check=True),
            scrape=Exposition(own.registry, watched.lines).answer,
            look=_never,
            reads=Reads(store, lambda: [planned(site) for site in ("shop", "blog", "new")]),
            masthead=Masthead(
                name="vigie-1", language="fr", zone=ZoneInfo("Europe/Paris"), online=lambda: found.online
            ),
            access=Access(),
        )
    )
    yield found
    store.close()


async def _never(_planned: Planned) -> None:
    raise AssertionError


async def _nothing(*_: object) -> None:
    raise AssertionError
