"""What each run gave: a short row for every run, the whole of it for those that said something and for the latest."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from agent.codec import decode_outcome, encode_outcome
from agent.store.checks import key_of
from agent.store.instants import from_ms, to_ms
from agent.store.session import Row, Session
from checks.core.errors import VigieError
from checks.core.model import ALL, Key, Observed, Outcome, Severity, Unobserved
from checks.core.registry import Catalogue


class Result(StrEnum):
    """What a run came to, in one word."""

    OK = "ok"
    FINDINGS = "findings"
    UNTESTED = "untested"  # it looked and could judge nothing, as behind a challenge
    UNOBSERVED = "unobserved"


def result_of(outcome: Outcome) -> Result:
    """Return what a run came to; findings of severity info are not findings here."""
    if isinstance(outcome.answer, Unobserved):
        return Result.UNOBSERVED
    if any(finding.severity is not Severity.INFO for finding in outcome.answer.findings):
        return Result.FINDINGS
    blind = any(said.families is ALL and said.subject is None for said in outcome.answer.untested)
    return Result.UNTESTED if blind else Result.OK


def known(session: Session, check: int, outcome: Outcome) -> bool:
    """Whether an outcome is stored already."""
    sql = "SELECT 1 FROM outcomes WHERE check_id = ? AND started = ? AND id = ?"
    return session.one(sql, (check, to_ms(outcome.started), outcome.id)) is not None


def insert(session: Session, check: int, outcome: Outcome, kind: str) -> None:
    """Keep an outcome; artifacts and memory have their own places."""
    body, started, result = _body(outcome, kind), to_ms(outcome.started), result_of(outcome)
    session.run(
        "INSERT INTO outcomes (check_id, started, id, took, result, body) VALUES (?, ?, ?, ?, ?, ?)",
        (
            check,
            started,
            outcome.id,
            round(outcome.seconds * 1000),
            result.value,
            None if _plain(outcome, result) else body,
        ),
    )
    if outcome.only:
        return  # a second look at some subjects is not what the check last said
    session.run(
        "INSERT INTO latest (check_id, started, body) VALUES (?, ?, ?) "
        "ON CONFLICT (check_id) DO UPDATE SET started = excluded.started, body = excluded.body",
        (check, started, body),
    )


def _plain(outcome: Outcome, result: Result) -> bool:
    return result is Result.OK and isinstance(outcome.answer, Observed) and not outcome.answer.findings


def _body(outcome: Outcome, kind: str) -> str:
    answer = outcome.answer
    bare = replace(answer, artifacts=(), memory=None) if isinstance(answer, Observed) else answer
    return encode_outcome(replace(outcome, answer=bare), kind).decode()


def latest(session: Session, rules: Catalogue) -> dict[Key, Outcome]:
    """Return the last outcome of every check."""
    rows = session.rows("SELECT site, name, location, body FROM latest JOIN checks ON checks.id = check_id")
    read = ((key_of(row), _outcome(row["body"], rules)) for row in rows)
    return {key: outcome for key, outcome in read if outcome is not None}


def _outcome(body: str, rules: Catalogue) -> Outcome | None:
    """Return a stored outcome, None when this version reads it no more (a rule or a check that is gone)."""
    try:
        return decode_outcome(body.encode(), rules)
    except VigieError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One run as history tells it; `outcome` only for runs that said something."""

    id: str
    key: Key
    kind: str
    target: str
    started: datetime
    took: timedelta
    result: Result
    outcome: Outcome | None


_READ = (
    "SELECT site, name, location, kind, target, outcomes.id, started, took, result, body "
    "FROM checks JOIN outcomes ON checks.id = check_id "
)


def history(
    session: Session,
    rules: Catalogue,
    *,
    site: str,
    check: str | None = None,
    begin: datetime,
    end: datetime,
    limit: int = 1000,
) -> Iterator[Past]:
    """Return the runs of a site's checks that started in [begin, end), the last ones first."""
    rows = session.rows(
        f"{_READ} WHERE site = ? AND (? IS NULL OR name = ?) AND started >= ? AND started < ? "
        "ORDER BY started DESC, outcomes.id LIMIT ?",
        (site, check, check, to_ms(begin), to_ms(end), limit),
    )
    return (_past(row, rules) for row in rows)


def between(session: Session, rules: Catalogue, key: Key, begin: datetime, end: datetime) -> Iterator[Past]:
    """Yield the runs of one check that started in [begin, end), the first ones first."""
    rows = session.db.query(
        f"{_READ} WHERE site = ? AND name = ? AND location = ? AND started >= ? AND started < ? ORDER BY started",
        (key.site, key.check, key.location, to_ms(begin), to_ms(end)),
    )
    return (_past(row, rules) for row in rows)


def _past(row: Row, rules: Catalogue) -> Past:
    return Past(
        id=row["id"],
        key=key_of(row),
        kind=row["kind"],
        target=row["target"],
        started=from_ms(row["started"]),
        took=timedelta(milliseconds=row["took"]),
        result=Result(row["result"]),
        outcome=_outcome(row["body"], rules) if row["body"] else None,
    )
