"""Options as they are typed on a command line."""

from typing import Any

import pytest

from agent.config.options import parse_options
from checks.core.errors import UsageError
from checks.core.options import USER_AGENT
from tests.agent.config.conftest import WORDS, Journey, Step


def parse(kind: str, *pairs: str, base: Any = None) -> Any:
    typed = [(key, value) for key, _equals, value in (pair.partition("=") for pair in pairs)]
    return parse_options(kind, typed, base, words=WORDS)


@pytest.mark.parametrize(
    ("typed", "option", "value"),
    [
        pytest.param("method=PUT", "method", "PUT", id="a-text"),
        pytest.param('method="PUT"', "method", '"PUT"', id="a-text-is-taken-as-typed"),
        pytest.param("user_agent=a ${HOME} $ b", "user_agent", "a ${HOME} $ b", id="dollars-too"),
        pytest.param("slow_after=4s", "slow_after", 4.0, id="a-length-of-time"),
        pytest.param("slow_after=1m30s", "slow_after", 90.0, id="a-length-of-two-parts"),
        pytest.param("slow_after=2.5", "slow_after", 2.5, id="bare-seconds"),
        pytest.param('slow_after="4s"', "slow_after", 4.0, id="a-length-as-toml"),
        pytest.param("retries=3", "retries", 3, id="a-number"),
        pytest.param("tls=false", "tls", False, id="true-or-false"),
        pytest.param("contains=Bonjour, monde", "contains", ("Bonjour, monde",), id="one-text-keeps-its-comma"),
        pytest.param('contains=["a", "b"]', "contains", ("a", "b"), id="a-list-as-toml"),
        pytest.param("contains=[a", "contains", ("[a",), id="a-text-that-only-looks-like-a-list"),
        pytest.param("status=200-299,301", "status", ("200-299", 301), id="a-list-with-commas"),
        pytest.param("status=[200, 301]", "status", (200, 301), id="a-list-of-numbers-as-toml"),
        pytest.param("status=204", "status", (204,), id="a-list-of-one"),
        pytest.param("allow_private=true", "allow_private", True, id="one-of-two-types"),
        pytest.param(
            "allow_private=10.0.0.0/8, fd00::/8", "allow_private", ("10.0.0.0/8", "fd00::/8"), id="the-other-one"
        ),
        pytest.param("resolve.a.example=192.0.2.1,::1", "resolve", (("a.example", ("192.0.2.1", "::1")),), id="a-host"),
        pytest.param('resolve={ "a.b" = "192.0.2.1" }', "resolve", (("a.b", ("192.0.2.1",)),), id="a-table-as-toml"),
        pytest.param("ca_file=", "ca_file", "", id="an-empty-text"),
    ],
)
def test_typed(typed: str, option: str, value: object) -> None:
    assert getattr(parse("uptime", typed), option) == value


def test_the_key_of_a_header_is_all_after_the_first_dot() -> None:
    options = parse("uptime", "headers.X.Odd=1", "headers.Accept=text/html", "headers.x.odd=2")
    assert [(name, secret.reveal()) for name, secret in options.headers] == [("Accept", "text/html"), ("x.odd", "2")]


def test_a_path_starts_where_it_is_typed(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse("uptime", "ca_file=ca.pem").ca_file == str(tmp_path / "ca.pem")


def test_what_is_not_typed_stays_as_it_was() -> None:
    base = parse("uptime", "method=PUT", "headers.A=1", "contains=x")
    options = parse("uptime", "headers.B=2", "contains=y", base=base)
    assert (options.method, options.contains, options.user_agent) == ("PUT", ("y",), USER_AGENT)
    assert [name for name, _secret in options.headers] == ["A", "B"]


def test_a_table_of_tables_as_toml() -> None:
    options = parse(
        "smoke", "browser=b", 'journeys={ order = { steps = { goto = "/" } } }', 'first={ goto = "/", with = "x" }'
    )
    assert options.journeys == (Journey(name="order", steps=(Step(goto="/"),)),)
    assert options.first == Step(goto="/", with_="x")


@pytest.mark.parametrize(
    ("kind", "pairs", "message"),
    [
        pytest.param(
            "uptime",
            ["slow_afer=4s"],
            "--set slow_afer: uptime has no such option; did you mean 'slow_after'?",
            id="a-typo",
        ),
        pytest.param("uptime", ["retries=9"], "--set retries: must be at most 5", id="too-many"),
        pytest.param("uptime", ["retries=many"], "--set retries: must be a whole number", id="no-number"),
        pytest.param("uptime", ["tls=yes"], "--set tls: must be true or false", id="yes-is-not-true"),
        pytest.param("uptime", ["method.x=1"], "--set method: takes no key after a dot", id="a-dot-too-many"),
        pytest.param("uptime", ["headers=1"], "--set headers: must be a table", id="a-table-without-key"),
        pytest.param("uptime", ["headers.=1"], "--set headers: write it as headers.KEY=VALUE", id="an-empty-key"),
        pytest.param("uptime", ["method=get"], "--set method: must be in capitals", id="what-no-type-says"),
        pytest.param("uptime", ["retries=1\n[x]"], "--set retries: must be a whole number", id="more-than-a-value"),
        pytest.param("uptime", ["retries=" + "[" * 3000], "--set retries: must be a whole number", id="deep"),
        pytest.param("uptime", ["retries=" + "1" * 5000], "--set retries: must be a whole number", id="long"),
        pytest.param(
            "smoke",
            ["browser=b", "journeys.x=1"],
            "--set journeys.x: cannot be set one key at a time; write journeys={ x = … }",
            id="a-table-inside-a-table",
        ),
    ],
)
def test_errors_teach(kind: str, pairs: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(kind, *pairs)
    assert str(caught.value) == message


def test_all_errors_come_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        parse("uptime", "retries=9", "nothing=1", "slow_after=x")
    assert len(str(caught.value).splitlines()) == 3


def test_the_real_checks_take_their_options() -> None:
    from agent.config import parse_options as real

    assert real("uptime", [("slow_after", "4s")]).slow_after == 4.0
