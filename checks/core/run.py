"""`run()`: the only way a check runs, whoever asks: one-off, daemon, child process or another machine."""

import asyncio
import errno
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, assert_never

from checks.core.check import Context, Files, Looking, Progress, Recheck
from checks.core.clock import Clock, utc_now
from checks.core.errors import CannotLook, VigieError
from checks.core.facts import clean_text
from checks.core.model import (
    Answer,
    Artifact,
    Attempt,
    Finding,
    Job,
    Measure,
    Observed,
    Outcome,
    Remember,
    Said,
    Unobserved,
    Untested,
)
from checks.core.registry import AnyCheck

if TYPE_CHECKING:
    from checks.net import Net

log = logging.getLogger("vigie.run")

GRACE = 2.0  # seconds past its own deadline that observe may take to tidy up before it is cut off
MAX_ATTEMPTS = 5  # whatever a check asks for
_OUT_OF = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})


def _silent(_what: str, _done: int, _total: int | None) -> None:
    return None


def _unseen(_seen: Any) -> None:
    return None


@dataclass(slots=True)
class Kept:
    """Evidence kept in memory until the outcome is stored."""

    redact: Callable[[str, bytes], bytes] = lambda _media, data: data
    artifacts: list[Artifact] = field(default_factory=list)

    def add(self, kind: str, name: str, media: str, data: bytes) -> None:
        """Keep one piece of evidence, redacted."""
        self.artifacts.append(Artifact(kind=kind, name=name, media=media, data=self.redact(media, data)))


async def run(
    job: Job,
    check: AnyCheck,
    net: "Net",
    *,
    now: Clock = utc_now,
    progress: Progress = _silent,
    redact: Callable[[str, bytes], bytes] | None = None,
    witness: Callable[[Any], None] = _unseen,
) -> Outcome:
    """Run one job and return its outcome; nothing but cancellation escapes.

    `witness` is shown what each attempt saw, in the check's own type, for those who explain a run to a person.
    Each attempt has the job's `timeout` (seconds; 0 stands for the check's own); between two attempts it waits what
    the check's `recheck` asks for, at most `recheck_wait`.
    """
    started, began = now(), time.perf_counter()  # uvloop's own clock counts whole milliseconds
    answer: Answer
    try:
        answer = await _attempts(job, check, net, now, progress, redact, witness)
    except CannotLook as error:
        answer = Unobserved(cause=error.cause, detail=clean_text(error.detail))
    except VigieError as error:  # a trust file or a secret that is not there: whoever reads the line can mend it
        answer = Unobserved(cause="configuration", detail=clean_text(str(error)))
    except (TimeoutError, MemoryError, OSError) as error:
        answer = _our_limits(job, error)
    except Exception as error:  # noqa: BLE001  # the runner turns our own bugs into data, here and nowhere else
        answer = _our_bug(job, error)
    seconds = time.perf_counter() - began
    return Outcome(id=job.id, key=job.key, started=started, seconds=seconds, only=job.only, answer=answer)


async def _attempts(
    job: Job,
    check: AnyCheck,
    net: "Net",
    now: Clock,
    progress: Progress,
    redact: Callable[[str, bytes], bytes] | None,
    witness: Callable[[Any], None],
) -> Observed:
    loop = asyncio.get_running_loop()
    timeout = job.timeout or check.timeout.total_seconds()
    before: tuple[Attempt, ...] = ()
    while True:
        began, clock = loop.time(), time.perf_counter()
        looking = Looking(number=len(before) + 1, before=before)
        files = Kept(redact=redact) if redact else Kept()
        context = _context(job, net, looking, began + timeout, files, progress)
        async with asyncio.timeout_at(began + timeout + GRACE):
            seen = await check.observe(context)
        witness(seen)
        answer = observed(check.judge(seen, job.options, job.memory, now()), files.artifacts)
        attempt = Attempt(number=looking.number, seconds=time.perf_counter() - clock, findings=answer.findings)
        again = _again(check, answer, looking)
        if again is None:
            return _with_attempts(answer, (*before, attempt))
        before = (*before, attempt)
        await asyncio.sleep(min(again.after, job.recheck_wait))


def _context(
    job: Job, net: "Net", looking: Looking, deadline: float, files: Files, progress: Progress
) -> Context[Any, Any]:
    return Context(
        name=job.key.check,
        target=job.target,
        options=job.options,
        net=net,
        memory=job.memory,
        only=job.only,
        attempt=looking,
        deadline=deadline,
        files=files,
        progress=progress,
    )


def _again(check: AnyCheck, answer: Observed, looking: Looking) -> Recheck | None:
    if looking.number >= MAX_ATTEMPTS:
        return None
    return check.recheck(answer.findings, looking)


def observed(said: Iterable[Said], artifacts: list[Artifact]) -> Observed:
    """Sort what judge said; what one rule says twice of one subject keeps its worst severity."""
    findings: dict[tuple[str, str], Finding] = {}
    measures: list[Measure] = []
    untested: list[Untested] = []
    memory: object | None = None
    for item in said:
        match item:
            case Measure():  # first, since most of what is said are figures
                measures.append(item)
            case Finding():
                _keep_worst(findings, item)
            case Untested():
                untested.append(item)
            case Remember():
                memory = item.memory
            case _:
                assert_never(item)
    return Observed(
        findings=tuple(findings.values()),
        measures=tuple(measures),
        untested=tuple(untested),
        memory=memory,
        artifacts=tuple(artifacts),
    )


def _with_attempts(answer: Observed, attempts: tuple[Attempt, ...]) -> Observed:
    """The same answer with its attempts; spelt out, since `replace` takes several times as long."""
    return Observed(
        findings=answer.findings,
        measures=answer.measures,
        untested=answer.untested,
        memory=answer.memory,
        artifacts=answer.artifacts,
        attempts=attempts,
    )


def _keep_worst(findings: dict[tuple[str, str], Finding], item: Finding) -> None:
    known = findings.get((item.rule.id, item.subject))
    if known is None or item.severity.rank > known.severity.rank:
        findings[item.rule.id, item.subject] = item


def _our_limits(job: Job, error: Exception) -> Answer:
    """A limit of ours that a check let through: time, memory, descriptors."""
    if isinstance(error, TimeoutError):
        return Unobserved(cause="timeout", detail="the check did not return before its deadline")
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _OUT_OF):
        return Unobserved(cause="resources", detail=clean_text(f"{type(error).__name__}: {error}"))
    return _our_bug(job, error)


def _our_bug(job: Job, error: Exception) -> Answer:
    log.error("check %s of %s failed by a bug of ours", job.key.check, job.key.site, exc_info=error)
    return Unobserved(cause="bug", detail=clean_text(f"{type(error).__name__}: {error}"))
