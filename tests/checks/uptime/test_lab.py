"""Every behaviour of the lab gets the verdict that its table says, on both event loops."""

import asyncio
import sys
from collections import defaultdict

import pytest

from checks.core.model import Outcome
from checks.net.http.exchange import Oddity
from checks.net.http.failure import Reason
from tests.lab.http.answers import ANSWERS
from tests.lab.http.behaviour import Behaviour
from tests.lab.http.probe import observed, probe, reasons, seen_by
from tests.lab.http.server import serving
from tests.lab.http.steering import STEERING

BEHAVIOURS = [*ANSWERS, *STEERING]


STAGES: dict[str, set[object]] = defaultdict(lambda: {None})  # how far a visit came that failed for this reason
STAGES |= {one.reason: {"redirect"} for one in BEHAVIOURS if one.reason.startswith("redirect_")}
STAGES |= {
    "connect_refused": {"connect"},
    "connect_reset": {"headers"},
    "timeout_headers": {"headers"},
    "timeout_body": {"body"},
    "truncated": {"headers", "body"},
    "bad_http": {"headers", "body"},
    "too_large": {"headers", "body"},
    "bad_encoding": {"headers", "body"},
}


async def outcome_of(behaviour: Behaviour) -> Outcome:
    async with serving(behaviour.script) as server:
        return await probe(server.url(behaviour.path), **behaviour.options)


def test_the_lab_is_large_and_names_each_behaviour_once() -> None:
    names = [behaviour.name for behaviour in BEHAVIOURS]
    assert len(names) == len(set(names))
    assert len(names) >= 90


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.name)
async def test_verdict(behaviour: Behaviour) -> None:
    outcome = await outcome_of(behaviour)
    assert reasons(outcome) == behaviour.expected
    assert [one.fact("stage") in STAGES[behaviour.reason] for one in observed(outcome).findings] in ([], [True])
    assert outcome.seconds < 2 * behaviour.options.get("timeout", 2.0) + 1.0
    if not behaviour.reason:
        assert len(observed(outcome).attempts) == 1


@pytest.mark.parametrize("behaviour", [one for one in BEHAVIOURS if not one.reason], ids=lambda one: one.name)
async def test_what_is_odd_about_a_healthy_answer_is_remarked(behaviour: Behaviour) -> None:
    async with serving(behaviour.script) as server:
        seen = await seen_by(server.url(behaviour.path), **behaviour.options)
    assert seen.visit.reply is not None
    told = {oddity.value for oddity in seen.visit.reply.oddities}
    assert told >= ({behaviour.oddity} if behaviour.oddity else set())


def test_the_lab_provokes_every_oddity_that_needs_no_tls() -> None:
    assert {one.oddity for one in BEHAVIOURS if one.oddity} == {one.value for one in Oddity} - {
        "tls_closed_without_notice"
    }


def test_the_lab_provokes_every_reason_that_a_server_can_give() -> None:
    elsewhere = {"dns", "tls"}  # the labs of names and of certificates
    own = {one.value for one in Reason if one.value.partition("_")[0] not in elsewhere}
    own -= {"connect_timeout", "connect_unreachable", "redirect_foreign", "redirect_downgrade"}  # want other machines
    page = {"status", "keyword_missing", "keyword_forbidden", "json", "header", "slow", "bot_challenge", "blank_page"}
    assert {one.reason for one in BEHAVIOURS} >= own | page


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop does not run there")
def test_verdicts_are_the_same_on_uvloop() -> None:
    import uvloop

    async def all_of_them() -> dict[str, list[tuple[str, str]]]:
        gate = asyncio.Semaphore(16)

        async def one(behaviour: Behaviour) -> tuple[str, list[tuple[str, str]]]:
            async with gate:
                return behaviour.name, reasons(await outcome_of(behaviour))

        return dict(await asyncio.gather(*(one(behaviour) for behaviour in BEHAVIOURS)))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(all_of_them())
    wrong = {b.name: found[b.name] for b in BEHAVIOURS if found[b.name] != b.expected}
    assert wrong == {}
