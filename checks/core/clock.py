"""The wall clock a process goes by: asked in one place, so that whoever starts the process may give another."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]  # UTC


def utc_now() -> datetime:
    """Return this instant."""
    return datetime.now(UTC)
