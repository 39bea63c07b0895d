"""The days of a certificate that nobody renews, lived through by a whole daemon whose clock is moved.

Thresholds are days apart, so the daemon's clock is behind by days and catches up. The end itself is real: OpenSSL
verifies by the machine's clock alone, so the certificate has seconds left when the test begins, and the daemon's clock
agrees with the machine's before they are over.
"""

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import apscheduler.schedulers.base
import httpx
import pytest

from agent.daemon.journal import Journal
from agent.daemon.orders import Orders
from agent.daemon.reload import read
from agent.daemon.service import serve
from agent.systemd import Supervisor
from tests.daemon.running import PATIENCE, PAUSE
from tests.lab.ports import free_port
from tests.lab.tls.authority import Issued, Wish, intermediate, issue, root
from tests.lab.tls.servers import Behaviour, Lab, answer, context, open_lab, plain, tls
from tests.lab.tls.world import DAY

LIFE = 90 * DAY
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SPENT = timedelta(minutes=6)  # longer than any message waits
NEXT = timedelta(seconds=95)  # after which a check of every minute looks again, whenever it did
LAST_LOOK = timedelta(seconds=5)  # before the end, when both checks still find the site well
ENOUGH = (8, 30, 120)  # seconds that the certificate has left: more when the machine turns out to be busy

VALIDITY = "SELECT rule, severity, state, parent FROM tickets WHERE family = 'tls.cert.validity'"
OWED = "SELECT owed, told FROM tickets WHERE rule = 'tls.cert.expired'"
TICKETS_OF = "SELECT 1 FROM tickets WHERE site = 'shop'"
KINDS = "SELECT DISTINCT kind FROM events"
TICKETS = "SELECT ref, rule, state, parent FROM tickets ORDER BY ref"
LOOKED = "SELECT DISTINCT name FROM outcomes JOIN checks ON checks.id = check_id WHERE site = 'shop'"


class TooBusy(Exception):
    """The certificate ended before the daemon had lived through the days before."""


@dataclass(kw_only=True)
class Clock:
    """The machine's clock and how far the daemon's is behind or ahead."""

    offset: timedelta

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that APScheduler goes by too, which would ask the machine by itself."""
    moved = Clock(offset=-40 * DAY)

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Moved":
            now = moved().astimezone(tz)
            return cls.combine(now.date(), now.timetz())

    monkeypatch.setattr("agent.schedule.TICK", 0.05)  # a move is noticed at once
    monkeypatch.setattr("agent.intake.keeping.LOOK", 0.1)
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Moved)
    return moved


@dataclass(kw_only=True)
class Site:
    """A server that may be given another certificate, and the file of its root."""

    lab: Lab
    ca: Issued = field(default_factory=lambda: root("Lab Root"))
    behaviour: Behaviour | None = None
    port: int = 0
    page: str = ""  # where uptime looks

    def __post_init__(self) -> None:
        self.port = self.lab.open(("127.0.0.1", self.serve))
        self.page = self.page or f"https://127.0.0.1:{self.port}/"

    async def serve(self, connection: object) -> None:
        assert self.behaviour is not None
        await self.behaviour(connection)  # type: ignore[arg-type]

    def show(self, left: timedelta, today: datetime) -> datetime:
        """Present a new certificate from now on, and return its end."""
        wish = Wish(subject="shop", ips=["127.0.0.1"], since=LIFE - left, left=left, today=today)
        leaf = issue(wish, intermediate(self.ca))
        self.behaviour = tls(context(leaf.chain))
        return leaf.cert.not_valid_after_utc


@dataclass(kw_only=True)
class Life:
    """A daemon with its clock."""

    folder: Path
    clock: Clock
    running: asyncio.Task[int]
    web: int  # its port

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(f"file:{self.folder / 'var/vigie.db'}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(sql).fetchall()

    async def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait for what only the store tells."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not self._true(holds):
                    assert not self.running.done(), what
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            raise AssertionError(f"never: {what}: {self.rows(TICKETS)}") from None

    def _true(self, holds: Callable[[], object]) -> bool:
        try:
            return bool(holds())
        except sqlite3.Error:  # it is not there yet
            return False

    def told(self, channel: str) -> list[tuple[str, str]]:
        """What was delivered, in order: event and ticket."""
        path = self.folder / f"{channel}.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [(line["event"], line["ticket"]) for line in map(json.loads, lines)]

    def words(self, channel: str) -> list[str]:
        path = self.folder / f"{channel}.jsonl"
        return [json.loads(line)["body"] for line in path.read_text(encoding="utf-8").splitlines()]


def configuration(site: Site, web: int, first: str) -> str:
    """Two checks of one site, the first of which is to see the end before the other, and two channels."""
    again = 'recheck_every = "1s"' if first == "tls" else ""  # it follows the ticket that it warned with
    return f"""
