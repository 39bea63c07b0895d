"""Which address families this machine can use at all: what it lacks says nothing about a site."""

import errno
import socket
import time
from collections.abc import Callable

from checks.net.guard import Reach, reach

_FRESH = 30.0  # seconds a look at the routes is believed
_LACKING = frozenset({errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EHOSTUNREACH})
# A connected datagram socket asks the kernel for a route and sends nothing (documentation addresses, RFC 5737 and 3849
# would do as well, but some machines reject them).
_FAR = {4: ("192.88.99.1", socket.AF_INET), 6: ("2001:4860:4860::8888", socket.AF_INET6)}


class Families:
    """Knows for IPv4 and IPv6 whether there is a route, and what the daemon learnt from its reference targets."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._routes: dict[int, tuple[float, bool]] = {}
        self._silent: frozenset[int] = frozenset()

    def mark_silent(self, families: frozenset[int]) -> None:
        """Take families (4, 6) out of all runs: no reference target answers on them."""
        self._silent = families

    def usable(self, address: str) -> bool:
        """Whether an address is worth trying from here."""
        family = 6 if ":" in address else 4
        if reach(address) is Reach.PUBLIC:
            return family not in self._silent and self._has_route(family)
        return family == 4 or has_route(address, socket.AF_INET6)

    def _has_route(self, family: int) -> bool:
        known = self._routes.get(family)
        now = self._clock()
        if known is None or now - known[0] > _FRESH:
            known = (now, has_route(*_FAR[family]))
            self._routes[family] = known
        return known[1]


def has_route(address: str, family: socket.AddressFamily) -> bool:
    """Whether the kernel has a way to `address`; no packet is sent."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 53))
    except OSError as error:
        return error.errno not in _LACKING
    return True
