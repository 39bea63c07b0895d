"""A new check is one file: it is found, runs and travels without anything else being touched."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

import checks
from agent import codec
from checks.core import registry, ulid
from checks.core.errors import VigieError
from checks.core.model import Job, Key, Observed
from checks.core.run import run
from checks.net import Net

HELLO = '''
"""Says hello."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from checks.core.check import Check, Context, once
from checks.core.model import Confirm, Lane, Layer, Maintenance, Measure, Remember, Rule, Said, Severity
from checks.core.options import Common
from checks.core.text import _

RUDE = Rule(id="hello.rude", family="hello.rude", severity=Severity.MINOR, maintenance=Maintenance.CORRECTIVE,
            layer=Layer.CONTENT, says=_("{who} did not greet"), advice=_("Greet."), confirm=Confirm.NETWORK)

@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Common):
    greets: bool = True

@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    times: int

async def observe(context: Context[Options, Memory]) -> str:
    return context.target

def judge(seen: str, options: Options, memory: Memory | None, now: datetime) -> Iterator[Said]:
    yield Measure(name="hello_length", value=float(len(seen)))
    if not options.greets:
        yield RUDE.found("hello", who=seen)
    yield Remember(memory=Memory(times=memory.times + 1 if memory else 1))

CHECK = Check(kind="hello", rules=(RUDE,), options=Options, memory=Memory, every=timedelta(minutes=1),
              timeout=timedelta(seconds=5), lane=Lane.LOOP, observe=observe, judge=judge, recheck=once)
'''


@pytest.fixture
def hello(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    tmp_path.joinpath("hello.py").write_text(HELLO)
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(tmp_path)])
    yield registry.find("hello")
    sys.modules.pop("checks.hello", None)


def test_a_new_file_is_a_check(hello: Any) -> None:
    assert "hello" in registry.kinds()
    assert registry.rules("hello") == hello.rules
    assert registry.options("hello") is hello.options
    assert registry.Catalogue().find("hello.rude") is hello.rules[0]


@pytest.mark.parametrize("greets", [True, False], ids=["polite", "rude"])
def test_a_new_check_runs_and_travels(hello: Any, greets: bool) -> None:
    job = Job(
        key=Key(site="s", check="hello"),
        id=ulid.new(),
        kind="hello",
        target="https://x.example/",
        options=hello.options(greets=greets),
        memory=hello.memory(times=1),
    )
    travelled = codec.decode_job(codec.encode_job(job))
    outcome = asyncio.run(run(travelled, hello, cast("Net", None)))
    assert codec.decode_outcome(codec.encode_outcome(outcome, "hello"), registry.Catalogue()) == outcome
    assert isinstance(outcome.answer, Observed)
    assert outcome.answer.memory == hello.memory(times=2)
    assert [finding.rule.id for finding in outcome.answer.findings] == ([] if greets else ["hello.rude"])


def test_a_check_that_is_loaded_is_not_looked_for_again(hello: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "__path__", [])  # as when no descriptor is left to list a folder with
    assert registry.find("hello") is hello
    with pytest.raises(registry.UnknownKind):
        registry.find("core")


def test_unknown_kinds_and_rules_are_named() -> None:
    with pytest.raises(registry.UnknownKind, match="unknown check 'uptim': there is"):
        registry.find("uptim")
    with pytest.raises(VigieError, match=r"unknown rule 'x\.y'"):
        registry.Catalogue().find("x.y")


def test_a_module_that_exports_no_check_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.joinpath("hollow.py").write_text("CHECK = 1\n")
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(tmp_path)])
    with pytest.raises(registry.UnknownKind, match="is not a Check"):
        registry.find("hollow")
    sys.modules.pop("checks.hollow", None)


def test_identifiers_sort_by_time() -> None:
    assert ulid.encode(0, bytes(10)) == "0" * 26
    assert ulid.encode(2**48 - 1, b"\xff" * 10) == "7" + "Z" * 25
    assert len({ulid.new() for _ in range(100)}) == 100
    assert ulid.encode(1, b"\xff" * 10) < ulid.encode(2, bytes(10))
