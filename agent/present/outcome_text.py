"""One outcome as a person at a terminal wants to read it."""

from collections.abc import Iterator

from agent.present.terminal import Paint
from agent.texts import render
from agent.texts.labels import curl, readable
from agent.texts.values import duration
from checks.core.facts import clean_text
from checks.core.model import Everything, Finding, Observed, Outcome, Severity, Untested
from checks.parse.redact import url

_WIDTH = 18  # columns of a fact's name
_LONG = 400  # characters of a fact shown; the whole stands in the JSON


def outcome_text(outcome: Outcome, kind: str, target: str, paint: Paint) -> Iterator[str]:
    """Yield the lines of one outcome: a verdict, each finding with its evidence, what was not tested."""
    answer = outcome.answer
    took, target = duration(outcome.seconds, "en"), url(target)
    if not isinstance(answer, Observed):
        yield f"{paint('? unobserved', 'yellow')}  {kind}  {target}  ({took})"
        yield f"  {answer.cause}: {clean_text(answer.detail)}"
        yield "  This says nothing about the site: the check could not look."
        return
    yield f"{_verdict(answer, paint)}  {kind}  {target}  ({took}{_attempts(answer)})"
    for finding in sorted(answer.findings, key=lambda f: (-f.severity.rank, f.rule.id, f.subject)):
        yield from _finding(finding, paint)
    for untested in answer.untested:
        yield paint(f"  not tested: {_untested(untested)}", "dim")


def _verdict(observed: Observed, paint: Paint) -> str:
    worst = max((f.severity for f in observed.findings), key=lambda s: s.rank, default=Severity.INFO)
    if worst is not Severity.INFO:
        return paint.severity(worst, f"✖ {worst.value}")
    if any(isinstance(u.families, Everything) and u.subject is None for u in observed.untested):
        return paint("? not tested", "yellow")
    return paint("✔ ok", "green")


def _attempts(observed: Observed) -> str:
    return f", {len(observed.attempts)} attempts" if len(observed.attempts) > 1 else ""


def _finding(finding: Finding, paint: Paint) -> Iterator[str]:
    message = render(finding.rule.says, finding.facts, "en")
    yield f"  {paint.severity(finding.severity, finding.severity.value)}  {paint(finding.rule.id, 'bold')}  {message}"
    yield f"    {'subject':{_WIDTH}} {finding.subject}"
    yield from _facts(finding)
    yield f"    {'what to do':{_WIDTH}} {render(finding.rule.advice, finding.facts, 'en')}"
    if line := curl(finding.facts):
        yield f"    {'see yourself':{_WIDTH}} {line}"


def _facts(finding: Finding) -> Iterator[str]:
    for label, lines in readable(finding.facts, "en", longest=_LONG):
        for number, line in enumerate(lines):
            yield f"    {label if number == 0 else '':{_WIDTH}} {line}"


def _untested(untested: Untested) -> str:
    families = "everything" if isinstance(untested.families, Everything) else ", ".join(sorted(untested.families))
    about = f" of {untested.subject}" if untested.subject else ""
    return f"{families}{about} ({untested.cause})"
