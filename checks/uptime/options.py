"""The options of an uptime check; loads no library."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from checks.core.auth import Auth
from checks.core.options import BadOption, Bounds, Common, Seconds, Texts
from checks.core.secret import Secret

MAX_BYTES = 16 * 1024 * 1024
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_RANGE = re.compile(r"\s*([1-9][0-9]{2})\s*(?:-\s*([1-9][0-9]{2})\s*)?")

Statuses = tuple[int | str, ...]


class IpVersion(StrEnum):
    """Which addresses of a name are judged."""

    ANY = "any"  # in turn, until one answers
    V4 = "4"
    V6 = "6"
    EACH = "each"  # every one


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Common):
    """What to ask for, and what makes the answer a good one."""

    method: str = "GET"
    body: Secret | None = None
    expect_status: Statuses = ("200-299",)  # statuses and ranges
    contains: Texts = ()  # all of them must be in the page
    not_contains: Texts = ()  # none of them may
    matches: Texts = ()  # regular expressions, all of which must be found
    not_matches: Texts = ()
    json: Texts = ()  # conditions such as `$.status == 'ok' && length($.items) > 2` (RFC 9535, filters)
    header: Texts = ()  # "Name" must be there, "Name: regex" must match; with "!" before it, must not
    slow_after: Annotated[Seconds, Bounds(least=0.001)] | None = None
    follow_redirects: bool = True
    max_redirects: Annotated[int, Bounds(least=0, most=50)] = 10
    auth: Auth | None = None
    proxy: Secret | None = None  # URL, with user and password if it wants them
    http2: bool = False
    ip_version: IpVersion | int = IpVersion.ANY
    max_bytes: Annotated[int, Bounds(least=1024, most=256 * 1024 * 1024)] = MAX_BYTES

    def __post_init__(self) -> None:
        """Refuse what types cannot; raises `BadOption`."""
        if not _TOKEN.fullmatch(self.method):
            raise BadOption("method", f"{self.method!r} is not an HTTP method")
        ranges(self.expect_status)
        if isinstance(self.ip_version, int):
            if self.ip_version not in (4, 6):
                raise BadOption("ip_version", 'must be "any", 4, 6 or "each"')
            object.__setattr__(self, "ip_version", IpVersion(str(self.ip_version)))
        if self.proxy is not None and self.ip_version != IpVersion.ANY:
            raise BadOption("ip_version", 'must be "any" where a proxy finds the addresses')
        for option in ("matches", "not_matches"):
            for pattern in getattr(self, option):
                _refuse_bad(option, pattern)
        for condition in self.json:
            _refuse_bad_json(condition)
        for wanted in self.header:
            _refuse_bad_header(wanted)

    @property
    def family(self) -> int | None:
        """The only family to use, None for both."""
        return 4 if self.ip_version == IpVersion.V4 else 6 if self.ip_version == IpVersion.V6 else None


def _refuse_bad(option: str, pattern: str) -> None:
    from checks.parse import patterns  # what searches is what judges; its library loads for checks that have a pattern

    try:
        patterns.check(pattern)
    except patterns.BadPattern as error:
        raise BadOption(option, f"{pattern!r} is not a regular expression: {error}") from None


def _refuse_bad_header(wanted: str) -> None:
    name, _, pattern = (part.strip() for part in wanted.lstrip("!").partition(":"))
    if pattern:
        _refuse_bad("header", pattern)
    if not _TOKEN.fullmatch(name):
        raise BadOption("header", f"{wanted!r} does not begin with the name of a header field")


def _refuse_bad_json(condition: str) -> None:
    from checks.parse import jsonpath  # its library loads for checks that have such a condition

    try:
        jsonpath.check(condition)
    except jsonpath.BadCondition as error:
        raise BadOption("json", str(error)) from None


@lru_cache(maxsize=1024)
def ranges(statuses: Statuses) -> frozenset[int]:
    """Return every status that is meant; raises `BadOption`."""
    found: set[int] = set()
    for one in statuses:
        for part in str(one).split(","):
            match = _RANGE.fullmatch(part)
            if match is None or int(match[2] or match[1]) < int(match[1]):
                raise BadOption("expect_status", f'{part.strip()!r} is neither a status nor a range such as "200-299"')
            found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    if not found:
        raise BadOption("expect_status", "at least one status must be expected")
    return frozenset(found)
