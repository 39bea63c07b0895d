"""The way to the network, for every check: one `Net` per process, one `Client` per run, one kind of failure."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checks.core.clock import Clock, utc_now
from checks.core.options import Common
from checks.net.auth import Tokens
from checks.net.clients import client_of
from checks.net.families import Families
from checks.net.feeds import Feeds
from checks.net.handshakes import Handshakes
from checks.net.http.client import Client
from checks.net.http.engine import Engine
from checks.net.http.verdicts import Verdicts
from checks.net.resolve import Resolver


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """What the checks of one process share."""

    resolver: Resolver
    families: Families = field(default_factory=Families)
    handshakes: Handshakes = field(default_factory=Handshakes)
    tokens: Tokens = field(default_factory=Tokens)
    feeds: Feeds = field(default_factory=Feeds)
    engine: Engine = field(default_factory=Engine)
    clock: Clock = utc_now

    def client(
        self,
        options: Common,
        target: str,
        *,
        certificate: tuple[str, str] | None = None,
        proxy: str = "",
        http2: bool = False,
    ) -> Client:
        """Return the network as a check of `target` with these options may use it.

        `certificate` (paths of certificate and key) is shown to the target's host alone.

        Raises `CannotLook` for a target that is no URL and a secret that is not there.
        """
        return client_of(self, options, target, certificate=certificate, proxy=proxy, http2=http2)


@asynccontextmanager
async def open_net(
    *, nameservers: tuple[str, ...] = (), folder: Path | None = None, clock: Clock = utc_now
) -> AsyncIterator[Net]:
    """Open the network for the life of a process.

    `nameservers` ("address" or "address:port") replace the system's; fetched data is kept in `folder` if any; by
    `clock` is judged what was seen and fetched.
    """

    def seconds() -> float:
        return clock().timestamp()

    net = Net(
        resolver=Resolver(nameservers=nameservers),
        handshakes=Handshakes(seconds),
        feeds=Feeds(folder, seconds),
        engine=Engine(verdicts=Verdicts(seconds)),
        clock=clock,
    )
    try:
        yield net
    finally:
        net.engine.pool.close()


__all__ = ["Net", "open_net"]
