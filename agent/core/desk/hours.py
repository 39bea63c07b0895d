"""Turns runs into up, down and unknown time: what stood between one run and the next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from agent.core.desk.verdict import Ended, Live, Recovering, Suspected, Track

HOUR = timedelta(hours=1)
SET_BACK = timedelta(hours=2)  # a clock set back by more than this is believed, by less is waited for


class Standing(StrEnum):
    """What is held of a check over a stretch of time."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of time of one standing, `end` excluded."""

    begin: datetime
    end: datetime
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time, `end` excluded."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far the time of one check is accounted for."""

    at: datetime  # start of the last run: what it stands for is known when the next one comes
    judged: bool  # whether that run could judge
    blind_since: datetime | None = None  # start of the first of the last runs that could not judge
    held: Span | None = None  # judged, but up or down depends on a run to come


def standing(at: datetime, tracks: Iterable[Track], ended: Iterable[Ended]) -> Standing | None:
    """Return how a check stood at an instant, by all that is believed now; None while a run to come decides."""
    if any(end.began <= at < end.at for end in ended):
        return Standing.DOWN
    stood = {_stood(track, at) for track in tracks}
    if Standing.DOWN in stood:
        return Standing.DOWN
    return None if None in stood else Standing.UP


def _stood(track: Track, at: datetime) -> Standing | None:
    match track:
        case Live():
            return Standing.DOWN if track.began <= at else Standing.UP
        case Recovering():
            if at >= track.since:
                return None
            return Standing.DOWN if track.began <= at else Standing.UP
        case Suspected():
            return None if track.since <= at else Standing.UP
        case _:
            assert_never(track)


def account(
    cursor: Cursor | None,
    started: datetime,
    judged: bool,
    tracks: tuple[Track, ...],
    ended: tuple[Ended, ...],
    holds: timedelta,
) -> tuple[Cursor, tuple[Stretch, ...]]:
    """Move the cursor to a run that started at `started` and return the time that is now accounted for.

    `tracks` and `ended` are the downtime ones, after that run. A run stands for the time until the next, at most for
    `holds`; beyond that nobody looked.
    """
    if cursor is None:
        return Cursor(at=started, judged=judged, blind_since=None if judged else started), ()
    if cursor.at - SET_BACK < started <= cursor.at:
        return _seen(cursor, cursor.at, judged, started), ()
    if started <= cursor.at:
        return Cursor(at=started, judged=judged, blind_since=None if judged else started), ()
    stretches: list[Stretch] = []
    held = cursor.held
    if held is not None and (settled := standing(held.begin, tracks, ended)) is not None:
        stretches.append(Stretch(begin=held.begin, end=held.end, standing=settled))
        held = None
    until = min(started, cursor.at + holds)
    stood = standing(cursor.at, tracks, ended) if cursor.judged else Standing.UNKNOWN
    if stood is None:
        held = Span(begin=held.begin if held else cursor.at, end=until)
    else:
        stretches.append(Stretch(begin=cursor.at, end=until, standing=stood))
    if until < started:
        stretches.append(Stretch(begin=until, end=started, standing=Standing.UNKNOWN))
    moved = _seen(cursor, started, judged, started)
    return Cursor(at=moved.at, judged=judged, blind_since=moved.blind_since, held=held), tuple(stretches)


def _seen(cursor: Cursor, at: datetime, judged: bool, started: datetime) -> Cursor:
    blind = None if judged else (cursor.blind_since or started)
    return Cursor(at=at, judged=judged, blind_since=blind, held=cursor.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a stretch adds to one hour."""

    hour: datetime  # its beginning
    standing: Standing
    length: timedelta


def hour_of(when: datetime) -> datetime:
    """Return the beginning of the hour (UTC) in which an instant lies."""
    return when.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def by_hour(stretches: Iterable[Stretch]) -> Iterator[Share]:
    """Cut stretches at the hours (UTC)."""
    for stretch in stretches:
        begin = stretch.begin
        while begin < stretch.end:
            hour = hour_of(begin)
            end = min(stretch.end, hour + HOUR)
            yield Share(hour=hour, standing=stretch.standing, length=end - begin)
            begin = end
