"""A check that can judge nothing for long is told of, unless it is known why."""

from dataclasses import replace

from agent.core.desk.rules import OFFLINE
from agent.core.desk.ticket import State
from agent.core.desk.watch import agent_watch
from checks.core.model import ALL, Untested
from tests.agent.intake.bench import Bench, Taken, down, well
from tests.agent.kit import BROKEN, LINKS, UPTIME, at, outcome

CHALLENGE = Untested(families=ALL, cause="challenge")


def challenged(minutes: float) -> Taken:
    return outcome(UPTIME, minutes, untested=(CHALLENGE,)), UPTIME


def unseeing(minutes: float, cause: str = "no_browser") -> Taken:
    return outcome(LINKS, minutes, unobserved=cause), LINKS


async def test_a_lasting_challenge_becomes_one_ticket_and_ends_with_it(bench: Bench) -> None:
    await bench.each(*(challenged(minute) for minute in (0, 30, 59)))
    assert bench.tickets() == []
    await bench.each(*(challenged(minute) for minute in (60, 61, 62)))
    ticket = bench.ticket("agent.blind")
    assert (ticket.state, ticket.site, ticket.client, ticket.ref) == (State.OPEN, None, "agent", "AGENT-2026-0001")
    assert ticket.finding.subject == "shop/uptime"
    assert (ticket.finding.fact("cause"), ticket.finding.fact("since")) == ("challenge", at(0).isoformat())
    await bench.each(well(63))
    assert bench.ticket("agent.blind").state is State.RESOLVED


async def test_it_restores_nothing(bench: Bench) -> None:
    await bench.each(down(0), down(1), *(challenged(minute) for minute in range(2, 90, 10)))
    assert bench.ticket("t.down").state is State.OPEN


async def test_a_site_that_is_down_explains_it(bench: Bench) -> None:
    await bench.each(down(0), down(1), unseeing(0), unseeing(70))
    assert [ticket.finding.rule.id for ticket in bench.tickets()] == ["t.down"]


async def test_a_ticket_that_blocks_nobody_does_not(bench: Bench) -> None:
    await bench.each((outcome(LINKS, 0, BROKEN.found("x")), LINKS), unseeing(1), unseeing(70))
    assert bench.ticket("agent.blind").finding.subject == "shop/links"


async def test_being_offline_explains_it(bench: Bench) -> None:
    agent = agent_watch("en")
    offline = OFFLINE.found("uplink", targets=("https://a.example/",))
    await bench.each((outcome(agent, 0, offline), agent), challenged(0), challenged(90))
    assert [ticket.finding.rule.id for ticket in bench.tickets()] == ["agent.offline"]


async def test_each_check_has_its_own(bench: Bench) -> None:
    other = replace(UPTIME, key=replace(UPTIME.key, site="other"))
    await bench.each(challenged(0), (outcome(other, 0, untested=(CHALLENGE,)), other))
    await bench.each(challenged(60), (outcome(other, 60, untested=(CHALLENGE,)), other))
    blind = {ticket.finding.subject: ticket.ref for ticket in bench.tickets()}
    assert blind == {"shop/uptime": "AGENT-2026-0001", "other/uptime": "AGENT-2026-0002"}


async def test_a_second_look_at_some_subjects_says_nothing_of_it(bench: Bench) -> None:
    await bench.each(unseeing(0), (outcome(LINKS, 90, unobserved="x", only=frozenset({"x"})), LINKS))
    assert bench.tickets() == []


async def test_offline_that_is_over_leaves_it_to_be_told(bench: Bench) -> None:
    agent = agent_watch("en")
    await bench.each((outcome(agent, 0, OFFLINE.found("uplink", targets=())), agent), challenged(0), challenged(90))
    await bench.each((outcome(agent, 91), agent), challenged(92))
    assert bench.ticket("agent.blind").state is State.OPEN
