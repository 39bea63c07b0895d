"""Tells which part of a host name someone registered, so that `www.acme.fr` and `acme.fr` are one owner's."""

from functools import cache, lru_cache
from typing import Protocol

from checks.parse.addresses import written_address


class _Suffixes(Protocol):
    def privatesuffix(self, domain: str) -> str | None: ...


@cache
def _suffixes() -> _Suffixes:
    from publicsuffixlist import PublicSuffixList  # reads ten thousand rules: only when two names are compared

    found: _Suffixes = PublicSuffixList()
    return found


@lru_cache(maxsize=16384)
def registrable(host: str) -> str:
    """Return the registrable domain of a host (its name under the public suffix), or the host when it has none."""
    if written_address(host) is not None:
        return host
    return _suffixes().privatesuffix(host) or host


def same_owner(one: str, other: str) -> bool:
    """Whether two hosts stand under one registered domain."""
    return one == other or registrable(one) == registrable(other)
