"""Tells lines when something happens to their sockets: one epoll of our own beneath each event loop.

A loop that watches a socket asks the kernel eight things for each, and again whenever the interest in it changes. Here
a socket is registered once, edge-triggered, for everything; closing it ends that. Systems without epoll go by the loop.
"""

import asyncio
import select
import weakref
from typing import Final, Protocol

IN: Final = 0x001  # as EPOLLIN and its kin (sys/epoll.h)
OUT: Final = 0x004
GONE: Final = 0x008 | 0x010 | 0x2000  # EPOLLERR, EPOLLHUP, EPOLLRDHUP
_EDGE: Final = 1 << 31
_ALL: Final = IN | OUT | GONE | _EDGE


class Told(Protocol):
    """Who is told."""

    def ready(self, events: int) -> None:
        """Something can be read or written, or is over; events may come that have nothing behind them."""


class Wires:
    """The sockets of one loop, by epoll."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._epoll = select.epoll()
        self._told: dict[int, Told] = {}
        loop.add_reader(self._epoll.fileno(), self._look)

    def watch(self, number: int, told: Told) -> None:
        """Begin; raises `OSError`."""
        self._told[number] = told
        self._epoll.register(number, _ALL)

    def interest(self, number: int, told: Told, wanted: int) -> None:
        """Say what is wanted now: here all of it always is."""

    def forget(self, number: int) -> None:
        """End, before the socket is closed."""
        self._told.pop(number, None)

    def _look(self) -> None:
        for number, events in self._epoll.poll(0):
            told = self._told.get(number)
            if told is not None:
                told.ready(events)


class ByLoop:
    """The same by the loop's own means."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = weakref.ref(loop)

    def watch(self, number: int, told: Told) -> None:
        """Begin."""
        self.interest(number, told, OUT)

    def interest(self, number: int, told: Told, wanted: int) -> None:
        """Say what is wanted from now on: a loop tells the same again and again."""
        loop = self._loop()
        assert loop is not None
        if wanted & IN:
            loop.add_reader(number, told.ready, IN)
        if wanted & OUT:
            loop.add_writer(number, told.ready, OUT)
        else:
            loop.remove_writer(number)

    def forget(self, number: int) -> None:
        """End, before the socket is closed."""
        loop = self._loop()
        if loop is not None and not loop.is_closed():
            loop.remove_reader(number)
            loop.remove_writer(number)


_OF_LOOPS: Final[weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Wires | ByLoop]] = weakref.WeakKeyDictionary()


def wires_of(loop: asyncio.AbstractEventLoop) -> Wires | ByLoop:
    """Return what watches the sockets of a loop; raises `OSError` when it cannot begin to."""
    found = _OF_LOOPS.get(loop)
    if found is None:
        found = _OF_LOOPS[loop] = Wires(loop) if hasattr(select, "epoll") else ByLoop(loop)
    return found
