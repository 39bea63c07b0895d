"""Finds out where one hop may go: the addresses of its host, less those that the guard or this machine refuses."""

import time
from dataclasses import dataclass
from typing import Final, Protocol

from checks.core.errors import CannotLook
from checks.core.options import Common
from checks.net.families import Families
from checks.net.guard import Guard, guard_for, reach
from checks.net.http.ask import Ask
from checks.net.http.exchange import Tried
from checks.net.http.failure import NetFailure, Reason, Stage
from checks.net.resolve import Addresses, Overrides
from checks.parse.addresses import is_localhost, written_address
from checks.parse.urls import Url

_MOST: Final = 64  # addresses of one name that are looked at; a zone can hold thousands, real ones a dozen


class Resolves(Protocol):
    """The part of the resolver a route needs."""

    async def addresses(
        self, host: str, deadline: float, *, overrides: Overrides = (), fresh: bool = False
    ) -> Addresses:
        """Return where a name leads; raises `NetFailure` and `CannotLook`."""
        ...


@dataclass(slots=True, kw_only=True)
class Route:
    """Where one hop may go."""

    addresses: tuple[str, ...]
    refused: tuple[Tried, ...] = ()
    lacking: tuple[str, ...] = ()  # of a family that this machine cannot use
    complete: bool = True
    took: int = 0  # nanoseconds


@dataclass(slots=True, kw_only=True)
class Router:
    """Routes as one check sees them."""

    resolver: Resolves
    guard: Guard
    families: Families
    overrides: Overrides = ()

    async def route(self, url: Url, ask: Ask, *, first: bool) -> Route:
        """Return where to go; raises `NetFailure` when the name leads nowhere and `CannotLook` for faults of ours."""
        began = time.perf_counter_ns()
        answer = await self.resolver.addresses(url.host, ask.deadline, overrides=self.overrides, fresh=ask.fresh)
        found = answer.found
        if len(found) > 1 or ask.family is not None:
            found = _ordered(tuple(a for a in dict.fromkeys(found) if ask.family in (None, _family(a))), ask)
        if not found:
            family = f"IPv{ask.family} " if ask.family else ""
            raise NetFailure(Stage.RESOLVE, Reason.DNS_NO_ADDRESS, f"the name has no {family}address")
        guard, usable, lacking, refused = self.guard, [], [], []
        for address in found[:_MOST]:
            if not guard.allows(url.host, address):
                refused.append(Tried(address=address, failure=_guarded(address, first and not ask.steered)))
            elif self.families.usable(address):
                usable.append(address)
            else:
                lacking.append(address)
        if lacking and not usable:
            raise CannotLook(f"no_ipv{_family(lacking[0])}", f"this machine has no route to {', '.join(lacking)}")
        return Route(
            addresses=(ask.at,) if first and ask.at and guard.allows(url.host, ask.at) else tuple(usable),
            refused=tuple(refused),
            lacking=tuple(lacking),
            complete=answer.complete and len(found) <= _MOST,
            took=time.perf_counter_ns() - began,
        )

    def by_proxy(self, url: Url, ask: Ask, *, first: bool) -> Route:
        """Let a proxy find the host: only one that is an address can be guarded then."""
        address = written_address(url.host) or ("127.0.0.1" if is_localhost(url.host) else "")
        if not address or self.guard.allows(url.host, address):
            return Route(addresses=(url.host,))
        return Route(
            addresses=(), refused=(Tried(address=address, failure=_guarded(address, first and not ask.steered)),)
        )


def router_for(host: str, options: Common, resolver: Resolves, families: Families) -> Router:
    """Return the routes of a check with these options whose target is on `host`."""
    return Router(
        resolver=resolver,
        guard=guard_for(host, options.allow_private, options.resolve),
        families=families,
        overrides=options.resolve,
    )


def _family(address: str) -> int:
    return 6 if ":" in address else 4


def _ordered(addresses: tuple[str, ...], ask: Ask) -> tuple[str, ...]:
    def rank(address: str) -> int:
        return 2 if address in ask.last else 0 if address in ask.first else 1

    return tuple(sorted(addresses, key=rank)) if ask.first or ask.last else addresses


def _guarded(address: str, operator: bool) -> NetFailure:
    detail = f"{address} is a {reach(address).value} address"
    if operator:
        return NetFailure(Stage.RESOLVE, Reason.DNS_PRIVATE, detail)
    return NetFailure(Stage.REDIRECT, Reason.REDIRECT_GUARDED, detail)
