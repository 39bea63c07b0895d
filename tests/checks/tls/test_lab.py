"""The lab: of every faulty endpoint each fault is told, of every healthy one nothing above info."""

from pathlib import Path

import pytest

from checks.core.model import Job as CheckJob
from checks.core.model import Key, Observed, Outcome, Severity, Unobserved
from checks.core.run import run
from checks.net import open_net
from checks.tls import CHECK
from tests.lab.tls import faulty, healthy
from tests.lab.tls.servers import open_lab
from tests.lab.tls.world import Case, World, open_case

TIMEOUT = 3.0
SLOW = ("hang", "drip", "wait")


async def outcome_of(case: Case, folder: Path) -> Outcome:
    slow = any(word in case.name for word in SLOW)
    async with open_lab() as lab, open_net() as net:
        opened = open_case(case, World(lab=lab, folder=folder), 0.6 if slow else TIMEOUT)
        job = CheckJob(
            key=Key(site="lab", check="tls"),
            id="1",
            kind="tls",
            target=opened.target,
            options=opened.options,
            timeout=opened.options.timeout,
            recheck_wait=0,
        )
        return await run(job, CHECK, net)


def told(outcome: Outcome) -> dict[str, Severity]:
    assert isinstance(outcome.answer, Observed), outcome.answer
    return {finding.rule.id: finding.severity for finding in outcome.answer.findings}


@pytest.mark.parametrize("case", faulty.CASES, ids=lambda case: case.name)
async def test_every_fault_is_told_and_no_other(case: Case, tmp_path: Path) -> None:
    outcome = await outcome_of(case, tmp_path)
    if case.unobserved:
        assert isinstance(outcome.answer, Unobserved)
        assert outcome.answer.cause == case.unobserved
        return
    found = told(outcome)
    others = {rule: severity for rule, severity in found.items() if rule not in case.expected}
    assert case.expected <= set(found), found
    assert all(severity is Severity.INFO for severity in others.values()), others
    assert isinstance(outcome.answer, Observed)
    for finding in outcome.answer.findings:
        if case.address and finding.rule.id in case.expected:
            assert finding.fact("address") == case.address


@pytest.mark.parametrize("case", healthy.CASES, ids=lambda case: case.name)
async def test_nothing_is_told_of_what_is_sound(case: Case, tmp_path: Path) -> None:
    found = told(await outcome_of(case, tmp_path))
    assert case.expected <= set(found), found
    assert all(severity is Severity.INFO for severity in found.values()), found


def test_every_rule_is_shown_by_a_server_but_those_that_need_a_memory_or_the_dns() -> None:
    shown = frozenset[str]().union(*(case.expected for case in (*faulty.CASES, *healthy.CASES)))
    assert {rule.id for rule in CHECK.rules} - shown == {
        "tls.san.removed",
        "tls.key.changed",
        "tls.issuer.changed",
        "tls.caa.forbids_issuer",
        "tls.dane.mismatch",
    }


def test_the_lab_is_as_large_as_promised() -> None:
    names = [case.name for case in (*faulty.CASES, *healthy.CASES)]
    assert len(set(names)) == len(names)
    assert len(faulty.CASES) >= 75
    assert len(healthy.CASES) >= 20
