"""The walls stand, and the allow-list stays short and current."""

from datetime import date

import pytest

from tests.gate.walls import Allowed, Breach, judge, measure

TODAY = date(2026, 11, 24)
BREACH = Breach(path="agent/a.py", wall="lines", size=400)


def allowed(*, path: str = "agent/a.py", wall: str = "lines", until: date = TODAY) -> Allowed:
    return Allowed(path=path, wall=wall, until=until, reason="being split")


@pytest.mark.parametrize(
    ("source", "walls"),
    [
        pytest.param("x = 1\n" * 350, [], id="350-lines-stand"),
        pytest.param("x = 1\n" * 351, ["lines"], id="351-lines-do-not"),
        pytest.param("def f():\n" + "    x = 1\n" * 49, [], id="a-function-of-50-lines-stands"),
        pytest.param("def f():\n" + "    x = 1\n" * 50, ["function"], id="one-of-51-does-not"),
        pytest.param(
            "class A:\n    async def f():\n" + "        x = 1\n" * 50,
            ["function"],
            id="nor-a-long-coroutine-of-a-class",
        ),
        pytest.param("".join(f"import agent.m{n}\n" for n in range(12)), [], id="12-own-imports-stand"),
        pytest.param("".join(f"from checks.m{n} import a\n" for n in range(13)), ["imports"], id="13-do-not"),
        pytest.param("".join(f"import lib{n}\n" for n in range(20)), [], id="other-peoples-modules-do-not-count"),
        pytest.param("from checks.a import b\n" * 20, [], id="one-module-counts-once"),
    ],
)
def test_what_is_above_a_wall_is_found(source: str, walls: list[str]) -> None:
    assert [breach.wall for breach in measure("agent/a.py", source)] == walls


@pytest.mark.parametrize(
    ("breaches", "entries", "wrong"),
    [
        pytest.param([], [], [], id="nothing-above-and-nothing-allowed-is-well"),
        pytest.param([BREACH], [], ["agent/a.py: lines 400, the wall is 350"], id="a-breach-is-told"),
        pytest.param([BREACH], [allowed()], [], id="an-allowance-holds-through-its-last-day"),
        pytest.param(
            [BREACH],
            [allowed(wall="imports", until=date(2026, 11, 23))],
            ["agent/a.py", "until"],
            id="of-another-wall-and-over",
        ),
        pytest.param([BREACH], [allowed(until=date(2026, 11, 23))], ["lines 400", "until 2026-11-23"], id="it-ends"),
        pytest.param([], [allowed()], ["below the wall again"], id="one-that-is-needed-no-more-is-told"),
        pytest.param([BREACH], [allowed()] * 4, ["allows 4 breaches, the most is 3"], id="there-are-at-most-three"),
    ],
)
def test_only_what_is_allowed_today_may_stand_above(
    breaches: list[Breach], entries: list[Allowed], wrong: list[str]
) -> None:
    said = judge(breaches, entries, TODAY)
    assert len(said) == len(wrong)
    assert all(part in line for part, line in zip(wrong, said, strict=True))
