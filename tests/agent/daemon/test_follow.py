"""What follows from what was stored: beliefs, what is looked at again, metrics, and news for the dispatcher."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from agent.core.desk.message import Route
from agent.daemon.beliefs import Beliefs
from agent.daemon.follow import Follow
from agent.daemon.snapshot import live
from agent.intake import Intake
from agent.metrics import Labelled, Watched
from agent.plan import Planned
from agent.store import Store, tickets
from checks.core.model import Finding, Key, Severity
from tests.agent.kit import BROKEN, DOWN, LINKS, RULES, UPTIME, open_store, outcome
from tests.agent.web.conftest import planned


@dataclass
class Desk:
    store: Store
    follow: Follow
    intake: Intake
    rechecks: list[tuple[Key, timedelta, frozenset[str]]] = field(default_factory=list)
    news: int = 0

    async def sees(self, *runs: tuple[float, tuple[Finding, ...]]) -> None:
        for minutes, findings in runs:
            await self.intake.put(outcome(UPTIME, minutes, *findings), UPTIME)
        await self.intake.close()
        await self.intake.run()

    def shown(self, name: str) -> list[float]:
        text = b"".join(self.follow.watched.lines.chunks(openmetrics=False)).decode()
        found = (s for family in text_string_to_metric_families(text) for s in family.samples)
        return [s.value for s in found if s.name == name and s.labels.get("site") == "shop"]


DAILY: Planned = replace(planned("shop"), every=timedelta(days=1), recheck_every=timedelta(minutes=15))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = open_store(tmp_path)
    follow = Follow(beliefs=Beliefs(), watched=Watched())
    found = Desk(store=store, follow=follow, intake=Intake(store, follow.told))
    found.intake.routes = (Route(channel="log"),)

    def recheck(key: Key, every: timedelta, subjects: frozenset[str]) -> None:
        found.rechecks.append((key, every, subjects))

    def news() -> None:
        found.news += 1

    follow.recheck, follow.news = recheck, news
    follow.watched.plan([Labelled(key=DAILY.key, client="acme", kind="uptime")])
    follow.plan({DAILY.key: DAILY})
    found.rechecks.clear()
    yield found
    store.close()


DOWN_TWICE = ((0, (DOWN.found("uptime"),)), (1, (DOWN.found("uptime"),)))


async def test_a_confirmed_anomaly_is_looked_at_again_and_shown(desk: Desk) -> None:
    assert desk.shown("vigie_check_up") == [1]
    await desk.sees(*DOWN_TWICE)
    assert desk.shown("vigie_check_up") == [0]
    assert desk.rechecks == [(DAILY.key, timedelta(minutes=15), frozenset({"uptime"}))]
    assert (sum(desk.shown("vigie_tickets_opened_total")), desk.news) == (1, 1)


async def test_a_suspicion_is_not_believed(desk: Desk) -> None:
    await desk.sees(DOWN_TWICE[0])
    assert (desk.shown("vigie_check_up"), desk.rechecks, desk.news) == ([1], [], 0)


async def test_what_is_well_again_is_not_looked_at_again(desk: Desk) -> None:
    await desk.sees(*DOWN_TWICE, (2, ()), (3, ()))
    assert desk.rechecks[-1] == (DAILY.key, timedelta(minutes=15), frozenset())
    assert desk.shown("vigie_check_up") == [1]


async def test_a_ticket_that_comes_back_is_counted_as_reopened(desk: Desk) -> None:
    again = tuple((minutes, (DOWN.found("uptime"),)) for minutes in (4, 5))
    await desk.sees(*DOWN_TWICE, (2, ()), (3, ()), *again)
    assert (sum(desk.shown("vigie_tickets_opened_total")), desk.shown("vigie_ticket_reopens_total")) == (1, [1])


def test_beliefs_begin_with_what_the_store_holds() -> None:
    beliefs = Beliefs.read({UPTIME.key: (DOWN.found("uptime"), BROKEN.found("https://shop.example/x"))})
    assert not beliefs.is_up(UPTIME.key)
    assert beliefs.subjects(UPTIME.key) == {"uptime", "https://shop.example/x"}
    assert beliefs.is_up(LINKS.key)


async def test_live_tickets_are_counted_by_site_and_severity(desk: Desk) -> None:
    await desk.sees(*DOWN_TWICE)
    (one,) = live(desk.store.read(lambda session: tickets.live(session, RULES)))
    assert (one.client, one.site, one.severity, one.count) == ("acme", "shop", Severity.CRITICAL, 1)
