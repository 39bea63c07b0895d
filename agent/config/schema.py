"""Describes the configuration as JSON Schema, for editors and for tests, from the same types that read it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import Enum
from typing import Any, Final
from zoneinfo import ZoneInfo

from agent.config.forms import severity_words
from agent.config.hints import FieldOf, Hint, fields_of, is_table, is_written, item, mark, members, named, pair, split
from agent.config.level import CHECKS, DEFAULTS, ID
from agent.config.reading import Vocabulary
from agent.config.section import Section, Shape
from agent.config.watching import HANDED_DOWN
from checks.core.model import Severity
from checks.core.options import Bounds, Common, Form
from checks.core.secret import Secret

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

_REFERENCE: Final[Schema] = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"}
_TEXT: Final[Schema] = {"type": "string"}
_ID: Final = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_LENGTH: Final[Schema] = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"[0-9]|\$\{"}]}
_SIZE: Final[Schema] = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"[0-9]|\$\{"}]}
_SECRET: Final[Schema] = {
    "anyOf": [
        _TEXT,
        {
            "type": "object",
            "properties": {"file": {"type": "string", "minLength": 1}},
            "required": ["file"],
            "additionalProperties": False,
        },
    ]
}
_PLAIN: Final[dict[Any, Schema]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    date: {"type": "string", "format": "date"},
    Secret: _SECRET,
    timedelta: _LENGTH,
    ZoneInfo: _TEXT,
}


def schema(sections: Sequence[Section], words: Vocabulary) -> Schema:
    """Return the schema of the whole configuration, written in one file or spread over several."""
    top = _object({}, "The configuration of a Vigie agent.")
    top |= {
        "$schema": DRAFT,
        "title": "Vigie",
        "$defs": {kind: _check(kind, sections, words) for kind in words.kinds()},
    }
    for section in sorted(sections, key=lambda one: one.path.count(".")):
        *above, last = section.path.split(".")
        at = top
        for part in above:
            at = at["properties"][part]
        at["properties"][last] = _section(section, sections, words)
    return top


def _section(section: Section, sections: Sequence[Section], words: Vocabulary) -> Schema:
    fields = dict(fields_of(section.type))
    if section.shape is Shape.NAMED:
        del fields[ID]
    checks = fields.pop(CHECKS, None)
    table = _fields(fields, section.type.__doc__)
    if section.hands_down:
        common = {key: one for key, one in fields_of(Common).items() if key not in fields}
        table["properties"] |= _fields(common)["properties"]
        table["properties"][DEFAULTS] = _object({kind: _defaults(kind, sections, words) for kind in words.kinds()})
    if checks is not None:
        table["properties"][CHECKS] = _checks(words)
    if section.shape is Shape.LIST:
        return {"type": "array", "items": table}
    return _named(section, table) if section.shape is Shape.NAMED else table


def _named(section: Section, table: Schema) -> Schema:
    names: Schema = {"pattern": _ID} if mark(fields_of(section.type)[ID].hint, Form) is Form.ID else {}
    if section.reserved:
        names["not"] = {"enum": sorted(section.reserved)}
    return {"type": "object", "propertyNames": names, "additionalProperties": table}


def _watch(sections: Sequence[Section]) -> dict[str, FieldOf]:
    found = next(item(fields_of(one.type)[CHECKS].hint) for one in sections if CHECKS in fields_of(one.type))
    return {key: one for key, one in fields_of(found).items() if key not in ("name", "options")}


def _check(kind: str, sections: Sequence[Section], words: Vocabulary) -> Schema:
    """The table of a check of one kind."""
    own = {key: one.optional() for key, one in {**fields_of(words.options(kind)), **_watch(sections)}.items()}
    table = _fields(own, f"A check of kind {kind}.")
    table["properties"]["kind"] = {"const": kind}
    return table


def _defaults(kind: str, sections: Sequence[Section], words: Vocabulary) -> Schema:
    intervals = {key: one for key, one in _watch(sections).items() if key in HANDED_DOWN}
    return _fields({key: one.optional() for key, one in {**fields_of(words.options(kind)), **intervals}.items()})


def _checks(words: Vocabulary) -> Schema:
    """A table named as a kind is of that kind unless it says another; any other name says its kind."""
    any_kind = {"required": ["kind"], "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in words.kinds()]}
    by_name = {
        kind: {"if": {"required": ["kind"]}, "then": any_kind, "else": {"$ref": f"#/$defs/{kind}"}}
        for kind in words.kinds()
    }
    return {
        "type": "object",
        "propertyNames": {"pattern": _ID},
        "properties": by_name,
        "additionalProperties": any_kind,
    }


def _object(properties: Mapping[str, Any], description: str = "") -> Schema:
    said = {"description": " ".join(description.split())} if description else {}
    return {**said, "type": "object", "properties": dict(properties), "additionalProperties": False}


def _fields(fields: Mapping[str, FieldOf], description: str | None = None) -> Schema:
    table = _object({key: _hint(one.hint) for key, one in fields.items()}, description or "")
    required = [key for key, one in fields.items() if one.required]
    return {**table, "required": required} if required else table


def _hint(hint: Hint) -> Schema:
    choices = members(hint)
    if len(choices) > 1:
        return {"anyOf": [_one(one) for one in choices]}
    return _one(choices[0])


def _one(hint: Hint) -> Schema:
    bare, marks = split(hint)
    found_named, found_pair, inner = named(hint), pair(hint), item(hint)
    if found_named is not None:
        name, cls = found_named
        others = {key: one for key, one in fields_of(cls).items() if key != name.key}
        names = _hint(fields_of(cls)[name.key].hint)
        return {"type": "object", "propertyNames": names, "additionalProperties": _fields(others, cls.__doc__)}
    if found_pair is not None:
        return {"type": "object", "additionalProperties": _hint(found_pair[1])}
    if inner is not None:
        one = _hint(inner)
        return {"anyOf": [one, {"type": "array", "items": one}]}
    if is_table(hint):
        return _fields(fields_of(bare), bare.__doc__)
    return _leaf(bare, marks)


def _leaf(bare: Hint, marks: tuple[Any, ...]) -> Schema:
    if is_written(bare):
        return {"anyOf": [bare.SCHEMA, _REFERENCE]}
    if Form.SECONDS in marks:
        return _LENGTH
    if Form.BYTES in marks:
        return _SIZE
    if isinstance(bare, type) and issubclass(bare, Enum):
        values = severity_words() if bare is Severity else [one.value for one in bare]
        return {"anyOf": [{"enum": values}, _REFERENCE]}
    if Form.URL in marks:
        return {"anyOf": [{"type": "string", "pattern": "^https?://[^/]"}, _REFERENCE]}
    if Form.ID in marks:
        return {"anyOf": [{"type": "string", "pattern": _ID}, _REFERENCE]}
    plain = _PLAIN.get(bare, _TEXT)
    for one in marks:
        if isinstance(one, Bounds) and bare in (int, float):
            bounds = {"minimum": one.least, "maximum": one.most}
            plain = {**plain, **{name: value for name, value in bounds.items() if value is not None}}
    return plain
