"""The story of tickets cannot be rewritten without being found out; what is erased does not break it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.store import chain, events
from agent.store.session import Session
from tests.agent.intake.bench import Bench, down, well

Tamper = Callable[[sqlite3.Connection], object]


def without_triggers(statement: str) -> Tamper:
    """Alter the file as someone with a shell would, past the triggers."""

    def run(connection: sqlite3.Connection) -> None:
        connection.executescript("DROP TRIGGER events_stay; DROP TRIGGER events_last; DROP TRIGGER payloads_stay;")
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(statement)
        connection.commit()

    return run


async def story(folder: Path) -> Bench:
    bench = Bench(folder)
    await bench.each(down(0), down(1), well(2), well(3), down(90), down(91), down(92, "timeout"))
    return bench


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        pytest.param("UPDATE events SET at = at + 1 WHERE id = 2", "was altered", id="an-instant"),
        pytest.param("UPDATE events SET actor = 'x' WHERE id = 1", "was altered", id="an-actor"),
        pytest.param("UPDATE events SET payload = 'x' WHERE id = 1", "was altered", id="a-payload-hash"),
        pytest.param(
            "UPDATE payloads SET body = replace(body, 'refused', 'timeout')", "payload was altered", id="a-payload"
        ),
        pytest.param("DELETE FROM events WHERE id = 1", "does not follow", id="the-first-event-removed"),
        pytest.param("DELETE FROM events WHERE id = 2", "missing before it", id="the-last-event-of-a-ticket-removed"),
        pytest.param(
            "DELETE FROM events WHERE ticket = 'ACME-2026-0002'", "has no event", id="all-of-a-ticket-removed"
        ),
        pytest.param("UPDATE events SET log = 'x' WHERE id = 4", "slipped in", id="the-log-link"),
    ],
)
async def test_tampering_is_found(tmp_path: Path, statement: str, fault: str) -> None:
    bench = await story(tmp_path)
    assert bench.store.read(chain.verify).faults == ()
    connection = sqlite3.connect(bench.store.path)
    without_triggers(statement)(connection)
    connection.close()
    faults = bench.store.read(chain.verify).faults
    assert any(fault in one for one in faults), faults
    bench.store.close()


async def test_an_event_cut_off_the_end_shows_in_the_head_of_the_log(tmp_path: Path) -> None:
    bench = await story(tmp_path)
    before = bench.store.read(chain.verify)
    connection = sqlite3.connect(bench.store.path)
    without_triggers("DELETE FROM events WHERE id = (SELECT max(id) FROM events)")(connection)
    connection.close()
    after = bench.store.read(chain.verify)
    assert (after.events, after.log != before.log) == (before.events - 1, True)
    bench.store.close()


@pytest.mark.parametrize(
    "statement", ["UPDATE events SET actor = 'x'", "DELETE FROM events", "UPDATE payloads SET body = ''"]
)
async def test_the_file_itself_refuses(tmp_path: Path, statement: str) -> None:
    bench = await story(tmp_path)

    def tamper(session: Session) -> None:
        session.run(statement)

    with pytest.raises(sqlite3.IntegrityError):
        bench.store.write(tamper).result()
    bench.store.close()


async def test_payloads_can_be_erased(tmp_path: Path) -> None:
    bench = await story(tmp_path)
    bench.store.write(lambda session: session.run("DELETE FROM payloads")).result()
    verified = bench.store.read(chain.verify)
    assert (verified.erased, verified.faults) == (verified.events, ())
    assert all(event.body is None for event in bench.store.read(lambda session: tuple(events.every(session))))
    bench.store.close()


def test_the_hash_is_what_the_documentation_says() -> None:
    made = events.event_hash("ACME-2026-0001", 1, 1795514460500, "vigie", "opened", "aa", "")
    text = '["ACME-2026-0001",1,1795514460500,"vigie","opened","aa",""]'
    assert made == events.sha256(text)
