"""What is suspected and believed of each check, run by run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from agent.core.desk.verdict import Live, Recovering, Suspected, Track
from agent.store.checks import key_of
from agent.store.findings import read_finding, write_finding
from agent.store.instants import from_ms, to_ms
from agent.store.session import Row, Session, Value
from checks.core.model import Finding, Key
from checks.core.registry import Catalogue

Anomaly = tuple[str, str]  # family, subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """A track, and when a run last looked at its subject."""

    track: Track
    looked: datetime


def tracks(session: Session, check: int, rules: Catalogue) -> dict[Anomaly, Tracked]:
    """Return the tracks of one check."""
    rows = session.rows("SELECT * FROM tracks WHERE check_id = ?", (check,))
    return {(row["family"], row["subject"]): _tracked(row, rules) for row in rows}


def believed(session: Session, rules: Catalogue) -> dict[Key, tuple[Finding, ...]]:
    """Return what is believed of every check."""
    rows = session.rows(
        "SELECT site, name, location, tracks.* FROM tracks JOIN checks ON checks.id = check_id "
        "WHERE belief <> 'suspected'"
    )
    found: dict[Key, tuple[Finding, ...]] = {}
    for row in rows:
        found[key_of(row)] = (*found.get(key_of(row), ()), _tracked(row, rules).track.finding)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """Something that is suspected, and the check that saw it."""

    key: Key
    kind: str
    target: str
    track: Suspected


def suspects(session: Session, rules: Catalogue, sites: Sequence[str]) -> tuple[Suspect, ...]:
    """Return what is suspected at some sites."""
    places = ", ".join("?" * len(sites))
    rows = session.rows(
        "SELECT site, name, location, kind, target, tracks.* "  # noqa: S608  places only
        "FROM checks JOIN tracks ON checks.id = check_id "
        f"WHERE belief = 'suspected' AND site IN ({places})",
        sites,
    )
    found = ((row, _tracked(row, rules).track) for row in rows)
    return tuple(
        Suspect(key=key_of(row), kind=row["kind"], target=row["target"], track=track)
        for row, track in found
        if isinstance(track, Suspected)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSubject:
    """A subject with a believed anomaly, and when a run last looked at it."""

    subject: str
    looked: datetime


def live_subjects(session: Session) -> Mapping[Key, tuple[LiveSubject, ...]]:
    """Return the subjects of each check that have a believed anomaly: the scheduler looks at them again."""
    rows = session.rows(
        "SELECT site, name, location, subject, min(looked) AS looked FROM tracks JOIN checks ON checks.id = check_id "
        "WHERE belief <> 'suspected' GROUP BY check_id, subject"
    )
    found: dict[Key, tuple[LiveSubject, ...]] = {}
    for row in rows:
        subject = LiveSubject(subject=row["subject"], looked=from_ms(row["looked"]))
        found[key_of(row)] = (*found.get(key_of(row), ()), subject)
    return found


def keep(session: Session, check: int, anomalies: Iterable[tuple[Anomaly, Tracked]]) -> None:
    """Write tracks; they replace those of the same anomaly."""
    session.many(
        "INSERT OR REPLACE INTO tracks (check_id, family, subject, belief, finding, began, since, last, runs, looked) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(check, *anomaly, *_columns(tracked)) for anomaly, tracked in anomalies],
    )


def drop(session: Session, check: int, anomalies: Iterable[Anomaly]) -> None:
    """Forget tracks."""
    session.many(
        "DELETE FROM tracks WHERE check_id = ? AND family = ? AND subject = ?",
        [(check, *anomaly) for anomaly in anomalies],
    )


def forget(session: Session, key: Key, anomaly: Anomaly | None) -> None:
    """Forget one track of a check, or all."""
    family, subject = anomaly or (None, None)
    session.run(
        "DELETE FROM tracks WHERE check_id = (SELECT id FROM checks WHERE site = ? AND name = ? AND location = ?) "
        "AND (? IS NULL OR (family = ? AND subject = ?))",
        (key.site, key.check, key.location, family, family, subject),
    )


def keys(session: Session) -> frozenset[Key]:
    """Return the checks of which anything is suspected or believed."""
    rows = session.rows("SELECT DISTINCT site, name, location FROM tracks JOIN checks ON checks.id = check_id")
    return frozenset(key_of(row) for row in rows)


def _columns(tracked: Tracked) -> tuple[Value, ...]:
    track, looked = tracked.track, to_ms(tracked.looked)
    finding = write_finding(track.finding)
    match track:
        case Suspected():
            since = to_ms(track.since)
            return "suspected", finding, since, since, to_ms(track.last), track.runs, looked
        case Live():
            began = to_ms(track.began)
            return "live", finding, began, began, looked, 0, looked
        case Recovering():
            return "recovering", finding, to_ms(track.began), to_ms(track.since), looked, track.runs, looked
        case _:
            assert_never(track)


def _tracked(row: Row, rules: Catalogue) -> Tracked:
    finding = read_finding(row["finding"], rules, family=row["family"])
    since, began = from_ms(row["since"]), from_ms(row["began"])
    track: Track
    match row["belief"]:
        case "suspected":
            track = Suspected(finding=finding, since=since, last=from_ms(row["last"]), runs=row["runs"])
        case "live":
            track = Live(finding=finding, began=began)
        case _:
            track = Recovering(finding=finding, began=began, since=since, runs=row["runs"])
    return Tracked(track=track, looked=from_ms(row["looked"]))
