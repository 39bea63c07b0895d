"""The same on the daemon's loop, whose transports are not asyncio's."""

import asyncio

import uvloop

from checks.net.tls.ask import Answered, ask
from checks.net.tls.hello import Hello, Version
from checks.net.tls.shake import Endpoint, Shaken, shake
from checks.net.tls.suites import FORWARD
from tests.lab.tls.authority import Wish, intermediate, issue, root
from tests.lab.tls.servers import context, open_lab, tls

LEAF = issue(Wish(dns=["name.test"]), intermediate(root()))


async def both() -> tuple[Shaken, Answered]:
    async with open_lab() as lab:
        port = lab.open(("127.0.0.1", tls(context(LEAF.chain))))
        endpoint = Endpoint(address="127.0.0.1", port=port, server_name="name.test")
        deadline = asyncio.get_running_loop().time() + 5
        shaken = await shake(endpoint, deadline, b"GET / HTTP/1.1\r\nHost: name.test\r\n\r\n")
        return shaken, await ask(endpoint, Hello(version=Version.TLS12, suites=FORWARD), deadline)


def test_a_handshake_and_a_question_on_uvloop() -> None:
    shaken, answered = uvloop.run(both())
    assert shaken.failure is None
    assert shaken.head.startswith(b"HTTP/1.1 200 ")
    assert shaken.chain == answered.chain == tuple(one.der for one in LEAF.chain)
