"""Whether browsers come to a host by https alone because their own list says so (HSTS preload)."""

import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version

from checks.net.feeds import BadFeed, Had, Problem, Source, named_after
from checks.parse.addresses import written_address

WAIT = 10.0  # seconds that a look waits for it
KEEP = 7 * 86400.0  # seconds until the list is asked for again
OLD = timedelta(days=35)  # from which on a list no longer tells who is not in it: five times in a row nobody answered
MAX_LIST = 64 * 1024 * 1024  # bytes
LEAST = 1000  # names: a list with fewer is none

_COMMENT = re.compile(rb"^\s*//.*$", re.MULTILINE)


class Preload(StrEnum):
    """How a host stands in the list."""

    OWN = "own"  # by itself: it has to go on meeting the list's conditions
    ABOVE = "above"  # a parent includes it, such as the top-level domain .dev
    NO = "no"
    UNKNOWN = "unknown"  # not in a list that is too old to know of all who came since


@dataclass(frozen=True, slots=True, kw_only=True)
class Preloaded:
    """How a host stands, and by a list of which day."""

    standing: Preload
    as_of: datetime  # UTC


def may_hold(host: str) -> bool:
    """Whether a host can stand in the list: names can, addresses and names of the house cannot (RFC 6797, 8.1.1)."""
    return "." in host and written_address(host) is None


def preload(host: str, fetched: Had | None, now: datetime) -> Preloaded:
    """Return how the host stands in the list that was fetched last, or else in the one installed with the product.

    Hosts hardly ever leave the list, and join it every day: an old one proves who is in it, never who is not.
    """
    as_of = installed_on() if fetched is None else datetime.fromtimestamp(fetched.fetched, UTC)
    standing = _installed(host) if fetched is None else _standing(host, _names(fetched.data))
    if standing is Preload.NO and now - as_of > OLD:
        standing = Preload.UNKNOWN
    return Preloaded(standing=standing, as_of=as_of)


def source(url: str) -> Source:
    """The list at that address, which may be a mirror's."""
    return Source(name=named_after("hsts-preload", url), url=url, keep=KEEP, max_bytes=MAX_LIST, verify=_verify)


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


@lru_cache(maxsize=1)
def installed_on() -> datetime:
    """The day of the list that is installed with the product: its version is one."""
    year, month, day = (int(part) for part in version("hstspreload").split(".")[:3])
    return datetime(year, month, day, tzinfo=UTC)


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
