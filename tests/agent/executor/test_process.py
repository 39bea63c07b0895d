"""Child processes: what hangs, grows or dies there is lost alone, and no outcome with it in silence."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.executor.child import MEEK
from agent.executor.process import ProcessLane
from agent.executor.spawned import Bounds, Loss, resident
from checks.core import ulid
from checks.core.model import Job, Key, Observed, Outcome, Unobserved
from checks.core.registry import Catalogue, find
from tests.lab import lanes

PATIENT = Bounds(memory=2**30, silence=30)


@pytest.fixture(autouse=True)
def _with_a_check_that_misbehaves(monkeypatch: pytest.MonkeyPatch) -> None:
    lanes.install(monkeypatch)


@asynccontextmanager
async def lane(bounds: Bounds = PATIENT, count: int = 1) -> AsyncIterator[tuple[ProcessLane, list[Loss]]]:
    losses: list[Loss] = []
    one = ProcessLane(rules=Catalogue(), bounds=bounds, told=losses.append, count=count)
    async with asyncio.timeout(60), one.open():
        yield one, losses


def job(deed: str, path: Path | None = None) -> Job:
    options = find("misbehave").options(deed=deed, path=str(path or ""))
    key = Key(site="s", check=deed)
    return Job(key=key, id=ulid.new(), kind="misbehave", target="http://127.0.0.1/", options=options)


def pid(outcome: Outcome) -> int:
    assert isinstance(outcome.answer, Observed), outcome
    return int(outcome.answer.measures[0].value)


def cause(outcome: Outcome) -> str:
    assert isinstance(outcome.answer, Unobserved), outcome
    return outcome.answer.cause


async def appears(path: Path) -> None:
    while not path.exists():  # noqa: ASYNC110  a child makes it
        await asyncio.sleep(0.01)


async def test_a_child_runs_many_jobs_one_beside_another(tmp_path: Path) -> None:
    async with lane() as (one, losses):
        waiting = asyncio.create_task(one.run(job("wait", tmp_path / "w")))
        await appears(tmp_path / "w")
        quick = await one.run(job("answer"))
        (tmp_path / "w.go").touch()
        assert pid(await waiting) == pid(quick) != os.getpid()
    assert losses == []


async def test_what_a_library_prints_breaks_nothing() -> None:
    async with lane() as (one, losses):
        assert pid(await one.run(job("print")))
    assert losses == []


async def test_a_large_outcome_comes_whole() -> None:
    async with lane() as (one, _losses):
        outcome = await one.run(job("carry"))
    assert isinstance(outcome.answer, Observed)
    assert [len(artifact.data) for artifact in outcome.answer.artifacts] == [3_000_000]


@pytest.mark.parametrize(
    ("deed", "loss"),
    [
        pytest.param("hang", Loss.HUNG, id="hangs"),
        pytest.param("swell", Loss.MEMORY, id="grows-without-end"),
        pytest.param("die", Loss.DIED, id="is-killed"),
        pytest.param("exit", Loss.DIED, id="exits"),
    ],
)
async def test_a_child_that_misbehaves_is_lost_alone_and_replaced(deed: str, loss: Loss) -> None:
    async with lane(Bounds(memory=400 * 2**20, silence=1.5)) as (one, losses):
        before = pid(await one.run(job("answer")))
        bad = job(deed)
        outcome = await one.run(bad)
        assert (outcome.id, outcome.key, cause(outcome)) == (bad.id, bad.key, loss.value)
        after = pid(await one.run(job("answer")))
    assert losses == [loss]
    assert after != before
    assert not _alive(before)


async def test_the_outcome_of_a_lost_run_says_how_it_was_lost() -> None:
    async with lane() as (one, _losses):
        outcome = await one.run(job("die"))
    assert isinstance(outcome.answer, Unobserved)
    assert outcome.answer.detail == "the child process was killed by SIGKILL"


async def test_runs_beside_the_one_that_killed_the_child_are_done_again_alone(tmp_path: Path) -> None:
    async with lane() as (one, losses):
        innocent = asyncio.create_task(one.run(job("wait", tmp_path / "w")))
        await appears(tmp_path / "w")
        guilty = asyncio.create_task(one.run(job("die")))
        (tmp_path / "w.go").touch()
        outcomes = await asyncio.gather(innocent, guilty)
    assert pid(outcomes[0])
    assert cause(outcomes[1]) == "child_died"
    assert Loss.DIED in losses


async def test_a_child_killed_from_outside_loses_no_outcome(tmp_path: Path) -> None:
    async with lane() as (one, _losses):
        child = pid(await one.run(job("answer")))
        running = asyncio.create_task(one.run(job("wait", tmp_path / "w")))
        await appears(tmp_path / "w")
        os.kill(child, signal.SIGKILL)
        assert cause(await running) == "child_died"


async def test_two_children_share_the_work(tmp_path: Path) -> None:
    async with lane(count=2) as (one, _losses):
        tasks = [asyncio.create_task(one.run(job("wait", tmp_path / name))) for name in ("a", "b")]
        for name in ("a", "b"):
            await appears(tmp_path / name)
            (tmp_path / f"{name}.go").touch()
        assert len({pid(outcome) for outcome in await asyncio.gather(*tasks)}) == 2


async def test_an_outcome_that_cannot_be_written_down_costs_that_run_alone() -> None:
    async with lane() as (one, losses):
        before = pid(await one.run(job("answer")))
        assert cause(await one.run(job("remember"))) == "bug"
        assert pid(await one.run(job("answer"))) == before
    assert losses == []


async def test_a_busy_child_stands_back_for_the_daemon() -> None:
    async with lane() as (one, _losses):
        child = pid(await one.run(job("answer")))
        own = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, child) == min(19, own + MEEK)


async def test_nothing_of_it_is_left_at_the_end() -> None:
    async with lane() as (one, losses):
        child = pid(await one.run(job("answer")))
        assert resident(child) > 2**20
    assert not _alive(child)
    assert (losses, resident(child)) == ([], 0)
    gc.collect()


async def test_no_child_is_started_for_nothing() -> None:
    async with lane() as (one, _losses):
        assert [slot.child for slot in one._slots] == [None]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
