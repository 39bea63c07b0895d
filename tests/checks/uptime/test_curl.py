"""The command in a ticket asks the server what the check asked it: run here, and both requests compared."""

import asyncio
import os
import shlex
from pathlib import Path
from typing import Any

import pytest

from checks.core.auth import Auth, Basic, Bearer, Digest
from checks.core.secret import Secret
from tests.lab.http.authority import HOST, Authority
from tests.lab.http.probe import finding, probe
from tests.lab.http.server import Peer, Server, answering, by_path, redirect, serving
from tests.lab.http.steering import wants_its_cookie
from tests.needs import program

OOPS = b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
SECRET = Secret(text="s3cret-word")
RESOLVE = ((HOST, ("127.0.0.1",)),)


async def run(command: str, secret: str = "s3cret-word") -> tuple[int, str]:
    """Run the command with its masks filled in; return its status and what it printed."""
    first, *words = [word.replace("***", secret) for word in shlex.split(command)]
    assert first == "curl"
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = await asyncio.create_subprocess_exec(
        program("curl", apt="curl"), "-q", *words, stdout=asyncio.subprocess.PIPE, env=environment
    )
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()


def asked(head: bytes) -> tuple[str, dict[str, Any]]:
    """The request line and the fields, but for how long the connection is to live."""
    line, *fields = head.decode().strip().split("\r\n")
    named: dict[str, Any] = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in fields)}
    named.pop("connection", None)
    named["accept-encoding"] = set(named["accept-encoding"].split(", "))
    return line, named


async def same(
    server: Server, path: str = "/", *, scheme: str = "http", host: str = "127.0.0.1", **options: Any
) -> str:
    """Probe a site that is down, run the command, and hold the two series of requests against one another."""
    outcome = await probe(server.url(path, host=host, scheme=scheme), **options)
    ours = server.heads[: len(server.heads) // 2]  # of the first of two looks
    server.heads.clear()
    command = str(finding(outcome).fact("curl"))
    await run(command)
    assert [asked(head) for head in server.heads] == [asked(head) for head in ours]
    return command


@pytest.mark.parametrize(
    ("path", "options"),
    [
        pytest.param("/", {}, id="plain"),
        pytest.param("/a?b=c&d=[1-3]{x,y}", {}, id="brackets-and-braces"),
        pytest.param("/", {"method": "HEAD"}, id="head"),
        pytest.param("/", {"method": "OPTIONS"}, id="options"),
        pytest.param("/", {"method": "POST"}, id="post-without-a-body"),
        pytest.param("/", {"method": "POST", "body": SECRET}, id="post"),
        pytest.param("/", {"method": "PUT", "body": SECRET}, id="put"),
        pytest.param("/", {"body": SECRET}, id="get-with-a-body"),
        pytest.param("/", {"headers": (("X-Api-Key", SECRET),)}, id="a-header"),
        pytest.param("/", {"method": "POST", "headers": (("Content-Type", SECRET),)}, id="a-type"),
        pytest.param("/", {"user_agent": "it's me; $(id)"}, id="a-name-the-shell-could-misread"),
        pytest.param("/", {"auth": Auth(basic=Basic(username="vigie", password=SECRET))}, id="basic"),
        pytest.param("/", {"auth": Auth(bearer=Bearer(token=SECRET))}, id="bearer"),
        pytest.param("/", {"follow_redirects": False}, id="redirects-not-followed"),
    ],
)
async def test_it_asks_the_same(path: str, options: dict[str, Any]) -> None:
    async with serving(answering(OOPS)) as server:
        command = await same(server, path, **options)
    assert "s3cret" not in command


async def test_it_shows_what_the_address_holds() -> None:
    async with serving(answering(OOPS)) as server:
        assert "s3cret" not in await same(server, host="s3cret-word:s3cret-word@127.0.0.1")


async def test_it_meets_the_same_server_by_name_over_tls(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    async with serving(answering(OOPS), tls=authority.server(HOST)) as server:
        await same(server, scheme="https", host=HOST, ca_file=authority.file, resolve=RESOLVE)


async def test_it_meets_the_address_that_failed_of_several() -> None:
    async with serving(answering(OOPS), host="::1") as server:
        options: dict[str, Any] = {"resolve": ((HOST, ("::1", "127.0.0.1")),), "ip_version": "each"}
        await same(server, host=HOST, **options)


async def test_it_sends_the_body() -> None:
    bodies: list[bytes] = []

    async def reads(peer: Peer) -> None:
        await peer.request()
        bodies.append(await peer.reader.readexactly(len("s3cret-word")))
        await peer.send(OOPS)

    async with serving(reads) as server:
        await same(server, method="POST", body=SECRET)
    assert set(bodies) == {b"s3cret-word"}


async def test_it_follows_as_the_check_does() -> None:
    script = by_path({"/": redirect("/b"), "/b": redirect("/c", 303), "/c": OOPS})
    async with serving(script) as server:
        await same(server, method="POST")


async def test_it_sends_cookies_back() -> None:
    async with serving(wants_its_cookie) as server:
        await same(server, contains=("introuvable",))


async def test_it_solves_the_digest() -> None:
    async def asks(peer: Peer) -> None:
        head = await peer.request()
        known = b"Digest username" in head
        challenge = b"" if known else b'WWW-Authenticate: Digest realm="acme", qop="auth", nonce="abc"\r\n'
        status = b"500 Oops" if known else b"401 Unauthorized"
        await peer.send(b"HTTP/1.1 " + status + b"\r\n" + challenge + b"Content-Length: 0\r\n\r\n")

    async with serving(asks) as server:
        outcome = await probe(server.url(), auth=Auth(digest=Digest(username="vigie", password=SECRET)))
        _status, printed = await run(str(finding(outcome).fact("curl")))
    assert printed.count("HTTP/1.1") == 2
    assert "500 Oops" in printed


async def test_it_leads_nobody_where_the_check_was_forbidden_to_go() -> None:
    async with serving(answering(OOPS), host="127.0.0.2") as inside:
        script = by_path({"/": redirect("/b"), "/b": redirect(inside.url(host="127.0.0.2"))})
        async with serving(script) as server:
            outcome = await probe(server.url())
            assert finding(outcome).fact("reason") == "redirect_guarded"
            status, printed = await run(str(finding(outcome).fact("curl")))
        assert inside.connections == 0
    assert status == 47
    assert f"Location: {inside.url(host='127.0.0.2')}" in printed


async def test_it_ends_when_the_check_did() -> None:
    async def silent(peer: Peer) -> None:
        await peer.request()
        await peer.hang()

    async with serving(silent) as server:
        outcome = await probe(server.url(), timeout=0.5)
        assert "--max-time 1 " in str(finding(outcome).fact("curl"))
        status, _ = await run(str(finding(outcome).fact("curl")))
    assert status == 28
