"""Is the site there, does it answer well, and in time: the check of availability, loaded when it is asked for."""

from typing import Any


def __getattr__(name: str) -> Any:
    """Load the check itself only when it is asked for: its rules and options need no library."""
    if name != "CHECK":
        raise AttributeError(name)
    from checks.uptime.check import CHECK

    return CHECK
