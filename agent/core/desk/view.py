"""A ticket with its story, as those who show it need it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.desk.ticket import EventKind, Ticket
from checks.core.model import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """A ticket and where its chain of events stands."""

    ticket: Ticket
    events: int
    head: str  # hash of the last event
    sites: tuple[str, ...]  # all that it concerns


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event; `body` is its payload as JSON, None once erased."""

    seq: int
    at: datetime
    actor: str
    kind: EventKind
    hash: str
    body: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One look at the anomaly: when its run began, which attempt of it this was, what it found."""

    started: datetime
    number: int
    took: timedelta
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A file that shows what a run saw."""

    started: datetime  # of the run
    kind: str
    name: str
    media: str
    bytes: int
    sha256: str

    @property
    def file(self) -> str:
        """Where it lies, from the state folder on."""
        return f"evidence/{self.sha256[:2]}/{self.sha256}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStory:
    """All there is to say of a ticket."""

    view: TicketView
    told: tuple[Told, ...]
    tries: tuple[Try, ...]  # of the runs that saw it first and confirmed it
    exhibits: tuple[Exhibit, ...]
    children: tuple[Ticket, ...]  # the tickets it explains
