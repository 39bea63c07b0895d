"""Values become what their type says, or say why not."""

from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pytest

from agent.config.convert import convert
from agent.config.hints import said
from agent.config.problems import Wrong, spelled
from agent.config.reading import Reading
from agent.config.section import KINDS, Inherited, Ref
from checks.core.model import Severity
from checks.core.options import Bounds, Bytes, FilePath, Id, Network, Seconds, Texts, Url
from checks.core.secret import Secret
from tests.agent.config.conftest import WORDS, Step


class Word(Enum):
    """A closed set."""

    ONE = "one"
    TWO = "two"


def reading(**environ: str) -> Reading:
    known = {KINDS: lambda: ("uptime", "tls")}
    return Reading(folder=Path("/etc/vigie"), environ=environ, known=known, vocabulary=WORDS, revealed={})


KIND = Annotated[str, Ref(to=KINDS, noun="check")]


@pytest.mark.parametrize(
    ("value", "hint", "read"),
    [
        pytest.param("x", str, "x", id="a-text"),
        pytest.param("x", Annotated[str, Inherited.FROM_ABOVE], "x", id="a-text-with-a-mark-that-says-nothing-of-it"),
        pytest.param(3, int, 3, id="a-whole-number"),
        pytest.param(3, float, 3.0, id="a-whole-number-as-a-number"),
        pytest.param(True, bool, True, id="true"),
        pytest.param("90s", timedelta, timedelta(seconds=90), id="a-length-of-time"),
        pytest.param("90s", Seconds, 90.0, id="seconds"),
        pytest.param("1kB", Bytes, 1000, id="bytes"),
        pytest.param(date(2026, 1, 15), date, date(2026, 1, 15), id="a-date"),
        pytest.param("two", Word, Word.TWO, id="a-word"),
        pytest.param("majeure", Severity, Severity.MAJOR, id="a-severity"),
        pytest.param("Europe/Paris", ZoneInfo, ZoneInfo("Europe/Paris"), id="a-time-zone"),
        pytest.param("var", Path, Path("/etc/vigie/var"), id="a-path"),
        pytest.param("ca.pem", FilePath, "/etc/vigie/ca.pem", id="a-path-as-text"),
        pytest.param("", FilePath, "", id="no-file"),
        pytest.param("tls", KIND, "tls", id="a-word-declared-elsewhere"),
        pytest.param("${A}b", str, "xb", id="a-text-with-the-environment"),
        pytest.param("${A}b", Secret, Secret(text="${A}b"), id="a-secret-keeps-its-reference"),
        pytest.param("x", tuple[str, ...], ("x",), id="one-alone-is-a-list"),
        pytest.param(["x", "y"], Texts, ("x", "y"), id="a-list"),
        pytest.param({"a": 1}, tuple[tuple[str, int], ...], (("a", 1),), id="a-table-of-values"),
        pytest.param({"one": 1}, tuple[tuple[Word, int], ...], ((Word.ONE, 1),), id="a-table-with-words-as-keys"),
        pytest.param([[1, 2]], tuple[tuple[int, ...], ...], ((1, 2),), id="a-list-of-lists"),
        pytest.param({"goto": "/"}, Step, Step(goto="/"), id="a-table"),
        pytest.param({"goto": "/"}, Step | str, Step(goto="/"), id="a-table-or-a-text"),
        pytest.param("/", Step | str, "/", id="a-text-or-a-table"),
        pytest.param({"file": "x"}, Secret | bool, Secret(file="/etc/vigie/x"), id="a-secret-file-or-a-truth"),
        pytest.param(4, int | str, 4, id="a-number-or-a-text"),
        pytest.param("4", int | str | None, "4", id="a-text-or-a-number"),
        pytest.param("4s", Seconds | bool, 4.0, id="a-length-or-a-truth"),
        pytest.param(4, timedelta | bool, timedelta(seconds=4), id="a-length-as-a-number-or-a-truth"),
        pytest.param(["10.0.0.0/8"], bool | tuple[Network, ...], ("10.0.0.0/8",), id="a-list-or-a-truth"),
        pytest.param("10.0.0.0/8", bool | tuple[Network, ...], ("10.0.0.0/8",), id="one-of-a-list-or-a-truth"),
    ],
)
def test_reads(value: object, hint: Any, read: object) -> None:
    around = Reading(
        folder=Path("/etc/vigie"),
        environ={"A": "x"},
        known={KINDS: lambda: ("uptime", "tls")},
        vocabulary=WORDS,
        revealed={},
        secrets=False,
    )
    assert convert(value, hint, ("k",), around) == read


@pytest.mark.parametrize(
    ("value", "hint", "message"),
    [
        pytest.param(3, str, "must be a text", id="a-number-is-no-text"),
        pytest.param(True, int, "must be a whole number", id="true-is-no-number"),
        pytest.param(1.0, int, "must be a whole number", id="a-part-is-not-whole"),
        pytest.param(10**400, float, "is larger than anything can count", id="far-too-large"),
        pytest.param(1, bool, "must be true or false", id="one-is-not-true"),
        pytest.param("2026-01-15", date, "must be a date such as 2026-01-15", id="a-text-is-no-date"),
        pytest.param("three", Word, "'three' is none of one, two", id="no-such-word"),
        pytest.param("tsl", KIND, "there is no check 'tsl'", id="not-declared"),
        pytest.param({}, int | str, "must be a whole number or a text", id="neither"),
        pytest.param([1], int | str, "must be a whole number or a text", id="a-list-of-neither"),
        pytest.param("x", Annotated[float, Bounds(least=0.5)] | None, "must be a number", id="a-text-is-no-number"),
        pytest.param(0, Annotated[float, Bounds(least=0.5)], "must be at least 0.5", id="too-little"),
        pytest.param("x", Step, "must be a table", id="no-table"),
        pytest.param({"a": "x"}, tuple[tuple[str, Step], ...], "must be a table", id="no-table-in-a-table"),
        pytest.param("${B}", Secret, "environment variable B is not set", id="a-secret-that-is-not-there"),
        pytest.param("${A}", Word, "'${A}' is none of one, two", id="what-the-environment-gave-is-not-shown"),
        pytest.param("http://${A}:port/", Url, "'http://${A}:port/' is not a URL", id="not-in-an-address-either"),
    ],
)
def test_refuses(value: object, hint: Any, message: str) -> None:
    with pytest.raises(Wrong) as caught:
        convert(value, hint, ("k",), reading(A="one-time"))
    (remark,) = caught.value.remarks
    assert remark.message.startswith(message)


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (tuple[Url, ...], "a list, each a URL"),
        (tuple[tuple[str, int], ...], "a table"),
        (Word, 'one of "one", "two"'),
        (KIND, "the id of a check"),
        (Annotated[Id, Inherited.FROM_ABOVE], "an id"),
        (Annotated[str, Inherited.FROM_ABOVE], "a text"),
        (object, "a value"),
    ],
)
def test_said(hint: Any, words: str) -> None:
    assert said(hint) == words


def test_places_are_spelled_as_toml_would() -> None:
    assert spelled(("a", "b.c", 0, "d-e", "")) == 'a."b.c"[0].d-e.""'
