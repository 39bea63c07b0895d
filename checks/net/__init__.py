"""The way to the network, for every check: one `Net` per process, one `Client` per run, one kind of failure."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checks.core.errors import CannotLook
from checks.core.options import Common
from checks.core.secret import SecretMissing
from checks.net.auth import Tokens
from checks.net.families import Families
from checks.net.feeds import Feeds
from checks.net.handshakes import Handshakes
from checks.net.http.client import Client
from checks.net.http.engine import Engine
from checks.net.http.route import router_for
from checks.net.resolve import Resolver
from checks.parse.urls import BadUrl, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """What the checks of one process share."""

    resolver: Resolver
    families: Families = field(default_factory=Families)
    handshakes: Handshakes = field(default_factory=Handshakes)
    tokens: Tokens = field(default_factory=Tokens)
    feeds: Feeds = field(default_factory=Feeds)
    engine: Engine = field(default_factory=Engine)

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
        try:
            host = parse(target).host
            headers = tuple([(name, secret.reveal()) for name, secret in options.headers]) if options.headers else ()
        except (BadUrl, SecretMissing) as error:
            raise CannotLook("configuration", str(error)) from error
        return Client(
            router=router_for(host, options, self.resolver, self.families),
            engine=self.engine,
            ca_file=options.ca_file,
            certificate=certificate,
            proxy=proxy,
            http2=http2,
            headers=headers,
            user_agent=options.user_agent,
            remember=self.handshakes.note,
        )


@asynccontextmanager
async def open_net(*, nameservers: tuple[str, ...] = (), folder: Path | None = None) -> AsyncIterator[Net]:
    """Open the network for the life of a process.

    `nameservers` ("address" or "address:port") replace the system's; fetched data is kept in `folder` if any.
    """
    net = Net(resolver=Resolver(nameservers=nameservers), feeds=Feeds(folder))
    try:
        yield net
    finally:
        net.engine.pool.close()


__all__ = ["Net", "open_net"]
