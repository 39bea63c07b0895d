"""Killed at any moment, nothing is lost and nothing happens twice."""

import asyncio
import faulthandler
import json
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.core.desk.ticket import EventKind, State
from agent.store import chain, checks, events, tickets
from tests.agent.intake.killed import DELIVERED, main, stream
from tests.agent.kit import RULES, at, open_store

SEED = 20261124
ENDLESS = 10**6  # rounds: no process comes to the end of the stream


def campaign(folder: Path, kills: int) -> int:
    """Let a process work, kill it at a random moment, start it again; return how many rounds the stream came to."""
    dice = random.Random(SEED)
    command = [sys.executable, "-m", "tests.agent.intake.killed", str(folder), str(SEED), str(ENDLESS)]
    for _ in range(kills):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(dice.uniform(0.0, 0.6))
        process.kill()
        process.wait()
        process.stdout.close()
    store = open_store(folder)
    reached = max(store.read(checks.last_starts).values(), default=at(0))
    store.close()
    rounds = (reached - at(0)) // timedelta(minutes=1) + 3
    asyncio.run(main(folder, SEED, rounds, whole=True))
    return rounds


def ends(folder: Path) -> list[tuple[str, str, datetime, datetime | None, int]]:
    """What became of every ticket, whatever the bounds of the batches were."""
    store = open_store(folder)
    found = store.read(lambda session: tickets.listed(session, RULES, states=tuple(State)))
    store.close()
    return sorted((t.fingerprint, t.state.value, t.detected_at, t.restored_at, t.occurrences) for t in found)


def check(folder: Path, rounds: int) -> None:
    store = open_store(folder)
    verified = store.read(chain.verify)
    found = store.read(lambda session: tickets.listed(session, RULES, states=tuple(State)))
    kinds = store.read(lambda session: [(event.ticket, event.kind) for event in events.every(session)])
    rows = store.read(lambda session: session.rows("SELECT key, state, channel, ticket, kind FROM outbox"))
    outcomes = store.read(lambda session: session.rows("SELECT count(*) AS n FROM outcomes"))[0]["n"]
    store.close()
    assert verified.faults == ()
    assert outcomes == len(list(stream(SEED, rounds)))
    live = Counter(ticket.fingerprint for ticket in found if ticket.live)
    assert max(live.values(), default=0) <= 1
    opened = Counter(ticket for ticket, kind in kinds if kind is EventKind.OPENED)
    assert opened == Counter(ticket.ref for ticket in found)
    delivered = [json.loads(line)["key"] for line in (folder / DELIVERED).read_text(encoding="utf-8").splitlines()]
    assert Counter(delivered) == Counter(row["key"] for row in rows)
    assert max(Counter(delivered).values()) == 1
    assert {row["state"] for row in rows} == {"delivered"}
    connection = sqlite3.connect(folder / "vigie.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


@pytest.mark.parametrize("kills", [5, pytest.param(60, marks=[pytest.mark.soak])])
def test_a_killed_process_loses_and_doubles_nothing(tmp_path: Path, kills: int) -> None:
    faulthandler.dump_traceback_later(60 + 20 * kills, exit=True)  # a campaign takes longer than a test may
    interrupted, calm = tmp_path / "killed", tmp_path / "calm"
    for folder in (interrupted, calm):
        folder.mkdir()
    rounds = campaign(interrupted, kills)
    check(interrupted, rounds)
    asyncio.run(main(calm, SEED, rounds, whole=True))
    check(calm, rounds)
    assert ends(interrupted) == ends(calm)
