"""[channels.ID]: where people are told of tickets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from agent.config.loaded import Settings
from agent.config.section import Level, Remark, Revealed, Section, Shape
from checks.core.model import Severity
from checks.core.options import Form, Id
from checks.core.secret import Secret

TICKETS: Final = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+")


def _address(text: str) -> None:
    """Refuse what is no address, or one that no channel takes, without showing it: it may hold a password."""
    from agent.notify.channel import channels_by_scheme

    if not _SCHEME.fullmatch(text):
        raise ValueError('is not the address of a channel such as "file://var/tickets.jsonl"')
    known = channels_by_scheme()
    if text.partition(":")[0].lower() not in known:
        there = ", ".join(f"{scheme}:" for scheme in sorted(known))
        raise ValueError(f"no channel takes addresses of that scheme; there is {there}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way to tell people; what kind it is, the scheme of its address says."""

    id: Id
    url: Annotated[Secret, Form.PATH, Revealed(check=_address)]
    severities: tuple[Severity, ...] = TICKETS
    agent: bool = False  # agent.* tickets go only to channels that ask for them, and to the log
    from_: str = ""  # mail
    to: tuple[str, ...] = ()  # mail
    secret: Secret | None = None  # that signs a webhook: "whsec_…"


def review(settings: Settings) -> Iterator[Remark]:
    """Warn where something could happen that nobody is told of."""
    channels = settings.all(Channel)
    if not any(channel.agent for channel in channels):
        message = "no channel has 'agent = true': what goes wrong with the agent itself is only logged"
        yield Remark(place=("channels",), message=message, level=Level.WARNING)
    for channel in channels:
        if Severity.INFO in channel.severities:
            message = "'info' is never a ticket, so nothing of that severity is sent"
            yield Remark(place=("channels", channel.id, "severities"), message=message, level=Level.WARNING)


SECTIONS: Final = (Section(path="channels", type=Channel, shape=Shape.NAMED),)
REVIEWS: Final = (review,)
