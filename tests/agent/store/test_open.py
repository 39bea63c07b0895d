"""Opening the store: many at once, a newer one, one that is none, one that is damaged, one that is held."""

import multiprocessing
import sqlite3
import threading
from pathlib import Path

import pytest

from agent.store import Session, Store, StoreError
from agent.store.errors import StoreBusy, StoreCorrupt, StoreForeign, StoreReadOnly
from tests.agent.kit import RULES, open_store


def _open(path: str, barrier: "multiprocessing.synchronize.Barrier", told: "multiprocessing.queues.Queue[str]") -> None:
    barrier.wait(30)
    try:
        store = Store.open(Path(path), RULES)
        told.put(str(store.read(lambda session: session.pragma("journal_mode"))))
        store.close()
    except BaseException as error:
        told.put(repr(error))
        raise


def test_five_processes_open_a_new_store_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, told = context.Barrier(5), context.Queue()
    args = (str(tmp_path / "vigie.db"), barrier, told)
    processes = [context.Process(target=_open, args=args) for _ in range(5)]
    for process in processes:
        process.start()
    answers = [told.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(30)
    assert answers == ["wal"] * 5


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with sqlite3.connect(tmp_path / "vigie.db") as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('vigie', '9999_x', '')"
        )
    connection.close()
    with pytest.raises(StoreForeign, match="newer version of Vigie"):
        open_store(tmp_path)


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "vigie.db") as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(StoreForeign, match="not a store of Vigie"):
        open_store(tmp_path)


def test_a_file_that_is_no_database_is_told_as_damaged(tmp_path: Path) -> None:
    (tmp_path / "vigie.db").write_bytes(b"no database" * 500)
    with pytest.raises(StoreCorrupt, match="vigie restore"):
        open_store(tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        Store.open(tmp_path / "file" / "vigie.db", RULES)


def test_a_second_daemon_is_refused(tmp_path: Path) -> None:
    first, second = open_store(tmp_path), open_store(tmp_path)
    first.hold()
    with pytest.raises(StoreBusy, match="held by another daemon"):
        second.hold()
    first.close()
    second.hold()
    second.close()


def test_a_daemon_does_not_start_on_a_store_that_is_read_only(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.write(lambda session: session.run("PRAGMA query_only=ON")).result()
    with pytest.raises(StoreReadOnly, match="read-only"):
        store.hold()
    store.close()


def test_a_daemon_starts_on_a_store_that_is_only_locked(tmp_path: Path) -> None:
    store, other = open_store(tmp_path), open_store(tmp_path)
    store.write(lambda session: session.run("PRAGMA busy_timeout=10")).result()
    held, done = threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        with session.immediate():
            held.set()
            done.wait(30)

    other.write(hold)
    held.wait(30)
    store.hold()
    done.set()
    other.close()
    store.close()


def test_reads_see_one_snapshot_and_never_write(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with pytest.raises(StoreError, match="read-only"):
        store.read(lambda session: session.run("DELETE FROM outcomes"))
    store.close()
