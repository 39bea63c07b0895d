"""Killed at random moments under load, the daemon loses nothing and doubles nothing."""

import asyncio
import json
import os
import random
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.daemon.running import Place, Running, daemon
from tests.lab import lanes

SITES = 12


def place(folder: Path) -> Place:
    made = Place.make(folder)
    sites = "\n".join(
        f'[sites.s{number}]\nurl = "http://127.0.0.1:{made.demo}/?{number}"\n'
        f'[sites.s{number}.checks.uptime]\nevery = "1s"\nslow_after = "4s"\n'
        for number in range(SITES)
    )
    made.write(more=f'{sites}\n[channels.record]\nurl = "file://{folder}/tickets.jsonl"\nagent = true\n')
    return made


def keys(folder: Path) -> list[str]:
    path = folder / "tickets.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line)["key"] for line in lines]


async def live_everywhere(running: Running) -> None:
    sql = "SELECT 1 FROM tickets WHERE site LIKE 's%' AND rule = 'uptime.down' AND state = 'open'"
    await running.until(lambda: len(running.place.rows(sql)) == SITES, "a live ticket for every site")


async def delivered(running: Running) -> None:
    sql = "SELECT 1 FROM outbox WHERE state = 'pending'"
    await running.until(lambda: not running.place.rows(sql), "an empty outbox")


async def campaign(folder: Path, kills: int, seed: int) -> None:
    draw = random.Random(seed)
    made = place(folder)
    for number in range(kills):
        async with daemon(made) as running:
            if number % 3:  # else it dies while it starts
                await running.ready()
                switch(made, on=draw.random() < 0.5)
            await asyncio.sleep(draw.uniform(0.0, 2.0))
            await running.kill()
    switch(made, on=True)
    async with daemon(made) as running:
        await running.ready()
        await live_everywhere(running)
        await delivered(running)
        assert await running.stop() == 0
    await nothing_lost_nothing_doubled(made)


def switch(made: Place, *, on: bool) -> None:
    """Break or heal the demo site as the commands do, without waiting for them to start."""
    fault = made.state / "demo" / "faults" / "down"
    if on:
        fault.parent.mkdir(parents=True, exist_ok=True)
        fault.touch()
    else:
        fault.unlink(missing_ok=True)


async def nothing_lost_nothing_doubled(made: Place) -> None:
    assert made.rows("PRAGMA integrity_check") == [("ok",)]
    assert (await made.command("tickets", "verify-log"))[0] == 0
    opened = Counter(ref for (ref,) in made.rows("SELECT ticket FROM events WHERE kind = 'opened'"))
    assert opened == Counter(ref for (ref,) in made.rows("SELECT ref FROM tickets"))
    live = "SELECT count(*) FROM tickets WHERE state = 'open' AND rule = 'uptime.down' GROUP BY site"
    assert set(made.rows(live)) == {(1,)}
    outbox = made.rows("SELECT channel, ticket, event FROM outbox")
    assert len(outbox) == len(set(outbox))
    assert {state for (state,) in made.rows("SELECT DISTINCT state FROM outbox")} == {"delivered"}
    written = keys(made.folder)
    assert len(written) == len(set(written))
    assert set(written) == {key for (key,) in made.rows("SELECT key FROM outbox WHERE channel = 'record'")}
    heard = made.rows("SELECT ticket, event FROM outbox WHERE channel = 'record' AND kind = 'opened'")
    assert Counter(ref for ref, _event in heard) == opened
    log = (made.folder / "daemon.log").read_text(encoding="utf-8")
    assert "Traceback" not in log


async def test_five_kills_lose_nothing(tmp_path: Path) -> None:
    await campaign(tmp_path, 5, seed=20261124)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
async def test_sixty_kills_lose_nothing(tmp_path: Path, seed: int) -> None:
    await campaign(tmp_path, 15, seed=seed)


CHILDREN = Path("/proc/{pid}/task/{pid}/children")


def child_of(running: Running) -> int:
    """The child process of the daemon that runs checks."""
    pid = running.process.pid
    for child in Path(str(CHILDREN).format(pid=pid)).read_text(encoding="ascii").split():
        if b"agent.executor.child" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    raise AssertionError("there is no child")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux to find the child")
async def test_a_killed_child_loses_no_outcome_and_blames_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes.install(monkeypatch)
    mark = tmp_path / "mark"
    made = Place.make(
        tmp_path,
        more=f'[sites.atelier.checks.lane]\nkind = "misbehave"\nevery = "1s"\ndeed = "wait"\npath = "{mark}"\n',
    )
    lane = "SELECT result, body FROM outcomes JOIN checks ON checks.id = check_id WHERE name = 'lane'"
    async with daemon(made) as running:
        await running.until(mark.exists, "a run in the child")
        os.kill(child_of(running), signal.SIGKILL)
        await running.until(lambda: made.rows(lane), "the outcome of the lost run")
        ((result, body),) = made.rows(lane)
        assert (result, json.loads(str(body))["answer"]["cause"]) == ("unobserved", "child_died")
        assert await running.metric("vigie_executor_children_lost_total", reason="child_died") == 1
        Path(f"{mark}.go").touch()
        await running.until(lambda: ("ok",) in made.rows(lane.replace(", body", "")), "a run in another child")
        assert await running.stop() == 0
    assert made.rows("SELECT 1 FROM tickets WHERE rule NOT LIKE 'uptime.%' AND rule NOT LIKE 'agent.%'") == []
