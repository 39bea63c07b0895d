"""Changes against yesterday: told once they are everywhere, loud only where nobody could expect them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import codec
from checks.core.model import Observed, Severity
from checks.core.run import observed
from checks.net.tls.failure import Failing
from checks.parse.certificates.read import read
from checks.tls.changes import MOST
from checks.tls.judge import judge
from checks.tls.options import Options
from checks.tls.seen import Chain, Memory, Seen
from tests.checks.tls.harness import DAY, HOST, MIDDLE, NOW, failed, leaf, look, middle, seen, sent
from tests.lab.tls.authority import key

HOUR = timedelta(hours=1)
WWW = f"www.{HOST}"


def chain(number: int = 0, *, kind: str = "p256", issuer: Any = MIDDLE, **wish: Any) -> Chain:
    return sent(leaf(issuer, key=key(kind, 400 + number), **wish), issuer)


def run(found: Seen, memory: Memory | None, now: datetime, options: Options | None = None) -> tuple[Observed, Memory]:
    answer = observed(judge(found, options or Options(), memory, now), [])
    assert isinstance(answer.memory, Memory)
    return answer, answer.memory


def told(answer: Observed) -> dict[str, Severity]:
    return {f.rule.id: f.severity for f in answer.findings if f.family in ("tls.change", "tls.name")}


def after(first: Seen, second: Seen, *, later: timedelta = HOUR, options: Options | None = None) -> dict[str, Severity]:
    _, memory = run(first, None, NOW, options)
    answer, _ = run(second, memory, NOW + later, options)
    return told(answer)


OLD = chain(1)
DUE = chain(1, left=25 * DAY, since=65 * DAY)
OTHER = middle(organization="Another Authority")


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(OLD, OLD, {}, id="nothing-changed"),
        pytest.param(OLD, chain(1, left=89 * DAY, since=DAY), {}, id="renewed-with-its-key"),
        pytest.param(DUE, chain(2), {"tls.key.changed": Severity.INFO}, id="renewed-in-time-with-a-new-key"),
        pytest.param(OLD, chain(2), {"tls.key.changed": Severity.MAJOR}, id="a-new-key-long-before-it-was-due"),
        pytest.param(
            DUE,
            chain(2, issuer=OTHER),
            {"tls.key.changed": Severity.INFO, "tls.issuer.changed": Severity.MINOR},
            id="another-issuer-when-renewal-was-due",
        ),
        pytest.param(
            OLD,
            chain(2, issuer=OTHER),
            {"tls.key.changed": Severity.MAJOR, "tls.issuer.changed": Severity.MAJOR},
            id="another-issuer-out-of-the-blue",
        ),
        pytest.param(
            chain(1, dns=[HOST, WWW]), chain(1), {"tls.san.removed": Severity.MAJOR}, id="the-twin-with-www-is-gone"
        ),
        pytest.param(chain(1, dns=[HOST, "x.test"]), chain(1), {}, id="a-name-nobody-watches-is-gone"),
    ],
)
def test_what_is_told(before: Chain, now: Chain, expected: dict[str, Severity]) -> None:
    assert after(seen(look(before)), seen(look(now))) == expected


def test_an_expected_issuer_is_no_surprise_and_another_one_is() -> None:
    options = Options(expect_issuer=("another",))
    assert after(seen(look(DUE)), seen(look(chain(1, issuer=OTHER))), options=options) == {
        "tls.issuer.changed": Severity.MINOR
    }
    answer, _ = run(seen(look(DUE)), None, NOW, options)
    assert told(answer) == {"tls.issuer.changed": Severity.MAJOR}


def test_authorities_sign_with_several_keys_in_turn() -> None:
    one, two = (middle(organization="The Same", subject=name) for name in ("R10", "R11"))
    assert after(seen(look(chain(1, issuer=one))), seen(look(chain(1, issuer=two)))) == {}


def test_the_first_look_has_nothing_to_compare_with() -> None:
    answer, _ = run(seen(look(OLD)), None, NOW)
    assert told(answer) == {}


def test_a_change_waits_until_it_is_everywhere() -> None:
    """Three addresses take the new certificate one after the other: no change before the last one has it."""
    new = chain(2)
    memory: Memory | None = None
    said = []
    for hours, states in enumerate(((OLD, OLD, OLD), (new, OLD, OLD), (new, new, OLD), (new, new, new))):
        looks = [look(state, f"192.0.2.{n}") for n, state in enumerate(states)]
        answer, memory = run(seen(*looks), memory, NOW + hours * HOUR)
        said.append(set(told(answer)))
    assert said == [set(), set(), set(), {"tls.key.changed"}]


def test_a_roll_out_that_stops_half_way_is_told_after_a_day() -> None:
    new = chain(2)
    half = seen(look(OLD), look(new, "192.0.2.2"))
    _, memory = run(seen(look(OLD)), None, NOW)
    said = []
    for hours in (1, 12, 24, 25):
        answer, memory = run(half, memory, NOW + hours * HOUR)
        said.append(set(told(answer)))
    assert said == [set(), set(), set(), {"tls.key.changed"}]


def test_a_change_is_told_for_a_day() -> None:
    _, memory = run(seen(look(OLD)), None, NOW)
    said = []
    for hours in (1, 2, 24, 25):
        answer, memory = run(seen(look(chain(2))), memory, NOW + hours * HOUR)
        said.append(set(told(answer)))
    assert said == [{"tls.key.changed"}, {"tls.key.changed"}, {"tls.key.changed"}, set()]


def test_two_certificates_in_turn_behind_one_address_are_told_once_at_most() -> None:
    one, two = chain(1), chain(2, kind="p384")
    memory: Memory | None = None
    changes = 0
    for n in range(60):
        answer, memory = run(seen(look((one, two)[n % 2])), memory, NOW + n * HOUR)
        changes += "tls.key.changed" in told(answer)
    assert changes <= 24


def test_a_name_that_found_another_certificate_is_not_lost() -> None:
    _, memory = run(seen(look(chain(1, dns=[HOST, WWW]))), None, NOW)
    answer, memory = run(seen(look(chain(1)), moved=frozenset({WWW})), memory, NOW + HOUR)
    assert told(answer) == {}


def test_a_lost_name_stays_lost_until_it_is_covered_again() -> None:
    _, memory = run(seen(look(chain(1, dns=[HOST, WWW]))), None, NOW)
    said = []
    for hours, found in enumerate((chain(1), chain(1), chain(1, dns=[HOST, WWW])), 1):
        answer, memory = run(seen(look(found)), memory, NOW + hours * 30 * HOUR)
        said.append(set(told(answer)))
    assert said == [{"tls.san.removed"}, {"tls.san.removed"}, set()]


def test_a_name_is_not_called_lost_while_an_address_is_out_of_sight() -> None:
    _, memory = run(seen(look(chain(1, dns=[HOST, WWW]))), None, NOW)
    answer, _ = run(seen(look(chain(1)), failed(Failing.TIMEOUT)), memory, NOW + HOUR)
    assert told(answer) == {}


_CHAINS = [chain(n) for n in range(3)] + [chain(1, dns=[HOST, WWW]), chain(2, issuer=OTHER)]


@given(st.lists(st.tuples(st.lists(st.integers(0, len(_CHAINS) - 1), max_size=3), st.integers(0, 50)), max_size=25))
def test_whatever_is_seen_the_memory_stays_small_and_readable(
    looks: list[tuple[list[int], int]],
) -> None:
    memory: Memory | None = None
    now = NOW
    for states, hours in looks:
        now += hours * HOUR
        found = seen(*(look(_CHAINS[state], f"192.0.2.{n}") for n, state in enumerate(states)))
        if not states:
            found = seen(failed(Failing.TIMEOUT))
        _, memory = run(found, memory, now)
        assert all(len(one.known) <= MOST for one in memory.endpoints)
        text = codec.encode_memory("tls", memory)
        assert codec.decode_memory("tls", text) == memory
        assert len(text) < 10_000


def test_the_memory_names_certificates_by_their_fingerprints() -> None:
    _, memory = run(seen(look(OLD)), None, NOW)
    assert [known.sha256 for known in memory.endpoints[0].known] == [read(OLD.leaf.der).sha256]
