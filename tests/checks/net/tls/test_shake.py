"""A whole handshake with servers that behave and servers that do not."""

import asyncio
import ssl
from collections.abc import AsyncIterator

import pytest

from checks.net.tls.failure import Failing
from checks.net.tls.flight import Speech
from checks.net.tls.shake import Endpoint, Shaken, shake
from checks.net.tls.starttls import Starttls
from tests.lab.ports import free_port
from tests.lab.tls.authority import Wish, intermediate, issue, root
from tests.lab.tls.servers import (
    Behaviour,
    Lab,
    after_words,
    answer,
    close,
    context,
    drip,
    hang,
    open_lab,
    plain,
    reset,
    says,
    tls,
)

LEAF = issue(Wish(dns=["name.test"]), intermediate(root()))
REQUEST = b"GET / HTTP/1.1\r\nHost: name.test\r\n\r\n"


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with open_lab() as opened:
        yield opened


async def shaken(
    lab: Lab, behaviour: Behaviour, *, address: str = "127.0.0.1", seconds: float = 5.0, request: bytes = b"",
    starttls: Starttls | None = None,
) -> Shaken:  # fmt: skip
    port = lab.open((address, behaviour))
    endpoint = Endpoint(address=address, port=port, server_name="name.test", starttls=starttls)
    return await shake(endpoint, asyncio.get_running_loop().time() + seconds, request)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1"])
async def test_it_brings_the_chain_home(lab: Lab, address: str) -> None:
    found = await shaken(lab, tls(context(LEAF.chain)), address=address)
    assert found.failure is None
    assert found.chain == tuple(one.der for one in LEAF.chain)
    assert found.version == "TLSv1.3"
    assert found.seconds > 0


async def test_it_sends_a_request_and_reads_the_head(lab: Lab) -> None:
    found = await shaken(lab, tls(context(LEAF.chain), answer(301, ("Location", "/x"))), request=REQUEST)
    assert found.head.startswith(b"HTTP/1.1 301 ")
    assert b"Location: /x" in found.head


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_demand_for_a_client_certificate_shows(lab: Lab, version: ssl.TLSVersion) -> None:
    made = context(LEAF.chain, versions=(version, version), demands=root().pem)
    found = await shaken(lab, tls(made), request=REQUEST)
    assert found.failure is not None
    assert found.failure.failing is Failing.ALERT
    assert found.chain if version is ssl.TLSVersion.TLSv1_3 else not found.chain


@pytest.mark.parametrize(
    ("behaviour", "failing"),
    [
        pytest.param(hang, Failing.TIMEOUT, id="a-server-that-hangs"),
        pytest.param(drip(b"\x16\x03\x03\x40\x00" + bytes(64)), Failing.TIMEOUT, id="a-server-that-drips"),
        pytest.param(reset, Failing.RESET, id="a-server-that-resets"),
        pytest.param(close, Failing.RESET, id="a-server-that-closes"),
        pytest.param(says(b"\x15\x03\x01\x00\x02\x02\x70"), Failing.ALERT, id="a-server-that-alerts"),
        pytest.param(says(answer(400)), Failing.NOT_TLS, id="a-server-of-plain-http"),
        pytest.param(says(b"\xde\xad\xbe\xef" * 100), Failing.NOT_TLS, id="a-server-of-garbage"),
        pytest.param(says(b"\x16\x03\x03\x00\x04\x02\x00\x00\xff"), Failing.TIMEOUT, id="half-a-hello"),
        pytest.param(
            says(b"\x16\x03\x03\x00\x08\x0b\x00\x00\x04\x00\x00\x01\x00"), Failing.FAILED, id="a-message-out-of-order"
        ),
        pytest.param(plain(answer(200)), Failing.TIMEOUT, id="a-server-that-waits-for-a-request"),
    ],
)
async def test_how_a_handshake_fails(lab: Lab, behaviour: Behaviour, failing: Failing) -> None:
    found = await shaken(lab, behaviour, seconds=0.3)
    assert found.failure is not None
    assert found.failure.failing is failing
    assert found.chain == ()


