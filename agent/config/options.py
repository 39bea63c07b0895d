"""Reads the options of a check as they are typed: `--set slow_after=4s --set headers.Accept=text/html`."""

import dataclasses
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from agent.config.convert import build, convert
from agent.config.hints import FieldOf, fields_of, is_table, item, members, pair, split
from agent.config.inherit import over, tables_of
from agent.config.problems import Wrong, spelled, unknown, wrong
from agent.config.reading import Reading, Vocabulary
from agent.config.section import Remark
from agent.config.vocabulary import vocabulary
from checks.core.errors import UsageError
from checks.core.options import Form
from checks.core.secret import Secret

_PLAIN: Final = (str, Secret)


def parse_options(
    kind: str, pairs: Sequence[tuple[str, str]], base: Any = None, *, words: Vocabulary | None = None
) -> Any:
    """Return the Options of a kind of check with these texts put over `base`, or over the defaults.

    A text option is taken as typed; any other is read as TOML if it parses, a list also as `a,b`, a duration also as
    `4s` or bare seconds. Raises `UsageError` with all that does not fit.
    """
    known = words or vocabulary()
    options = known.options(kind)
    reading = Reading(folder=Path.cwd(), environ=os.environ, known={}, vocabulary=known, revealed={}, as_typed=True)
    values: dict[str, Any] = {}
    remarks: list[Remark] = []
    for key, text in pairs:
        try:
            _put(options, kind, key.strip(), text, values, reading)
        except Wrong as error:
            remarks += error.remarks
    try:
        if not remarks:
            return _over(options, base, values)
    except Wrong as error:
        remarks += error.remarks
    raise UsageError("\n".join(_line(remark) for remark in remarks))


def _line(remark: Remark) -> str:
    hint = f"; did you mean {remark.suggestion!r}?" if remark.suggestion else ""
    return f"--set {spelled(remark.place)}: {remark.message}{hint}"


def _put(options: type, kind: str, key: str, text: str, values: dict[str, Any], reading: Reading) -> None:
    """Read one `key=text` into `values`; the key of a table is all that follows the first dot."""
    fields = fields_of(options)
    name, dot, inner = key.partition(".")
    if name not in fields:
        raise Wrong(unknown((name,), f"{kind} has no such option", name, fields))
    field = fields[name]
    table = next((one for one in members(field.hint) if is_table(one)), None)
    if not dot:
        values[field.name] = convert(_typed(text, field.hint), field.hint, (name,), reading)
    elif table is None or not inner:
        raise wrong((name,), "takes no key after a dot" if table is None else f"write it as {name}.KEY=VALUE")
    else:
        values[field.name] = _inside(field, table, name, inner, text, values, reading)


def _inside(
    field: FieldOf, table: Any, name: str, inner: str, text: str, values: dict[str, Any], reading: Reading
) -> Any:
    found = pair(table)
    if found is not None:
        read = convert({inner: _typed(text, found[1])}, table, (name,), reading)
        return over(values.get(field.name, ()), read)
    raise wrong((name, inner), f"cannot be set one key at a time; write {name}={{ {inner} = … }}")


def _typed(text: str, hint: Any) -> Any:
    """What TOML would hold for a text typed for that hint."""
    bare, marks = split(members(hint)[0] if len(members(hint)) == 1 else hint)
    if bare in _PLAIN:
        return text
    value = _toml(text)
    if Form.TEXTS in marks:
        return value if isinstance(value, list) else text
    lists = [inner for one in members(hint) if (inner := item(one)) is not None and not is_table(one)]
    if lists and not isinstance(value, list | bool):
        inner = lists[0]
        return [_typed(part.strip(), inner) for part in text.split(",") if part.strip()]
    return text if value is None else value


def _toml(text: str) -> Any:
    """The TOML value that `text` spells, None when it spells none."""
    try:
        table = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return None
    return table["value"] if set(table) == {"value"} else None


def _over(options: type, base: Any, values: dict[str, Any]) -> Any:
    if base is None:
        return build(options, values, ())
    tables = tables_of(options)
    merged = {name: over(getattr(base, name), value) if name in tables else value for name, value in values.items()}
    kept = {one.name: getattr(base, one.name) for one in dataclasses.fields(options)}
    return build(options, {**kept, **merged}, ())
