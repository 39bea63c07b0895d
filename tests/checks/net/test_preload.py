"""How a host stands in the browsers' list, the installed one or a fresher one."""

import json
from typing import Any

import pytest

from checks.net.feeds import BadFeed, Had
from checks.net.preload import LEAST, SOURCE, Preload, preload

ENTRIES: list[dict[str, Any]] = [
    {"name": "dev", "include_subdomains": True, "mode": "force-https"},
    {"name": "own.test", "include_subdomains": True, "mode": "force-https"},
    {"name": "alone.test", "mode": "force-https"},
    {"name": "pinned.test", "pins": "x"},
]
MANY: list[dict[str, Any]] = [{"name": f"n{n}.test", "mode": "force-https"} for n in range(LEAST)]


def file(entries: list[dict[str, Any]]) -> bytes:
    return b"// comments stand in it\n{\n  // and here\n" + json.dumps({"entries": entries}).encode()[1:]


FRESH = Had(data=file([*ENTRIES, *MANY]), url=SOURCE.url, fetched=0.0)


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
    assert preload(host, FRESH) is expected


def test_the_installed_list() -> None:
    assert preload("hstspreload.org") is Preload.OWN


def test_a_list_is_verified_before_it_is_kept() -> None:
    SOURCE.verify(FRESH.data)
    for bad in (b"", b"<html>", b"[]", b"{}", b'{"entries": 1}', b'{"entries": ["x"]}', file(ENTRIES)):
        with pytest.raises(BadFeed):
            SOURCE.verify(bad)
