"""The runner bounds time, loops rechecks and turns our own faults into data."""

import asyncio
import errno
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from checks.core import run as runner
from checks.core.check import Check, Context, Looking, Recheck, once
from checks.core.errors import CannotLook
from checks.core.model import (
    ALL,
    Finding,
    Job,
    Key,
    Lane,
    Measure,
    Observed,
    Outcome,
    Remember,
    Said,
    Severity,
    Unobserved,
    Untested,
)
from checks.core.options import Common
from checks.net import Net
from tests.checks.core.test_model import DOWN

Look = Callable[[Context[Any, Any]], Awaitable[Any]]
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def judge(seen: Any, _options: Any, _memory: Any, _now: datetime) -> Iterator[Said]:
    yield from seen


def again_at_once(findings: tuple[Finding, ...], looking: Looking) -> Recheck | None:
    return Recheck(after=60.0) if findings and looking.number < 3 else None


def go(observe: Look, *, recheck: Any = once, timeout: float = 5.0, **more: Any) -> Outcome:
    check = Check(
        kind="toy", rules=(DOWN,), options=Common, memory=None, every=timedelta(minutes=1),
        timeout=timedelta(seconds=timeout), lane=Lane.LOOP, observe=observe, judge=judge, recheck=recheck,
    )  # fmt: skip
    job = Job(
        key=Key(site="s", check="c"),
        id="1",
        kind="toy",
        target="https://x.example/",
        options=Common(),
        recheck_wait=0.0,
    )
    return asyncio.run(runner.run(job, check, cast("Net", None), now=lambda: NOW, **more))


def raising(error: BaseException) -> Look:
    async def observe(_context: Context[Any, Any]) -> Any:
        raise error

    return observe


def test_what_judge_says_is_sorted() -> None:
    said = [
        DOWN.found("c"), Measure(name="m", value=1.0), Untested(families=ALL, cause="x"), Remember(memory="kept"),
    ]  # fmt: skip

    async def observe(context: Context[Any, Any]) -> Any:
        context.files.add("body", "b.txt", "text/plain", b"secret text")
        context.progress("pages", 1, None)
        return said

    shown: list[Any] = []
    outcome = go(observe, redact=lambda _media, data: data.replace(b"secret", b"***"), witness=shown.append)
    answer = outcome.answer
    assert isinstance(answer, Observed)
    assert (outcome.started, outcome.id, outcome.only) == (NOW, "1", frozenset())
    assert (answer.findings, answer.measures, answer.untested, answer.memory) == (
        (said[0],), (said[1],), (said[2],), "kept",
    )  # fmt: skip
    assert [(a.kind, a.data) for a in answer.artifacts] == [("body", b"*** text")]
    assert [attempt.number for attempt in answer.attempts] == [1]
    assert shown == [said]


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        pytest.param(CannotLook("no_browser", "install one"), "no_browser", id="could-not-look"),
        pytest.param(MemoryError(), "resources", id="out-of-memory"),
        pytest.param(OSError(errno.EMFILE, "too many open files"), "resources", id="out-of-descriptors"),
        pytest.param(TimeoutError(), "timeout", id="a-timeout-that-escaped"),
        pytest.param(OSError(errno.EACCES, "x"), "bug", id="an-unforeseen-system-error"),
        pytest.param(ZeroDivisionError("x"), "bug", id="a-bug-of-ours"),
        pytest.param(AssertionError(), "bug", id="an-assertion-of-ours"),
    ],
)
def test_faults_of_ours_say_nothing_of_the_site(error: Exception, cause: str) -> None:
    answer = go(raising(error)).answer
    assert isinstance(answer, Unobserved)
    assert answer.cause == cause


def test_a_bug_in_judge_is_ours_too() -> None:
    async def observe(_context: Context[Any, Any]) -> Any:
        return 42

    answer = go(observe).answer
    assert isinstance(answer, Unobserved)
    assert (answer.cause, answer.detail) == ("bug", "TypeError: 'int' object is not iterable")


def test_an_observe_that_forgets_its_deadline_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "GRACE", 0.01)

    async def observe(_context: Context[Any, Any]) -> Any:
        await asyncio.Event().wait()

    answer = go(observe, timeout=0.01).answer
    assert isinstance(answer, Unobserved)
    assert answer.cause == "timeout"


def test_cancellation_escapes() -> None:
    with pytest.raises(asyncio.CancelledError):
        go(raising(asyncio.CancelledError()))


def test_rechecks_are_looped_and_every_attempt_kept() -> None:
    looks: list[Looking] = []

    async def observe(context: Context[Any, Any]) -> Any:
        looks.append(context.attempt)
        return [DOWN.found("c", attempt=context.attempt.number)] if context.attempt.number < 2 else []

    answer = go(observe, recheck=again_at_once).answer
    assert isinstance(answer, Observed)
    assert not answer.findings
    assert [len(attempt.findings) for attempt in answer.attempts] == [1, 0]
    assert [len(look.before) for look in looks] == [0, 1]


def test_rechecks_end() -> None:
    async def observe(_context: Context[Any, Any]) -> Any:
        return [DOWN.found("c")]

    endless = go(observe, recheck=lambda _findings, _looking: Recheck(after=0.0)).answer
    asked = go(observe, recheck=again_at_once).answer
    assert isinstance(endless, Observed)
    assert isinstance(asked, Observed)
    assert (len(endless.attempts), len(asked.attempts)) == (runner.MAX_ATTEMPTS, 3)


def test_what_one_rule_says_twice_keeps_the_worst() -> None:

    async def observe(_context: Context[Any, Any]) -> Any:
        return [DOWN.found("c", severity=Severity.MINOR), DOWN.found("c"), DOWN.found("c", severity=Severity.INFO)]

    answer = go(observe).answer
    assert isinstance(answer, Observed)
    assert [finding.severity for finding in answer.findings] == [Severity.CRITICAL]
