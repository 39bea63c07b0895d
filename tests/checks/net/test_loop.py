"""Programs run on uvloop where it is, and on asyncio's own loop where it is not."""

import asyncio
import sys

import pytest

from checks.net import loop


async def kind() -> str:
    return type(asyncio.get_running_loop()).__module__


def test_on_the_fast_loop() -> None:
    assert loop.run(kind()).startswith("uvloop")


def test_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert loop.run(kind()).startswith("asyncio")
