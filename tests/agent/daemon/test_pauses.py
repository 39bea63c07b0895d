"""What is there is set aside, and looked at anew when most of it was replaced."""

import asyncio
import gc
import sys
from collections.abc import Iterator

import pytest

from agent.daemon import pauses


class Node:
    """Refers to itself, so that only a collection frees it."""

    freed = 0

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        Node.freed += 1


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    Node.freed = 0
    yield
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(interval)
    gc.unfreeze()
    gc.collect()


def test_the_interpreter_is_set_up() -> None:
    pauses.shorten()
    assert gc.get_threshold() == pauses.THRESHOLDS
    assert sys.getswitchinterval() == pytest.approx(pauses.HAND_OVER)


def test_garbage_goes_before_the_rest_is_set_aside() -> None:
    Node()
    pauses.set_aside()
    assert Node.freed == 1
    assert gc.get_freeze_count() > 0


@pytest.mark.parametrize(("anew", "freed"), [(False, 0), (True, 1)], ids=["stays", "is-looked-at-anew"])
def test_what_was_set_aside_and_became_garbage(anew: bool, freed: int) -> None:
    node = Node()
    pauses.set_aside()
    del node
    pauses.set_aside(anew=anew)
    assert Node.freed == freed


async def test_it_goes_on_seldomer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await pauses.keep_short()
    assert waits == [pauses.FIRST, 2 * pauses.FIRST, 4 * pauses.FIRST]
