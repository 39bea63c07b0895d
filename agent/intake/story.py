"""What an event keeps of the run that caused it, so that a ticket can be understood from its events alone."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from agent.codec import encode_finding
from agent.core.desk.verdict import Changed
from agent.evidence import digest
from agent.intake.verdicts import Turn, Verdict
from agent.store.evidence import Piece
from checks.core.model import Artifact, Finding, Observed


def run_story(verdict: Verdict, turn: Turn) -> str:
    """Return, as JSON, the finding, the run and each of its attempts; for a change also what it was before."""
    outcome = verdict.sighting.outcome
    told: dict[str, object] = {
        "run": {"id": outcome.id, "started": outcome.started.isoformat(), "seconds": round(outcome.seconds, 3)},
        "attempts": _attempts(verdict, turn),
    }
    if isinstance(outcome.answer, Observed) and outcome.answer.artifacts:
        told["evidence"] = [asdict(piece) for piece in pieces(outcome.answer.artifacts)]
    if turn.flip is not None:
        told["finding"] = _json(turn.flip.finding)
    if isinstance(turn.flip, Changed):
        told |= {"before": _json(turn.flip.before), "changed": sorted(turn.flip.what)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def pieces(artifacts: Iterable[Artifact]) -> list[Piece]:
    """Name the evidence of a run by its content."""
    return [Piece(kind=a.kind, name=a.name, media=a.media, bytes=len(a.data), sha256=digest(a.data)) for a in artifacts]


def note(**facts: str | None) -> str:
    """Return plain facts of an event as JSON."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _attempts(verdict: Verdict, turn: Turn) -> list[object]:
    answer = verdict.sighting.outcome.answer
    if not isinstance(answer, Observed):
        return []
    return [
        {
            "number": attempt.number,
            "seconds": round(attempt.seconds, 3),
            "findings": [_json(f) for f in attempt.findings if (f.family, f.subject) == turn.anomaly],
        }
        for attempt in answer.attempts
    ]


def _json(finding: Finding) -> object:
    return json.loads(encode_finding(finding))
