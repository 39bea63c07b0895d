"""Runs checks once, outside any daemon: touches no store."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checks.core.check import Progress
from checks.core.model import Everything, Job, Observed, Outcome, Severity
from checks.core.registry import find
from checks.core.run import run
from checks.parse.redact import redact

NOTHING, FOUND, UNSEEN = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A job, its outcome, and what each attempt saw, in the check's own type."""

    job: Job
    outcome: Outcome
    seen: tuple[Any, ...]


def run_once(jobs: Sequence[Job], progress: Progress) -> list[Done]:
    """Run the jobs one after the other and return what each gave."""
    from checks.net import loop

    return loop.run(_all(jobs, progress))


async def _all(jobs: Sequence[Job], progress: Progress) -> list[Done]:
    from checks.net import open_net

    async with open_net() as net:
        return [await _one(job, net, progress) for job in jobs]


async def _one(job: Job, net: Any, progress: Progress) -> Done:
    seen: list[Any] = []
    outcome = await run(job, find(job.kind), net, progress=progress, redact=redact, witness=seen.append)
    return Done(job=job, outcome=outcome, seen=tuple(seen))


def status(outcomes: Sequence[Outcome], fail_on: Severity) -> int:
    """The exit status of `check`: 1 findings at or above `fail_on`, 2 unobserved or all untested, 0 else; 1 beats 2."""
    if any(_worst(outcome) >= fail_on.rank for outcome in outcomes):
        return FOUND
    return UNSEEN if any(_unseen(outcome) for outcome in outcomes) else NOTHING


def _worst(outcome: Outcome) -> int:
    findings = outcome.answer.findings if isinstance(outcome.answer, Observed) else ()
    return max((finding.severity.rank for finding in findings), default=-1)


def _unseen(outcome: Outcome) -> bool:
    if not isinstance(outcome.answer, Observed):
        return True
    return any(isinstance(u.families, Everything) and u.subject is None for u in outcome.answer.untested)
