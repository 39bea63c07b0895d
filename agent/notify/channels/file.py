"""A file: one JSON object a line, whole and once each, whatever happened to the process before."""

import asyncio
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from agent.notify.channel import Channel, Delivered, Later, Message, Receipt

_BLOCK = 1024 * 1024  # bytes read at once


@dataclass(slots=True)
class _Known:
    """What a file held when we last left it: it is read again only when somebody else touched it."""

    state: tuple[int, int, int] = (0, 0, 0)  # device, inode, size
    keys: set[str] = field(default_factory=set)


_known: dict[Path, _Known] = {}


async def _send(message: Message, url: str) -> Receipt:
    path = path_of(url)
    try:
        await asyncio.to_thread(append, path, message)
    except OSError as error:
        return Later(reason=f"{path}: {error.strerror or error}")
    return Delivered()


def path_of(url: str) -> Path:
    """The path in a `file://` address; `file:a/b` and `file://a/b` are relative."""
    parts = urlsplit(url)
    return Path(unquote(parts.netloc + parts.path))


def append(path: Path, message: Message) -> None:
    """Append a message unless its key is there; a torn last line is cut first. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = _known.setdefault(path, _Known())
        if known.state != _state(file.fileno()):
            known.keys = _keys_after_cut(file.fileno())
        if message.key not in known.keys:
            _write(file.fileno(), line(message))
            known.keys.add(message.key)
        known.state = _state(file.fileno())


def line(message: Message) -> bytes:
    """The line of a message."""
    at = message.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({**asdict(message), "at": at}, ensure_ascii=False).encode() + b"\n"


def _write(fd: int, data: bytes) -> None:
    end = os.fstat(fd).st_size
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        os.fsync(fd)
    except OSError:
        os.ftruncate(fd, end)  # a full disk leaves no half of a line
        raise


def _state(fd: int) -> tuple[int, int, int]:
    status = os.fstat(fd)
    return status.st_dev, status.st_ino, status.st_size


def _keys_after_cut(fd: int) -> set[str]:
    """Cut what follows the last line end, and return the keys of all whole lines."""
    whole = 0
    keys: set[str] = set()
    for text in _lines(fd):
        whole += len(text)
        key = _key(text)
        if key is not None:
            keys.add(key)
    if whole != os.fstat(fd).st_size:
        os.ftruncate(fd, whole)
    return keys


def _lines(fd: int) -> Iterator[bytes]:
    rest, offset = b"", 0
    while block := os.pread(fd, _BLOCK, offset):
        offset += len(block)
        *whole, rest = (rest + block).split(b"\n")
        yield from (text + b"\n" for text in whole)


def _key(text: bytes) -> str | None:
    try:
        entry = json.loads(text)
    except ValueError:
        return None
    key = entry.get("key") if isinstance(entry, dict) else None
    return key if isinstance(key, str) else None


CHANNEL = Channel(kind="file", schemes=frozenset({"file"}), send=_send, merges=False)
