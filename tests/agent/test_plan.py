"""What settings come to: which checks run, how, and when each is due."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.desk.settings import RuleOverride
from agent.plan import EPOCH, GRID, Difference, Plan, Planned, compare, due, plan, share
from agent.settings import Phase
from checks.core.check import Check, once
from checks.core.model import Key, Lane, Severity
from checks.core.registry import AnyCheck
from tests.agent.config.conftest import Options, read

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


async def _observe(_context: Any) -> None:
    return None


def _judge(*_seen: Any) -> Iterator[Any]:
    return iter(())


def find(kind: str) -> AnyCheck:
    every = {"uptime": timedelta(minutes=1), "tls": timedelta(hours=6)}[kind]
    return Check(
        kind=kind,
        rules=(),
        options=Options,
        memory=None,
        every=every,
        timeout=timedelta(seconds=10),
        lane=Lane.LOOP,
        observe=_observe,
        judge=_judge,
        recheck=once,
    )


def planned_of(tmp_path: Path, text: str) -> dict[str, Planned]:
    path = tmp_path / "vigie.toml"
    path.write_text(text, encoding="utf-8")
    return {f"{one.key.site}/{one.key.check}": one for one in plan(read(path), find).planned}


CONTRACT = """
[clients.acme]
[contracts.k]
client = "acme"
kind = "forfait"
"""


def test_a_check_comes_with_all_that_stands_above_it(tmp_path: Path) -> None:
    text = CONTRACT + (
        '[sites.a]\nurl = "https://a.example/"\ncontract = "k"\nphase = "takeover"\nlanguage = "en"\n'
        '[sites.a.checks.cart]\nkind = "uptime"\nurl = "/cart"\nretries = 2\n'
        '[sites.b]\nurl = "http://b.example/"\n'
    )
    planned = planned_of(tmp_path, text)
    cart, other = planned["a/cart"], planned["b/uptime"]
    assert (cart.key, cart.kind, cart.target) == (Key(site="a", check="cart"), "uptime", "https://a.example/cart")
    assert (cart.client, cart.contract, cart.phase, cart.language) == ("acme", "k", Phase.TAKEOVER, "en")
    assert (cart.options.retries, cart.timeout) == (2, 10.0)
    assert (other.client, other.contract, other.phase, other.language) == ("default", None, Phase.MAINTENANCE, "fr")


@pytest.mark.parametrize(
    ("lines", "every", "wait", "recheck_every", "blind_after"),
    [
        pytest.param("", 60, 1, 60, 3600, id="the-checks-own-minute"),
        pytest.param('every = "1s"', 1, 0.25, 1, 3600, id="every-second"),
        pytest.param('every = "4s"', 4, 1, 4, 3600, id="every-four-seconds"),
        pytest.param('every = "20m"', 1200, 1, 900, 3600, id="live-subjects-are-looked-at-every-quarter-of-an-hour"),
        pytest.param('every = "24h"', 86400, 1, 900, 3 * 86400, id="blind-after-three-intervals"),
        pytest.param(
            'every = "24h"\nrecheck_every = "1h"\nblind_after = "2d"', 86400, 1, 3600, 172800, id="as-written"
        ),
    ],
)
def test_intervals(
    tmp_path: Path, lines: str, every: float, wait: float, recheck_every: float, blind_after: float
) -> None:
    text = f'[sites.a]\nurl = "http://a.example/"\n[sites.a.checks.uptime]\n{lines}\n'
    one = planned_of(tmp_path, text)["a/uptime"]
    lengths = (one.every, one.recheck_every, one.blind_after)
    assert [length.total_seconds() for length in lengths] == [every, recheck_every, blind_after]
    assert one.recheck_wait == wait


def test_a_timeout_that_is_written_counts(tmp_path: Path) -> None:
    text = '[sites.a]\nurl = "http://a.example/"\ntimeout = "3s"\n'
    assert planned_of(tmp_path, text)["a/uptime"].timeout == 3.0


def test_what_is_switched_off_does_not_run(tmp_path: Path) -> None:
    text = '[agent.defaults.tls]\nenabled = false\n[sites.a]\nurl = "https://a.example/"\n'
    assert list(planned_of(tmp_path, text)) == ["a/uptime"]


def test_the_nearest_word_on_a_rule_is_in_force(tmp_path: Path) -> None:
    rules = """
    [rules."uptime.down"]
    severity = "minor"
    [rules."uptime.slow"]
    disabled = true
    [clients.acme.rules."uptime.slow"]
    severity = "minor"
    [clients.acme.rules."tls.cert.expired"]
    severity = "info"
    [sites.a]
    url = "https://a.example/"
    contract = "k"
    [sites.a.rules."uptime.slow"]
    severity = "major"
    [sites.a.checks.uptime]
    [sites.a.checks.cart]
    kind = "uptime"
    [sites.a.checks.cart.rules."uptime.slow"]
    severity = "critical"
    [sites.b]
    url = "http://b.example/"
    """
    planned = planned_of(tmp_path, CONTRACT.replace("[clients.acme]", "") + rules)

    def severities(key: str) -> dict[str, Severity | None]:
        return {rule.id: rule.severity for rule in planned[key].rules}

    of_client = {"uptime.down": Severity.MINOR, "tls.cert.expired": Severity.INFO}
    assert severities("a/uptime") == {**of_client, "uptime.slow": Severity.MAJOR}
    assert severities("a/cart") == {**of_client, "uptime.slow": Severity.CRITICAL}
    assert severities("b/uptime") == {"uptime.down": Severity.MINOR, "uptime.slow": None}
    assert planned["b/uptime"].rules[1] == RuleOverride(id="uptime.slow", disabled=True)


def test_a_plan_of_the_real_checks(tmp_path: Path) -> None:
    path = tmp_path / "vigie.toml"
    path.write_text('[sites.a]\nurl = "http://a.example/"\n', encoding="utf-8")
    from agent.config import load

    (one,) = plan(load(path, environ={})).planned
    assert (one.kind, one.every) == ("uptime", timedelta(seconds=60))


# ---- when

KEYS = st.builds(Key, site=st.text(max_size=8), check=st.text(max_size=8))
SECONDS = st.floats(1, 10**6)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def one(key: Key, every: float) -> Planned:
    return Planned(
        key=key,
        kind="uptime",
        client="default",
        contract=None,
        phase=Phase.MAINTENANCE,
        target="https://a.example/",
        options=Options(),
        every=timedelta(seconds=every),
        timeout=10.0,
        recheck_wait=1.0,
        recheck_every=timedelta(minutes=15),
        blind_after=timedelta(hours=1),
        language="fr",
    )


@given(KEYS, SECONDS, INSTANTS, st.integers(1, 100_000))
def test_what_never_ran_is_spread_over_the_least_of_three(key: Key, every: float, now: datetime, jobs: int) -> None:
    wait = due(one(key, every), None, now, jobs) - now
    assert timedelta(0) <= wait <= timedelta(seconds=min(every, 60, jobs / 20))


@given(KEYS, SECONDS, INSTANTS, st.integers(1, 100_000))
def test_the_next_run_comes_half_to_one_and_a_half_intervals_after(
    key: Key, every: float, now: datetime, jobs: int
) -> None:
    planned = one(key, every)
    wait = due(planned, now, now, jobs) - now
    assert planned.every / 2 <= wait <= planned.every * 1.5


@given(KEYS, SECONDS, INSTANTS, st.floats(0, 0.49))
def test_a_run_that_starts_late_does_not_move_those_after_it(key: Key, every: float, now: datetime, lag: float) -> None:
    planned = one(key, every)
    first = due(planned, now, now, 1)
    late = first + lag * planned.every
    assert due(planned, late, late, 1) == first + planned.every


@given(KEYS, SECONDS, INSTANTS, INSTANTS, st.integers(1, 100_000))
def test_nothing_is_due_in_the_past(key: Key, every: float, last: datetime, now: datetime, jobs: int) -> None:
    planned = one(key, every)
    instant = due(planned, last, now, jobs)
    assert instant >= now
    if last > now:
        assert instant == due(planned, None, now, jobs)


@given(KEYS, SECONDS, INSTANTS, st.floats(2, 10**4), st.integers(1, 100_000))
def test_what_is_overdue_runs_as_soon_as_what_never_ran(
    key: Key, every: float, last: datetime, intervals: float, jobs: int
) -> None:
    planned = one(key, every)
    now = last + intervals * planned.every
    assert due(planned, last, now, jobs) == due(planned, None, now, jobs)


@given(KEYS, SECONDS, INSTANTS)
def test_a_restart_plans_the_same(key: Key, every: float, last: datetime) -> None:
    planned = one(key, every)
    before = due(planned, last, last, 10)
    between = last + (before - last) / 2
    assert due(planned, last, between, 10) == before


def test_the_instants_of_many_checks_are_spread_evenly() -> None:
    keys = [Key(site=f"site-{number}", check="uptime") for number in range(5000)]
    buckets = [0] * 10
    for key in keys:
        planned = one(key, 60)
        start = due(planned, None, NOW, len(keys))
        buckets[int((due(planned, start, start, len(keys)) - EPOCH).total_seconds() % 60 // 6)] += 1
    assert all(400 < count < 600 for count in buckets)
    assert 0 <= min(share(key) for key in keys) <= max(share(key) for key in keys) < 1


@given(KEYS, st.integers(10, 86_400), INSTANTS)
def test_checks_start_together_at_the_instants_of_a_grid(key: Key, every: int, last: datetime) -> None:
    assert (due(one(key, every), last, last, 10) - EPOCH) % GRID == timedelta(0)


def test_no_instant_of_the_grid_is_crowded() -> None:
    starts = Counter(due(one(Key(site=f"site-{n}", check="uptime"), 60), NOW, NOW, 5000) for n in range(5000))
    assert len(starts) == timedelta(minutes=1) / GRID
    assert max(starts.values()) < 3 * 5000 / len(starts)


def test_checks_of_a_few_seconds_keep_instants_of_their_own() -> None:
    starts = {due(one(Key(site=f"site-{n}", check="uptime"), 5), NOW, NOW, 100) for n in range(100)}
    assert len(starts) == 100


def test_another_epoch_moves_every_instant() -> None:
    planned = one(Key(site="a", check="b"), 3600)
    moved = due(planned, NOW, NOW, 1, EPOCH + timedelta(minutes=10))
    assert (moved - due(planned, NOW, NOW, 1)) % planned.every == timedelta(minutes=10)


# ---- what a reload changes


def test_the_difference_of_two_plans() -> None:
    a, b, c = (one(Key(site=name, check="uptime"), 60) for name in "abc")
    slower = replace(b, every=timedelta(hours=1))
    assert compare(Plan(planned=(a, b)), Plan(planned=(c, slower))) == Difference(
        added=(c,), removed=(a,), changed=(slower,)
    )


PLANS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([60.0, 300.0])).map(
    lambda sites: Plan(planned=tuple(one(Key(site=site, check="uptime"), every) for site, every in sites.items()))
)


@given(PLANS, PLANS)
def test_applying_the_difference_gives_the_new_plan(old: Plan, new: Plan) -> None:
    difference = compare(old, new)
    running = {planned.key: planned for planned in old.planned}
    for gone in difference.removed:
        del running[gone.key]
    running |= {planned.key: planned for planned in (*difference.added, *difference.changed)}
    assert running == {planned.key: planned for planned in new.planned}
    assert compare(new, new) == Difference(added=(), removed=(), changed=())
