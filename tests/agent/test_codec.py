"""Jobs and outcomes survive the wire unchanged, and what does not fit is refused."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import codec
from checks.core import registry
from checks.core.check import Check, once
from checks.core.errors import VigieError
from checks.core.facts import clean_facts
from checks.core.model import (
    ALL,
    Artifact,
    Attempt,
    Job,
    Key,
    Lane,
    Measure,
    Observed,
    Outcome,
    Shared,
    SharedKind,
    Unobserved,
    Untested,
)
from checks.core.options import Common
from checks.core.secret import Secret
from tests.checks.core.test_model import DOWN

RULES = registry.Catalogue([DOWN])


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Common):
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    seen: tuple[str, ...]


def check(memory: type | None) -> registry.AnyCheck:
    return Check(
        kind="toy", rules=(DOWN,), options=Options, memory=memory, every=timedelta(seconds=60),
        timeout=timedelta(seconds=5), lane=Lane.LOOP, observe=None, judge=None, recheck=once,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"toy": check(Memory), "forgetful": check(None)}
    monkeypatch.setattr("agent.codec.jobs.find", known.__getitem__)


def job(**changes: object) -> Job:
    known: dict[str, object] = {
        "key": Key(site="s", check="c"),
        "id": "01J",
        "kind": "toy",
        "target": "https://site.example/",
        "options": Options(tags=("a",), headers=(("Authorization", Secret(text="Bearer ${TOKEN}")),)),
        "memory": Memory(seen=("x", "é")),
        "only": frozenset({"b", "a"}),
    }
    return Job(**(known | changes))  # type: ignore[arg-type]


def outcome(answer: Observed | Unobserved) -> Outcome:
    return Outcome(
        id="01J",
        key=Key(site="s", check="c", location="paris"),
        started=datetime(2026, 11, 24, 10, 0, 0, 1000, tzinfo=UTC),
        seconds=0.25,
        only=frozenset({"c"}),
        answer=answer,
    )


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(job(), id="with-options-memory-and-subjects"),
        pytest.param(job(memory=None), id="that-remembers-nothing-yet"),
        pytest.param(job(kind="forgetful", memory=None), id="of-a-check-without-memory"),
    ],
)
def test_a_job_round_trips(one: Job) -> None:
    assert codec.decode_job(codec.encode_job(one)) == one


def test_a_secret_goes_as_a_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "hunter2")
    assert b"hunter2" not in codec.encode_job(job())


facts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4).map(tuple),
    max_leaves=8,
)


@given(value=facts, name=st.text(max_size=10), subject=st.text(max_size=30))
def test_any_fact_round_trips_clean(value: object, name: str, subject: str) -> None:
    finding = replace(DOWN.found(subject), facts=clean_facts({name: value}))
    assert codec.decode_finding(codec.encode_finding(finding), RULES) == finding


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(float("nan"), id="nan"),
        pytest.param("\ud800 lone", id="lone-surrogate"),
        pytest.param("\x00\x07\x1b", id="control-characters"),
        pytest.param("x" * 1_000_000, id="one-megabyte"),
    ],
)
def test_hostile_facts_round_trip_clean_or_cut(value: object) -> None:
    finding = DOWN.found("c", value=value)
    data = codec.encode_finding(finding)
    assert codec.decode_finding(data, RULES) == finding
    assert len(data) < 20_000


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Unobserved(cause="bug", detail="x"), id="unobserved"),
        pytest.param(Observed(), id="nothing-found"),
        pytest.param(
            Observed(
                findings=(
                    DOWN.found(
                        "c",
                        shares=frozenset({Shared(kind=SharedKind.ADDRESS, value="192.0.2.1")}),
                        hops=("a", ("b", 1)),
                    ),
                ),
                measures=(Measure(name="probe_success", value=0.0, labels=(("phase", "tls"),)),),
                untested=(
                    Untested(families=ALL, cause="x"),
                    Untested(families=frozenset({"b", "a"}), subject="s", cause="y"),
                ),
                memory=Memory(seen=()),
                artifacts=(Artifact(kind="body", name="b.html", media="text/html", data=b"\xff\x00"),),
                attempts=(Attempt(number=1, seconds=0.1, findings=(DOWN.found("c"),)),),
            ),
            id="everything-at-once",
        ),
    ],
)
def test_an_outcome_round_trips(answer: Observed | Unobserved) -> None:
    one = outcome(answer)
    assert codec.decode_outcome(codec.encode_outcome(one, "toy"), RULES) == one


def _broken(path: str, value: object) -> bytes:
    data = json.loads(codec.encode_outcome(outcome(Observed(findings=(DOWN.found("c", n=1),))), "toy"))
    *parents, last = path.split(".")
    place = data
    for part in parents:
        place = place[int(part)] if part.isdigit() else place[part]
    place[last] = value
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("surprise", 1, id="unknown-key"),
        pytest.param("seconds", "0.1", id="number-as-text"),
        pytest.param("started", "2026-01-01T00:00:00", id="instant-without-offset"),
        pytest.param("answer.findings.0.severity", "awful", id="unknown-severity"),
        pytest.param("answer.findings.0.layer", 42, id="unknown-layer"),
        pytest.param("answer.findings.0.rule", "t.none", id="unknown-rule"),
        pytest.param("answer.findings.0.facts", [["n", {"k": 1}]], id="table-as-fact"),
        pytest.param("answer.memory", '{"unseen": []}', id="memory-of-another-shape"),
    ],
)
def test_what_does_not_fit_is_refused(path: str, value: object) -> None:
    with pytest.raises(VigieError):
        codec.decode_outcome(_broken(path, value), RULES)


def test_memory_that_this_version_cannot_read_is_forgotten() -> None:
    assert codec.decode_memory("toy", '{"other": 1}') is None
    assert codec.decode_memory("toy", codec.encode_memory("toy", Memory(seen=("a",)))) == Memory(seen=("a",))
    assert codec.decode_memory("forgetful", "{}") is None


def test_too_much_memory_is_refused() -> None:
    with pytest.raises(codec.Unreadable, match="more than 65536"):
        codec.encode_memory("toy", Memory(seen=("x" * 70_000,)))
    with pytest.raises(codec.Unreadable, match="declares no memory"):
        codec.encode_memory("forgetful", Memory(seen=()))
