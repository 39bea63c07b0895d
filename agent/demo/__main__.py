"""Runs the demo site as a process of its own: `python -m agent.demo HOST PORT FOLDER [--https=PORT] [FAULT…]`."""

import asyncio
import os
import signal
import sys
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from functools import partial
from pathlib import Path

from agent.demo.secure import open_secure_site
from agent.demo.server import open_site
from agent.demo.state import active, begin

RETRIES = 50  # a site that was just killed frees its port a moment later
BETWEEN = 0.1  # seconds
HTTPS = "--https="  # the port of the same site over TLS


async def _serve(host: str, port: int, https: int, where: Path) -> int:
    gone = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, gone.set)
    loop.add_reader(sys.stdin.fileno(), partial(_parent_left, gone))
    for attempt in range(RETRIES):
        try:
            server = await open_site(host, port, partial(active, where))
            secure = await _secure(host, https, where)
            break
        except OSError as error:
            if attempt == RETRIES - 1:
                sys.stderr.write(f"the demo site cannot listen on {host}:{port}: {error.strerror}\n")
                return 1
            await asyncio.sleep(BETWEEN)
    else:
        return 1
    async with server, secure:
        with suppress(BrokenPipeError):  # the daemon was killed meanwhile: nobody waits for us
            os.write(sys.stdout.fileno(), b"ready\n")
            await gone.wait()
    return 0


async def _secure(host: str, port: int, where: Path) -> AbstractAsyncContextManager[object]:
    """The same site over https; port 0: not at all. A demo without it is still one."""
    if not port:
        return nullcontext()
    try:
        return await open_secure_site(host, port, partial(active, where), where.parent)
    except OSError as error:
        sys.stderr.write(f"the demo site cannot listen for https on {host}:{port}: {error.strerror}\n")
        return nullcontext()


def _parent_left(gone: asyncio.Event) -> None:
    """The daemon holds the other end of our standard input: end of file means that it is gone, however it died."""
    if not os.read(sys.stdin.fileno(), 4096):
        gone.set()


def main() -> int:
    """Serve until the daemon goes or a signal comes."""
    host, port, folder, *first = (word for word in sys.argv[1:] if not word.startswith(HTTPS))
    https = next((int(word.removeprefix(HTTPS)) for word in sys.argv[1:] if word.startswith(HTTPS)), 0)
    where = Path(folder)
    begin(where, first)
    return asyncio.run(_serve(host, int(port), https, where))


if __name__ == "__main__":
    sys.exit(main())
