"""One outcome in the JSON that other programs read; its names are fixed by the contract."""

import json
from datetime import UTC, datetime
from hashlib import sha256

from agent.texts import render
from checks.core.facts import Fact
from checks.core.model import Artifact, Everything, Finding, Measure, Observed, Outcome, Untested
from checks.parse.redact import url

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


def outcome_json(outcome: Outcome, kind: str, target: str, language: str = "en") -> Json:
    """Return the outcome as the object that `--format json` and the API show."""
    answer = outcome.answer
    observed = answer if isinstance(answer, Observed) else Observed()
    cause, detail = (None, None) if isinstance(answer, Observed) else (answer.cause, answer.detail)
    return {
        "id": outcome.id,
        "site": outcome.key.site,
        "check": outcome.key.check,
        "kind": kind,
        "target": url(target),
        "location": outcome.key.location,
        "started": instant(outcome.started),
        "seconds": round(outcome.seconds, 6),
        "observed": isinstance(answer, Observed),
        "cause": cause,
        "detail": detail,
        "findings": [finding_json(finding, language) for finding in observed.findings],
        "untested": [untested_json(untested) for untested in observed.untested],
        "measures": [measure_json(measure) for measure in observed.measures],
        "artifacts": artifacts_json(observed.artifacts),
    }


def finding_json(finding: Finding, language: str) -> Json:
    """Return one finding with its message and advice in `language`."""
    return {
        "rule": finding.rule.id,
        "family": finding.family,
        "subject": finding.subject,
        "severity": finding.severity.value,
        "maintenance": finding.rule.maintenance.value,
        "message": render(finding.rule.says, finding.facts, language),
        "advice": render(finding.rule.advice, finding.facts, language),
        "evidence": {name: fact_json(value) for name, value in finding.facts},
    }


def fact_json(value: Fact) -> Json:
    """Return one fact, tuples as lists."""
    return [fact_json(item) for item in value] if isinstance(value, tuple) else value


def untested_json(untested: Untested) -> Json:
    """`families` is the list of them, or the word `all`."""
    families: Json = "all" if isinstance(untested.families, Everything) else list[Json](sorted(untested.families))
    return {"families": families, "subject": untested.subject, "cause": untested.cause}


def measure_json(measure: Measure) -> Json:
    """Return one measure, its labels as an object."""
    labels: dict[str, Json] = dict(measure.labels)
    return {"name": measure.name, "value": measure.value, "labels": labels}


def artifacts_json(artifacts: tuple[Artifact, ...]) -> Json:
    """Artifacts by kind: what is JSON by its content, what is a file by its name, media type, size and digest."""
    grouped: dict[str, Json] = {}
    for artifact in artifacts:
        entries = grouped.setdefault(artifact.kind, [])
        if not isinstance(entries, list):  # pragma: no cover
            raise TypeError(artifact.kind)
        content = json.loads(artifact.data) if artifact.media == "application/json" else _file(artifact)
        entries.extend(content if isinstance(content, list) else [content])
    return grouped


def _file(artifact: Artifact) -> Json:
    digest = sha256(artifact.data).hexdigest()
    return {"name": artifact.name, "media": artifact.media, "bytes": len(artifact.data), "sha256": digest}


def instant(when: datetime) -> str:
    """Return an instant in UTC to the millisecond, with `Z`."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
