"""[web]: who may ask the agent over HTTP; where it listens stands in [agent]."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from agent.config.loaded import Settings
from agent.config.section import Remark, Section
from agent.settings import Agent
from checks.core.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The token that changing needs, and reading too where others than this machine can ask."""

    token: Secret | None = None
    hosts: tuple[str, ...] = ()  # names it answers to, beside its addresses and localhost


def open_to_others(listen: str) -> bool:
    """Whether that host is more than this machine itself."""
    try:
        return not ipaddress.ip_address(listen).is_loopback
    except ValueError:
        return listen != "localhost"


def review(settings: Settings) -> Iterator[Remark]:
    """Refuse to listen to others without a token."""
    listen = settings[Agent].listen
    if open_to_others(listen.host) and settings[Web].token is None:
        message = f"{listen.written()} can be reached by others: set 'token' in [web], or listen on 127.0.0.1"
        yield Remark(place=("agent", "listen"), message=message)


SECTIONS: Final = (Section(path="web", type=Web),)
REVIEWS: Final = (review,)
