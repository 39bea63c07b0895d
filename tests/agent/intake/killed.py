"""A process that takes a stream in and delivers to a file, over and over, until it is done or killed."""

import asyncio
import json
import os
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.desk.message import Route
from agent.core.desk.watch import Watch
from agent.intake import Intake
from agent.store import checks
from agent.store.outlet import Outlet
from checks.core.model import Artifact, Key, Observed, Outcome
from tests.agent.kit import BROKEN, DOWN, UPTIME, at, open_store

SITES = 20
AGAIN = 3  # minutes of the stream that a process takes in a second time
DELIVERED = "delivered.jsonl"


def stream(seed: int, rounds: int) -> Iterator[tuple[Outcome, Watch]]:
    """Sites that fail and recover, the same for the same seed: ids and instants too."""
    dice = random.Random(seed)
    down = [False] * SITES
    for minute in range(rounds):
        for site in range(SITES):
            down[site] ^= dice.random() < 0.2
            for kind in ("uptime", "links"):
                key = Key(site=f"site-{site}", check=kind)
                watch = replace(
                    UPTIME, key=key, kind=kind, client=f"client{site % 3}", target=f"https://{key.site}.example/"
                )
                finding = DOWN.found("uptime", reason="status") if kind == "uptime" else BROKEN.found("x", layer=None)
                page = Artifact(kind="body", name="x", media="text/html", data=f"{key} {minute // 7}".encode())
                answer = Observed(findings=(finding,), artifacts=(page,)) if down[site] else Observed()
                yield (
                    Outcome(
                        id=f"{minute:06d}-{site:04d}-{kind}",
                        key=key,
                        started=at(minute),
                        seconds=0.5,
                        only=frozenset(),
                        answer=answer,
                    ),
                    watch,
                )


async def deliver(outlet: Outlet, file: Path) -> int:
    """Append what is due to a file, as a channel does: cut a torn last line, skip what is there already."""
    done = 0
    while claimed := await outlet.claim("file", datetime(2030, 1, 1, tzinfo=UTC), merges=False):
        known = {json.loads(line)["key"] for line in _whole_lines(file)}
        for message in claimed:
            if message.key not in known:
                _append(
                    file, json.dumps({"key": message.key, "event": message.kind, "ticket": message.view.ticket.ref})
                )
            await outlet.delivered(message.key, datetime(2030, 1, 1, tzinfo=UTC), "")
            done += 1
    return done


def _whole_lines(file: Path) -> list[str]:
    if not file.exists():
        return []
    data = file.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) != len(data):
        os.truncate(file, len(whole))
    return whole.decode().splitlines()


def _append(file: Path, line: str) -> None:
    with file.open("ab") as out:
        out.write(f"{line}\n".encode())


async def main(folder: Path, seed: int, rounds: int, *, whole: bool) -> None:
    """Go on where the last process was killed, its last rounds again; or all of it again, which changes nothing."""
    store = open_store(folder)
    store.hold()
    intake = Intake(store, lambda _changes: None)
    intake.routes = (Route(channel="file", agent=True),)
    outlet = Outlet(store)
    await outlet.release()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    starts = store.read(checks.last_starts)
    first = at(0) if whole or not starts else max(starts.values()) - timedelta(minutes=AGAIN)
    async with asyncio.TaskGroup() as group:
        group.create_task(intake.run())
        for number, taken in enumerate(one for one in stream(seed, rounds) if one[0].started >= first):
            await intake.put(*taken)
            if number % 40 == 0:
                await deliver(outlet, folder / DELIVERED)
        await intake.close()
    await deliver(outlet, folder / DELIVERED)
    store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), whole=False))
