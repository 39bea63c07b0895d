"""How a host stands in the browsers' list, the installed one or a fresher one."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.net.feeds import BadFeed, Had
from checks.net.preload import LEAST, OLD, Preload, installed_on, may_hold, preload, source

ENTRIES: list[dict[str, Any]] = [
    {"name": "dev", "include_subdomains": True, "mode": "force-https"},
    {"name": "own.test", "include_subdomains": True, "mode": "force-https"},
    {"name": "alone.test", "mode": "force-https"},
    {"name": "pinned.test", "pins": "x"},
]
MANY: list[dict[str, Any]] = [{"name": f"n{n}.test", "mode": "force-https"} for n in range(LEAST)]


def file(entries: list[dict[str, Any]]) -> bytes:
    return b"// comments stand in it\n{\n  // and here\n" + json.dumps({"entries": entries}).encode()[1:]


NOW = datetime(2026, 11, 24, tzinfo=UTC)
SOURCE = source("https://lists.test/hsts.json")
FRESH = Had(data=file([*ENTRIES, *MANY]), url=SOURCE.url, fetched=NOW.timestamp())


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("own.test", Preload.OWN, id="in-the-list-itself"),
        pytest.param("www.own.test", Preload.ABOVE, id="below-one-that-speaks-for-all"),
        pytest.param("a.b.own.test", Preload.ABOVE, id="two-labels-below"),
        pytest.param("www.alone.test", Preload.NO, id="below-one-that-speaks-for-itself"),
        pytest.param("pinned.test", Preload.NO, id="in-the-file-for-another-reason"),
        pytest.param("shop.dev", Preload.ABOVE, id="under-a-top-level"),
        pytest.param("hstspreload.org", Preload.NO, id="the-fresher-list-counts"),
    ],
)
def test_the_fresher_list(host: str, expected: Preload) -> None:
    told = preload(host, FRESH, NOW + timedelta(days=34))
    assert (told.standing, told.as_of) == (expected, NOW)


def test_the_installed_list() -> None:
    told = preload("hstspreload.org", None, installed_on())
    assert (told.standing, told.as_of) == (Preload.OWN, datetime(2025, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("own.test", Preload.OWN, id="who-is-in-it-stays"),
        pytest.param("www.own.test", Preload.ABOVE, id="so-does-who-is-below"),
        pytest.param("late.test", Preload.UNKNOWN, id="who-is-not-may-have-come-since"),
    ],
)
def test_an_old_list_never_says_who_is_not_in_it(host: str, expected: Preload) -> None:
    assert preload(host, FRESH, NOW + OLD + timedelta(seconds=1)).standing is expected


@pytest.mark.parametrize(
    ("host", "may"),
    [("acme.test", True), ("192.0.2.1", False), ("2001:db8::1", False), ("localhost", False)],
)
def test_who_can_stand_in_it(host: str, may: bool) -> None:
    assert may_hold(host) is may


def test_no_data_is_never_no() -> None:
    assert preload("acme.test", None, NOW).standing is Preload.UNKNOWN


def test_lists_of_two_addresses_are_kept_apart() -> None:
    assert source("https://a.test/").name != source("https://b.test/").name


def test_a_list_is_verified_before_it_is_kept() -> None:
    SOURCE.verify(FRESH.data)
    for bad in (b"", b"<html>", b"[]", b"{}", b'{"entries": 1}', b'{"entries": ["x"]}', file(ENTRIES)):
        with pytest.raises(BadFeed):
            SOURCE.verify(bad)
