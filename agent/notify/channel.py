"""The contract of a channel: it is given a message, and says whether it was delivered."""

import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from urllib.parse import urlsplit

from agent.notify import channels
from checks.core.errors import VigieError


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing to tell on one channel; `key` stays the same on every attempt."""

    key: str
    at: datetime  # when it happened, UTC
    channel: str
    event: str
    ticket: str  # ref
    site: str | None
    severity: str
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """It is there; `ref` is what the other side calls it, if it says."""

    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Not now; `after` in seconds when the other side says when, else None."""

    reason: str
    after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Never: trying again would not help."""

    reason: str


Receipt = Delivered | Later | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way to tell people; it is given the channel's address as configured."""

    kind: str  # the module's name
    schemes: frozenset[str]  # of the addresses that are its own
    send: Callable[[Message, str], Awaitable[Receipt]]
    merges: bool = True  # what was not delivered yet of a ticket becomes one message; false where each is a record


class NoChannel(VigieError):
    """No channel takes addresses of that scheme."""


@cache
def channels_by_scheme() -> dict[str, Channel]:
    """Every channel there is, by the schemes it takes; found by folder."""
    found = (import_module(f"{channels.__name__}.{m.name}").CHANNEL for m in pkgutil.iter_modules(channels.__path__))
    return {scheme: channel for channel in found for scheme in channel.schemes}


def find(url: str) -> Channel:
    """Return the channel for an address; raises `NoChannel`."""
    scheme = urlsplit(url).scheme
    known = channels_by_scheme()
    if scheme not in known:
        raise NoChannel(f"no channel takes {scheme}: addresses; there is {', '.join(sorted(known))}")
    return known[scheme]
