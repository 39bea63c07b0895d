"""Counts what firings and runs tell of the agent itself, and passes it on to the metrics."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.executor import Loss
from agent.metrics import Own
from agent.schedule import Trouble
from checks.core.clock import Clock, utc_now
from checks.core.model import Key, Outcome, Unobserved

WINDOW = timedelta(minutes=5)  # over which firings are counted
JUST_NOW = timedelta(seconds=30)

# What is ours: a run that goes on until the next one is due says that its site is slow.
_LATE = frozenset({Trouble.STALL, Trouble.LATE, Trouble.WAITED})
_NO_IPV6 = "no_ipv6"
_RESOURCES = "resources"


@dataclass(slots=True)
class _Second:
    at: int  # Unix time
    fired: int = 0
    late: int = 0


@dataclass(slots=True, kw_only=True)
class Tally:
    """Hears of every firing and every run."""

    own: Own
    clock: Clock = utc_now
    lacked_ipv6: bool = False  # since somebody last set it back
    _ran_out: datetime | None = None
    _seconds: deque[_Second] = field(default_factory=deque)

    def fired(self, lag: float) -> None:
        """A firing happened so many seconds after it was due."""
        self._now().fired += 1
        self.own.fired(lag)

    def trouble(self, key: Key, what: Trouble, firings: int) -> None:
        """So many firings did not happen as planned."""
        if what in _LATE:
            self._now().late += firings
        self.own.trouble(key, what, firings)

    def delayed(self) -> None:
        """A run waited over a second because all places were taken."""
        self._now().late += 1
        self.own.delayed()

    def child_lost(self, loss: Loss) -> None:
        """A child process is gone before its time."""
        self.own.child_lost(loss)

    def ran(self, kind: str, outcome: Outcome) -> None:
        """A run is over, before anybody asked whether to believe it."""
        self.own.ran(kind, outcome)
        answer = outcome.answer
        if isinstance(answer, Unobserved):
            if answer.cause == _RESOURCES:
                self._ran_out = self.clock()
            self.lacked_ipv6 |= answer.cause == _NO_IPV6
        else:
            self.lacked_ipv6 |= any(untested.cause == _NO_IPV6 for untested in answer.untested)

    def window(self, now: datetime) -> tuple[int, int]:
        """Firings of the last minutes, and those that went wrong."""
        oldest = int((now - WINDOW).timestamp())
        while self._seconds and self._seconds[0].at < oldest:
            self._seconds.popleft()
        return sum(one.fired for one in self._seconds), sum(one.late for one in self._seconds)

    def ran_out(self, now: datetime) -> bool:
        """Whether a run lacked descriptors or memory just now."""
        return self._ran_out is not None and abs(now - self._ran_out) < JUST_NOW

    def _now(self) -> _Second:
        at = int(self.clock().timestamp())
        if not self._seconds or self._seconds[-1].at != at:
            self._seconds.append(_Second(at=at))
        return self._seconds[-1]
