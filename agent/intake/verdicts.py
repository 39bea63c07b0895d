"""First stage: what each outcome makes of what is believed of its check."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.core.desk.hours import Cursor, Stretch, account
from agent.core.desk.ticket import fingerprint
from agent.core.desk.verdict import Began, Changed, Ended, Flip, Track, advance
from agent.core.desk.watch import Watch
from agent.store.outcomes import Result, result_of
from agent.store.tracks import Anomaly, Tracked
from checks.core.model import Finding, Observed, Outcome, Presence, Severity, Untested


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An outcome with what is known of its check."""

    outcome: Outcome
    watch: Watch

    @property
    def at(self) -> datetime:
        """When the run was over and its outcome known."""
        return self.outcome.started + timedelta(seconds=self.outcome.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """What is believed of one check before a run."""

    tracks: Mapping[Anomaly, Tracked]
    cursor: Cursor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one run did to one anomaly; `present` is its finding when the run saw it."""

    anomaly: Anomaly
    before: Track | None
    tracked: Tracked | None  # None: nothing is suspected any more
    flip: Flip | None
    present: Finding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one outcome changes."""

    sighting: Sighting
    result: Result
    turns: tuple[Turn, ...]
    cursor: Cursor | None  # None: this run says nothing of the check's time
    was_blind: bool  # the run before could not judge
    stretches: tuple[Stretch, ...]

    @property
    def telling(self) -> bool:
        """Whether what the run saw is worth keeping: something is seen for the first time, or differently."""
        return any(
            isinstance(turn.flip, Began | Changed) or (turn.before is None and turn.present is not None)
            for turn in self.turns
        )

    def fingerprint(self, turn: Turn) -> str:
        """The identity of the anomaly of one turn."""
        key = self.sighting.watch.key
        return fingerprint(key.site, key.check, *turn.anomaly)


def judge(sighting: Sighting, believed: Believed) -> Verdict:
    """Move every track of a check by one outcome."""
    outcome, watch = sighting.outcome, sighting.watch
    turns = tuple(_turns(outcome, watch, believed.tracks))
    result = result_of(outcome)
    cursor, stretches = None, tuple[Stretch, ...]()
    was_blind = believed.cursor is not None and believed.cursor.blind_since is not None
    if not outcome.only:
        downtime = tuple(_downtime(watch, believed.tracks, turns))
        ended = tuple(turn.flip for turn in turns if isinstance(turn.flip, Ended) and turn.anomaly[0] in watch.downtime)
        judged = result in (Result.OK, Result.FINDINGS)
        cursor, stretches = account(believed.cursor, outcome.started, judged, downtime, ended, watch.holds)
    return Verdict(
        sighting=sighting, result=result, turns=turns, cursor=cursor, was_blind=was_blind, stretches=stretches
    )


def after(believed: Believed, verdict: Verdict) -> Believed:
    """What is believed once that verdict is in."""
    tracks = dict(believed.tracks)
    for turn in verdict.turns:
        if turn.tracked is None:
            tracks.pop(turn.anomaly, None)
        else:
            tracks[turn.anomaly] = turn.tracked
    return Believed(tracks=tracks, cursor=verdict.cursor or believed.cursor)


def _turns(outcome: Outcome, watch: Watch, tracks: Mapping[Anomaly, Tracked]) -> Iterator[Turn]:
    look = _Look(outcome)
    # A suspicion that nobody could confirm for as long as a check may be blind says nothing any more.
    policy = watch.policy if watch.policy.lapse is not None else replace(watch.policy, lapse=watch.blind_after)
    for anomaly in sorted({*tracks, *look.found}):
        presence, finding = look.presence(anomaly)
        if presence is Presence.UNTESTED:
            continue
        known = tracks.get(anomaly)
        before = known.track if known else None
        track, flip = advance(before, presence, finding, outcome.started, policy)
        tracked = None if track is None else Tracked(track=track, looked=outcome.started)
        yield Turn(anomaly=anomaly, before=before, tracked=tracked, flip=flip, present=finding)


def _downtime(watch: Watch, tracks: Mapping[Anomaly, Tracked], turns: tuple[Turn, ...]) -> Iterator[Track]:
    moved = {turn.anomaly: turn.tracked for turn in turns}
    for anomaly in {*tracks, *moved}:
        tracked = moved[anomaly] if anomaly in moved else tracks[anomaly]
        if tracked is not None and anomaly[0] in watch.downtime:
            yield tracked.track


class _Look:
    """What a run says of each anomaly, looked up in constant time: a crawl may name thousands."""

    def __init__(self, outcome: Outcome) -> None:
        self.found: dict[Anomaly, Finding] = {}
        self._blind = not isinstance(outcome.answer, Observed)
        self._only = outcome.only
        self._untested: dict[str | None, list[Untested]] = defaultdict(list)
        if isinstance(outcome.answer, Observed):
            # A finding that is never a ticket says nothing of a graver one that this run may not have looked for.
            found = outcome.answer.anomalies().items()
            self.found = {anomaly: finding for anomaly, finding in found if finding.severity is not Severity.INFO}
            for untested in outcome.answer.untested:
                self._untested[untested.subject].append(untested)

    def presence(self, anomaly: Anomaly) -> tuple[Presence, Finding | None]:
        family, subject = anomaly
        if anomaly in self.found:
            return Presence.PRESENT, self.found[anomaly]
        if self._blind or (self._only and subject not in self._only):
            return Presence.UNTESTED, None
        said = (*self._untested.get(None, ()), *self._untested.get(subject, ()))
        covered = any(untested.covers(family, subject) for untested in said)
        return (Presence.UNTESTED if covered else Presence.ABSENT), None