async def test_silence_is_told_from_half_an_answer(lab: Lab) -> None:
    silent = await shaken(lab, hang, seconds=0.1)
    dripping = await shaken(lab, drip(b"\x16\x03\x03\x40\x00" + bytes(64), every=0.01), seconds=0.1)
    assert silent.failure is not None
    assert dripping.failure is not None
    assert (silent.failure.quiet, dripping.failure.quiet) == (True, False)


@pytest.mark.parametrize(
    ("words", "speech"),
    [
        pytest.param(b"HTTP/1.0 400 Bad Request\r\n\r\n", Speech.HTTP, id="http"),
        pytest.param(b"<html>", Speech.HTTP, id="html-without-a-head"),
        pytest.param(b"220 mail.test ESMTP\r\n", Speech.SMTP, id="smtp"),
        pytest.param(b"220 FTP ready\r\n", Speech.FTP, id="ftp"),
        pytest.param(b"* OK IMAP4 ready\r\n", Speech.IMAP, id="imap"),
        pytest.param(b"+OK ready\r\n", Speech.POP3, id="pop3"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n", Speech.SSH, id="ssh"),
        pytest.param(b"\x00\x01\x02", Speech.OTHER, id="something-else"),
    ],
)
async def test_what_another_server_speaks(lab: Lab, words: bytes, speech: Speech) -> None:
    found = await shaken(lab, says(words))
    assert found.failure is not None
    assert found.failure.speech is speech


async def test_an_alert_is_named(lab: Lab) -> None:
    made = context(LEAF.chain, by_name={})
    found = await shaken(lab, tls(made))
    assert found.failure is not None
    assert found.failure.alert == "unrecognized_name"


async def test_nobody_listens() -> None:
    endpoint = Endpoint(address="127.0.0.1", port=free_port(), server_name=None)
    found = await shake(endpoint, asyncio.get_running_loop().time() + 5)
    assert found.failure is not None
    assert found.failure.failing is Failing.REFUSED
    assert not found.failure.connected


@pytest.mark.parametrize(
    ("protocol", "greeting", "script"),
    [
        pytest.param(
            Starttls.SMTP, b"220-mail.test\r\n220 ESMTP\r\n",
            [(b"EHLO", b"250-mail.test\r\n250-SIZE 1\r\n250 STARTTLS\r\n"), (b"STARTTLS", b"220 go\r\n")], id="smtp",
        ),
        pytest.param(Starttls.IMAP, b"* OK ready\r\n", [(b"A1 STARTTLS", b"* X\r\na1 OK go\r\n")], id="imap"),
        pytest.param(Starttls.POP3, b"+OK ready\r\n", [(b"STLS", b"+OK go\r\n")], id="pop3"),
        pytest.param(Starttls.FTP, b"220-hello\r\n there\r\n220 ready\r\n", [(b"AUTH TLS", b"234 go\r\n")], id="ftp"),
    ],
)  # fmt: skip
async def test_starttls(lab: Lab, protocol: Starttls, greeting: bytes, script: list[tuple[bytes, bytes]]) -> None:
    behaviour = after_words(script, tls(context(LEAF.chain)), greeting)
    found = await shaken(lab, behaviour, starttls=protocol)
    assert found.failure is None
    assert found.chain


async def test_a_mail_server_without_starttls(lab: Lab) -> None:
    script = [(b"EHLO", b"250 mail.test\r\n"), (b"STARTTLS", b"502 not implemented\r\n")]
    found = await shaken(lab, after_words(script, hang, b"220 mail.test\r\n"), starttls=Starttls.SMTP)
    assert found.failure is not None
    assert found.failure.failing is Failing.NO_STARTTLS
    assert found.failure.detail == "502 not implemented"
