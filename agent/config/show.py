"""Writes settings back as TOML: what is in effect, with every default filled in and every secret hidden."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from agent.config import durations
from agent.config.hints import FieldOf, Hint, fields_of, is_written, item, members, named, pair, split
from agent.config.loaded import Settings
from agent.config.reading import HIDDEN
from agent.config.section import Section, Shape
from checks.core.options import Form
from checks.core.secret import Secret

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_PASSWORD: Final = re.compile(r"(?<=://)([^/?#\s:@]*):[^/?#\s@]*@")
_REFERENCE_ALONE: Final = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def show(settings: Settings, sections: Sequence[Section]) -> str:
    """Return the effective configuration, which reads back as the same but for what is hidden."""
    top: dict[str, Any] = {}
    for section in in_order(sections):
        entries: tuple[Any, ...] = settings.all(section.type)
        *above, last = section.path.split(".")
        table = top
        for part in above:
            table = table.setdefault(part, {})
        if section.shape is Shape.NAMED:
            table[last] = {one.id: _table(one, settings, but="id") for one in entries}
        elif section.shape is Shape.LIST:
            table[last] = [_table(one, settings) for one in entries]
        else:
            table.setdefault(last, {}).update(_table(entries[0], settings))
    return "\n".join(_lines(top, ())).lstrip("\n") + "\n"


def in_order(sections: Sequence[Section]) -> list[Section]:
    """Sections as people read them: the agent and what there is one of, then what has names."""
    return sorted(sections, key=lambda one: (one.shape is not Shape.ONE, one.path))


class _Inline(dict[str, Any]):
    """A table that stays on the line of its key."""


def _table(whole: Any, settings: Settings, but: str = "") -> dict[str, Any]:
    """A dataclass as TOML holds it; None is what nobody wrote."""
    found: dict[str, Any] = {}
    for key, field in fields_of(type(whole)).items():
        value = getattr(whole, field.name)
        if key == "options" and field.hint is Any:  # the options of a check stand in its own table
            found |= _table(value, settings)
        elif key != but and value is not None:
            found[key] = _written(value, field.hint, settings)
    return found


def _written(value: Any, hint: Hint, settings: Settings) -> Any:
    """A value as TOML holds it."""
    hint = _member(value, hint)
    bare, marks = split(hint)
    found_named, found_pair, inner = named(hint), pair(hint), item(hint)
    if found_named is not None:
        key = found_named[0].key
        return {_name(getattr(one, key)): _table(one, settings, but=key) for one in value}
    if found_pair is not None:
        return {_name(key): _written(one, found_pair[1], settings) for key, one in value}
    if inner is not None:
        return [_written(one, inner, settings) for one in value]
    if is_written(bare):
        return _said(value.written(), settings)
    if isinstance(value, timedelta) or Form.SECONDS in marks:
        return durations.written(value if isinstance(value, timedelta) else timedelta(seconds=value))
    return _leaf(value, settings)


def _leaf(value: Any, settings: Settings) -> Any:
    match value:
        case bool() | int() | float() | date():
            return value
        case Secret():
            return _hidden(value)
        case Enum():
            return value.value
        case ZoneInfo():
            return value.key
        case str() | Path():
            return _said(str(value), settings)
        case _:
            return _table(value, settings)


def written_default(field: FieldOf) -> str | None:
    """The default of a field as TOML, None where it has none to show."""
    if field.default is None:
        return None
    nothing = Settings(source=Path(), files=(), sections={})
    found = _written(field.default, field.hint, nothing)
    return "{}" if found == {} else _value(found)


def _said(plain: Any, settings: Settings) -> Any:
    """A text without what it must not show; a `${` of its own is written so that it reads back as itself."""
    if not isinstance(plain, str):
        return plain
    return _PASSWORD.sub(rf"\1:{HIDDEN}@", settings.redact(plain.replace("${", "$${")))


def _member(value: Any, hint: Hint) -> Hint:
    """The member of a union that a value is of."""
    choices = members(hint)
    if len(choices) == 1:
        return choices[0]
    a_list = isinstance(value, tuple)
    return next(
        (one for one in choices if (item(one) is not None) is a_list and (a_list or isinstance(value, split(one)[0]))),
        hint,
    )


def _name(key: Any) -> str:
    return str(key.value) if isinstance(key, Enum) else key


def _hidden(secret: Secret) -> Any:
    """A secret as its reference, which tells where it is but not what; anything typed in full is hidden."""
    if secret.file:
        return _Inline(file=secret.file)
    return secret.text if _REFERENCE_ALONE.fullmatch(secret.text) else HIDDEN


def _lines(table: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[str]:
    """A table: its own values first, then the tables below it."""
    below = {key: value for key, value in table.items() if isinstance(value, dict) and not isinstance(value, _Inline)}
    own = {key: value for key, value in table.items() if key not in below}
    if own and place:
        yield ""
        yield f"[{'.'.join(_key(part) for part in place)}]"
    for key, value in own.items():
        yield f"{_key(key)} = {_value(value)}"
    for key, value in below.items():
        yield from _lines(value, (*place, key))


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
        case list():
            return "[" + ", ".join(_value(one) for one in value) + "]"
        case _:
            return str(value)


def _text(text: str) -> str:
    escaped = (_ESCAPES.get(one) or (one if one.isprintable() else f"\\U{ord(one):08x}") for one in text)
    return f'"{"".join(escaped)}"'
