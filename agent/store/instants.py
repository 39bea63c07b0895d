"""Instants as the store keeps them: integers of epoch milliseconds UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(when: datetime) -> int:
    """Return epoch milliseconds, cut down."""
    return (when - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Return the instant in UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def maybe_ms(when: datetime | None) -> int | None:
    """Return epoch milliseconds of an instant that may not have come."""
    return None if when is None else to_ms(when)


def maybe_from(milliseconds: int | None) -> datetime | None:
    """Return the instant, None when it has not come."""
    return None if milliseconds is None else from_ms(milliseconds)


def length_ms(length: timedelta) -> int:
    """Return a length in milliseconds, cut down."""
    return length // _MILLISECOND
