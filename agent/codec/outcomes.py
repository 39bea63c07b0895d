"""Outcomes as JSON."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import Base64Bytes

from agent.codec.findings import WireFinding, from_wire, to_wire
from agent.codec.jobs import encode_memory, read_memory
from agent.codec.strict import Unreadable, read, write
from checks.core.model import (
    ALL,
    Answer,
    Artifact,
    Attempt,
    Everything,
    Key,
    Measure,
    Observed,
    Outcome,
    Unobserved,
    Untested,
)
from checks.core.registry import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class WireUntested:
    """`families` is null for all of them."""

    families: tuple[str, ...] | None
    subject: str | None
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WireArtifact:
    """The data goes in base 64."""

    kind: str
    name: str
    media: str
    data: Base64Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WireAttempt:
    """One look of the run."""

    number: int
    seconds: float
    findings: tuple[WireFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WireObserved:
    """We looked; memory is the check's own JSON as text."""

    findings: tuple[WireFinding, ...]
    measures: tuple[Measure, ...]
    untested: tuple[WireUntested, ...]
    memory: str | None
    artifacts: tuple[WireArtifact, ...]
    attempts: tuple[WireAttempt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WireOutcome:
    """The whole of it; `answer` is either shape, told apart by its keys."""

    id: str
    key: Key
    kind: str
    started: datetime
    seconds: float
    only: tuple[str, ...]
    answer: WireObserved | Unobserved


def encode_outcome(outcome: Outcome, kind: str) -> bytes:
    """Return an outcome of a check of that kind as JSON."""
    answer = outcome.answer if isinstance(outcome.answer, Unobserved) else _observed_to_wire(outcome.answer, kind)
    return write(
        WireOutcome,
        WireOutcome(
            id=outcome.id,
            key=outcome.key,
            kind=kind,
            started=outcome.started,
            seconds=outcome.seconds,
            only=tuple(sorted(outcome.only)),
            answer=answer,
        ),
    )


def decode_outcome(data: bytes, rules: Catalogue) -> Outcome:
    """Return the outcome; raises `Unreadable`, or `VigieError` for an unknown rule or kind."""
    wire: WireOutcome = read(WireOutcome, data)
    told = wire.answer
    answer: Answer = told if isinstance(told, Unobserved) else _observed_from_wire(told, wire.kind, rules)
    return Outcome(
        id=wire.id,
        key=wire.key,
        started=_utc(wire.started),
        seconds=wire.seconds,
        only=frozenset(wire.only),
        answer=answer,
    )


def _observed_to_wire(observed: Observed, kind: str) -> WireObserved:
    return WireObserved(
        findings=tuple(to_wire(finding) for finding in observed.findings),
        measures=observed.measures,
        untested=tuple(_untested_to_wire(untested) for untested in observed.untested),
        memory=None if observed.memory is None else encode_memory(kind, observed.memory),
        artifacts=tuple(WireArtifact(kind=a.kind, name=a.name, media=a.media, data=a.data) for a in observed.artifacts),
        attempts=tuple(
            WireAttempt(number=a.number, seconds=a.seconds, findings=tuple(to_wire(f) for f in a.findings))
            for a in observed.attempts
        ),
    )


def _observed_from_wire(wire: WireObserved, kind: str, rules: Catalogue) -> Observed:
    return Observed(
        findings=tuple(from_wire(finding, rules) for finding in wire.findings),
        measures=wire.measures,
        untested=tuple(_untested_from_wire(untested) for untested in wire.untested),
        memory=None if wire.memory is None else read_memory(kind, wire.memory),
        artifacts=tuple(Artifact(kind=a.kind, name=a.name, media=a.media, data=a.data) for a in wire.artifacts),
        attempts=tuple(
            Attempt(number=a.number, seconds=a.seconds, findings=tuple(from_wire(f, rules) for f in a.findings))
            for a in wire.attempts
        ),
    )


def _untested_to_wire(untested: Untested) -> WireUntested:
    families = None if isinstance(untested.families, Everything) else tuple(sorted(untested.families))
    return WireUntested(families=families, subject=untested.subject, cause=untested.cause)


def _untested_from_wire(wire: WireUntested) -> Untested:
    families = ALL if wire.families is None else frozenset(wire.families)
    return Untested(families=families, subject=wire.subject, cause=wire.cause)


def _utc(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise Unreadable("unreadable outcome: an instant without its offset")
    return when.astimezone(UTC)
