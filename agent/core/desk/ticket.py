"""What a ticket is: its states, its identity and all that is known of it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checks.core.model import Finding, Key

AGENT_SITE = "agent"  # a reserved site id: findings about the agent itself belong to no client
MACHINE = "vigie"  # the actor of what no person did


class State(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"


LIVE = frozenset({State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS, State.PENDING})


def states(word: str) -> tuple[State, ...]:
    """Return what a person asks for: `live`, `all` or one state; raises `ValueError` that says so."""
    match word:
        case "live":
            return tuple(state for state in State if state in LIVE)
        case "all":
            return tuple(State)
        case _ if word in set(State):
            return (State(word),)
        case _:
            raise ValueError(f"there is live, all, {', '.join(State)}")


class EventKind(StrEnum):
    """What happens to a ticket. Those up to `closed` may be told to people; the rest are its own story."""

    OPENED = "opened"
    CHANGED = "changed"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    UNSTABLE = "unstable"
    RESTORED = "restored"
    CLOCK_WARNING = "clock_warning"
    ESCALATED = "escalated"
    REMINDER = "reminder"
    COMMENTED = "commented"
    MERGED = "merged"
    CLOSED = "closed"
    UPDATED = "updated"  # a watched fact changed, rule and severity did not
    EXPLAINED = "explained"  # another ticket is its cause
    RELEASED = "released"  # its cause is gone, and it is still there


def fingerprint(site: str, check: str, family: str, subject: str) -> str:
    """Return the identity of an anomaly; the version in front changes with the way it is made."""
    named = json.dumps([site, check, family, subject], ensure_ascii=True, separators=(",", ":"))
    return "v1:" + hashlib.sha256(named.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """From the first run that saw the anomaly to the first that did not; `ended` is None while it lasts."""

    began: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What people are yet to be told of a ticket, and since when: unless something explains it first."""

    kind: EventKind
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """An anomaly that someone must handle. Instants are UTC."""

    ref: str
    key: Key
    kind: str
    target: str  # the address the check looks at
    client: str
    contract: str | None
    language: str
    finding: Finding  # as last seen
    state: State
    opened_at: datetime
    detected_at: datetime  # start of the first failing run
    seen_at: datetime  # start of the last failing run
    acked_at: datetime | None = None
    restored_at: datetime | None = None  # start of the first good run
    closed_at: datetime | None = None
    parent: str | None = None  # the ticket that explains it
    merged_into: str | None = None
    recurrence_of: str | None = None
    reopen_count: int = 0
    flapping: bool = False
    occurrences: int = 1
    told: bool = False  # people were told that it is open
    owed: Owed | None = None  # what they are yet to be told
    quiet_since: datetime | None = None  # held because it comes and goes, and gone since then
    reopened_at: tuple[datetime, ...] = ()  # lately

    @property
    def live(self) -> bool:
        """Whether someone must still handle it."""
        return self.state in LIVE

    @property
    def fingerprint(self) -> str:
        """The identity of its anomaly."""
        return fingerprint(self.key.site, self.key.check, self.finding.family, self.finding.subject)

    @property
    def site(self) -> str | None:
        """The site it belongs to, None for the agent's own."""
        return None if self.key.site == AGENT_SITE else self.key.site
