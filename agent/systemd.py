"""Tells systemd how the daemon is: ready, alive, reloading, stopping (sd_notify(3): datagrams on a Unix socket)."""

import asyncio
import logging
import socket
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Self

log = logging.getLogger("vigie.systemd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervisor:
    """The service manager that started us; without one, everything told it goes nowhere."""

    address: str = ""  # a path, or a name of the abstract namespace that begins with a zero byte
    watchdog: float | None = None  # seconds without a sign of life after which it kills us

    @classmethod
    def take(cls, environ: MutableMapping[str, str], pid: int) -> Self:
        """Read who started the process `pid`, and take it out of its environment: a child must not speak for us."""
        address = environ.pop("NOTIFY_SOCKET", "")
        microseconds, for_whom = environ.pop("WATCHDOG_USEC", ""), environ.pop("WATCHDOG_PID", str(pid))
        ours = microseconds.isdecimal() and int(microseconds) > 0 and for_whom == str(pid)
        return cls(
            address="\0" + address[1:] if address.startswith("@") else address,
            watchdog=int(microseconds) / 1e6 if ours else None,
        )

    def tell(self, *assignments: str) -> None:
        """Send assignments such as `READY=1`; never waits, and never raises: what cannot be told is logged."""
        if not self.address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                channel.setblocking(False)
                channel.sendto("\n".join(assignments).encode(), self.address)
        except OSError as error:
            log.warning("cannot tell systemd %s: %s", assignments[0], error.strerror)

    def ready(self, status: str) -> None:
        """The daemon does its work now, also after a reload; `status` is the line that `systemctl status` shows."""
        self.tell("READY=1", f"STATUS={' '.join(status.split())}")

    def reloading(self) -> None:
        """The configuration is being read anew; `ready` ends it."""
        self.tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The daemon is on its way out."""
        self.tell("STOPPING=1")

    async def keep_alive(self) -> None:
        """Give signs of life from the running loop, twice as often as is asked, until cancelled.

        A loop that hangs gives none, and systemd starts the daemon anew.
        """
        while self.address and self.watchdog is not None:
            self.tell("WATCHDOG=1")
            await asyncio.sleep(self.watchdog / 2)