[agent]
listen = "127.0.0.1:{web}"
language = "en"
[sites.shop]
url = "https://127.0.0.1:{site.port}/"
[sites.shop.checks.uptime]
url = "{site.page}"
every = "1m"
ca_file = "ca.pem"
[sites.shop.checks.tls]
every = "1h"
{again}
ca_file = "ca.pem"
http_port = 0
revocation = false
[channels.queue]
url = "file://queue.jsonl"
[channels.oncall]
url = "file://oncall.jsonl"
severities = ["critical"]
"""


@asynccontextmanager
async def daemon(folder: Path, site: Site, clock: Clock, first: str) -> AsyncIterator[Life]:
    """Run scheduler, executor, intake, store, desk and dispatcher by that clock, in a new folder or an old one."""
    folder.mkdir(exist_ok=True)
    (folder / "ca.pem").write_bytes(site.ca.pem)
    path = folder / "config.toml"
    path.write_text(configuration(site, web := free_port(), first), encoding="utf-8")
    settings, plan = read(path)
    stop = asyncio.Event()
    orders = Orders(
        path=path,
        settings=settings,
        plan=plan,
        journal=Journal(),
        supervisor=Supervisor.take({}, os.getpid()),
        stop=stop,
        anew=asyncio.Event(),
        clock=clock,
    )
    running = asyncio.create_task(serve(orders))
    try:
        yield Life(folder=folder, clock=clock, running=running, web=web)
    finally:
        stop.set()
        async with asyncio.timeout(PATIENCE):
            assert await running == 0


async def neglect(life: Life, ends: datetime) -> None:
    """Live through the days before the end, and the end."""
    rows = life.rows
    await life.until(lambda: len(rows(LOOKED)) >= 2, "both checks looked")
    assert rows(TICKETS) == []
    for left, severity, event in ((20, "minor", "opened"), (3, "major", "changed")):
        life.clock.offset = -left * DAY
        await life.until(lambda: rows(f"{VALIDITY} AND severity = '{severity}'"), f"{left} days left")  # noqa: B023
        life.clock.offset += SPENT
        told = event, str(rows(TICKETS)[0][0])
        await life.until(lambda: told in life.told("queue"), f"{event} with {left} days left")  # noqa: B023
    await asyncio.sleep(max(0.0, (ends - LAST_LOOK - datetime.now(UTC)).total_seconds()))
    await move(life, life.clock.offset * -1, "uptime", "tls")
    if datetime.now(UTC) >= ends:
        raise TooBusy
    assert rows(VALIDITY) == [("tls.cert.expiring", "major", "open", None)]
    assert life.told("oncall") == []
    await asyncio.sleep((ends - datetime.now(UTC)).total_seconds() + 1.1)  # it really ends: the last second counts in


async def incident(life: Life, first: str) -> None:
    """One check sees the end before the other, and yet there is one incident."""
    rows = life.rows
    if first == "uptime":
        await look_twice(life, "uptime", NEXT)
        assert [rule for _ref, rule, _state, _parent in rows(TICKETS)] == ["tls.cert.expiring", "uptime.down"]
        await look_twice(life, "tls", 2 * HOUR)
    else:
        await waits(life)
        await look_twice(life, "uptime", NEXT)
    await life.until(lambda: rows(f"{VALIDITY} AND parent IS NOT NULL"), "who explains whom")
    outage = rows("SELECT ref FROM tickets WHERE rule = 'uptime.down'")[0][0]
    await life.until(lambda: ("opened", outage) in life.told("oncall"), "that the site is down")


async def waits(life: Life) -> None:
    """The certificate's end is seen, and on-call is not told yet: uptime has not looked since."""
    await life.until(lambda: life.rows(OWED) == [("changed", 1)], "that it has expired")
    assert [rule for _ref, rule, _state, _parent in life.rows(TICKETS)] == ["tls.cert.expired"]
    assert life.told("oncall") == []


async def look_twice(life: Life, check: str, step: timedelta) -> None:
    """Move the clock on for two looks of a check: an outage is believed when a second one confirms it."""
    for _ in range(2):
        await move(life, step, check)


