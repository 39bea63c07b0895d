"""Decides what to believe: one anomaly's track moves with each run, and may begin, change or end."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from checks.core.model import Confirm, Finding, Presence, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How much it takes to believe that something broke, or that it is well again."""

    network_runs: int = 2  # runs in a row that must agree, for rules about the network
    fact_runs: int = 1  # the same for deterministic facts
    lapse: timedelta | None = None  # a suspicion that no run confirmed for so long starts anew; None: never

    def runs(self, finding: Finding) -> int:
        """How many runs must agree about this finding, to begin as to end."""
        return self.network_runs if finding.rule.confirm is Confirm.NETWORK else self.fact_runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """Seen, not yet believed."""

    finding: Finding  # as last seen
    since: datetime  # start of the first of the runs that saw it
    last: datetime  # start of the last of them
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Believed."""

    finding: Finding  # as last seen
    began: datetime  # start of the first run that saw it


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovering:
    """Believed, but the last runs did not see it any more."""

    finding: Finding  # as last seen
    began: datetime
    since: datetime  # start of the first run without it
    runs: int


Track = Suspected | Live | Recovering


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """From now on it is believed; `at` is the start of the first of the runs that saw it."""

    finding: Finding
    at: datetime
    runs: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """It is still there, but not the same: `what` names "rule", "severity" and the watched facts that differ."""

    finding: Finding
    before: Finding
    what: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """It is gone; `at` is the start of the first run without it."""

    finding: Finding  # as last seen
    began: datetime
    at: datetime


Flip = Began | Changed | Ended

SERIOUS = frozenset({"rule", "severity"})  # changes that people are told of; others are events of the ticket alone


def advance(
    track: Track | None, presence: Presence, finding: Finding | None, now: datetime, policy: Policy
) -> tuple[Track | None, Flip | None]:
    """Move the track of one anomaly by one run that started at `now`.

    `finding` is what the run found of it, None unless PRESENT. UNTESTED moves nothing. A finding of severity info never
    makes a ticket: where it takes the place of a graver one, that one is gone.
    """
    match presence:
        case Presence.UNTESTED:
            return track, None
        case Presence.ABSENT:
            return _absent(track, now, policy)
        case Presence.PRESENT:
            if finding is None:
                raise ValueError("a present anomaly needs its finding")
            return (
                _absent(track, now, policy) if finding.severity is Severity.INFO else _seen(track, finding, now, policy)
            )
        case _:
            assert_never(presence)


def _seen(track: Track | None, finding: Finding, now: datetime, policy: Policy) -> tuple[Track, Flip | None]:
    match track:
        case None:
            return _suspect(Suspected(finding=finding, since=now, last=now, runs=1), policy)
        case Suspected():
            return _suspect(_again(track, finding, now, policy), policy)
        case Live() | Recovering():
            what = changes(track.finding, finding)
            flip = Changed(finding=finding, before=track.finding, what=what, at=now) if what else None
            return Live(finding=finding, began=track.began), flip
        case _:
            assert_never(track)


def _again(track: Suspected, finding: Finding, now: datetime, policy: Policy) -> Suspected:
    if policy.lapse is not None and now - track.last > policy.lapse:
        return Suspected(finding=finding, since=now, last=now, runs=1)
    return replace(track, finding=finding, last=now, runs=track.runs + 1)


def _suspect(track: Suspected, policy: Policy) -> tuple[Track, Flip | None]:
    if track.runs < policy.runs(track.finding):
        return track, None
    return Live(finding=track.finding, began=track.since), Began(finding=track.finding, at=track.since, runs=track.runs)


def _absent(track: Track | None, now: datetime, policy: Policy) -> tuple[Track | None, Flip | None]:
    match track:
        case None | Suspected():
            return None, None
        case Live():
            return _recover(Recovering(finding=track.finding, began=track.began, since=now, runs=1), policy)
        case Recovering():
            return _recover(replace(track, runs=track.runs + 1), policy)
        case _:
            assert_never(track)


def _recover(track: Recovering, policy: Policy) -> tuple[Track | None, Flip | None]:
    if track.runs < policy.runs(track.finding):
        return track, None
    # A clock that was set back may make the good run look older than the bad one.
    return None, Ended(finding=track.finding, began=track.began, at=max(track.since, track.began))


def changes(before: Finding, after: Finding) -> frozenset[str]:
    """Name what differs between two sightings of one anomaly: "rule", "severity", and facts that a rule watches."""
    told = {name for name in before.rule.watch | after.rule.watch if before.fact(name) != after.fact(name)}
    if before.rule.id != after.rule.id:
        told.add("rule")
    if before.severity is not after.severity:
        told.add("severity")
    return frozenset(told)
