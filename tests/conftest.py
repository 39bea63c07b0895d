"""What every test gets: no connection leaves this machine."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest


class LeftLoopback(AssertionError):
    """A test tried to reach another machine."""


def is_loopback(address: Any) -> bool:
    """Tell whether a socket address stays on this machine: loopback, or no network address at all."""
    if not isinstance(address, tuple):
        return True  # a path, or an abstract name, of a Unix socket
    try:
        return ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback
    except ValueError:
        return address[0] in {"localhost", ""}


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection and datagram to another machine, before a packet leaves."""

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: socket.socket, *args: Any) -> Any:
            address = args[-1]
            if self.family in {socket.AF_INET, socket.AF_INET6} and not is_loopback(address):
                message = f"a test may reach loopback only, not {address!r}"
                raise LeftLoopback(message)
            return real(self, *args)

        return call

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
