"""Takes type hints apart: what a field holds, how it is marked, and how to say it to a person."""

import dataclasses
import types
from dataclasses import MISSING, Field
from datetime import date, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from agent.config.section import Inherited, Ref
from checks.core.options import Form, Named
from checks.core.secret import Secret

Hint = Any  # a type, or what `typing` makes of one

Mark = TypeVar("Mark")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FieldOf:
    """One field of a section's dataclass as the configuration sees it."""

    name: str
    key: str  # how it is written: a trailing underscore only steps round Python's own words
    hint: Hint
    required: bool
    default: Any  # MISSING when there is none

    def optional(self) -> "FieldOf":
        """The same field where it need not be written."""
        return dataclasses.replace(self, required=False)


def fields_of(cls: Hint) -> dict[str, FieldOf]:
    """The fields of a dataclass by the key they are written as."""
    return _fields_of(cls)


@cache
def _fields_of(cls: Any) -> dict[str, FieldOf]:
    hints = get_type_hints(cls, include_extras=True)
    found = [_field(field, hints[field.name]) for field in dataclasses.fields(cls)]
    return {field.key: field for field in found}


def _field(field: "Field[Any]", hint: Hint) -> FieldOf:
    return FieldOf(
        name=field.name,
        key=field.name.rstrip("_"),
        hint=hint,
        required=_required(field, hint),
        default=field.default if field.default_factory is MISSING else field.default_factory(),
    )


def _required(field: "Field[Any]", hint: Hint) -> bool:
    return field.default is MISSING and field.default_factory is MISSING and mark(hint, Inherited) is None


@cache
def split(hint: Hint) -> tuple[Hint, tuple[Any, ...]]:
    """Return the bare type and its marks."""
    if _origin(hint) is Annotated:
        bare, *marks = get_args(hint)
        return bare, tuple(marks)
    return hint, ()


def _origin(hint: Hint) -> Any:
    return get_origin(hint)


def mark(hint: Hint, kind: type[Mark]) -> Mark | None:
    """The mark of that kind on a hint."""
    return next((one for one in split(hint)[1] if isinstance(one, kind)), None)


@cache
def members(hint: Hint) -> tuple[Hint, ...]:
    """The members of a union without None; a plain type alone."""
    bare, _marks = split(hint)
    if _origin(bare) in (Union, types.UnionType):
        return tuple(one for one in get_args(bare) if one is not type(None))
    return (hint,)


@cache
def item(hint: Hint) -> Hint | None:
    """What a tuple of any length holds, None for every other type."""
    bare, _marks = split(hint)
    arguments = get_args(bare)
    return arguments[0] if _origin(bare) is tuple and arguments[-1] is Ellipsis else None


@cache
def pair(hint: Hint) -> tuple[Hint, Hint] | None:
    """Key and value where the hint is a tuple of pairs with a text first, which is written as a table."""
    inner, _marks = split(item(hint))
    arguments = get_args(inner)
    fixed = _origin(inner) is tuple and len(arguments) == 2 and arguments[1] is not Ellipsis
    return (arguments[0], arguments[1]) if fixed and _is_word(arguments[0]) else None


@cache
def named(hint: Hint) -> tuple[Named, type] | None:
    """The mark and the dataclass where the hint is written as a table of tables."""
    found = mark(hint, Named)
    inner = item(hint)
    return (found, split(inner)[0]) if found is not None and inner is not None else None


def _is_word(hint: Hint) -> bool:
    bare, _marks = split(hint)
    return isinstance(bare, type) and issubclass(bare, str | Enum)


@cache
def is_table(hint: Hint) -> bool:
    """Whether TOML writes it as a table."""
    bare, _marks = split(hint)
    if pair(hint) is not None or named(hint) is not None:
        return True
    return isinstance(bare, type) and dataclasses.is_dataclass(bare) and not is_written(bare) and bare is not Secret


@cache
def is_written(bare: Hint) -> bool:
    """Whether a type has a spelling of its own (`agent.config.section.Written`)."""
    return isinstance(bare, type) and hasattr(bare, "parse") and hasattr(bare, "SCHEMA")


_SAID: Final[dict[Any, str]] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Secret: 'a text, or { file = "…" }',
    timedelta: 'a length of time such as "60s", "4h" or "2d"',
    date: "a date such as 2026-01-15",
    Path: "a path",
    ZoneInfo: 'a time zone such as "Europe/Paris"',
}
_FORMS: Final = {
    Form.SECONDS: _SAID[timedelta],
    Form.BYTES: 'a size such as "5MB" or "5MiB"',
    Form.PATH: "a path",
    Form.ADDRESS: "an address",
    Form.NETWORK: 'a range of addresses such as "10.0.0.0/8"',
    Form.URL: "a URL",
    Form.ID: "an id",
    Form.TEXTS: "a text or a list of texts",
}


def said(hint: Hint) -> str:
    """What a value of that type is, in words."""
    choices = members(hint)
    if len(choices) > 1:
        return " or ".join(said(one) for one in choices)
    bare, marks = split(choices[0])
    if bare is Secret:
        return _SAID[Secret]
    if is_written(bare):
        return str(bare.SAID)
    for one in marks:
        if isinstance(one, Form):
            return _FORMS[one]
        if isinstance(one, Ref):
            return f"the id of a {one.noun}"
    if is_table(choices[0]):
        return "a table"
    inner = item(choices[0])
    if inner is not None:
        return f"a list, each {said(inner)}"
    if isinstance(bare, type) and issubclass(bare, Enum):
        return "one of " + ", ".join(f'"{one.value}"' for one in bare)
    return _SAID.get(bare, "a value")
