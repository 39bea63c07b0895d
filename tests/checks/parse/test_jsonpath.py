"""Conditions on JSON, in the language of JSONPath filters."""

import pytest

from checks.parse.jsonpath import BadCondition, NotJson, check, holds, load
from checks.parse.patterns import Patience, TooSlow

DOCUMENT = load(
    b'{"status": "ok", "items": [{"id": 1, "price": 3}, {"id": 2, "price": 9}], "version": "1.4.2", "none": null,'
    b' "off": false, "limit": 5, "a": 1, "b": 1, "$": 7, "say": "it\'s $5", "emoji": "\xf0\x9f\x98\x80"}'
)


@pytest.mark.parametrize(
    "condition",
    [
        "$.status == 'ok'",
        '$.status == "ok"',
        "$.items",
        "!$.error",
        "$.off",  # it is there
        "$.off == false",
        "$.none == null",
        "length($.items) > 1",
        "count($.items[*]) == 2",
        "match($.version, '1[.][0-9.]+')",
        "search($.version, '4')",
        "$.a == $.b",
        "$.items[?@.price > 8]",
        "$.items[?@.price > $.limit]",
        "$.items[1].id == 2 && $.a == 1",
        "$.items[-1].id == 2 || $.error",
        "$['$'] == 7",
        '$.say == "it\'s $5"',
        "$.say == 'it\\'s $5'",
        "$.emoji == '😀'",
        "$..id",
    ],
)
def test_met(condition: str) -> None:
    check(condition)
    assert holds(condition, DOCUMENT, Patience(10, float))


@pytest.mark.parametrize(
    "condition",
    [
        "$.status == 'bad'",
        "$.missing",
        "$.missing == 1",
        "$.items[?@.price > 10]",
        "$.items[?@.price > $.limit && @.id == 1]",
        "length($.items) > 2",
        "$.off == true",
        "$.a > 'text'",
        "match($.version, '4')",
        "match($.a, '1')",
        "search($.version, $.a)",
        "search($.version, '(')",
        "$[0]",
    ],
)
def test_not_met(condition: str) -> None:
    assert not holds(condition, DOCUMENT, Patience(10, float))


@pytest.mark.parametrize(
    "condition", ["", "garbage(", "$.a =", "length($.items > 1", "$.items[?@.price >", "$." + "[" * 900]
)
def test_not_a_condition(condition: str) -> None:
    with pytest.raises(BadCondition):
        check(condition)


@pytest.mark.parametrize(
    ("body", "condition"), [(b'"x"', "$ == 'x'"), (b"[1,2]", "length($) == 2"), (b"true", "$ == true")]
)
def test_roots_of_any_kind(body: bytes, condition: str) -> None:
    assert holds(condition, load(body), Patience(10, float))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"hello", b"\xff\xfe", b"[" * 100_000, b"{'a': 1}"], ids=lambda body: repr(body[:8])
)
def test_not_json(body: bytes) -> None:
    with pytest.raises(NotJson):
        load(body)


def test_a_document_as_deep_as_json_allows_ends_in_an_answer() -> None:
    deep = load(b'{"a":' * 300 + b"1" + b"}" * 300)
    assert holds("$..a", deep, Patience(10, float)) in (True, False)


@pytest.mark.parametrize("function", ["match", "search"])
def test_a_pattern_that_never_ends_is_given_up(function: str) -> None:
    hostile = load(b'[{"x": "%b", "y": "(a|aa)+b"}]' % (b"a" * 60 + b"c"))
    for pattern in ("'(a|aa)+b'", "@.y"):
        with pytest.raises(TooSlow):
            holds(f"$[?{function}(@.x, {pattern})]", hostile, Patience(0.01, float))
