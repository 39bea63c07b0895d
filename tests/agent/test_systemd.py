"""What the daemon tells systemd arrives on a real datagram socket, and nobody else speaks for it."""

import asyncio
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.systemd import Supervisor

PID = 4711


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """A service manager's end of the socket."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.settimeout(10)
        yield channel


def told(channel: socket.socket) -> list[str]:
    return channel.recv(4096).decode().split("\n")


def supervisor(channel: socket.socket, watchdog: float | None = None) -> Supervisor:
    return Supervisor(address=channel.getsockname(), watchdog=watchdog)


def test_ready_has_the_line_that_status_shows(manager: socket.socket) -> None:
    supervisor(manager).ready("watching 12 checks\nof 3 sites")
    assert told(manager) == ["READY=1", "STATUS=watching 12 checks of 3 sites"]


def test_reloading_says_when_it_began(manager: socket.socket) -> None:
    supervisor(manager).reloading()
    state, since = told(manager)
    assert state == "RELOADING=1"
    assert int(since.removeprefix("MONOTONIC_USEC=")) > 0


def test_stopping(manager: socket.socket) -> None:
    supervisor(manager).stopping()
    assert told(manager) == ["STOPPING=1"]


def test_an_abstract_socket_is_reached() -> None:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as channel:
        channel.bind("")  # the kernel gives it a name of the abstract namespace
        name = channel.getsockname()
        assert name[:1] == b"\0"
        channel.settimeout(10)
        environ = {"NOTIFY_SOCKET": "@" + name[1:].decode()}
        Supervisor.take(environ, PID).stopping()
        assert told(channel) == ["STOPPING=1"]


async def test_signs_of_life_come_from_the_loop_and_end_with_it(manager: socket.socket) -> None:
    manager.setblocking(False)
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(supervisor(manager, watchdog=0.02).keep_alive())
    async with asyncio.timeout(10):
        signs = [await loop.sock_recv(manager, 100) for _ in range(3)]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert signs == [b"WATCHDOG=1"] * 3


async def test_without_a_watchdog_no_sign_is_given(manager: socket.socket) -> None:
    await supervisor(manager).keep_alive()
    manager.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.recv(100)


@pytest.mark.parametrize(
    ("environ", "watchdog"),
    [
        pytest.param({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(PID)}, 30.0, id="for-this-process"),
        pytest.param({"WATCHDOG_USEC": "30000000"}, 30.0, id="for-whom-is-not-said"),
        pytest.param({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None, id="for-another-process"),
        pytest.param({"WATCHDOG_USEC": "0"}, None, id="none"),
        pytest.param({"WATCHDOG_USEC": "soon"}, None, id="not-a-number"),
        pytest.param({}, None, id="not-asked-for"),
    ],
)
def test_the_watchdog_is_ours_only_when_it_is_meant_for_us(environ: dict[str, str], watchdog: float | None) -> None:
    assert Supervisor.take(environ, PID).watchdog == watchdog


def test_children_do_not_inherit_the_right_to_speak(manager: socket.socket) -> None:
    environ = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "1", "WATCHDOG_PID": "2", "HOME": "/"}
    Supervisor.take(environ, PID)
    assert environ == {"HOME": "/"}


def test_started_by_hand_nothing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    Supervisor.take({}, PID).ready("watching")
    assert caplog.records == []


def test_a_manager_that_is_gone_or_does_not_listen_is_logged_and_costs_no_time(
    manager: socket.socket, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    Supervisor(address=str(tmp_path / "gone")).stopping()
    assert "No such file" in caplog.text
    caplog.clear()
    for _ in range(10_000):
        supervisor(manager).tell("WATCHDOG=1")
        if caplog.records:
            break
    assert "temporarily unavailable" in caplog.text


def test_importing_it_loads_nothing_of_ours_and_no_library() -> None:
    code = "import sys, agent.systemd; print([m for m in sys.modules if m.split('.')[0] in ('agent', 'checks')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['agent', 'agent.systemd']"
