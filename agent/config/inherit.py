"""Hands defaults down from the agent to its contracts, their sites and the checks on them; the nearest word counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from agent.config.hints import Hint, fields_of, mark, pair
from agent.config.section import Inherited


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What one level hands down, by field name."""

    fields: Mapping[str, Any] = field(default_factory=dict)  # of the level's own dataclass
    common: Mapping[str, Any] = field(default_factory=dict)  # options of every check
    kinds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # options and intervals by kind of check


def inherit(cls: type, values: Mapping[str, Any], above: Sequence[Handed]) -> dict[str, Any]:
    """Fill the fields marked `Inherited` from the nearest level that has them."""
    marked = [one.name for one in fields_of(cls).values() if mark(one.hint, Inherited) is not None]
    missing = [name for name in marked if name not in values]
    return {**values, **{name: _nearest(name, above) for name in missing}}


def _nearest(name: str, above: Sequence[Handed]) -> Any:
    return next(level.fields[name] for level in reversed(above) if name in level.fields)


def combined(above: Iterable[Handed], kind: str, said: Mapping[str, Any], options: type) -> dict[str, Any]:
    """What holds for one check: each level over the one above it; tables are merged by key."""
    tables = tables_of(options)
    merged: dict[str, Any] = {}
    for words in (*(words for level in above for words in (level.common, level.kinds.get(kind, {}))), said):
        for name, value in words.items():
            merged[name] = over(merged.get(name, ()), value) if name in tables else value
    return merged


@cache
def tables_of(options: Hint) -> frozenset[str]:
    """The options that are tables of plain keys, such as `headers`."""
    return frozenset(one.name for one in fields_of(options).values() if pair(one.hint) is not None)


def over(under: tuple[tuple[str, Any], ...], upper: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
    """Merge two tables; hosts and header names are the same in any case."""
    named = {key.lower() for key, _value in upper}
    return (*(one for one in under if one[0].lower() not in named), *upper)
