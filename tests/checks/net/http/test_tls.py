"""No byte of a request leaves before the chain of its connection has a good verdict, whatever was known before."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from OpenSSL import crypto

from checks.core.errors import CannotLook
from checks.core.options import Common
from checks.net import Net
from checks.net.http.client import Ask
from checks.net.http.engine import Engine
from checks.net.http.exchange import Visit
from checks.net.http.failure import NetFailure, Reason, Stage
from checks.net.http.trust import Trusts
from checks.net.http.verdicts import Verdicts
from checks.net.resolve import Resolver
from checks.parse.urls import parse
from checks.parse.validity import validity
from tests.lab.http.authority import DAY, HOST, Authority, hashed, self_signed, unknown
from tests.lab.http.server import OK, Peer, Script, Server, answering, serving
from tests.lab.tls import authority as made

GOOD = answering(OK)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path)


async def visit(net: Net, port: int, ca_file: str, host: str = HOST) -> Visit:
    options = Common(ca_file=ca_file, resolve=((host, ("127.0.0.1",)),))
    url = f"https://{host}:{port}/"
    ask = Ask(url=parse(url), deadline=asyncio.get_running_loop().time() + 5)
    return await net.client(options, url).visit(ask)


def a_net(*, trusts: Trusts | None = None, verdicts: Verdicts | None = None) -> Net:
    return Net(resolver=Resolver(), engine=Engine(trusts=trusts or Trusts(), verdicts=verdicts or Verdicts()))


@asynccontextmanager
async def one_after_the_other(
    *contexts: ssl.SSLContext, script: Script = GOOD
) -> AsyncIterator[tuple[Server, list[int]]]:
    """One port whose certificate is taken from the next context whenever the list is advanced."""
    turn = [0]
    first = contexts[0]

    def choose(connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = contexts[turn[0]]

    first.sni_callback = choose
    async with serving(script, tls=first) as server:
        yield server, turn


async def test_a_good_chain_is_verified_once_and_every_answer_is_good(authority: Authority) -> None:
    net = a_net()
    async with serving(GOOD, tls=authority.server()) as server:
        for _ in range(3):
            seen = await visit(net, server.port, authority.file)
            assert seen.failure is None
            assert seen.last.handshake is not None
            assert seen.last.handshake.chain
            assert seen.last.phases.tls > 0
    assert server.connections == 3
    kept = net.handshakes.last(HOST, server.port, "127.0.0.1", within=60)
    assert kept is not None
    assert kept.failure is None


async def test_a_swapped_chain_is_refused_before_a_word_is_said(authority: Authority, tmp_path: Path) -> None:
    net, other = a_net(), Authority.make(tmp_path, "other")
    async with one_after_the_other(authority.server(), other.server()) as (server, turn):
        assert (await visit(net, server.port, authority.file)).failure is None
        turn[0] = 1
        seen = await visit(net, server.port, authority.file)
        again = await visit(net, server.port, authority.file)
    for one in (seen, again):
        assert one.failure is not None
        assert one.failure.reason is Reason.TLS_UNTRUSTED
        assert one.last.handshake is not None
        assert one.last.handshake.chain
    assert len(server.heads) == 1


class Counted(Verdicts):
    """Counts how often a chain was verified."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__(clock)
        self.verified = 0

    def keep(self, *args: Any, **kwargs: Any) -> None:
        self.verified += 1
        super().keep(*args, **kwargs)


def broken(kind: str, authority: Authority) -> ssl.SSLContext:
    now = datetime.now(UTC)
    match kind:
        case "expired":
            return authority.server(HOST, not_before=now - 2 * DAY, not_after=now - DAY)
        case "not-yet-valid":
            return authority.server(HOST, not_before=now + DAY, not_after=now + 2 * DAY)
        case "wrong-host":
            return authority.server("other.example")
        case "self-signed":
            return self_signed()
        case _:
            return unknown()


