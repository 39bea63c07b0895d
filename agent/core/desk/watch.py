"""What the desk knows of a check beside its outcomes: whose it is, where it looks, and the rules for judging it."""

from dataclasses import dataclass, field
from datetime import timedelta

from agent.core.desk.ticket import AGENT_SITE
from agent.core.desk.verdict import Policy
from checks.core.model import Key

DOWNTIME = frozenset({"uptime.available"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One check as intake sees it."""

    key: Key
    kind: str
    target: str  # URL
    client: str = "default"
    contract: str | None = None
    language: str = "en"
    policy: Policy = field(default_factory=Policy)
    every: timedelta = timedelta(minutes=1)
    lasts: timedelta = timedelta(seconds=30)  # at most, one of its runs
    holds: timedelta = timedelta(minutes=3)  # how long a run stands for when no other follows
    blind_after: timedelta = timedelta(hours=1)
    downtime: frozenset[str] = DOWNTIME  # families whose live anomaly is downtime

    @property
    def confirms(self) -> timedelta:
        """How soon after any moment it has looked and confirmed what it saw."""
        return self.policy.network_runs * self.every + self.lasts


AGENT_KEY = Key(site=AGENT_SITE, check="agent")


def agent_watch(language: str) -> Watch:
    """The built-in check through which the agent's own findings enter."""
    return Watch(key=AGENT_KEY, kind="agent", target="", client=AGENT_SITE, language=language, downtime=frozenset())
