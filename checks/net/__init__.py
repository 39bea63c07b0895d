"""The way to the network, for every check: one `Net` per process, one `Client` per run, one kind of failure."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checks.core.options import Common
from checks.net.families import Families
from checks.net.feeds import Feeds
from checks.net.guard import guard_for
from checks.net.handshakes import Handshakes
from checks.net.http.client import Client
from checks.net.http.exchange import Heard
from checks.net.http.trust import trust_set
from checks.net.resolve import Resolver
from checks.parse.urls import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """What the checks of one process share."""

    resolver: Resolver
    families: Families = field(default_factory=Families)
    handshakes: Handshakes = field(default_factory=Handshakes)
    feeds: Feeds = field(default_factory=Feeds)

    def client(self, options: Common, target: str) -> Client:
        """Return the network as a check of `target` with these options may use it.

        Raises `BadUrl` for a target that is none, and `VigieError` for a trust file or a secret that is not there.
        """
        return Client(
            resolver=self.resolver,
            guard=guard_for(parse(target).host, options.allow_private, options.resolve),
            families=self.families,
            trust=trust_set(options.ca_file),
            overrides=options.resolve,
            headers=tuple((name, secret.reveal()) for name, secret in options.headers),
            user_agent=options.user_agent,
            remember=self._remember,
        )

    def _remember(self, heard: Heard) -> None:
        if heard.handshake is not None:
            self.handshakes.note(heard.handshake)


@asynccontextmanager
async def open_net(*, nameservers: tuple[str, ...] = (), folder: Path | None = None) -> AsyncIterator[Net]:
    """Open the network for the life of a process.

    `nameservers` ("address" or "address:port") replace the system's; fetched data is kept in `folder` if any.
    """
    yield Net(resolver=Resolver(nameservers=nameservers), feeds=Feeds(folder))


__all__ = ["Net", "open_net"]
