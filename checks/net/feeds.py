"""Data that is fetched now and then and kept, such as revocation lists; only what verifies is kept."""

import asyncio
import json
import logging
import os
import re
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from weakref import WeakValueDictionary

from checks.core.errors import CannotLook, VigieError
from checks.net.http.client import Ask
from checks.net.http.exchange import Limits, Reply, Visit
from checks.parse.urls import BadUrl, parse

log = logging.getLogger("vigie.feeds")

MAX_IN_MEMORY = 64 * 1024 * 1024  # bytes of data held beside the files
LARGE = 256 * 1024  # bytes from which on reading and checking leave the loop
AGAIN = 900.0  # seconds before a fetch that failed is tried again, whoever asks
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,150}")
_MAX_HEADER = 4096


class Problem(StrEnum):
    """Why there is nothing to be had."""

    UNAVAILABLE = "unavailable"
    UNREADABLE = "unreadable"
    FORGED = "forged"
    STALE = "stale"


class BadFeed(VigieError):
    """Raised by a source's `verify`: what came must not be believed."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where something comes from and what makes it believable."""

    name: str  # of the file it is kept in
    url: str
    keep: float  # seconds it is used before it is asked for again
    max_bytes: int
    verify: Callable[[bytes], float | None]  # Unix time until which it may be used, None: no end; raises BadFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Had:
    """What is kept: verified when it came."""

    data: bytes = field(repr=False)
    url: str
    fetched: float  # Unix time
    until: float | None = None  # Unix time from which on it must not be used
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotHad:
    """Nothing that may be used, and why."""

    problem: Problem
    detail: str


class Fetches(Protocol):
    """The part of a client that feeds need; its guard is the one of the check that asks."""

    async def visit(self, ask: Ask) -> Visit:
        """Fetch a URL."""
        ...


