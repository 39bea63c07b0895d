"""Under systemd the daemon says that it is ready, that it lives and that it leaves; its children say nothing."""

import asyncio
import signal
import socket
from contextlib import closing
from pathlib import Path

import agent
from tests.daemon.running import Place, daemon


async def test_ready_alive_and_stopping_are_told_in_this_order_by_the_daemon_alone(tmp_path: Path) -> None:
    place = Place.make(tmp_path)
    loop = asyncio.get_running_loop()
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        async with (
            asyncio.timeout(60),
            daemon(place, NOTIFY_SOCKET=manager.getsockname(), WATCHDOG_USEC="200000") as one,
        ):
            told = [await loop.sock_recv(manager, 4096)]
            while b"READY=1" not in told[-1]:
                told.append(await loop.sock_recv(manager, 4096))
            assert {*told[:-1]} <= {b"WATCHDOG=1"}
            assert told[-1] == f"READY=1\nSTATUS=Vigie {agent.__version__} watches 1 site with 1 check.".encode()
            assert [await loop.sock_recv(manager, 4096) for _ in range(3)] == [b"WATCHDOG=1"] * 3
            environ = Path(f"/proc/{demo_of(one.process.pid)}/environ").read_bytes()
            assert b"NOTIFY_SOCKET" not in environ
            assert b"WATCHDOG" not in environ
            one.process.send_signal(signal.SIGTERM)
            while (word := await loop.sock_recv(manager, 4096)) != b"STOPPING=1":
                assert word == b"WATCHDOG=1"
            assert await one.process.wait() == 0


def demo_of(daemon_pid: int) -> int:
    """The demo site's process."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat, command = (entry / "stat").read_text(), (entry / "cmdline").read_bytes()
            except OSError:  # it has just ended
                continue
            if int(stat.rpartition(")")[2].split()[1]) == daemon_pid and b"agent.demo" in command:
                return int(entry.name)
    raise AssertionError("the daemon has no demo site")
