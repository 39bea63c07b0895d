"""The file channel: one whole line per key, whatever came before."""

import errno
import json
import os
from pathlib import Path

import pytest

from agent.notify.channel import Delivered, Later
from agent.notify.channels import file
from agent.notify.channels.file import CHANNEL, path_of
from tests.agent.notify.messages import message


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "tickets.jsonl"


def keys(path: Path) -> list[str]:
    return [json.loads(text)["key"] for text in path.read_text(encoding="utf-8").splitlines()]


def restart() -> None:
    file._known.clear()


async def test_a_line_has_the_fields_others_rely_on(path: Path) -> None:
    assert await CHANNEL.send(message(), f"file://{path}") == Delivered()
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "key": "k1",
        "at": "2026-11-24T10:00:00.250Z",
        "channel": "astreinte",
        "event": "opened",
        "ticket": "ACME-2026-0001",
        "site": "acme-shop",
        "severity": "critical",
        "title": "Le site ne répond pas",
        "body": "Depuis 11 h.\nVoir le ticket.",
    }
    assert path.read_bytes().count(b"\n") == 1


async def test_the_same_key_is_written_once_also_after_a_restart(path: Path) -> None:
    for key in ("k1", "k2", "k1"):
        await CHANNEL.send(message(key), f"file://{path}")
    restart()
    await CHANNEL.send(message("k2"), f"file://{path}")
    await CHANNEL.send(message("k3"), f"file://{path}")
    assert keys(path) == ["k1", "k2", "k3"]


@pytest.mark.parametrize("kept", range(1, 60, 7), ids=lambda kept: f"torn-after-{kept}-bytes")
async def test_a_torn_last_line_is_cut_and_written_again_whole(path: Path, kept: int) -> None:
    await CHANNEL.send(message("k1"), f"file://{path}")
    whole = path.read_bytes()
    await CHANNEL.send(message("k2"), f"file://{path}")
    path.write_bytes(path.read_bytes()[: len(whole) + kept])
    restart()
    await CHANNEL.send(message("k2"), f"file://{path}")
    assert keys(path) == ["k1", "k2"]


async def test_lines_of_others_are_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not json\n[1]\n{}\n")
    await CHANNEL.send(message(), f"file://{path}")
    assert path.read_bytes().splitlines()[:3] == [b"not json", b"[1]", b"{}"]


async def test_a_file_that_was_rotated_away_begins_anew(path: Path) -> None:
    await CHANNEL.send(message("k1"), f"file://{path}")
    path.rename(path.with_suffix(".1"))
    await CHANNEL.send(message("k2"), f"file://{path}")
    assert (keys(path.with_suffix(".1")), keys(path)) == (["k1"], ["k2"])


async def test_a_full_disk_leaves_no_half_line_and_it_comes_later(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await CHANNEL.send(message("k1"), f"file://{path}")
    real = os.write

    def full(fd: int, data: memoryview) -> int:
        real(fd, data[:5])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    receipt = await CHANNEL.send(message("k2"), f"file://{path}")
    monkeypatch.undo()
    assert receipt == Later(reason=f"{path}: No space left on device")
    assert keys(path) == ["k1"]
    await CHANNEL.send(message("k2"), f"file://{path}")
    assert keys(path) == ["k1", "k2"]


async def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    assert isinstance(await CHANNEL.send(message(), f"file://{tmp_path}"), Later)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///var/log/t.jsonl", "/var/log/t.jsonl"),
        ("file://var/t.jsonl", "var/t.jsonl"),
        ("file:t.jsonl", "t.jsonl"),
        ("file:///a%20b", "/a b"),
    ],
)
def test_where_an_address_leads(url: str, path: str) -> None:
    assert path_of(url) == Path(path)
