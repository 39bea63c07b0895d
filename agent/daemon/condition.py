"""Decides what is wrong with the agent itself; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from agent.core.desk.rules import CLOCK, CONFIG, DISK, NO_IPV6, OFFLINE, OVERRUN, RESOURCES
from checks.core.model import Finding

CLOCK_OFF = timedelta(seconds=30)  # more than that and due times, certificates and tickets are wrong by it
FREE_LEAST = 100 * 2**20  # bytes the disk of the store needs
NEARLY = 0.9  # of a limit
LATE_LEAST = 5  # firings gone wrong in a window
LATE_SHARE = 0.01  # of the window's firings


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What was seen of the agent itself; None where it could not be seen, which says nothing."""

    targets: tuple[str, ...] = ()  # what was asked whether the network works
    online: bool = True
    lacks_ipv6: bool = False  # a site has IPv6 addresses that cannot be looked at from here
    ahead: timedelta | None = None  # of our clock, against the references
    free: int | None = None  # bytes on the disk of the store
    refused: str = ""  # why the last configuration was refused
    descriptors: tuple[int, int] | None = None  # in use, allowed
    memory: tuple[int, int] | None = None  # bytes in use, allowed
    ran_out: bool = False  # a run lacked descriptors or memory just now
    fired: int = 0  # firings of the window
    late: int = 0  # of them, those that came late or were left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is wrong, and the subjects that this look says something about: the others stay as they were."""

    findings: tuple[Finding, ...]
    subjects: frozenset[str]


def judge(now: Condition) -> Seen:
    """Return what a look at the agent gives."""
    said = tuple(_said(now))
    return Seen(
        findings=tuple(finding for _subject, finding in said if finding is not None),
        subjects=frozenset(subject for subject, _finding in said),
    )


def _said(now: Condition) -> Iterator[tuple[str, Finding | None]]:
    """Yield each subject that was looked at, with what is wrong with it."""
    yield "uplink", None if now.online else OFFLINE.found("uplink", targets=now.targets)
    yield "ipv6", NO_IPV6.found("ipv6") if now.lacks_ipv6 else None
    if now.ahead is not None:
        offset = round(now.ahead.total_seconds(), 1)
        yield "clock", CLOCK.found("clock", offset=abs(offset), ahead=offset) if abs(now.ahead) > CLOCK_OFF else None
    if now.free is not None:
        yield "disk", DISK.found("disk", free=now.free) if now.free < FREE_LEAST else None
    yield "config", CONFIG.found("config", detail=now.refused) if now.refused else None
    yield "resources", _resources(now)
    wrong = now.late >= LATE_LEAST and now.late >= LATE_SHARE * now.fired
    yield "schedule", OVERRUN.found("schedule", count=now.late, firings=now.fired) if wrong else None


def _resources(now: Condition) -> Finding | None:
    for what, use in (("file descriptors", now.descriptors), ("memory", now.memory)):
        if use is not None and use[0] >= NEARLY * use[1]:
            return RESOURCES.found("resources", what=what, used=use[0], limit=use[1])
    if now.ran_out:
        return RESOURCES.found("resources", what="file descriptors or memory")
    return None
