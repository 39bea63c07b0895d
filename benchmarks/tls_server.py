"""Serves two chains over https and a redirect over http, in a process of its own, for `benchmarks.tls`."""

import asyncio
import datetime as dt
import json
import sys
from functools import partial
from pathlib import Path
from typing import cast

import uvloop

from tests.lab.tls.authority import Issued, Wish, intermediate, issue, key, root
from tests.lab.tls.servers import HSTS, answer, context

HOST = "name.test"
YEAR = dt.timedelta(days=365)


def chains() -> dict[str, Issued]:
    """As Let's Encrypt issues (P-256, P-384, RSA 4096), and RSA 2048 throughout."""
    big = root("Benchmark Root", 900, kind="rsa4096")
    ecdsa = intermediate(big, "Benchmark E", 901, kind="p384")
    old = root("Benchmark RSA Root", 902, kind="rsa2048")
    rsa = intermediate(old, "Benchmark R", 903, kind="rsa2048")
    return {
        "ecdsa": issue(Wish(subject=HOST, dns=[HOST, f"*.{HOST}"], key=key("p256", 904)), ecdsa),
        "rsa": issue(Wish(subject=HOST, dns=[HOST, f"*.{HOST}"], key=key("rsa2048", 905)), rsa),
    }


class Page(asyncio.Protocol):
    """Answers each request alike and closes."""

    def __init__(self, reply: bytes) -> None:
        self._reply = reply
        self._got = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._got += data
        if b"\r\n\r\n" in self._got and self._transport is not None:
            self._transport.write(self._reply)
            self._transport.close()


async def serve(folder: Path) -> None:
    loop = asyncio.get_running_loop()
    ports: dict[str, int] = {}
    made = chains()
    for name, leaf in made.items():
        page = answer(200, HSTS, body=b"x" * 2000)
        server = await loop.create_server(partial(Page, page), "0.0.0.0", 0, ssl=context(leaf.chain), backlog=512)
        ports[name] = server.sockets[0].getsockname()[1]
    target = f"https://{HOST}:{ports['ecdsa']}/"
    plain = await loop.create_server(lambda: Page(answer(301, ("Location", target))), "0.0.0.0", 0)
    ports["http"] = plain.sockets[0].getsockname()[1]
    (folder / "ca.pem").write_bytes(b"".join(leaf.above[-1].pem for leaf in made.values()))
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    loop = uvloop.new_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)  # handshakes that clients give up are its daily bread
    loop.run_until_complete(serve(Path(sys.argv[1])))
