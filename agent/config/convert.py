"""Turns what TOML holds into typed values; everything that is wrong with a value is said at once."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from agent.config.forms import Unfit
from agent.config.hints import FieldOf, Hint, fields_of, is_table, is_written, item, members, named, pair, said, split
from agent.config.leaves import leaf
from agent.config.problems import UNKNOWN, Gathering, Wrong, unknown, wrong
from agent.config.reading import Reading, hide
from agent.config.section import Place
from checks.core.options import BadOption, Form, Named
from checks.core.secret import Secret


def convert(value: object, hint: Hint, place: Place, reading: Reading) -> Any:
    """Return `value` as what `hint` says; raises `Wrong`."""
    choices = members(hint)
    if len(choices) == 1:
        return _one(value, choices[0], place, reading)
    fitting = [one for one in choices if _takes(one, value)]
    if len(fitting) != 1:
        raise wrong(place, f"must be {said(hint)}")
    return _one(value, fitting[0], place, reading)


def _one(value: object, hint: Hint, place: Place, reading: Reading) -> Any:
    found_named, found_pair, inner = named(hint), pair(hint), item(hint)
    if found_named is not None:
        return _named(value, *found_named, place, reading)
    if found_pair is not None:
        return _pairs(value, *found_pair, place, reading)
    if inner is not None:
        return _list(value, inner, place, reading)
    if is_table(hint):
        bare = split(hint)[0]
        return build(bare, read_fields(fields_of(bare), value, place, reading), place)
    try:
        return leaf(value, hint, place, reading)
    except ValueError as error:
        suggestion = error.suggestion if isinstance(error, Unfit) else ""
        raise wrong(place, _shown(str(error), value, reading), hide(suggestion, reading.revealed)) from None


def _shown(message: str, value: object, reading: Reading) -> str:
    """A message that quotes a value as it was written, not as the environment made it."""
    for found, written in reading.revealed.items():
        if isinstance(value, str) and written in value:
            message = message.replace(repr(found), repr(written))
    return hide(message, reading.revealed)


def _takes(hint: Hint, value: object) -> bool:
    """Whether the shape of `value` is the one that `hint` is written in."""
    bare, marks = split(hint)
    a_list = item(hint) is not None and not is_table(hint)
    match value:
        case bool():
            return bare is bool
        case dict():
            return is_table(hint) or bare is Secret or is_written(bare)
        case list():
            return a_list
        case int() | float():
            return a_list or bare in (int, float, timedelta) or is_written(bare)
        case _:
            plain_number = bare in (bool, int, float) and Form.SECONDS not in marks
            return not plain_number and not is_table(hint)


def _list(value: object, inner: Hint, place: Place, reading: Reading) -> tuple[Any, ...]:
    if not isinstance(value, list):  # one alone may be written without brackets
        return (convert(value, inner, place, reading),)
    gathering, done = Gathering(), []
    for at, one in enumerate(value):
        with gathering:
            done.append(convert(one, inner, (*place, at), reading))
    gathering.end()
    return tuple(done)


def _pairs(value: object, key: Hint, inner: Hint, place: Place, reading: Reading) -> tuple[tuple[Any, Any], ...]:
    gathering, done = Gathering(), []
    for word, content in table(value, place).items():
        at = (*place, word)
        with gathering:
            done.append((convert(word, key, at, reading), convert(content, inner, at, reading)))
    gathering.end()
    return tuple(done)


def _named(value: object, mark: Named, cls: type, place: Place, reading: Reading) -> tuple[Any, ...]:
    """Build one dataclass for each table; two spellings of one name (`bloquante` and `critical`) are refused."""
    gathering, done = Gathering(), []
    seen: dict[Any, str] = {}
    for word, content in table(value, place).items():
        at = (*place, word)
        with gathering:
            one = entry(cls, mark.key, word, content, at, reading)
            name = getattr(one, mark.key)
            if name in seen:
                raise wrong(at, f"is the same as {seen[name]!r}")
            seen[name] = word
            done.append(one)
    gathering.end()
    return tuple(done)


def entry(cls: type, key: str, word: str, content: object, place: Place, reading: Reading) -> Any:
    """Build the dataclass of one named table, its name put into the field `key`; raises `Wrong`."""
    gathering = Gathering()
    values: dict[str, Any] = {}
    with gathering:
        values[key] = convert(word, fields_of(cls)[key].hint, place, reading)
    with gathering:
        others = {name: one for name, one in fields_of(cls).items() if name != key}
        values |= read_fields(others, content, place, reading)
    gathering.end()
    return build(cls, values, place)


def table(value: object, place: Place, shape: str = "a table") -> dict[str, Any]:
    """Return what must be a table; raises `Wrong`."""
    if not isinstance(value, dict):
        raise wrong(place, f"must be {shape}")
    return value


def read_fields(
    fields: Mapping[str, FieldOf], value: object, place: Place, reading: Reading, skip: Collection[str] = ()
) -> dict[str, Any]:
    """Read a table of these fields (by key) and return what it says by field name; raises `Wrong`.

    Keys in `skip` are read by someone else. Fields that are not written stay out, but for default paths, which start
    where a written one would.
    """
    written = table(value, place)
    gathering = Gathering()
    done: dict[str, Any] = {}
    for key, content in written.items():
        with gathering:
            if key in fields:
                done[fields[key].name] = convert(content, fields[key].hint, (*place, key), reading)
            elif key not in skip:
                raise Wrong(unknown((*place, key), UNKNOWN, key, {*fields, *skip}))
    for key, field in fields.items():
        if field.required and key not in written:
            with gathering:
                raise wrong(place, f"{key!r} is missing, {said(field.hint)}")
        if isinstance(field.default, Path) and key not in written:
            done[field.name] = reading.folder / field.default
    gathering.end()
    return done


def build(cls: type, values: Mapping[str, Any], place: Place) -> Any:
    """Make the dataclass; what its own `__post_init__` refuses is said at the field it blames; raises `Wrong`."""
    try:
        return cls(**values)
    except BadOption as error:
        raise wrong((*place, error.option), str(error)) from None
