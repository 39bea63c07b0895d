"""The last TLS handshake with each endpoint, so that one connection serves every check that wants its certificates."""

from collections import OrderedDict

from checks.net.http.exchange import Handshake

KEPT = 20_000


class Handshakes:
    """What was last seen at (name, port, address)."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, str], Handshake] = OrderedDict()

    def note(self, handshake: Handshake) -> None:
        """Keep a handshake, the oldest making room."""
        key = (handshake.host, handshake.port, handshake.address)
        self._kept[key] = handshake
        self._kept.move_to_end(key)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def last(self, host: str, port: int, address: str) -> Handshake | None:
        """The last handshake with one address of an endpoint, whatever its age (`at` says when)."""
        return self._kept.get((host, port, address))
