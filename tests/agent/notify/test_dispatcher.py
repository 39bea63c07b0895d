"""Messages go out once the ticket is stored, in order, again and again until they are there, each with one key."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.core.desk.message import Route
from agent.intake import Changes, Intake
from agent.notify.channel import Channel, Delivered, Later, Message, Receipt, Refused
from agent.notify.dispatcher import Destination, Dispatcher, Outlet, Result
from agent.store import Store, StoreUnavailable
from agent.store.outlet import Outlet as StoreOutlet
from checks.core.secret import Secret
from tests.agent.kit import DOWN, UPTIME, open_store, outcome

PARIS = ZoneInfo("Europe/Paris")


@dataclass
class Phone:
    """A channel that answers as it is told, and keeps what it was given."""

    answers: list[Receipt | BaseException] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    merges: bool = True

    async def send(self, message: Message, url: str) -> Receipt:
        assert url == "phone:0"
        self.sent.append(message)
        answer = self.answers.pop(0) if self.answers else Delivered()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def at(self, name: str = "phone") -> Destination:
        channel = Channel(kind="phone", schemes=frozenset({"phone"}), send=self.send, merges=self.merges)
        return Destination(name=name, channel=channel, url=Secret(text="phone:0"))


@dataclass
class Office:
    """A real store whose outbox is emptied, on a clock that is moved by hand."""

    store: Store
    intake: Intake
    results: list[tuple[str, Result]] = field(default_factory=list)
    now: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)
    changes: list[Changes] = field(default_factory=list)

    async def happens(self, *minutes_and_findings: tuple[float, bool]) -> None:
        """Store runs of the uptime check: at these minutes, down or not."""
        for minutes, down in minutes_and_findings:
            await self.intake.put(
                outcome(UPTIME, minutes, *([DOWN.found("uptime", reason="x")] if down else [])), UPTIME
            )
        await self.intake.close()
        await self.intake.run()

    def dispatcher(self, *to: Destination, outlet: Outlet | None = None) -> Dispatcher:
        return Dispatcher(
            outlet=outlet or StoreOutlet(self.store),
            destinations=to,
            zone=PARIS,
            told=lambda name, result: self.results.append((name, result)),
            now=lambda: self.now,
            draw=lambda: 0.0,
        )

    async def empty(self, dispatcher: Dispatcher) -> None:
        """Deliver what is due, then end."""
        dispatcher.close()
        async with asyncio.timeout(20):
            await dispatcher.run()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    store = open_store(tmp_path)
    changes: list[Changes] = []
    intake = Intake(store, changes.append, parting=0)
    intake.routes = (Route(channel="phone"),)
    yield Office(store=store, intake=intake, changes=changes)
    store.close()


def told(phone: Phone) -> list[str]:
    return [message.event for message in phone.sent]


DOWN_TWICE = ((0, True), (1, True))


async def test_a_ticket_that_opens_is_told_once(office: Office) -> None:
    phone = Phone()
    await office.happens(*DOWN_TWICE)
    await office.empty(office.dispatcher(phone.at()))
    await office.empty(office.dispatcher(phone.at()))
    (message,) = phone.sent
    assert (message.event, message.ticket, message.site, message.severity) == (
        "opened",
        "ACME-2026-0001",
        "shop",
        "critical",
    )
    assert message.body.splitlines()[0] == "ACME-2026-0001 (critical): opened"
    assert "https://shop.example/" in message.body
    assert office.results == [("phone", Result.DELIVERED)]


async def test_what_failed_is_tried_again_later_with_the_same_key_and_words(office: Office) -> None:
    phone = Phone(answers=[Later(reason="busy"), Later(reason="busy"), Delivered()])
    await office.happens(*DOWN_TWICE)
    dispatcher = office.dispatcher(phone.at())
    for seconds in (0, 0.5, 0.5, 1.5, 0.5):  # the first retry is due after 1 s, the second 2 s after that
        office.now += timedelta(seconds=seconds)
        await office.empty(dispatcher)
    assert len(phone.sent) == 3
    assert len(set(phone.sent)) == 1
    assert [result for _name, result in office.results] == [Result.LATER, Result.LATER, Result.DELIVERED]


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(ValueError("a bug"), id="a-bug-in-a-channel"),
        pytest.param(StoreUnavailable("no secret"), id="an-error-of-ours"),
        pytest.param(TimeoutError(), id="a-channel-that-hangs"),
    ],
)
async def test_whatever_goes_wrong_in_a_channel_the_message_stays(
    office: Office, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    phone = Phone(answers=[failure])
    await office.happens(*DOWN_TWICE)
    await office.empty(office.dispatcher(phone.at()))
    office.now += timedelta(seconds=2)
    await office.empty(office.dispatcher(phone.at()))
    assert told(phone) == ["opened", "opened"]
    assert caplog.text.count("Traceback") == isinstance(failure, ValueError)


async def test_what_is_refused_is_not_tried_again(office: Office) -> None:
    phone = Phone(answers=[Refused(reason="unknown number")])
    await office.happens(*DOWN_TWICE)
    await office.empty(office.dispatcher(phone.at()))
    office.now += timedelta(days=1)
    await office.empty(office.dispatcher(phone.at()))
    assert told(phone) == ["opened"]
    assert office.results == [("phone", Result.REFUSED)]


@pytest.mark.parametrize(
    ("merges", "events"),
    [
        pytest.param(True, ["resolved"], id="people-hear-the-last-word-once"),
        pytest.param(False, ["opened", "resolved"], id="a-record-has-each"),
    ],
)
async def test_after_an_outage_of_a_channel(office: Office, merges: bool, events: list[str]) -> None:
    phone = Phone(merges=merges)
    await office.happens(*DOWN_TWICE, (2, False), (3, False))
    await office.empty(office.dispatcher(phone.at()))
    assert told(phone) == events


async def test_one_channel_that_fails_does_not_hold_up_another(office: Office) -> None:
    office.intake.routes = (Route(channel="dead"), Route(channel="phone"))
    dead, phone = Phone(answers=[Later(reason="x")] * 9), Phone()
    await office.happens(*DOWN_TWICE)
    await office.empty(office.dispatcher(dead.at("dead"), phone.at()))
    assert (told(dead), told(phone)) == (["opened"], ["opened"])


async def test_news_wakes_a_dispatcher_that_had_nothing_to_do(office: Office) -> None:
    phone = Phone()
    dispatcher = office.dispatcher(phone.at())
    task = asyncio.create_task(dispatcher.run())
    await office.happens(*DOWN_TWICE)
    async with asyncio.timeout(20):
        while not phone.sent:
            dispatcher.wake()
            await asyncio.sleep(0.01)
    dispatcher.close()
    await task


async def test_other_channels_are_served_after_a_reload(office: Office) -> None:
    old, new = Phone(), Phone()
    dispatcher = office.dispatcher(old.at("old"))
    task = asyncio.create_task(dispatcher.run())
    await asyncio.sleep(0)
    dispatcher.serve([new.at()])
    await office.happens(*DOWN_TWICE)
    async with asyncio.timeout(20):
        while not new.sent:
            dispatcher.wake()
            await asyncio.sleep(0.01)
    dispatcher.close()
    await task
    assert (told(old), told(new)) == ([], ["opened"])


@dataclass
class Stubborn:
    """An outbox whose store cannot be written for a while."""

    real: Outlet
    refusals: int

    async def claim(self, channel: str, now: datetime, *, merges: bool) -> Iterable[object]:
        return await self.real.claim(channel, now, merges=merges)

    async def delivered(self, key: str, now: datetime, ref: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StoreUnavailable("the store is locked")
        await self.real.delivered(key, now, ref)

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)


async def test_a_delivery_is_marked_once_the_store_can_be_written(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.notify.dispatcher.AGAIN", 0.0)
    phone = Phone()
    await office.happens(*DOWN_TWICE)
    outlet = Stubborn(StoreOutlet(office.store), refusals=3)
    await office.empty(office.dispatcher(phone.at(), outlet=outlet))  # type: ignore[arg-type]
    await office.empty(office.dispatcher(phone.at()))
    assert told(phone) == ["opened"]


@asynccontextmanager
async def killed_while_sending(office: Office) -> AsyncIterator[Message]:
    """A dispatcher that is gone after it sent and before it could mark."""
    sent: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    async def send(message: Message, _url: str) -> Receipt:
        sent.set_result(message)
        await asyncio.Event().wait()
        return Delivered()

    channel = Channel(kind="phone", schemes=frozenset({"phone"}), send=send)
    to = Destination(name="phone", channel=channel, url=Secret(text="phone:0"))
    task = asyncio.create_task(office.dispatcher(to).run())
    yield await sent
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_message_under_way_when_the_process_died_comes_again_with_the_same_key(office: Office) -> None:
    await office.happens(*DOWN_TWICE)
    async with killed_while_sending(office) as first:
        pass
    phone = Phone()
    await office.empty(office.dispatcher(phone.at()))
    assert [message.key for message in phone.sent] == [first.key]


async def test_what_is_not_told_has_no_message(office: Office) -> None:
    office.intake.routes = ()
    await office.happens(*DOWN_TWICE)
    phone = Phone()
    await office.empty(office.dispatcher(phone.at()))
    assert phone.sent == []
