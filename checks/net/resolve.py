"""Names to addresses: what the operator wrote first, then the hosts file, then the DNS, each failure told apart."""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from checks.core.errors import CannotLook
from checks.net.guard import parse
from checks.net.http.failure import NetFailure, Reason, Stage, refuse_our_faults
from checks.parse.addresses import is_localhost, written_address

if TYPE_CHECKING:
    from checks.net.dns import Names

HOSTS_FILE = Path("/etc/hosts")
LONGEST = 300.0  # seconds an answer is kept at most, whatever its TTL
KEPT = 20_000  # names
LOCALHOST = ("127.0.0.1", "::1")

Overrides = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where a name leads."""

    found: tuple[str, ...]  # in the order of the answer
    source: str  # written, resolve, localhost, hosts or dns
    complete: bool = True  # False: one family's question went unanswered
    cached: bool = False


@dataclass(slots=True)
class _Hosts:
    """The hosts file, read again when it changes."""

    path: Path
    stamp: tuple[int, int] | None = None
    names: dict[str, tuple[str, ...]] | None = None

    def find(self, host: str) -> tuple[str, ...]:
        try:
            status = os.stat(self.path)  # noqa: PTH116 - called for every probe; Path.stat() costs twice as much
        except OSError:
            return ()
        stamp = (status.st_mtime_ns, status.st_size)
        if self.names is None or stamp != self.stamp:
            self.names, self.stamp = _read_hosts(self.path), stamp
        return self.names.get(host, ())


def _read_hosts(path: Path) -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        refuse_our_faults(error)  # a name that stands there alone must not be looked for elsewhere
        return names
    for line in text.splitlines():
        address, *hosts = line.partition("#")[0].split() or [""]
        if parse(address) is None:
            continue
        for host in hosts:
            known = names.get(host.lower(), ())
            names[host.lower()] = known if address in known else (*known, address)
    return names


class Resolver:
    """Answers for every check of a process; keeps what the DNS said for its TTL, at most five minutes."""

    def __init__(
        self,
        *,
        nameservers: tuple[str, ...] = (),
        hosts: Path = HOSTS_FILE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.nameservers = nameservers  # "address" or "address:port"; none: the system's
        self._hosts = _Hosts(path=hosts)
        self._clock = clock
        self._kept: dict[str, tuple[float, Addresses]] = {}
        self._names: Names | None = None

    async def addresses(
        self, host: str, deadline: float, *, overrides: Overrides = (), fresh: bool = False
    ) -> Addresses:
        """Return the addresses of `host` (normalised), before `deadline` on the loop's clock.

        `fresh` asks the DNS again even if an answer is kept: a failure must not be judged by an old answer.
        Raises `NetFailure` when the name leads nowhere and `CannotLook` when the resolver itself is out of order.
        """
        for name, addresses in overrides:
            if name.lower() == host:
                return Addresses(found=addresses, source="resolve")
        written = written_address(host)
        if written is not None:
            return Addresses(found=(written,), source="written")
        known = self._hosts.find(host)
        if is_localhost(host):
            return Addresses(found=known or LOCALHOST, source="hosts" if known else "localhost")
        if known:
            return Addresses(found=known, source="hosts")
        return self._recall(host, fresh) or await self._ask(host, deadline)

    def _recall(self, host: str, fresh: bool) -> Addresses | None:
        kept = self._kept.get(host)
        if kept is None or fresh or kept[0] <= self._clock():
            return None
        return kept[1]

    async def _ask(self, host: str, deadline: float) -> Addresses:
        self._kept.pop(host, None)
        names = self._names or self._open()
        try:
            async with asyncio.timeout_at(deadline):
                answer = await names.addresses(host, deadline)
        except TimeoutError:
            raise NetFailure(Stage.RESOLVE, Reason.DNS_TIMEOUT, "no answer before the deadline") from None
        found = Addresses(found=answer.found, source="dns", complete=answer.complete)
        if answer.ttl > 0 and answer.complete:  # half an answer holds a failure, and that is asked afresh
            self._keep(host, answer.ttl, found)
        return found

    def _keep(self, host: str, ttl: float, found: Addresses) -> None:
        now = self._clock()
        if len(self._kept) >= KEPT:
            self._kept = {name: entry for name, entry in self._kept.items() if entry[0] > now}
        if len(self._kept) < KEPT:
            self._kept[host] = (now + min(ttl, LONGEST), replace(found, cached=True))

    def _open(self) -> "Names":
        try:
            from checks.net.dns import Names  # dnspython loads for names that only the DNS knows

            self._names = Names(self.nameservers)
        except (ImportError, OSError, ValueError) as error:
            raise CannotLook("resolver", f"the resolver cannot be set up: {error}") from error
        return self._names
