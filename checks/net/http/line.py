"""The TCP beneath one connection: what is said leaves at once, and the kernel tells when what is heard came.

A loop that works on one probe lets the bytes of all others wait. Their timings stay true because they are taken from
the kernel where it has them: the round trip of connecting from TCP_INFO, arrivals from SO_TIMESTAMPNS.
"""

import asyncio
import errno
import os
import socket
import struct
import sys
import time
from functools import lru_cache
from typing import Final, Protocol

from checks.net.http.wires import GONE, IN, OUT, wires_of

_now: Final = time.perf_counter_ns

_ROOM: Final = 65_536  # bytes read at once
_LINUX: Final = sys.platform == "linux"
_STAMP: Final = 35  # SO_TIMESTAMPNS, and the type of the message it brings (asm-generic/socket.h)
_TIMESPEC: Final = struct.Struct("qq")
_BESIDE: Final = socket.CMSG_SPACE(_TIMESPEC.size)
_TCP_INFO: Final = 11  # linux/tcp.h; of struct tcp_info there: the state, round trip time, segments sent again
_INFO: Final = struct.Struct("B67xI28xI")
_STANDS: Final = (1, 8)  # TCP_ESTABLISHED, TCP_CLOSE_WAIT
_ASKING: Final = 2  # TCP_SYN_SENT


class Party(Protocol):
    """Who talks over a line."""

    def made(self, took: int) -> None:
        """It stands; connecting took so many nanoseconds."""

    def heard(self, data: bytes, late: int) -> None:
        """Bytes came, so many nanoseconds before anybody had time for them."""

    def over(self, error: Exception | None) -> None:
        """Nothing more will come, nothing more can be said: closed by the other side, or why not."""


class Line:
    """A connection to one address, from `open` to `close`; once closed it tells its party nothing more."""

    __slots__ = ("_began", "_broken", "_left", "_loop", "_number", "_party", "_socket", "_stands", "_wires")

    def __init__(self, party: Party, loop: asyncio.AbstractEventLoop) -> None:
        self._party: Party | None = party  # none once it is closed: the two hold each other
        self._loop = loop
        self._wires = wires_of(loop)
        self._socket: socket.socket | None = None
        self._number = -1
        self._stands = False
        self._left = b""  # said, and not yet taken by the kernel
        self._broken: OSError | None = None  # why the kernel took no more
        self._began = 0

    def open(self, address: str, port: int) -> None:
        """Begin to connect; raises `OSError`, and `OverflowError` for what is no port."""
        made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        self._socket, self._number = made, made.fileno()
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if _LINUX:
            _tell_arrivals(made)
        self._began = _now()
        number = made.connect_ex((address, port))
        if number not in (0, errno.EINPROGRESS):
            raise OSError(number, os.strerror(number))
        self._wires.watch(self._number, self)

    @property
    def closed(self) -> bool:
        """Whether it is no longer, or not yet."""
        return self._socket is None

    def ready(self, events: int) -> None:
        """Look what happened to the socket."""
        line = self._socket
        if line is None:
            return
        if not self._stands:
            self._connect(line)
        if self._stands and events & (IN | GONE):
            self._read(line, events)
        if self._left and events & OUT:
            self._write(line)

    def _connect(self, line: socket.socket) -> None:
        took = _now() - self._began
        state, round_trip = _told(line)
        if state == _ASKING:  # an event of nobody
            return
        number = 0 if state in _STANDS else line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        error = OSError(number, os.strerror(number)) if number else None
        if error is not None and number != errno.ECONNRESET:
            self._end(error)
            return
        self._stands, self._broken = True, error  # only what stood can be reset: one that asks is refused
        self._wires.interest(self._number, self, IN)
        assert self._party is not None
        self._party.made(min(took, round_trip or took))

    def _read(self, line: socket.socket, events: int) -> None:
        if self._socket is None:  # its party left when it stood
            return
        try:
            data, beside, _flags, _address = line.recvmsg(_ROOM, _BESIDE)
        except (BlockingIOError, InterruptedError):
            return
        except (OSError, MemoryError) as error:
            self._end(error)
            return
        if not data:
            self._end(self._broken)
            return
        assert self._party is not None
        self._party.heard(data, _age(beside))
        if events & GONE or len(data) == _ROOM:  # there is more, and no event will tell
            self._loop.call_soon(self.ready, events)

    def say(self, data: bytes) -> None:
        """Send; what the kernel does not take now follows as soon as it does."""
        line = self._socket
        if line is None or self._broken is not None or not data:
            return
        if self._left:
            self._left += data
            return
        taken = self._push(line, data)
        if taken < len(data) and self._broken is None:
            self._left = data[taken:]
            self._wires.interest(self._number, self, IN | OUT)

    def _write(self, line: socket.socket) -> None:
        self._left = self._left[self._push(line, self._left) :] if self._broken is None else b""
        if not self._left:
            self._wires.interest(self._number, self, IN)

    def _push(self, line: socket.socket, data: bytes) -> int:
        try:
            return line.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError as error:  # what the other side said before it went is still to be read
            self._broken = error
            return 0

    def close(self) -> None:
        """Let go of it at once."""
        line, self._socket, self._party = self._socket, None, None
        if line is not None:
            self._wires.forget(self._number)
            line.close()

    def _end(self, error: Exception | None) -> None:
        party = self._party
        self.close()
        if party is not None:
            party.over(error)


def _told(line: socket.socket) -> tuple[int, int]:
    """The state of a connection, and how many nanoseconds the other side took to accept it; 0: not known."""
    if not _LINUX:
        return 0, 0
    try:
        told = line.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _INFO.size)
    except OSError:
        return 0, 0
    if len(told) < _INFO.size:
        return 0, 0
    state, round_trip, again = _INFO.unpack(told)
    return int(state), 0 if again else int(round_trip) * 1000  # one that had to ask twice waited longer than that


def _age(beside: list[tuple[int, int, bytes]]) -> int:
    """How many nanoseconds ago the last of the bytes came; 0: the kernel does not say."""
    for level, kind, value in beside:
        if level == socket.SOL_SOCKET and kind == _STAMP and len(value) == _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack(value)
            return max(0, time.time_ns() - int(seconds) * 1_000_000_000 - int(nanoseconds))
    return 0


def _tell_arrivals(line: socket.socket) -> None:
    """Ask the kernel for the times of arrival, where it knows them: a sandbox's may not."""
    if _stamping() is not None:
        line.setsockopt(socket.SOL_SOCKET, _STAMP, 1)


@lru_cache(maxsize=1)
def _stamping() -> socket.socket | None:
    """Have the kernel stamp arrivals for as long as this process lives: it takes a moment to begin, and to end."""
    held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        held.setsockopt(socket.SOL_SOCKET, _STAMP, 1)
    except OSError:
        held.close()
        return None
    return held
