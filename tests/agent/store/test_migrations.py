"""Stores of every earlier version open, keep what they held, and are copied first."""

import sqlite3
from pathlib import Path

import pytest

from agent.core.desk.ticket import State
from agent.store import Store, chain, schema, tickets, tracks
from agent.store.session import Session
from tests.agent.intake.bench import Bench, well
from tests.agent.kit import RULES, UPTIME, at, open_store

VERSIONS = Path(__file__).with_name("versions")
EARLIER = schema.NAMES[:-1]


def store_of(version: str, folder: Path) -> Path:
    """Make a store as that version left it: dumped by it, or brought to it from the last dump before."""
    dumps = [name for name in schema.NAMES if (VERSIONS / f"{name}.sql").exists() and name <= version]
    path = folder / "vigie.db"
    connection = sqlite3.connect(path)
    connection.executescript((VERSIONS / f"{dumps[-1]}.sql").read_text(encoding="utf-8"))
    connection.execute(f"PRAGMA application_id={schema.APPLICATION}")
    connection.close()
    session = Session(path)
    schema.prepare(session, schema.migrations(tuple(name for name in schema.NAMES if name <= version)))
    session.close()
    for copy in folder.glob("*.before-*"):
        copy.unlink()
    return path


@pytest.mark.parametrize("version", EARLIER)
async def test_a_store_of_an_earlier_version_goes_on(version: str, tmp_path: Path) -> None:
    store_of(version, tmp_path)
    bench = Bench(tmp_path)
    read = bench.store.read
    states = {
        t.ref: (t.state, t.parent, t.reopen_count)
        for t in read(lambda s: tickets.listed(s, RULES, states=tuple(State)))
    }
    assert states == {
        "ACME-2026-0001": (State.OPEN, None, 1),
        "ACME-2026-0002": (State.OPEN, "ACME-2026-0001", 0),
        "ACME-2026-0003": (State.OPEN, None, 0),
    }
    verified = read(chain.verify)
    assert (verified.events, verified.tickets, verified.faults) == (7, 3, ())
    assert [subject.subject for subject in read(tracks.live_subjects)[UPTIME.key]] == ["uptime"]
    await bench.take(well(16))
    assert bench.ticket("t.down").restored_at == at(14)
    assert read(chain.verify).faults == ()
    bench.store.close()


@pytest.mark.parametrize("version", EARLIER)
def test_the_file_is_copied_as_it_was(version: str, tmp_path: Path) -> None:
    store_of(version, tmp_path)
    open_store(tmp_path).close()
    following = schema.NAMES[schema.NAMES.index(version) + 1]
    (copy,) = tmp_path.glob("vigie.db.before-*")
    assert copy.name == f"vigie.db.before-{following}"
    session = Session(copy, readonly=True)
    assert [one.name for one in schema.migrations().applied(session.db)] == list(
        schema.NAMES[: schema.NAMES.index(following)]
    )
    assert session.one("SELECT count(*) AS n FROM events") == {"n": 7}
    session.close()


def test_a_new_store_is_not_copied_and_one_of_today_is_left_alone(tmp_path: Path) -> None:
    for _ in range(2):
        open_store(tmp_path).close()
    assert [path.name for path in tmp_path.iterdir()] == ["vigie.db"]


def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store_of("0001_base", tmp_path)
    broken = {**schema._FILES, "0002_outbox": "CREATE TABLE half (x);\nCREATE TABLE checks (x);\n"}
    monkeypatch.setattr(schema, "_FILES", broken)
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        Store.open(tmp_path / "vigie.db", RULES)
    session = Session(tmp_path / "vigie.db")
    assert session.one("SELECT 1 FROM sqlite_master WHERE name = 'half'") is None
    assert [one.name for one in schema.migrations().applied(session.db)] == ["0001_base"]
    session.close()
