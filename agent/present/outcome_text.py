"""One outcome as a person at a terminal wants to read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.present.causes import CAUSES
from agent.present.explained import explained
from agent.present.terminal import Paint
from agent.texts import render, speaker
from agent.texts.labels import curl, readable
from agent.texts.values import duration
from checks.core.facts import clean_text
from checks.core.model import Everything, Finding, Observed, Outcome, Severity, Untested
from checks.core.telling import Say
from checks.parse.redact import url

_WIDTH = 22  # columns of a label: the longest in either language
_LONG = 400  # characters of a fact shown; the whole stands in the JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How an outcome is read: in which language, with which colours, and whether the run is told step by step."""

    language: str
    paint: Paint
    explain: bool = False

    @property
    def say(self) -> Say:
        """What puts a sentence into the language."""
        return speaker(self.language)


def outcome_text(outcome: Outcome, kind: str, target: str, seen: Sequence[object], reading: Reading) -> Iterator[str]:
    """Yield the lines of one outcome: a verdict, each finding, what was not tested; the steps before the evidence."""
    answer, say, paint = outcome.answer, reading.say, reading.paint
    took, target = duration(outcome.seconds, reading.language), url(target)
    if not isinstance(answer, Observed):
        yield f"{paint('? ' + say('unobserved'), 'yellow')}  {kind}  {target}  ({took})"
        yield f"  {say(CAUSES, cause=answer.cause)} ({answer.cause}): {clean_text(answer.detail)}"
        yield "  " + say("This says nothing about the site: the check could not look.")
    else:
        yield f"{_verdict(answer, reading)}  {kind}  {target}  ({took}{_attempts(answer, say)})"
        yield from _findings(answer, reading)
    if reading.explain:
        told = list(explained(kind, seen, reading.language))
        yield from told
        if isinstance(answer, Observed):
            yield from _evidence(answer, reading, told)


def _verdict(observed: Observed, reading: Reading) -> str:
    say, paint = reading.say, reading.paint
    worst = max((f.severity for f in observed.findings), key=lambda s: s.rank, default=Severity.INFO)
    if worst is not Severity.INFO:
        return paint.severity(worst, f"✖ {say(worst.value)}")
    if any(isinstance(u.families, Everything) and u.subject is None for u in observed.untested):
        return paint(f"? {say('not tested')}", "yellow")
    return paint("✔ ok", "green")


def _attempts(observed: Observed, say: Say) -> str:
    count = len(observed.attempts)
    return ", " + say("{count} attempts", count=count) if count > 1 else ""


def _sorted(observed: Observed) -> list[Finding]:
    return sorted(observed.findings, key=lambda f: (-f.severity.rank, f.rule.id, f.subject))


def _findings(observed: Observed, reading: Reading) -> Iterator[str]:
    """What is wrong and what to do about it; the evidence too, unless the steps come first."""
    say, paint = reading.say, reading.paint
    for finding in _sorted(observed):
        message = render(finding.rule.says, finding.facts, reading.language)
        grave = paint.severity(finding.severity, say(finding.severity.value))
        yield f"  {grave}  {paint(finding.rule.id, 'bold')}  {message}"
        advice = render(finding.rule.advice, finding.facts, reading.language)
        yield f"    {say('what to do'):{_WIDTH}} {advice}"
        if not reading.explain:
            yield from _facts(finding, reading)
    yield from _gone(observed, reading)
    for untested in observed.untested:
        yield paint(f"  {_untested(untested, say)}", "dim")


def _gone(observed: Observed, reading: Reading) -> Iterator[str]:
    """What an earlier attempt found wrong and the last one did not: it is no finding, and still worth a look."""
    left = {(finding.family, finding.subject) for finding in observed.findings}
    for attempt in observed.attempts[:-1]:
        for finding in attempt.findings:
            if finding.severity is not Severity.INFO and (finding.family, finding.subject) not in left:
                message = render(finding.rule.says, finding.facts, reading.language)
                yield "  " + reading.say("attempt {number} found: {message}", number=attempt.number, message=message)


def _evidence(observed: Observed, reading: Reading, told: Sequence[str]) -> Iterator[str]:
    """The facts of what was found; a line to paste that the steps told already is not repeated."""
    for finding in _sorted(observed):
        yield f"  {reading.say('evidence of {rule}', rule=finding.rule.id)}"
        yield from _facts(finding, reading, told)


def _facts(finding: Finding, reading: Reading, told: Sequence[str] = ()) -> Iterator[str]:
    yield f"    {reading.say('subject'):{_WIDTH}} {finding.subject}"
    for label, lines in readable(finding.facts, reading.language, longest=_LONG):
        for number, line in enumerate(lines):
            yield f"    {label if number == 0 else '':{_WIDTH}} {line}"
    pasted = curl(finding.facts)
    if pasted and not any(line.endswith(pasted) for line in told):
        yield f"    {reading.say('see yourself'):{_WIDTH}} {pasted}"


def _untested(untested: Untested, say: Say) -> str:
    families = untested.families
    told = say("everything") if isinstance(families, Everything) else ", ".join(sorted(families))
    why = say(CAUSES, cause=untested.cause)
    if untested.subject:
        return say("not tested: {families} of {subject} ({why})", families=told, subject=untested.subject, why=why)
    return say("not tested: {families} ({why})", families=told, why=why)
