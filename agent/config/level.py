"""Reads a level: the agent, a contract or a site, with the defaults it hands down and the checks on it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from agent.config.convert import build, convert, read_fields
from agent.config.entries import Entry
from agent.config.hints import FieldOf, fields_of
from agent.config.inherit import Handed, inherit
from agent.config.problems import UNKNOWN, Gathering, Wrong, spelled, wrong
from agent.config.reading import Reading
from agent.config.section import Remark, Shape
from agent.config.watching import HANDED_DOWN, Watching, read_defaults
from checks.core.options import Common

ID: Final = "id"
CHECKS: Final = "checks"
DEFAULTS: Final = "defaults"
EXAMPLE: Final = "uptime"  # the kind of check that a site mostly has
_SOMEWHERE: Final = "https://site.invalid/"  # stands for a site's address that is wrong and said to be so


def read_plain(entry: Entry, above: Sequence[Handed], apart: frozenset[str], reading: Reading) -> Any:
    """Build the dataclass of a section that hands nothing down; keys in `apart` are not its own; raises `Wrong`."""
    cls = entry.section.type
    named = entry.section.shape is Shape.NAMED
    own = {key: one for key, one in fields_of(cls).items() if not (named and key == ID)}
    gathering = Gathering()
    values: dict[str, Any] = {}
    with gathering:
        values |= _name(entry, reading)
    with gathering:
        values |= read_fields(own, entry.table, entry.place, reading, apart)
    gathering.end()
    return build(cls, inherit(cls, values, above), entry.place)


def read_level(
    entry: Entry, above: Sequence[Handed], apart: frozenset[str], watch: type, reading: Reading
) -> tuple[Any, Handed]:
    """Build a level's dataclass and say what it hands down; raises `Wrong`."""
    cls, place = entry.section.type, entry.place
    own = {key: one for key, one in fields_of(cls).items() if key not in (ID, CHECKS)}
    common = {key: one for key, one in fields_of(Common).items() if key not in own}
    others = {DEFAULTS, *apart} | ({CHECKS} & set(fields_of(cls)))
    table = entry.table if isinstance(entry.table, dict) else {}
    gathering = Gathering()
    values: dict[str, Any] = {}
    kinds: dict[str, dict[str, Any]] = {}
    with gathering:
        values |= _name(entry, reading)
    with gathering:
        values |= _fields({**own, **common}, entry, others, reading)
    with gathering:
        kinds |= read_defaults(table.get(DEFAULTS, {}), watch, (*place, DEFAULTS), reading)
    handed = Handed(
        common={one.name: values.pop(one.name) for one in common.values() if one.name in values}, kinds=kinds
    )
    if CHECKS in others:
        url = values.get("url", _SOMEWHERE)
        watching = Watching(watch=watch, above=(*above, handed), url=url, place=(*place, CHECKS), reading=reading)
        with gathering:
            values[CHECKS] = watching.read(table.get(CHECKS, {}))
    gathering.end()
    whole = build(cls, inherit(cls, values, above), place)
    return whole, Handed(fields=fields_as_read(whole), common=handed.common, kinds=kinds)


def _fields(fields_: Mapping[str, FieldOf], entry: Entry, others: Collection[str], reading: Reading) -> dict[str, Any]:
    """Read a level's own keys; an option of one kind of check is told where it belongs."""
    try:
        return read_fields(fields_, entry.table, entry.place, reading, others)
    except Wrong as error:
        raise Wrong(*(_placed(remark, entry, reading) for remark in error.remarks)) from None


def _placed(remark: Remark, entry: Entry, reading: Reading) -> Remark:
    words = reading.vocabulary
    key = remark.place[-1]
    kind = next((one for one in words.kinds() if key in fields_of(words.options(one))), None)
    of_any = key in HANDED_DOWN
    if not remark.message.startswith(UNKNOWN) or not (kind or of_any):
        return remark
    below = CHECKS if CHECKS in fields_of(entry.section.type) else DEFAULTS
    table = f"[{spelled((*entry.place, below, kind or EXAMPLE))}]"
    if of_any:
        return Remark(place=remark.place, message=f"is said of a check: it belongs in {table}, or of another kind")
    return Remark(place=remark.place, message=f"is an option of {kind}: it belongs in {table}")


def fields_as_read(whole: Any) -> dict[str, Any]:
    """The fields of a dataclass by name."""
    return {one.name: getattr(whole, one.name) for one in fields(whole)}


def _name(entry: Entry, reading: Reading) -> dict[str, Any]:
    """The id, where the section is one of named ones."""
    if entry.section.shape is not Shape.NAMED:
        return {}
    if entry.name in entry.section.reserved:
        raise wrong(entry.place, f"{entry.name!r} is a reserved word")
    return {ID: convert(entry.name, fields_of(entry.section.type)[ID].hint, entry.place, reading)}
