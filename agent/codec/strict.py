"""The one border with pydantic: no coercion, no unknown key, one error for all that does not fit."""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from checks.core.errors import VigieError


class Unreadable(VigieError):
    """Data that another process or an earlier version wrote does not have the expected shape."""


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def adapter(shape: Any) -> TypeAdapter[Any]:
    """The reader and writer of one type; building one costs milliseconds, so each is kept."""
    if shape not in _ADAPTERS:
        _ADAPTERS[shape] = TypeAdapter(shape)
    return _ADAPTERS[shape]


def read(shape: Any, data: bytes | str) -> Any:
    """Return `data` (JSON) as a `shape`; raises `Unreadable`."""
    try:
        return adapter(shape).validate_json(data, strict=True, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise Unreadable(f"unreadable {getattr(shape, '__name__', 'data')}: {where}: {first['msg']}") from error


def write(shape: Any, value: object) -> bytes:
    """Return `value` as JSON."""
    return adapter(shape).dump_json(value)
