"""The contract of a check: it observes, it judges, it may ask to look again."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from checks.core.model import Attempt, Finding, Lane, Rule, Said

if TYPE_CHECKING:
    from checks.net import Net

Options = TypeVar("Options")
Memory = TypeVar("Memory")
Seen = TypeVar("Seen")


class Files(Protocol):
    """Where a check puts evidence; what is added is redacted there, once."""

    def add(self, kind: str, name: str, media: str, data: bytes) -> None:
        """Keep `data` (media type `media`) as a piece of evidence of this attempt."""


Progress = Callable[[str, int, int | None], None]  # what, done, total if known


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """Which look of the run this is, and what the looks before it found."""

    number: int  # from 1
    before: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(Generic[Options, Memory]):
    """All that observe gets."""

    name: str  # the check's name, the subject of findings about the target as a whole
    target: str
    options: Options
    net: "Net"
    memory: Memory | None
    only: frozenset[str]
    attempt: Looking
    deadline: float  # on the running loop's clock, seconds
    files: Files
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """Look again after so many seconds (the job's `recheck_wait` is the ceiling)."""

    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[Options, Memory, Seen]):
    """One kind of look at a site. Build it unsubscripted: `CHECK = Check(kind=…)`."""

    kind: str  # the module's name
    rules: tuple[Rule, ...]
    options: type[Options]
    memory: type[Memory] | None
    every: timedelta
    timeout: timedelta  # of one attempt as a whole
    lane: Lane
    schemes: frozenset[str] = frozenset({"http", "https"})  # of the addresses it can look at
    observe: Callable[[Context[Options, Memory]], Awaitable[Seen]]  # the only I/O; raises CannotLook only
    judge: Callable[[Seen, Options, Memory | None, datetime], Iterator[Said]]  # pure
    recheck: Callable[[tuple[Finding, ...], Looking], Recheck | None]  # pure; observe never sleeps


def once(_findings: tuple[Finding, ...], _attempt: Looking) -> Recheck | None:
    """A recheck that never looks again, for checks whose facts do not waver."""
    return None
