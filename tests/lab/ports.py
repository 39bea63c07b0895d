"""Ports of this machine on which nobody listens."""

import itertools
import os
import socket
from contextlib import suppress

# Below what the system gives to outgoing connections, and a range of its own for each process that runs tests: nobody
# takes a port between the look and the start.
_PORTS = itertools.cycle(range(20_000 + os.getpid() % 120 * 100, 20_000 + os.getpid() % 120 * 100 + 100))


def free_port() -> int:
    """A port nobody listens on."""
    for port in _PORTS:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError
