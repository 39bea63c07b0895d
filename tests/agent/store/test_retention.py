"""What is too old goes, a slice at a time; tickets, their story and what is younger stay."""

from agent.intake.keeping import Keeping
from agent.store import chain, outcomes, rollups
from agent.store.retention import Swept, sweep
from agent.store.settings import Retention
from tests.agent.intake.bench import Bench, down, well
from tests.agent.kit import RULES, UPTIME, at


async def test_outcomes_go_before_rollups_and_tickets_never(bench: Bench) -> None:
    await bench.each(down(0), down(1), well(2), well(3), well(60), well(61))
    now = at(61) + Retention().outcomes
    keeping = Keeping(bench.store, bench.intake(), Retention(), now=lambda: now)
    assert await keeping.sweep() == 5
    kept = bench.store.read(
        lambda session: [p.started for p in outcomes.history(session, RULES, site="shop", begin=at(0), end=at(99))]
    )
    assert kept == [at(61)]
    times = bench.store.read(lambda session: rollups.times(session, UPTIME.key, at(0), at(120)))
    assert times.runs == 6
    now = at(120) + Retention().rollups
    await keeping.sweep()
    assert bench.store.read(lambda session: rollups.times(session, UPTIME.key, at(0), at(120))).runs == 0
    assert len(bench.tickets()) == 1
    assert bench.store.read(chain.verify).faults == ()


async def test_a_slice_is_bounded_and_says_that_there_is_more(bench: Bench) -> None:
    await bench.take(*(well(minute) for minute in range(50)))
    now = at(60) + Retention().outcomes
    slices: list[Swept] = []
    while not slices or slices[-1].more:
        slices.append(bench.store.write(lambda session: sweep(session, Retention(), now, 10**9, rows=20)).result())
    assert [swept.rows for swept in slices] == [20, 20, 10]