@pytest.mark.parametrize("most", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("expired", Reason.TLS_EXPIRED),
        ("not-yet-valid", Reason.TLS_NOT_YET_VALID),
        ("wrong-host", Reason.TLS_WRONG_HOST),
        ("self-signed", Reason.TLS_SELF_SIGNED),
        ("unknown", Reason.TLS_UNTRUSTED),
    ],
)
async def test_a_bad_chain_is_verified_once_and_never_hears_a_byte(
    kind: str, reason: Reason, most: ssl.TLSVersion, authority: Authority
) -> None:
    heard: list[bytes] = []

    async def listens(peer: Peer) -> None:
        heard.append(await peer.reader.read(1))

    verdicts = Counted()
    net, context = a_net(verdicts=verdicts), broken(kind, authority)
    context.maximum_version = most
    async with serving(listens, tls=context) as server:
        for number in range(1, 4):
            seen = await visit(net, server.port, authority.file)
            assert seen.failure is not None
            assert seen.failure.reason is reason
            assert seen.last.handshake is not None
            assert seen.last.handshake.chain
            assert server.connections == number  # its chain was had from the handshake that failed
            assert net.handshakes.last(HOST, server.port, "127.0.0.1", within=60) == seen.last.handshake
    assert set(heard) <= {b""}
    assert verdicts.verified == 1


async def test_a_refusal_that_is_kept_holds_no_frames(authority: Authority) -> None:
    verdicts = Verdicts()
    net = a_net(verdicts=verdicts)
    async with serving(GOOD, tls=broken("expired", authority)) as server:
        seen = [(await visit(net, server.port, authority.file)).failure for _ in range(3)]
    last = net.handshakes.last(HOST, server.port, "127.0.0.1", within=60)
    assert last is not None
    verdict = verdicts.find(Trusts().of(authority.file).name, HOST, last.chain)
    assert verdict is not None
    for kept in (last.failure, verdict.failure):
        assert kept is not None
        assert kept.__traceback__ is None
        assert seen == [kept] * 3


async def test_a_bad_verdict_ends_when_the_root_becomes_known(authority: Authority, tmp_path: Path) -> None:
    clock, file = [0.0], Authority.make(tmp_path, "other").file
    net = a_net(trusts=Trusts(clock=lambda: clock[0]))
    async with serving(GOOD, tls=authority.server()) as server:
        refused = await visit(net, server.port, file)
        Path(file).write_bytes(Path(authority.file).read_bytes() + b"\n")
        clock[0] += 2
        mended = await visit(net, server.port, file)
    assert refused.failure is not None
    assert refused.failure.reason is Reason.TLS_UNTRUSTED
    assert mended.failure is None


async def test_a_bad_verdict_is_looked_into_again_after_a_while(authority: Authority) -> None:
    clock = [time.time()]
    verdicts = Counted(clock=lambda: clock[0])
    net = a_net(verdicts=verdicts)
    async with serving(GOOD, tls=unknown()) as server:
        for after, verified in ((0, 1), (500, 1), (200, 2), (0, 2)):
            clock[0] += after
            assert (await visit(net, server.port, authority.file)).failure is not None
            assert verdicts.verified == verified


def test_a_bad_verdict_ends_when_the_certificate_begins(authority: Authority) -> None:
    begins = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    leaf = authority.ca.issue_cert(HOST, not_before=begins, not_after=begins + DAY)
    der = ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())
    clock = [begins.timestamp() - 1]
    verdicts = Verdicts(clock=lambda: clock[0])
    verdicts.keep("trust", HOST, (der,), NetFailure(Stage.TLS, Reason.TLS_NOT_YET_VALID))
    assert verdicts.find("trust", HOST, (der,)) is not None
    clock[0] += 1
    assert verdicts.find("trust", HOST, (der,)) is None


async def test_the_last_handshake_is_kept_whether_it_was_good_or_bad(authority: Authority) -> None:
    net = a_net()
    async with one_after_the_other(authority.server(), unknown(), authority.server()) as (server, turn):
        kept = []
        for number in range(3):
            turn[0] = number
            await visit(net, server.port, authority.file)
            kept.append(net.handshakes.last(HOST, server.port, "127.0.0.1", within=60))
    assert [one is not None and one.failure is None for one in kept] == [True, False, True]
    assert len({one.chain for one in kept if one is not None}) == 3


