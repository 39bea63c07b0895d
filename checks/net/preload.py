"""Whether browsers come to a host by https alone because their own list says so (HSTS preload)."""

import json
import re
import warnings
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from checks.net.feeds import BadFeed, Had, Problem, Source

URL = "https://raw.githubusercontent.com/chromium/chromium/main/net/http/transport_security_state_static.json"
DAY = 86400.0
MAX_LIST = 64 * 1024 * 1024  # bytes
LEAST = 1000  # names: a list with fewer is none

_COMMENT = re.compile(rb"^\s*//.*$", re.MULTILINE)


class Preload(StrEnum):
    """How a host stands in the list."""

    OWN = "own"  # by itself: it has to go on meeting the list's conditions
    ABOVE = "above"  # a parent includes it, such as the top-level domain .dev
    NO = "no"


def preload(host: str, fetched: Had | None = None) -> Preload:
    """Return how the host stands in the list that was fetched last, or else in the one installed with the product."""
    return _installed(host) if fetched is None else _standing(host, _names(fetched.data))


def _standing(host: str, names: Mapping[str, bool]) -> Preload:
    parent = host.partition(".")[2]
    while parent:
        if names.get(parent):
            return Preload.ABOVE
        parent = parent.partition(".")[2]
    return Preload.OWN if host in names else Preload.NO


def _verify(data: bytes) -> None:
    try:
        found = _names(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFeed(Problem.UNREADABLE, f"not the preload list: {error}") from None
    if len(found) < LEAST:
        raise BadFeed(Problem.UNREADABLE, f"only {len(found)} names")


@lru_cache(maxsize=1)
def _names(data: bytes) -> dict[str, bool]:
    """Every name that forces https, with whether it speaks for the names below it (the form of Chromium's own file)."""
    entries = json.loads(_COMMENT.sub(b"", data))["entries"]
    return {one["name"]: bool(one.get("include_subdomains")) for one in entries if one.get("mode") == "force-https"}


SOURCE = Source(name="hsts-preload", url=URL, keep=7 * DAY, max_bytes=MAX_LIST, verify=_verify)


@lru_cache(maxsize=16384)
def _installed(host: str) -> Preload:
    parent = host.partition(".")[2]
    if not _listed(host):
        return Preload.NO
    return Preload.ABOVE if parent and _listed(parent) else Preload.OWN


def _listed(host: str) -> bool:
    import hstspreload  # a list of a hundred thousand names, read when first asked

    with warnings.catch_warnings():
        # It reads its list in a way that Python 3.11 and 3.12 call deprecated and 3.13 does not.
        warnings.simplefilter("ignore", DeprecationWarning)
        return bool(hstspreload.in_hsts_preload(host))
