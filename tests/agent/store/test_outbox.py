"""Messages: written with the ticket, in order, once, and merged where nobody heard of them yet."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.desk.message import Pending, Route, channels_for, headline
from agent.core.desk.rules import OFFLINE
from agent.core.desk.ticket import EventKind
from agent.core.desk.watch import agent_watch
from agent.store import outbox
from agent.store.outlet import Outlet
from checks.core.model import Severity
from tests.agent.intake.bench import Bench, down, well
from tests.agent.kit import EXPIRED, EXPIRING, TLS, UPTIME, at, outcome

FILE = Route(channel="file")
PHONE = Route(channel="phone", severities=frozenset({Severity.CRITICAL}))
CENTRE = Route(channel="centre", agent=True)


@pytest.fixture
def told(bench: Bench) -> Bench:
    bench.routes = (FILE, PHONE)
    return bench


async def claim(bench: Bench, channel: str, minutes: float, *, merges: bool = False) -> list[Pending]:
    return list(await Outlet(bench.store).claim(channel, at(minutes), merges=merges))


async def test_each_channel_hears_once_of_each_event(told: Bench) -> None:
    stream = [down(0), down(1), well(2), well(3)]
    await told.each(*stream)
    await told.each(*stream)
    keys = [key for changes in told.changes for key in changes.messages]
    assert keys == [f"{name}:ACME-2026-0001:{seq}" for seq in (1, 2) for name in sorted(("file", "phone"))]


async def test_a_claim_says_all_there_is_to_say(told: Bench) -> None:
    await told.each(down(0), down(1))
    (message,) = await claim(told, "file", 2)
    assert (message.key, message.kind, message.channel) == ("file:ACME-2026-0001:1", EventKind.OPENED, "file")
    assert (message.view.ticket.ref, message.view.events, message.attempts) == ("ACME-2026-0001", 1, 0)
    assert message.view.ticket.finding.fact("reason") == "refused"
    assert len(message.view.head) == 64
    assert message.at == at(1) + timedelta(seconds=0.5)
    assert '"attempts"' in message.detail


async def test_messages_of_a_ticket_go_out_in_order_and_one_at_a_time(told: Bench) -> None:
    await told.each(down(0), down(1), well(2), well(3))
    outlet = Outlet(told.store)
    (first,) = await claim(told, "file", 4)
    assert first.kind is EventKind.OPENED
    assert await claim(told, "file", 4) == []
    await outlet.later(first.key, at(6), "full")
    assert await claim(told, "file", 5) == []
    (again,) = await claim(told, "file", 6)
    assert (again.key, again.attempts) == (first.key, 1)
    assert again.view == first.view
    await outlet.delivered(again.key, at(6), "id-7")
    (last,) = await claim(told, "file", 6)
    assert last.kind is EventKind.RESOLVED
    await outlet.refused(last.key, at(6), "410")
    assert await claim(told, "file", 60) == []


async def test_a_claim_that_nobody_marked_is_free_again(told: Bench) -> None:
    await told.each(down(0), down(1))
    (first,) = await claim(told, "file", 2)
    assert await claim(told, "file", 3.9) == []
    assert [message.key for message in await claim(told, "file", 4)] == [first.key]
    assert await Outlet(told.store).release() == 1
    assert [message.key for message in await claim(told, "file", 4)] == [first.key]


async def test_what_nobody_heard_of_is_merged(told: Bench) -> None:
    expiring, expired = EXPIRING.found("x:443"), EXPIRED.found("x:443")
    await told.each((outcome(TLS, 0, expiring), TLS), (outcome(TLS, 1, expired), TLS))
    (message,) = await claim(told, "file", 2, merges=True)
    assert (message.kind, message.merged) == (EventKind.OPENED, (EventKind.OPENED,))
    assert message.view.ticket.finding.rule is EXPIRED
    await told.take((outcome(TLS, 3), TLS))
    await Outlet(told.store).later(message.key, at(3), "down")
    (message,) = await claim(told, "file", 4, merges=True)
    assert (message.kind, message.merged) == (EventKind.RESOLVED, (EventKind.OPENED, EventKind.CHANGED))
    await Outlet(told.store).delivered(message.key, at(4), "")
    assert await claim(told, "file", 4, merges=True) == []


async def test_the_end_goes_to_all_who_heard_of_it(told: Bench) -> None:
    await told.each((outcome(TLS, 0, EXPIRED.found("x")), TLS), (outcome(TLS, 1, EXPIRING.found("x")), TLS))
    await told.take((outcome(TLS, 2), TLS))
    keys = [key for changes in told.changes for key in changes.messages if key.startswith("phone")]
    assert keys == ["phone:ACME-2026-0001:1", "phone:ACME-2026-0001:3"]


async def test_waiting_is_counted_by_channel(told: Bench) -> None:
    await told.each(down(0), down(1), well(2), well(3))
    counted = told.store.read(outbox.waiting)
    assert {name: waiting.count for name, waiting in counted.items()} == {"file": 2, "phone": 2}
    assert counted["file"].oldest == at(1) + timedelta(seconds=0.5)


async def test_delivered_messages_are_pruned_but_for_live_tickets(told: Bench) -> None:
    other = replace(UPTIME, key=replace(UPTIME.key, site="other"))
    await told.each(down(0), down(1), well(2), well(3))
    await told.each(*((replace(down(minute)[0], key=other.key), other) for minute in (0, 1)))
    for _ in range(2):
        for message in await claim(told, "file", 5):
            await Outlet(told.store).delivered(message.key, at(5), "")
    pruned = told.store.write(lambda session: outbox.prune(session, at(6), 100)).result()
    assert pruned == 2
    await told.each(*((replace(well(minute)[0], key=other.key), other) for minute in (6, 7)))
    assert told.changes[-1].messages == ("file:ACME-2026-0002:2", "phone:ACME-2026-0002:2")


async def test_the_agents_own_go_to_channels_that_ask_for_them(bench: Bench) -> None:
    bench.routes = (FILE, CENTRE)
    agent = agent_watch("en")
    await bench.take((outcome(agent, 0, OFFLINE.found("uplink", targets=())), agent))
    assert bench.changes[-1].messages == ("centre:AGENT-2026-0001:1",)
    assert channels_for(bench.tickets()[0], ()) == ()


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        pytest.param("opened", "opened", id="one-alone"),
        pytest.param("opened changed", "opened", id="who-never-heard-of-it-is-told-that-it-was-opened"),
        pytest.param("changed changed", "changed", id="the-last-change-counts"),
        pytest.param("reopened changed changed", "reopened", id="reopened-stays-reopened"),
        pytest.param("opened changed resolved", "resolved", id="over-is-all-that-matters"),
        pytest.param("opened resolved reopened", "reopened", id="the-last-word-counts"),
    ],
)
def test_what_one_message_says_for_several(kinds: str, said: str) -> None:
    assert headline(tuple(EventKind(kind) for kind in kinds.split())) is EventKind(said)