class Feeds:
    """Keeps what was fetched in `folder` (in memory alone when there is none), swapped in whole or not at all."""

    def __init__(self, folder: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._held: OrderedDict[str, Had] = OrderedDict()
        self._size = 0
        self._failed: dict[str, tuple[float, NotHad]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def lasting(self) -> bool:
        """Whether what is fetched outlives this process: what is large is not fetched for one look."""
        return self._folder is not None

    async def get(self, source: Source, client: Fetches, deadline: float) -> Had | NotHad:
        """Return what is kept of `source`, fetched first when it is missing or old, before `deadline` (loop's clock).

        A fetch that fails, by whosever fault, leaves what is kept in use until its end.
        """
        lock = self._locks.setdefault(source.name, asyncio.Lock())  # lives while somebody asks for this name
        try:
            async with asyncio.timeout_at(deadline), lock:
                return await self._get(source, client, deadline)
        except TimeoutError:
            return self._usable(source.name) or NotHad(problem=Problem.UNAVAILABLE, detail="no answer in time")

    async def kept(self, source: Source) -> Had | None:
        """Return what is kept of `source` without asking anybody; None when nothing is that may still be used."""
        had = await self._kept(source.name)
        return had if had is not None and self._in_force(had) else None

    async def _get(self, source: Source, client: Fetches, deadline: float) -> Had | NotHad:
        kept = await self._kept(source.name)
        now = self._clock()
        if kept is not None and self._in_force(kept) and now < kept.fetched + source.keep:
            return kept
        failed = self._failed.get(source.name)
        if failed is None or failed[0] <= now:
            # Said before it is known: who asks next is not to wait as long for a server that hangs.
            self._failed[source.name] = (now + AGAIN, NotHad(problem=Problem.UNAVAILABLE, detail="no answer in time"))
            fetched = await self._fetch(source, client, deadline, kept)
            if isinstance(fetched, Had):
                self._failed.pop(source.name, None)
                await self._keep(source.name, fetched)
                return fetched
            failed = (now + AGAIN, fetched)
            self._failed[source.name] = failed
        return kept if kept is not None and self._in_force(kept) else failed[1]

    def _in_force(self, kept: Had) -> bool:
        return kept.until is None or self._clock() < kept.until

    def _usable(self, name: str) -> Had | None:
        kept = self._held.get(name)
        return kept if kept is not None and self._in_force(kept) else None

    async def _fetch(self, source: Source, client: Fetches, deadline: float, kept: Had | None) -> Had | NotHad:
        try:
            url = parse(source.url)
        except BadUrl as error:
            return NotHad(problem=Problem.UNAVAILABLE, detail=f"{source.url}: {error}")
        ask = Ask(
            url=url,
            deadline=deadline,
            headers=_conditions(kept, source.url),
            limits=Limits(body=source.max_bytes),
            steered=True,
        )
        try:
            visit = await client.visit(ask)
        except CannotLook as error:  # a resolver out of order is no reason not to judge what is at hand
            return NotHad(problem=Problem.UNAVAILABLE, detail=str(error))
        reply = visit.reply
        if visit.failure is not None or reply is None:
            return NotHad(problem=Problem.UNAVAILABLE, detail=str(visit.failure or "no answer"))
        if reply.status == 304 and kept is not None:
            return await self._verified(source, kept.data, reply)
        if reply.status != 200:
            return NotHad(problem=Problem.UNAVAILABLE, detail=f"status {reply.status}")
        return await self._verified(source, reply.body, reply)

    async def _verified(self, source: Source, data: bytes, reply: Reply) -> Had | NotHad:
        try:
            until = await asyncio.to_thread(source.verify, data) if len(data) > LARGE else source.verify(data)
        except BadFeed as error:
            return NotHad(problem=error.problem, detail=error.detail)
        return Had(
            data=data,
            url=source.url,
            fetched=self._clock(),
            until=until,
            etag=(reply.header("etag") or "")[:200],
            modified=(reply.header("last-modified") or "")[:100],
        )

    async def _kept(self, name: str) -> Had | None:
        if name in self._held:
            self._held.move_to_end(name)
            return self._held[name]
        if self._folder is None:
            return None
        kept = await asyncio.to_thread(_read, self._folder / _safe(name))
        if kept is not None:
            self._hold(name, kept)
        return kept

    async def _keep(self, name: str, had: Had) -> None:
        self._hold(name, had)
        if self._folder is None:
            return
        try:
            await asyncio.to_thread(_write, self._folder / _safe(name), had)
        except OSError as error:  # a full disk must not keep a check from looking
            log.warning("%s cannot be kept in %s: %s", name, self._folder, error)

    def _hold(self, name: str, had: Had) -> None:
        before = self._held.pop(name, None)
        self._size += len(had.data) - (len(before.data) if before else 0)
        self._held[name] = had
        while self._size > MAX_IN_MEMORY and len(self._held) > 1:
            _, dropped = self._held.popitem(last=False)
            self._size -= len(dropped.data)


def named_after(prefix: str, url: str) -> str:
    """A file name for what comes from a URL that somebody else chose."""
    return f"{prefix}-{sha256(url.encode()).hexdigest()[:32]}"


def _safe(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name for a feed: {name!r}")
    return name


def _conditions(kept: Had | None, url: str) -> tuple[tuple[str, str], ...]:
    if kept is None or kept.url != url:
        return ()
    found = (("If-None-Match", kept.etag), ("If-Modified-Since", kept.modified))
    return tuple((name, value) for name, value in found if value)


def _write(path: Path, had: Had) -> None:
    """Write aside and swap: a reader sees the old file or the new one, and a crash leaves the old."""
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {name: value for name, value in asdict(had).items() if name != "data"}
    header = json.dumps({**about, "sha256": sha256(had.data).hexdigest()}).encode()
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(header + b"\n" + had.data)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _read(path: Path) -> Had | None:
    """What a file holds; None for one that is not there or was damaged."""
    try:
        with path.open("rb") as file:
            about = json.loads(file.readline(_MAX_HEADER))
            data = file.read()
        digest = about.pop("sha256")
        return Had(data=data, **about) if sha256(data).hexdigest() == digest else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
