"""Turns settings into the checks to run and says when each is due; pure, so that a restart plans the same."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from agent.config.loaded import Settings
from agent.core.contract.settings import DEFAULT_CLIENT, Client, Contract
from agent.core.desk.settings import RuleOverride
from agent.settings import Phase, Site, Watch
from checks.core import registry
from checks.core.model import Key
from checks.core.registry import AnyCheck

RECHECK_EVERY: Final = timedelta(minutes=15)  # of a live subject, where the check itself is not more frequent
RECHECK_WAIT: Final = 1.0  # seconds at most between two attempts of one run
BLIND_AFTER: Final = timedelta(hours=1)
BLIND_INTERVALS: Final = 3
SPREAD: Final = timedelta(seconds=60)  # checks that never ran start within this
STARTS_PER_SECOND: Final = 20
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)  # from which every check counts its intervals
# Checks start together at these instants, some at each, rather than one by one: at 5,000 checks a minute a run that
# finds the code of the one before it in the processor's caches takes 2.0 ms of CPU all in, one that comes alone 3.5 ms.
GRID: Final = timedelta(milliseconds=250)
GRID_LEAST: Final = timedelta(seconds=10)  # checks that come more often keep instants of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One check of one site, everything resolved; equal means that nothing about it changed."""

    key: Key
    kind: str
    client: str
    contract: str | None
    phase: Phase
    target: str  # URL
    options: Any  # the check's Options
    every: timedelta
    timeout: float  # seconds for one attempt
    recheck_wait: float  # seconds at most between two attempts of one run
    recheck_every: timedelta  # of live subjects
    blind_after: timedelta
    language: str
    rules: tuple[RuleOverride, ...] = ()  # those in force here, at most one for each rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All checks to run, in the order of the configuration."""

    planned: tuple[Planned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a reload changes."""

    added: tuple[Planned, ...]
    removed: tuple[Planned, ...]
    changed: tuple[Planned, ...]  # as they are now


def plan(settings: Settings, find: Callable[[str], AnyCheck] = registry.find) -> Plan:
    """Return the enabled checks of all sites."""
    planning, found = _Planning(settings), cache(find)
    return Plan(
        planned=tuple(
            planning.check(site, watch, found(watch.kind))
            for site in settings.all(Site)
            for watch in site.checks
            if watch.enabled
        )
    )


class _Planning:
    """What the checks of all sites are resolved against."""

    def __init__(self, settings: Settings) -> None:
        self._clients = {contract.id: contract.client for contract in settings.all(Contract)}
        self._of_client = {client.id: client.rules for client in settings.all(Client)}
        self._rules = settings.all(RuleOverride)

    def check(self, site: Site, watch: Watch, check: AnyCheck) -> Planned:
        every = watch.every or check.every
        client = self._clients[site.contract] if site.contract else DEFAULT_CLIENT
        return Planned(
            key=watch.key(site.id),
            kind=watch.kind,
            client=client,
            contract=site.contract,
            phase=site.phase,
            target=watch.url,
            options=watch.options,
            every=every,
            timeout=watch.options.timeout or check.timeout.total_seconds(),
            recheck_wait=min(RECHECK_WAIT, every.total_seconds() / 4),
            recheck_every=watch.recheck_every or min(RECHECK_EVERY, every),
            blind_after=watch.blind_after or max(BLIND_AFTER, BLIND_INTERVALS * every),
            language=site.language.value,
            rules=self._in_force(client, site, watch),
        )

    def _in_force(self, client: str, site: Site, watch: Watch) -> tuple[RuleOverride, ...]:
        """The nearest word on each rule: the check's, else the site's, the client's, everyone's."""
        layers = (self._rules, self._of_client.get(client, ()), site.rules, watch.rules)
        return tuple({rule.id: rule for layer in layers for rule in layer}.values())


def compare(old: Plan, new: Plan) -> Difference:
    """Say what of `new` is not as in `old`."""
    before = {one.key: one for one in old.planned}
    after = {one.key: one for one in new.planned}
    return Difference(
        added=tuple(one for key, one in after.items() if key not in before),
        removed=tuple(one for key, one in before.items() if key not in after),
        changed=tuple(one for key, one in after.items() if key in before and before[key] != one),
    )


def due(planned: Planned, last_start: datetime | None, now: datetime, jobs: int, epoch: datetime = EPOCH) -> datetime:
    """Return when a check is due, out of `jobs` checks; all instants in UTC.

    Each check has its own stable instants, one an interval, counted from `epoch` and shifted by its share of the
    interval: runs do not drift, and are spread over the interval but for the grid. It is due at the first of them that
    comes more than half an interval after its last start. What never ran, is overdue, or started in the future (the
    clock was set back) is due soon.
    """
    if last_start is None or last_start > now:
        return soon(planned, now, jobs)
    shift = _shift(planned.key, planned.every)
    whole = (last_start + planned.every / 2 - epoch - shift) // planned.every
    instant = epoch + shift + (whole + 1) * planned.every
    return instant if instant > now else soon(planned, now, jobs)


def soon(planned: Planned, now: datetime, jobs: int) -> datetime:
    """Spread first and overdue runs over the least of the interval, 60 s and (number of jobs / 20) seconds."""
    return now + share(planned.key) * min(planned.every, SPREAD, timedelta(seconds=jobs / STARTS_PER_SECOND))


def _shift(key: Key, every: timedelta) -> timedelta:
    """How far a check's instants lie from the beginning of each interval."""
    shift = share(key) * every
    return shift if every < GRID_LEAST else shift // GRID * GRID


def share(key: Key) -> float:
    """A number in [0, 1) that is always the same for one check, and evenly spread over many."""
    return zlib.crc32(f"{key.site}\x1f{key.check}\x1f{key.location}".encode()) / 2**32
