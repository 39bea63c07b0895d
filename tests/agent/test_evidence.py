"""What a run saw is kept by its content, found from the ticket, and dropped in time."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from agent.evidence import Evidence, digest
from agent.intake.keeping import Keeping
from agent.store import evidence, views
from agent.store.settings import Retention
from checks.core.model import Artifact
from tests.agent.intake.bench import Bench, down
from tests.agent.kit import LINKS, RULES, UPTIME, at, outcome


def page(text: str, kind: str = "body") -> Artifact:
    return Artifact(kind=kind, name="page.html", media="text/html", data=text.encode())


@pytest.fixture
async def bench(tmp_path: Path) -> "Bench":
    return Bench(tmp_path)


def files(bench: Bench) -> set[bytes]:
    folder = bench.intake().evidence
    return {folder.read(name) or b"" for name in folder.names()}


async def test_the_runs_that_saw_something_new_keep_theirs(bench: Bench) -> None:
    await bench.each(down(0, artifacts=(page("first"),)), down(1, artifacts=(page("second"),)))
    await bench.each(down(2, artifacts=(page("again"),)), down(3, "timeout", artifacts=(page("changed"),)))
    await bench.take((outcome(LINKS, 4, artifacts=(page("well"),)), LINKS))
    assert files(bench) == {b"first", b"second", b"changed"}
    story = bench.store.read(lambda session: views.ticket_story(session, RULES, "ACME-2026-0001"))
    assert story is not None
    assert [exhibit.sha256 for exhibit in story.exhibits] == [digest(b) for b in (b"first", b"second", b"changed")]
    assert digest(b"second") in (story.told[0].body or "")
    bench.store.close()


async def test_only_the_last_inventory_is_kept(bench: Bench) -> None:
    for minute, text in enumerate(("[1]", "[2]")):
        await bench.take((outcome(LINKS, minute, artifacts=(page(text, "inventory"),)), LINKS))
    (last,) = bench.store.read(lambda session: evidence.latest(session, LINKS.key, "inventory"))
    assert last.sha256 == digest(b"[2]")
    bench.store.close()


async def test_the_same_content_is_one_file(bench: Bench) -> None:
    await bench.each(*(down(minute, artifacts=(page("same"),)) for minute in range(2)))
    assert len(list(bench.intake().evidence.names())) == 1
    assert bench.store.read(evidence.total) == 4
    assert len(bench.store.read(lambda session: evidence.of(session, UPTIME.key, at(0), at(1)))) == 2
    bench.store.close()


async def test_old_evidence_goes_and_what_is_shared_stays(bench: Bench) -> None:
    await bench.each(down(0, artifacts=(page("old"), page("shared"))), down(1, artifacts=(page("shared"),)))
    now = at(0.5) + Retention().evidence
    await Keeping(bench.store, bench.intake(), Retention(), now=lambda: now).sweep()
    assert files(bench) == {b"shared"}
    await Keeping(bench.store, bench.intake(), Retention(), now=lambda: now + timedelta(minutes=1)).sweep()
    assert files(bench) == set()
    bench.store.close()


async def test_over_the_cap_the_oldest_go(bench: Bench) -> None:
    for minute in range(20):
        await bench.take(down(minute, str(minute), artifacts=(page(f"{minute:04d}"),)))
    await Keeping(bench.store, bench.intake(), Retention(evidence_size=30), now=lambda: at(30)).sweep()
    assert files(bench) == {f"{minute:04d}".encode() for minute in range(13, 20)}
    bench.store.close()


async def test_files_that_nobody_speaks_of_are_swept(bench: Bench) -> None:
    folder = bench.intake().evidence
    assert folder.keep(b"stray")
    assert folder.keep(b"new")
    cut = folder.path(digest(b"stray")).with_name(".cut.1")
    cut.write_bytes(b"half")
    for path in (cut, folder.path(digest(b"stray"))):
        os.utime(path, (0, 0))
    now = at(0)
    os.utime(folder.path(digest(b"new")), (now.timestamp(), now.timestamp()))
    await Keeping(bench.store, bench.intake(), Retention(), now=lambda: now).sweep()
    assert files(bench) == {b"new"}
    assert not cut.exists()
    bench.store.close()


def test_a_file_that_was_altered_is_not_read(tmp_path: Path) -> None:
    folder = Evidence(tmp_path)
    assert folder.keep(b"x")
    folder.path(digest(b"x")).write_bytes(b"y")
    assert folder.read(digest(b"x")) is None
    assert folder.read(digest(b"z")) is None
    folder.remove(digest(b"x"))
    folder.remove(digest(b"x"))
    assert list(folder.names()) == []
    assert not folder.older(digest(b"x"), 0)


def test_what_the_disk_does_not_take_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    assert not Evidence(tmp_path / "file").keep(b"x")
    monkeypatch.setattr("agent.evidence.MOST", 3)
    assert not Evidence(tmp_path).keep(b"long")
    assert "could not be kept" in caplog.text
    assert "too big" in caplog.text
