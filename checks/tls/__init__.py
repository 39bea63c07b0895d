"""Are the certificates and protocols of the site sound: the check of TLS, its parts loaded when they are used."""

from typing import Any


def __getattr__(name: str) -> Any:
    """Load the check itself only when it is asked for: its rules and options need no library."""
    if name != "CHECK":
        raise AttributeError(name)
    from checks.tls.check import CHECK

    return CHECK
