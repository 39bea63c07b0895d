"""Connections kept open for the next request to the same place: a stack for each, never a walk over all."""

from typing import Final, NamedTuple

from checks.net.http.connection import Connection

IDLE: Final = 15.0  # seconds a connection is kept without use; most servers keep theirs longer
_OF_A_PLACE: Final = 32
_IN_ALL: Final = 512


class Place(NamedTuple):
    """What two requests must have in common to share a connection."""

    scheme: str
    host: str
    port: int
    address: str
    trust: str  # the trust set that the chain was verified against


class Pool:
    """Idle connections, the last used first."""

    def __init__(self) -> None:
        self._places: dict[Place, list[Connection]] = {}
        self._held = 0

    def take(self, place: Place) -> Connection | None:
        """Return an open connection to a place, if there is one."""
        stack = self._places.get(place)
        if not stack:
            return None
        connection = stack.pop()
        self._forget(place, stack, connection)
        return connection

    def put(self, place: Place, connection: Connection) -> None:
        """Keep a connection whose last answer came whole; when there is no room it is closed."""
        stack = self._places.setdefault(place, [])
        if len(stack) >= _OF_A_PLACE or self._held >= _IN_ALL or connection.closed:
            connection.close()
            if not stack:
                del self._places[place]
            return
        self._held += 1
        stack.append(connection)
        connection.rest(lambda: self._gone(place, connection), IDLE)

    def _gone(self, place: Place, connection: Connection) -> None:
        stack = self._places.get(place, [])
        if connection in stack:
            stack.remove(connection)
            self._forget(place, stack, connection)

    def _forget(self, place: Place, stack: list[Connection], connection: Connection) -> None:
        self._held -= 1
        connection.wake()
        if not stack:
            self._places.pop(place, None)

    def close(self) -> None:
        """Close all of them."""
        for stack in list(self._places.values()):
            for connection in list(stack):
                connection.close()
