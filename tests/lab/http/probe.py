"""Runs a real uptime job against the lab, through `run()`, as every caller does."""

from contextlib import AsyncExitStack
from typing import Any

from checks.core import ulid
from checks.core.model import Finding, Job, Key, Observed, Outcome
from checks.core.run import run
from checks.net import Net, open_net
from checks.parse.redact import redact
from checks.uptime import CHECK
from checks.uptime.options import Options
from checks.uptime.seen import Seen


async def probe(
    url: str,
    *,
    net: Net | None = None,
    memory: Any = None,
    recheck_wait: float = 0.0,
    only: frozenset[str] = frozenset(),
    **options: Any,
) -> Outcome:
    """Return the outcome of one run."""
    chosen = Options(**{"timeout": 2.0} | options)
    job = Job(
        key=Key(site="lab", check="uptime"),
        id=ulid.new(),
        kind="uptime",
        target=url,
        options=chosen,
        memory=memory,
        timeout=chosen.timeout,
        recheck_wait=recheck_wait,
        only=only,
    )
    if net is not None:
        return await run(job, CHECK, net, redact=redact)
    async with open_net() as opened:
        return await run(job, CHECK, opened, redact=redact)


def observed(outcome: Outcome) -> Observed:
    """The answer of a run that could look."""
    assert isinstance(outcome.answer, Observed), outcome.answer
    return outcome.answer


def reasons(outcome: Outcome) -> list[tuple[str, str]]:
    """Rule and reason of each finding."""
    return [(finding.rule.id, str(finding.fact("reason"))) for finding in observed(outcome).findings]


def finding(outcome: Outcome) -> Finding:
    """The only finding of a run."""
    (one,) = observed(outcome).findings
    return one


def measure(outcome: Outcome, name: str, **labels: str) -> float | None:
    """A figure of the run."""
    wanted = tuple(labels.items())
    return next((m.value for m in observed(outcome).measures if m.name == name and m.labels == wanted), None)


async def seen_by(url: str, *, net: Net | None = None, **options: Any) -> Seen:
    """What the last attempt of a run saw."""
    chosen = Options(**{"timeout": 2.0} | options)
    key = Key(site="lab", check="uptime")
    job = Job(
        key=key, id=ulid.new(), kind="uptime", target=url, options=chosen, timeout=chosen.timeout, recheck_wait=0.0
    )
    attempts: list[Seen] = []
    async with AsyncExitStack() as stack:
        used = net if net is not None else await stack.enter_async_context(open_net())
        await run(job, CHECK, used, witness=attempts.append)
    return attempts[-1]
