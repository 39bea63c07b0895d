"""The guards of the tests: nothing leaves this machine, and in CI nothing is skipped for want of a program."""

import asyncio
import socket

import pytest

from tests import needs
from tests.conftest import LeftLoopback, is_loopback


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        pytest.param(("127.0.0.53", 80), True, id="any-of-127"),
        pytest.param(("::1", 80, 0, 0), True, id="ipv6-loopback"),
        pytest.param(("localhost", 80), True, id="by-its-name"),
        pytest.param("/run/x.sock", True, id="a-unix-socket"),
        pytest.param(("192.0.2.1", 80), False, id="another-machine"),
        pytest.param(("10.0.0.1", 80), False, id="a-private-one-too"),
        pytest.param(("example.org", 80), False, id="a-name"),
        pytest.param(("fe80::1%eth0", 80, 0, 2), False, id="link-local"),
    ],
)
def test_what_stays_on_this_machine_is_known(address: object, *, stays: bool) -> None:
    assert is_loopback(address) is stays


def test_a_plain_connection_elsewhere_is_refused() -> None:
    with socket.socket() as plain, pytest.raises(LeftLoopback):
        plain.connect(("192.0.2.1", 80))


def test_a_datagram_elsewhere_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as plain, pytest.raises(LeftLoopback):
        plain.sendto(b"x", ("192.0.2.1", 53))


async def test_a_connection_of_the_event_loop_elsewhere_is_refused() -> None:
    with pytest.raises(LeftLoopback):
        await asyncio.open_connection("192.0.2.1", 80)


async def test_a_connection_on_this_machine_is_made() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


def test_a_missing_program_skips_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install --no-install-recommends nothing-has-it"):
        needs.program("no-such-program", apt="nothing-has-it")


def test_in_ci_a_missing_program_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is not here"):
        needs.program("no-such-program", apt="nothing-has-it")


def test_a_program_that_is_here_is_found() -> None:
    assert needs.program("sh", apt="dash").endswith("/sh")
