"""The last TLS handshake with each endpoint, so that one connection serves every check that wants its certificates."""

import time
from collections import OrderedDict
from collections.abc import Callable

from checks.net.http.exchange import Handshake

KEPT = 20_000


class Handshakes:
    """What was last seen at (name, port, address)."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock  # Unix time
        self._kept: OrderedDict[tuple[str, int, str], tuple[float, Handshake]] = OrderedDict()

    def note(self, handshake: Handshake) -> None:
        """Keep a handshake, the oldest making room."""
        key = (handshake.host, handshake.port, handshake.address)
        self._kept[key] = (self._clock(), handshake)
        self._kept.move_to_end(key)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def last(self, host: str, port: int, address: str, within: float) -> Handshake | None:
        """The last handshake with one address of an endpoint, if it was noted `within` the last so many seconds.

        One that seems to come from the future is as good as none: the clock was set back.
        """
        at, handshake = self._kept.get((host, port, address), (-1.0, None))
        return handshake if 0 <= self._clock() - at <= within else None
