"""The demo site over https, with the certificate that the faults leave it."""

import asyncio
import ssl
import time
from functools import partial
from pathlib import Path

from agent.demo.certificates import HEALTHY, Authority
from agent.demo.faults import UnknownFault, find
from agent.demo.server import Faults, listen, serving


async def open_secure_site(host: str, port: int, faults: Faults, folder: Path) -> asyncio.Server:
    """Listen and serve; port 0 takes a free one. Raises `OSError` when the port is taken."""
    authority = Authority(folder)
    authority.prepare()
    context = authority.context(host, HEALTHY, _hour())
    context.sni_callback = partial(_choose, authority, host, faults)
    listener = listen(host, port)
    return await asyncio.start_server(serving("https", host, listener, faults), sock=listener, ssl=context)


def _choose(
    authority: Authority, host: str, faults: Faults, connection: ssl.SSLObject, _name: str | None, _own: ssl.SSLContext
) -> None:
    """Called at each handshake, whether the visitor names a site or not."""
    connection.context = authority.context(host, days_left(faults()), _hour())


def days_left(on: tuple[str, ...]) -> float:
    """How many days the certificate has left while these faults are on."""
    wanted = []
    for name in on:
        try:
            days = find(name).certificate_days
        except UnknownFault:
            continue
        if days is not None:
            wanted.append(days)
    return min(wanted, default=HEALTHY)


def _hour() -> int:
    """Certificates are made anew each hour, so that a demo that runs for weeks stays as it is."""
    return int(time.time() // 3600)