async def test_a_chain_that_browsers_accept_is_accepted_on_every_version(tmp_path: Path) -> None:
    """Python 3.13 adds X509_STRICT to what it verifies, which refuses a root that does not say what its key is for."""
    top = made.issue(made.Wish(subject="Lab Root", ca=True, usage=None, purposes=None, key=made.key("p256", 100)))
    leaf = made.issue(made.Wish(dns=(HOST,)), top)
    (tmp_path / "ca.pem").write_bytes(top.pem)
    (tmp_path / "leaf.pem").write_bytes(leaf.pem + leaf.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "leaf.pem")
    strict = crypto.X509Store()
    strict.add_cert(crypto.X509.from_cryptography(top.cert))
    strict.set_flags(crypto.X509StoreFlags.X509_STRICT)
    with pytest.raises(crypto.X509StoreContextError):
        crypto.X509StoreContext(strict, crypto.X509.from_cryptography(leaf.cert)).verify_certificate()
    async with serving(GOOD, tls=context) as server:
        seen = await visit(a_net(), server.port, str(tmp_path / "ca.pem"))
    assert seen.failure is None


@pytest.mark.parametrize("written", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_trust_file_without_a_certificate_is_named(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "ca.pem").write_bytes(written)
    with pytest.raises(CannotLook, match=r"ca_file .*ca\.pem holds no certificate") as told:
        Trusts().of(str(tmp_path / "ca.pem"))
    assert told.value.cause == "configuration"


def test_a_client_certificate_with_the_key_of_another_is_named(authority: Authority, tmp_path: Path) -> None:
    one, other = authority.ca.issue_cert("one.example"), authority.ca.issue_cert("other.example")
    one.cert_chain_pems[0].write_to_path(str(tmp_path / "one.pem"))
    other.private_key_pem.write_to_path(str(tmp_path / "other.key"))
    with pytest.raises(CannotLook, match="do not fit"):
        Trusts().of("", (str(tmp_path / "one.pem"), str(tmp_path / "other.key")))


async def test_a_rotated_chain_is_verified_anew_and_then_known(authority: Authority) -> None:
    net = a_net()
    async with one_after_the_other(authority.server(), authority.server()) as (server, turn):
        for one in (0, 1, 1, 0, 1):
            turn[0] = one
            assert (await visit(net, server.port, authority.file)).failure is None
    assert len(server.heads) == 5
    assert server.connections == 6  # the first meeting with the second chain took one more


async def test_a_chain_that_expired_since_is_refused(authority: Authority) -> None:
    now = datetime.now(UTC)
    context = authority.server(HOST, not_before=now - 3 * DAY, not_after=now - timedelta(minutes=1))
    clock = [(now - DAY).timestamp()]
    net = a_net(verdicts=Verdicts(clock=lambda: clock[0]))
    trust = net.engine.trusts.of(authority.file)
    async with serving(GOOD, tls=context) as server:
        chain = (await visit(net, server.port, authority.file)).last.handshake
        assert chain is not None
        net.engine.verdicts.keep(trust.name, HOST, chain.chain, None)  # as it was found a day ago
        assert net.engine.verdicts.find(trust.name, HOST, chain.chain) is not None
        clock[0] = now.timestamp()
        seen = await visit(net, server.port, authority.file)
    assert seen.failure is not None
    assert seen.failure.reason is Reason.TLS_EXPIRED
    assert server.heads == []


async def test_a_changed_trust_file_ends_old_verdicts(authority: Authority, tmp_path: Path) -> None:
    clock = [0.0]
    net, other = a_net(trusts=Trusts(clock=lambda: clock[0])), Authority.make(tmp_path, "other")
    async with serving(GOOD, tls=authority.server()) as server:
        assert (await visit(net, server.port, authority.file)).failure is None
        Path(authority.file).write_bytes(Path(other.file).read_bytes() + b"\n")
        clock[0] += 2
        seen = await visit(net, server.port, authority.file)
    assert seen.failure is not None
    assert seen.failure.reason is Reason.TLS_UNTRUSTED
    assert len(server.heads) == 1


async def test_the_systems_bundle_and_its_folder_are_both_believed(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Authority.make(tmp_path, "other")
    monkeypatch.setenv("SSL_CERT_FILE", authority.file)
    monkeypatch.setenv("SSL_CERT_DIR", str(hashed(other, tmp_path / "roots")))
    async with serving(GOOD, tls=authority.server()) as one, serving(GOOD, tls=other.server()) as two:
        seen = [await visit(a_net(), server.port, "") for server in (one, two)]
    assert [one.failure for one in seen] == [None, None]


@pytest.mark.parametrize("how", ["bundle", "folder"])
async def test_roots_of_the_system_that_change_end_old_verdicts(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    clock, other = [0.0], Authority.make(tmp_path, "other")
    net = a_net(trusts=Trusts(clock=lambda: clock[0]))
    folder = hashed(authority, tmp_path / "roots")
    monkeypatch.setenv("SSL_CERT_FILE", authority.file if how == "bundle" else str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none" if how == "bundle" else folder))
    async with serving(GOOD, tls=authority.server()) as server:
        assert (await visit(net, server.port, "")).failure is None
        if how == "bundle":
            Path(authority.file).write_bytes(Path(other.file).read_bytes() + b"\n")
        else:
            next(folder.iterdir()).unlink()
            hashed(other, folder)
        clock[0] += 2
        seen = await visit(net, server.port, "")
    assert seen.failure is not None
    assert seen.failure.reason is Reason.TLS_UNTRUSTED
    assert len(server.heads) == 1


async def test_a_verdict_is_for_one_name(authority: Authority) -> None:
    net = a_net()
    async with serving(GOOD, tls=authority.server(HOST)) as server:
        assert (await visit(net, server.port, authority.file)).failure is None
        seen = await visit(net, server.port, authority.file, host="other.example")
    assert seen.failure is not None
    assert seen.failure.reason is Reason.TLS_WRONG_HOST


async def test_a_server_that_does_not_hold_the_key_is_refused_under_a_known_chain(authority: Authority) -> None:
    """A TLS 1.2 server whose key exchange is signed by somebody else: every signature byte is altered on the way."""
    net = a_net()
    context = authority.server(most=ssl.TLSVersion.TLSv1_2)
    async with serving(GOOD, tls=context) as server:
        assert (await visit(net, server.port, authority.file)).failure is None

        async def relay(peer: Peer) -> None:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", server.port)
            with suppress(ConnectionError):
                up_writer.write(await peer.reader.read(65536))
                flight = await up_reader.read(65536)
                # An alert, where TLS 1.3 alone was offered, holds no signature.
                await peer.send(_with_another_signature(flight) if flight[:1] == b"\x16" else flight)
                await peer.reader.read()
            up_writer.close()
            with suppress(ConnectionError):
                await up_writer.wait_closed()

        async with serving(relay) as false:
            seen = await visit(net, false.port, authority.file)
    assert seen.failure is not None
    assert seen.failure.reason is Reason.TLS_HANDSHAKE
    assert len(server.heads) == 1


def _with_another_signature(flight: bytes) -> bytes:
    """Flip the last byte of the ServerKeyExchange message, which ends in its signature (RFC 8422, 5.4)."""
    changed, at = bytearray(flight), 0
    while at < len(flight):
        length = int.from_bytes(flight[at + 3 : at + 5], "big")
        inside = at + 5
        while flight[at] == 22 and inside < at + 5 + length:
            size = int.from_bytes(flight[inside + 1 : inside + 4], "big")
            if flight[inside] == 12:
                changed[inside + 3 + size] ^= 0xFF
            inside += 4 + size
        at += 5 + length
    assert bytes(changed) != flight
    return bytes(changed)


def test_a_verdict_ends_with_the_first_certificate_of_its_path(authority: Authority) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    leaf = authority.ca.issue_cert(HOST, not_after=ends)
    der = ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())
    assert validity(der)[1] == ends
    clock = [ends.timestamp() - 1]
    verdicts = Verdicts(clock=lambda: clock[0])
    verdicts.keep("trust", HOST, (der,), None)
    assert verdicts.find("trust", HOST, (der,)) is not None
    assert verdicts.find("trust", HOST, (der, der)) is None
    assert verdicts.find("other", HOST, (der,)) is None
    clock[0] = ends.timestamp()
    assert verdicts.find("trust", HOST, (der,)) is None
    clock[0] -= 100_000  # a clock set back believes nothing from the future
    assert verdicts.find("trust", HOST, (der,)) is None
