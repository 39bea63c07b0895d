"""A backup is taken while the store is in use, is whole, and comes back; a bad one replaces nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agent.evidence import digest
from agent.store import Store, chain, schema
from agent.store.backup import back_up, restore
from agent.store.errors import StoreBusy, StoreCorrupt, StoreForeign, StoreUnavailable
from checks.core.model import Artifact
from tests.agent.intake.bench import Bench, down, well
from tests.agent.kit import RULES
from tests.agent.store.test_migrations import store_of

PAGE = Artifact(kind="body", name="page.html", media="text/html", data=b"<p>down</p>")


async def used(folder: Path) -> Bench:
    folder.mkdir(exist_ok=True)
    bench = Bench(folder)
    await bench.each(down(0, artifacts=(PAGE,)), down(1))
    return bench


async def test_what_was_backed_up_comes_back_with_its_evidence(tmp_path: Path) -> None:
    bench = await used(tmp_path / "a")
    copied = back_up(bench.store.path, tmp_path / "backups" / "one.db")
    assert (copied.tickets, copied.files) == (1, 1)
    await bench.each(well(2), well(3))
    before = bench.tickets()[0].state
    bench.store.close()
    put_back = restore(tmp_path / "backups" / "one.db", tmp_path / "b" / "vigie.db")
    assert (put_back.tickets, put_back.files, put_back.aside) == (1, 1, None)
    other = Bench(tmp_path / "b")
    assert other.tickets()[0].state != before
    assert other.intake().evidence.read(digest(PAGE.data)) == PAGE.data
    assert other.store.read(chain.verify).faults == ()
    assert other.store.read(lambda s: s.one("SELECT 1 FROM sqlite_master WHERE name = 'evidence_files'")) is None
    other.store.close()


async def test_what_was_there_stays_beside(tmp_path: Path) -> None:
    bench = await used(tmp_path)
    back_up(bench.store.path, tmp_path / "one.db")
    await bench.each(well(2), well(3))
    bench.store.close()
    put_back = restore(tmp_path / "one.db", tmp_path / "vigie.db")
    assert put_back.aside is not None
    with closing(sqlite3.connect(put_back.aside)) as aside:
        assert aside.execute("SELECT state FROM tickets").fetchall() == [("resolved",)]
    again = Bench(tmp_path)
    assert again.tickets()[0].live
    again.store.close()


async def test_a_store_that_a_daemon_holds_is_not_replaced(tmp_path: Path) -> None:
    bench = await used(tmp_path)
    back_up(bench.store.path, tmp_path / "one.db")
    bench.store.hold()
    with pytest.raises(StoreBusy):
        restore(tmp_path / "one.db", bench.store.path)
    bench.store.close()


async def test_a_damaged_backup_replaces_nothing(tmp_path: Path) -> None:
    bench = await used(tmp_path)
    bench.store.close()
    back_up(tmp_path / "vigie.db", tmp_path / "one.db")
    data = bytearray((tmp_path / "one.db").read_bytes())
    data[8192:12288] = b"\xff" * 4096
    (tmp_path / "one.db").write_bytes(data)
    with pytest.raises(StoreCorrupt):
        restore(tmp_path / "one.db", tmp_path / "vigie.db")
    again = Bench(tmp_path)
    assert len(again.tickets()) == 1
    again.store.close()
    assert not list(tmp_path.glob("*.restored.*"))


@pytest.mark.parametrize("content", [b"", b"no database" * 400], ids=["empty", "another-file"])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "one.db").write_bytes(content)
    with pytest.raises((StoreForeign, StoreCorrupt)):
        restore(tmp_path / "one.db", tmp_path / "vigie.db")
    assert not (tmp_path / "vigie.db").exists()


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no backup"):
        restore(tmp_path / "none.db", tmp_path / "vigie.db")
    with pytest.raises(StoreUnavailable, match="no store"):
        back_up(tmp_path / "vigie.db", tmp_path / "one.db")


async def test_a_target_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    bench = await used(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        back_up(bench.store.path, tmp_path / "file" / "one.db")
    bench.store.close()


def test_a_backup_of_an_earlier_version_is_brought_up_to_date_when_it_opens(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = store_of("0001_base", tmp_path / "old")
    back_up(old, tmp_path / "one.db")
    restore(tmp_path / "one.db", tmp_path / "vigie.db")
    store = Store.open(tmp_path / "vigie.db", RULES)
    assert store.read(lambda session: [m.name for m in schema.migrations().applied(session.db)]) == list(schema.NAMES)
    store.close()


async def test_a_damaged_store_can_be_restored_over(tmp_path: Path) -> None:
    bench = await used(tmp_path)
    back_up(bench.store.path, tmp_path / "one.db")
    bench.store.close()
    (tmp_path / "vigie.db").write_bytes(b"rubbish" * 1000)
    restore(tmp_path / "one.db", tmp_path / "vigie.db")
    again = Bench(tmp_path)
    assert len(again.tickets()) == 1
    again.store.close()
