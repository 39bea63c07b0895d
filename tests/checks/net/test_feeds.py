"""What is fetched is verified, kept, asked for again in time, and swapped in whole."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from checks.core.options import Common
from checks.net import open_net
from checks.net.feeds import AGAIN, BadFeed, Feeds, Had, NotHad, Problem, Source, named_after
from checks.net.http.client import Ask
from checks.net.http.exchange import Hop, Reply, Visit
from checks.net.http.failure import NetFailure, Reason, Stage
from tests.lab.tls.servers import answer, open_lab, plain

HOUR = 3600.0
URL = "http://issuer.test/list.crl"


@dataclass
class Web:
    """Answers in turn; the last one for ever."""

    replies: list[Reply | NetFailure]
    asked: list[Ask] = field(default_factory=list)

    async def visit(self, ask: Ask) -> Visit:
        self.asked.append(ask)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        failure = reply if isinstance(reply, NetFailure) else None
        hop = Hop(url=ask.url, method="GET", reply=None if isinstance(reply, NetFailure) else reply, failure=failure)
        return Visit(hops=(hop,), failure=failure)


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def reply(body: bytes = b"good", status: int = 200, **headers: str) -> Reply:
    return Reply(status=status, reason="", version="1.1", headers=tuple(headers.items()), body=body)


def believes(data: bytes) -> float | None:
    if data.startswith(b"bad"):
        raise BadFeed(Problem.FORGED, "not signed by its issuer")
    return None


def source(verify: Callable[[bytes], float | None] = believes, keep: float = HOUR) -> Source:
    return Source(name="list", url=URL, keep=keep, max_bytes=1000, verify=verify)


async def get(feeds: Feeds, web: Web, wanted: Source | None = None) -> Had | NotHad:
    return await feeds.get(wanted or source(), web, asyncio.get_running_loop().time() + 5)


DOWN = NetFailure(Stage.CONNECT, Reason.CONNECT_REFUSED, "refused")


@pytest.mark.parametrize(
    ("first", "problem", "detail"),
    [
        pytest.param(DOWN, Problem.UNAVAILABLE, "refused", id="nobody-answers"),
        pytest.param(reply(status=404), Problem.UNAVAILABLE, "status 404", id="it-is-not-there"),
        pytest.param(reply(b"bad"), Problem.FORGED, "not signed by its issuer", id="it-does-not-verify"),
    ],
)
async def test_what_cannot_be_had(first: Reply | NetFailure, problem: Problem, detail: str) -> None:
    assert await get(Feeds(), Web([first])) == NotHad(problem=problem, detail=detail)


async def test_it_is_asked_for_once_and_again_when_old() -> None:
    clock, web = Clock(), Web([reply(b"one"), reply(b"two")])
    feeds = Feeds(clock=clock)
    for expected, later in ((b"one", 0.0), (b"one", HOUR - 1), (b"two", 1.0)):
        clock.now += later
        had = await get(feeds, web)
        assert isinstance(had, Had)
        assert had.data == expected
    assert len(web.asked) == 2


async def test_many_askers_make_one_request() -> None:
    web, feeds = Web([reply()]), Feeds()
    await asyncio.gather(*(get(feeds, web) for _ in range(20)))
    assert len(web.asked) == 1


async def test_a_failed_fetch_leaves_what_is_kept_and_waits_before_the_next() -> None:
    clock, web = Clock(), Web([reply(b"one"), DOWN])
    feeds = Feeds(clock=clock)
    await get(feeds, web)
    for _ in range(3):
        clock.now += HOUR
        had = await get(feeds, web, source(keep=HOUR))
        assert isinstance(had, Had)
        await get(feeds, web)
    assert len(web.asked) == 4
    clock.now += AGAIN
    await get(feeds, web)
    assert len(web.asked) == 5


async def test_a_forged_one_does_not_replace_a_good_one() -> None:
    clock, web = Clock(), Web([reply(b"one"), reply(b"bad")])
    feeds = Feeds(clock=clock)
    await get(feeds, web)
    clock.now += 2 * HOUR
    had = await get(feeds, web)
    assert isinstance(had, Had)
    assert had.data == b"one"


async def test_what_is_past_its_end_is_not_used() -> None:
    clock = Clock()
    web, feeds = Web([reply(), DOWN]), Feeds(clock=clock)
    ends = source(verify=lambda _data: clock.now + 10)
    assert isinstance(await get(feeds, web, ends), Had)
    clock.now += 11
    assert isinstance(await get(feeds, web, ends), NotHad)


async def test_it_survives_in_its_folder(tmp_path: Path) -> None:
    web = Web([reply(b"one\nline", ETag='"1"')])
    await get(Feeds(tmp_path), web)
    had = await get(Feeds(tmp_path), web)
    assert isinstance(had, Had)
    assert (had.data, had.etag) == (b"one\nline", '"1"')
    assert len(web.asked) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["list"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]\nx", b"{not json\n", None])
async def test_a_damaged_file_is_fetched_again(tmp_path: Path, damage: bytes | None) -> None:
    web = Web([reply(b"one")])
    await get(Feeds(tmp_path), web)
    path = tmp_path / "list"
    path.write_bytes(path.read_bytes() + b"x" if damage is None else damage)
    had = await get(Feeds(tmp_path), web)
    assert isinstance(had, Had)
    assert had.data == b"one"
    assert len(web.asked) == 2


async def test_a_folder_that_cannot_be_written_costs_nothing_but_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    had = await get(Feeds(tmp_path / "file" / "below"), Web([reply()]))
    assert isinstance(had, Had)


async def test_an_unchanged_one_is_not_sent_again() -> None:
    clock = Clock()
    web, feeds = Web([reply(b"one", ETag='"1"'), reply(b"", status=304)]), Feeds(clock=clock)
    await get(feeds, web)
    clock.now += 2 * HOUR
    had = await get(feeds, web)
    assert isinstance(had, Had)
    assert had.data == b"one"
    assert web.asked[1].headers == (("If-None-Match", '"1"'),)


async def test_a_private_address_is_refused_by_the_guard_of_the_check() -> None:
    async with open_lab() as lab, open_net() as net:
        port = lab.open(("127.0.0.1", plain(answer(200, body=b"good"))))
        wanted = Source(name="x", url=f"http://127.0.0.1:{port}/", keep=HOUR, max_bytes=10, verify=believes)
        deadline = asyncio.get_running_loop().time() + 5
        guarded = net.client(Common(), "https://name.test/")
        allowed = net.client(Common(allow_private=True), "https://name.test/")
        assert isinstance(await Feeds().get(wanted, guarded, deadline), NotHad)
        assert isinstance(await Feeds().get(wanted, allowed, deadline), Had)


def test_a_name_is_safe_whatever_the_url() -> None:
    assert named_after("crl", "http://x/../../etc/passwd").isascii()
    assert "/" not in named_after("crl", "http://x/../../etc/passwd")


async def test_a_name_that_leaves_the_folder_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a name"):
        await get(Feeds(tmp_path), Web([reply()]), Source(name="../x", url=URL, keep=1, max_bytes=1, verify=believes))


async def test_what_is_kept_can_be_had_without_asking_anybody(tmp_path: Path) -> None:
    clock = Clock()
    wanted = source(verify=lambda _data: clock.now + 10)
    assert await Feeds(tmp_path, clock).kept(wanted) is None
    await get(Feeds(tmp_path, clock), Web([reply(b"one")]), wanted)
    later = Feeds(tmp_path, clock)
    had = await later.kept(wanted)
    assert had is not None
    assert had.data == b"one"
    clock.now += 11
    assert await later.kept(wanted) is None
