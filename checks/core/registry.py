"""Finds checks by folder: a check is a module or a package of `checks` that exports CHECK, loaded when asked for."""

import pkgutil
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import checks
from checks.core.check import Check
from checks.core.errors import UsageError, VigieError
from checks.core.model import Rule

_LIBRARIES = frozenset({"core", "net", "parse"})

AnyCheck = Check[Any, Any, Any]


class UnknownKind(UsageError):
    """No check of that kind exists."""


def kinds() -> tuple[str, ...]:
    """The kinds of check there are, sorted; loads none of them."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(checks.__path__) if m.name not in _LIBRARIES))


def find(kind: str) -> AnyCheck:
    """Load and return one check; raises `UnknownKind`."""
    if not _is_loaded(kind) and kind not in kinds():
        raise UnknownKind(f"unknown check {kind!r}: there is {', '.join(kinds())}")
    loaded = import_module(f"checks.{kind}").CHECK
    if not isinstance(loaded, Check):
        raise UnknownKind(f"checks.{kind}.CHECK is not a Check")
    return loaded


def _is_loaded(kind: str) -> bool:
    """Whether a check need not be looked for: listing a folder at every run would also fail without descriptors."""
    return kind.isidentifier() and kind not in _LIBRARIES and f"checks.{kind}" in sys.modules


def options(kind: str) -> type[Any]:
    """The Options of one check; a package's come from its `options` module if it has one, without loading the check."""
    if kind in kinds() and _is_package(kind) and find_spec(f"checks.{kind}.options") is not None:
        found: type[Any] = import_module(f"checks.{kind}.options").Options
        return found
    return find(kind).options


def rules(kind: str) -> tuple[Rule, ...]:
    """The rules of one check; a package's come from its `rules` module, without loading the check."""
    apart = f"checks.{kind}.rules"
    if find_spec(f"checks.{kind}") is not None and _is_package(kind) and find_spec(apart) is not None:
        found: tuple[Rule, ...] = import_module(apart).RULES
        return found
    return find(kind).rules


def _is_package(kind: str) -> bool:
    spec = find_spec(f"checks.{kind}")
    return spec is not None and spec.submodule_search_locations is not None


class Catalogue:
    """Rules by id, those of every check and those handed in; a check is loaded for its rules only when needed."""

    def __init__(self, others: Iterable[Rule] = ()) -> None:
        self._known = {rule.id: rule for rule in others}
        self._unread = list(kinds())

    def find(self, rule_id: str) -> Rule:
        """Return the rule of that id; raises `VigieError` when nobody declares it."""
        while rule_id not in self._known and self._unread:
            self._known.update({rule.id: rule for rule in rules(self._unread.pop(0))})
        if rule_id not in self._known:
            raise VigieError(f"unknown rule {rule_id!r}")
        return self._known[rule_id]

    def __iter__(self) -> Iterator[Rule]:
        while self._unread:
            self._known.update({rule.id: rule for rule in rules(self._unread.pop(0))})
        return iter(sorted(self._known.values(), key=lambda rule: rule.id))


@cache
def catalogue() -> Catalogue:
    """The rules of the checks alone."""
    return Catalogue()