async def move(life: Life, step: timedelta, *checks: str) -> None:
    """Move the clock on, and wait until these checks have looked."""
    life.clock.offset += step
    looked = f"{LOOKED} AND started >= {int(life.clock().timestamp() * 1000)}"
    await life.until(lambda: {(check,) for check in checks} <= set(life.rows(looked)), f"{checks} look")


async def heal(life: Life) -> None:
    """Both checks look until both tickets are over: that a site is up is believed when a second look confirms it."""
    await look_twice(life, "uptime", 2 * HOUR)
    await life.until(lambda: not life.rows(f"{TICKETS_OF} AND state != 'resolved'"), "both restored")


Story = Callable[[Path, Site, datetime], Awaitable[None]]


async def in_time(folder: Path, clock: Clock, page: Callable[[Lab], str], story: Story) -> None:
    """Let a certificate that ends in seconds live through a story, with more of them when the machine is too busy."""
    for seconds in ENOUGH:
        clock.offset = -40 * DAY
        async with open_lab() as lab:
            site = Site(lab=lab, page=page(lab))
            ends = site.show(timedelta(seconds=seconds), datetime.now(UTC).replace(microsecond=0))
            try:
                await story(folder / str(seconds), site, ends)
            except TooBusy:
                continue
            return
    raise AssertionError("this machine does not get through it in two minutes")


@pytest.mark.parametrize("first", ["uptime", "tls"], ids="{}-sees-the-end-first".format)
async def test_from_warning_to_outage_it_is_one_ticket_and_one_incident(
    tmp_path: Path, clock: Clock, first: str
) -> None:
    async def story(folder: Path, site: Site, ends: datetime) -> None:
        async with daemon(folder, site, clock, first) as life:
            await neglect(life, ends)
            await incident(life, first)
            await one_incident(life, first)
            site.show(80 * DAY, datetime.now(UTC))
            await heal(life)
        restored = [ref for event, ref in life.told("queue") if event == "resolved"]
        assert sorted(restored) == sorted({ref for _event, ref in life.told("queue")})

    await in_time(tmp_path, clock, lambda _lab: "", story)


def unlocked(lab: Lab) -> str:
    """A page of the same host that needs no certificate."""
    return f"http://127.0.0.1:{lab.open(('127.0.0.1', plain(answer())))}/"


@pytest.mark.parametrize("restarted", [False, True], ids=["it-waits", "it-waits-through-a-restart"])
async def test_while_uptime_stays_well_oncall_hears_of_the_certificate(
    tmp_path: Path, clock: Clock, restarted: bool
) -> None:
    async def story(folder: Path, site: Site, ends: datetime) -> None:
        async with daemon(folder, site, clock, "tls") as life:
            await neglect(life, ends)
            await waits(life)
            if not restarted:
                await heard(life)
        if restarted:
            async with daemon(folder, site, clock, "tls") as life:
                await waits(life)
                await heard(life)
        assert len(life.told("oncall")) == 1

    await in_time(tmp_path, clock, unlocked, story)


async def heard(life: Life) -> None:
    """Uptime looks, is well, and the certificate's own message goes out."""
    await move(life, NEXT, "uptime")
    ((certificate, *its),) = life.rows(TICKETS)
    assert its == ["tls.cert.expired", "open", None]
    await life.until(lambda: life.told("oncall") == [("changed", certificate)], "that it has expired")
    assert "Renew it now" in life.words("oncall")[0]


async def one_incident(life: Life, first: str) -> None:
    """One ticket of the certificate from the first warning on, below the one of the outage; nothing came and went."""
    (certificate, *its), (outage, *that) = life.rows(TICKETS)
    assert its == ["tls.cert.expired", "open", outage]
    assert that == ["uptime.down", "open", None]
    # Warnings waited until uptime had looked, or as long as they may: that ends with a word of its own.
    assert {kind for (kind,) in life.rows(KINDS)} - {"released"} == {"opened", "changed", "explained"}
    warned, worse, seen = ("opened", certificate), ("changed", certificate), ("opened", outage)
    # Whoever is first to see the end, the outage is all that is told, and how to mend the certificate with it.
    assert life.told("queue") == [warned, worse, seen]
    assert life.told("oncall") == [seen]
    (text,) = life.words("oncall")
    assert "Renew" in text
    assert (f"explains: {certificate}" in text) is (first == "tls")  # uptime knows of no certificate that is unseen
    async with httpx.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{life.web}/api/v1/tickets/") as api:
        parent, child = [(await api.get(str(ref))).json() for ref in (outage, certificate)]
    assert (parent["children"], child["parent"], child["children"]) == ([certificate], outage, [])
    assert child["advice"].startswith("Renew it now and reload the server: browsers refuse the site.")
