"""The browsers' preload list from its server to the finding: fetched, verified, kept, and old one day."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.texts import speaker
from checks.core.model import Finding, Job, Key, Observed, Outcome, Presence
from checks.core.run import run
from checks.net import open_net
from checks.net.preload import LEAST
from checks.tls import CHECK
from checks.tls.explain import explain
from checks.tls.options import Options
from checks.tls.seen import Memory, Seen
from tests.lab.tls.servers import Lab, answer, open_lab
from tests.lab.tls.world import Case, Opened, World, open_case

HOST = "name.test"
BROKEN = "http.hsts.preload_broken"
LONG_AFTER = timedelta(days=40)


def listing(*names: str) -> bytes:
    """A list of the form of Chromium's, as long as one has to be."""
    strangers = [f"stranger-{n}.test" for n in range(LEAST)]
    entries = [{"name": name, "mode": "force-https", "include_subdomains": True} for name in (*strangers, *names)]
    return b"// comments stand in it\n" + json.dumps({"entries": entries}).encode()


class Bench:
    """A site that no longer meets the list's conditions, the list's server, and a daemon's folder and clock."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        world = World(lab=lab, folder=folder)
        self.web, self.feeds, self.ahead = world.web, folder / "feeds", timedelta()
        world.options["preload_list"] = world.web.url("/hsts.json")
        site = world.https(world.leaf(), reply=answer(200, ("Strict-Transport-Security", "max-age=31536000")))
        self.site: Opened = open_case(Case(name="x", build=lambda _w: {"127.0.0.1": site}), world, 5.0)
        self.seen: list[Seen] = []

    def serves(self, body: bytes) -> None:
        self.web.serve("/hsts.json", body)

    async def look(self, memory: object = None, *, lasting: bool = True, options: Options | None = None) -> Outcome:
        """One run of a daemon that starts anew: what it knows of the list stands in the folder."""
        assert memory is None or isinstance(memory, Memory)
        job = Job(
            key=Key(site="s", check="tls"),
            id="1",
            kind="tls",
            target=self.site.target,
            options=options or self.site.options,
            memory=replace(memory, endpoints=()) if memory is not None else None,  # so that an audit is due
            timeout=5.0,
        )

        def clock() -> datetime:
            return datetime.now(UTC) + self.ahead

        async with open_net(folder=self.feeds if lasting else None, clock=clock) as net:
            return await run(job, CHECK, net, now=clock, witness=self.seen.append)

    def told(self) -> str:
        """The line that tells a person how the host stands."""
        return next(line.text for line in explain(self.seen[-1], speaker("en")) if "preload list" in line.text)


def hsts(outcome: Outcome) -> Finding | None:
    assert isinstance(outcome.answer, Observed), outcome.answer
    return next((one for one in outcome.answer.findings if one.family == "http.hsts"), None)


def memory(outcome: Outcome) -> object:
    assert isinstance(outcome.answer, Observed)
    return outcome.answer.memory


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with open_lab() as lab:
        yield Bench(lab, tmp_path)


async def test_a_host_that_is_in_the_list_must_meet_its_conditions(bench: Bench) -> None:
    bench.serves(listing(HOST))
    found = hsts(await bench.look())
    assert found is not None
    assert found.rule.id == BROKEN
    assert found.fact("list_of") == f"{datetime.now(UTC):%Y-%m-%d}"
    assert "browsers come by https alone" in bench.told()


async def test_a_host_that_is_not_need_not(bench: Bench) -> None:
    bench.serves(listing("other.test"))
    outcome = await bench.look()
    assert hsts(outcome) is None
    assert outcome.presence("http.hsts", HOST) is Presence.ABSENT
    assert f"browsers may come by http (their preload list of {datetime.now(UTC):%Y-%m-%d})" in bench.told()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>not found</html>", id="a-page"),
        pytest.param(listing(HOST)[:-200], id="cut"),
        pytest.param(json.dumps({"entries": [{"name": HOST, "mode": "force-https"}]}).encode(), id="far-too-short"),
    ],
)
async def test_what_is_no_list_takes_no_place(bench: Bench, body: bytes) -> None:
    """The list of before stays in use; the bad one is neither kept nor believed."""
    bench.serves(listing(HOST))
    await bench.look()
    bench.serves(body)
    bench.ahead = timedelta(days=8)  # it is asked for again
    found = hsts(await bench.look())
    assert found is not None
    assert found.rule.id == BROKEN


async def test_a_list_is_asked_for_once_a_week(bench: Bench) -> None:
    bench.serves(listing("other.test"))
    await bench.look()
    bench.serves(listing(HOST))
    assert hsts(await bench.look()) is None
    bench.ahead = timedelta(days=8)
    assert hsts(await bench.look()) is not None


async def test_a_list_nobody_refreshes_still_says_who_is_in_it(bench: Bench) -> None:
    bench.serves(listing(HOST))
    await bench.look()
    bench.serves(b"gone")
    bench.ahead = LONG_AFTER
    found = hsts(await bench.look())
    assert found is not None
    assert found.fact("list_of") == f"{datetime.now(UTC):%Y-%m-%d}"


async def test_a_list_nobody_refreshes_does_not_say_who_is_not(bench: Bench) -> None:
    bench.serves(listing("other.test"))
    await bench.look()
    bench.serves(b"gone")
    bench.ahead = LONG_AFTER
    outcome = await bench.look()
    assert hsts(outcome) is None
    assert "is too old to tell" in bench.told()


async def test_a_lost_list_ends_no_ticket(bench: Bench) -> None:
    """The folder is gone and nobody answers: the list installed with the product is too old to know the host."""
    bench.serves(listing(HOST))
    first = await bench.look()
    assert hsts(first) is not None
    for file in bench.feeds.iterdir():
        file.unlink()
    bench.serves(b"gone")
    second = await bench.look(memory(first))
    assert second.presence("http.hsts", HOST) is Presence.UNTESTED
    third = await bench.look(memory(second))
    assert third.presence("http.hsts", HOST) is Presence.UNTESTED
    bench.serves(listing("other.test"))
    assert (await bench.look(memory(third))).presence("http.hsts", HOST) is Presence.ABSENT


async def test_one_look_does_not_fetch_what_nobody_keeps(bench: Bench) -> None:
    bench.serves(listing(HOST))
    assert hsts(await bench.look(lasting=False)) is None
    assert "is too old to tell" in bench.told()


async def test_a_list_inside_the_house_is_not_fetched(bench: Bench) -> None:
    """The guard of the check holds for the list as well."""
    bench.serves(listing(HOST))
    options = replace(bench.site.options, allow_private=False)
    assert hsts(await bench.look(options=options)) is None
    assert [one.name for one in bench.feeds.iterdir()] == [] if bench.feeds.exists() else True
