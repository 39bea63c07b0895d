"""TLS 1.3 by hand: what real servers make of it, and that no server gets through with less than a whole handshake."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.net.tls import quick, thirteen
from checks.net.tls.failure import Failing
from checks.net.tls.flight import RETRY
from checks.net.tls.quick import by_hand, chain_of
from checks.net.tls.shake import Endpoint, Shaken
from checks.net.tls.thirteen import Deferred
from tests.lab.ports import free_port
from tests.lab.tls import thirteen as server
from tests.lab.tls.authority import Issued, Wish, intermediate, issue, key, root
from tests.lab.tls.servers import Behaviour, Lab, context, hang, open_lab, plain, reset, says, tls

TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
ROOT = root("Lab Root")
MIDDLE = intermediate(ROOT)
NAME = "name.test"


def soon(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


def leaf(kind: str = "p256", number: int = 0) -> Issued:
    return issue(Wish(dns=[NAME], key=key(kind, number)), MIDDLE)


def ders(one: Issued) -> tuple[bytes, ...]:
    return tuple(issued.der for issued in one.chain)


LEAF = leaf()


class Real:
    """OpenSSL's server side between two buffers."""

    def __init__(self, made: ssl.SSLContext) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = made.wrap_bio(self._in, self._out, server_side=True)

    def hear(self, data: bytes) -> bytes:
        self._in.write(data)
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self._out.read()

    def ended(self) -> bool:
        """Whether the client said that it has nothing more to say."""
        try:
            return self.tls.read(1) == b""
        except ssl.SSLZeroReturnError:
            return True


@pytest.mark.parametrize("suite", [0x1301, 0x1302, 0x1303])
@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048", "rsa4096", "ed25519"])
def test_a_real_server_is_content(monkeypatch: pytest.MonkeyPatch, kind: str, suite: int) -> None:
    """It takes our end of the handshake, and hears our farewell; the answer may come byte by byte."""
    monkeypatch.setattr(thirteen, "_OFFER", (suite,))
    one = leaf(kind)
    real, client = Real(context(one.chain)), thirteen.Thirteen(NAME)
    said = b"".join(client.feed(bytes([byte])) for byte in real.hear(client.hello))
    assert client.done
    assert (client.chain, client.suite) == (ders(one), suite)
    real.hear(said + client.farewell())
    assert real.tls.version() == "TLSv1.3"
    assert real.ended()


def test_a_key_share_serves_for_a_second() -> None:
    clock = [0.0]
    pair = thirteen.Pair(clock=lambda: clock[0])
    first = pair.now()
    clock[0] = 0.999
    assert pair.now() is first
    clock[0] = 1.0
    assert pair.now()[1] != first[1]


def test_handshakes_with_one_key_share_have_nothing_else_in_common() -> None:
    clients = [thirteen.Thirteen(NAME) for _ in range(2)]
    for client in clients:
        client.feed(Real(context(LEAF.chain)).hear(client.hello))
    (one, other), share = clients, 32
    assert one.hello[-share:] == other.hello[-share:]
    assert one.hello[11:43] != other.hello[11:43]
    assert not set(one.secrets) & set(other.secrets)


def test_a_server_that_may_do_without_a_client_certificate_does() -> None:
    made = context(LEAF.chain)
    made.load_verify_locations(cadata=ROOT.pem.decode())
    made.verify_mode = ssl.CERT_OPTIONAL
    real, client = Real(made), thirteen.Thirteen(NAME)
    real.hear(client.feed(real.hear(client.hello)) + client.farewell())
    assert client.done
    assert real.ended()


def test_a_large_chain_comes_in_many_records() -> None:
    chain = (*LEAF.chain, *([MIDDLE] * 60))
    real, client = Real(context(chain)), thirteen.Thirteen(NAME)
    client.feed(real.hear(client.hello))
    assert len(client.chain) == len(chain)


def test_no_end_of_a_chain_is_left_to_others() -> None:
    real, client = Real(context((*LEAF.chain, *([MIDDLE] * 520)))), thirteen.Thirteen(NAME)
    with pytest.raises(Deferred, match="no end"):
        client.feed(real.hear(client.hello))


@pytest.mark.parametrize("staple", [b"", b"an OCSP answer"], ids=["without-a-staple", "with-one"])
@pytest.mark.parametrize("asked", [True, False], ids=["asked", "not-asked"])
def test_a_staple_comes_with_the_first_certificate(staple: bytes, asked: bool) -> None:
    client = thirteen.Thirteen(NAME, staple=asked)
    client.feed(server.Thirteen(leaf=LEAF, staple=staple).flight(client.hello[5:]))
    assert client.done
    assert client.stapled is (asked and bool(staple))


def flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda message: message[:at] + bytes([message[at] ^ 1]) + message[at:][1:]


def gone(_message: bytes) -> bytes:
    return b""


@pytest.mark.parametrize(
    ("where", "change"),
    [
        pytest.param("hello", flipped(5), id="another-version-in-clear"),
        pytest.param("hello", flipped(40), id="another-session"),
        pytest.param("hello", flipped(-1), id="another-key-share"),
        pytest.param("hello", lambda m: m[:6] + RETRY + m[38:], id="another-key-share-is-wanted"),
        pytest.param("certificate", gone, id="no-certificate"),
        pytest.param("certificate", lambda _m: b"\x0b\x00\x00\x04\x00\x00\x00\x00", id="an-empty-chain"),
        pytest.param("certificate", lambda m: m[:9] + b"\xff" + m[10:], id="a-context-out-of-bounds"),
        pytest.param("verify", gone, id="no-proof-of-the-key"),
        pytest.param("verify", flipped(-1), id="a-proof-that-is-wrong"),
        pytest.param("verify", flipped(5), id="a-proof-of-another-kind"),
        pytest.param("finished", gone, id="no-end"),
        pytest.param("finished", flipped(-1), id="an-end-of-another-handshake"),
        pytest.param("sealed", flipped(-1), id="a-record-changed-on-its-way"),
        pytest.param("sealed", lambda r: r[:-1], id="a-record-cut"),
        pytest.param("sealed", lambda _r: b"\x15\x03\x03\x00\x02\x02\x28", id="an-alert-in-clear"),
        pytest.param("sealed", lambda _r: b"HTTP/1.1 400 Bad Request\r\n\r\n", id="another-protocol"),
    ],
)
def test_nothing_less_than_a_whole_handshake_is_believed(where: str, change: Callable[[bytes], bytes]) -> None:
    client = thirteen.Thirteen(NAME)
    flight = server.Thirteen(leaf=LEAF, changes={where: change}).flight(client.hello[5:])
    with contextlib.suppress(Deferred):
        client.feed(flight)
    assert not client.done


def test_a_server_without_the_key_of_its_certificate() -> None:
    """The chain is the right one, and the signature another key's."""
    thief = server.Thirteen(leaf=Issued(cert=LEAF.cert, key=key(number=77), above=LEAF.above))
    client = thirteen.Thirteen(NAME)
    with pytest.raises(Deferred, match="signature"):
        client.feed(thief.flight(client.hello[5:]))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.floats(min_value=0, max_value=0.9999), bit=st.integers(0, 7), cut=st.booleans())
def test_any_bit_that_changes_on_its_way_is_noticed(place: float, bit: int, cut: bool) -> None:
    client = thirteen.Thirteen(NAME)
    flight = bytearray(server.Thirteen(leaf=LEAF).flight(client.hello[5:]))
    at = int(place * len(flight))
    flight[at] ^= 1 << bit
    data = bytes(flight[:at] if cut else flight)
    with contextlib.suppress(Deferred):
        client.feed(data)
    # The version that stands on a record in clear, and a word that means nothing, nobody reads.
    assert not client.done or (not cut and client.chain == ders(LEAF))


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=200))
def test_garbage_is_deferred_or_waited_for(data: bytes) -> None:
    client = thirteen.Thirteen(NAME)
    try:
        client.feed(data)
    except Deferred:
        return
    assert not client.done


@pytest.fixture
async def lab(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Lab]:
    monkeypatch.setattr(quick, "_KNOWN", type(quick._KNOWN)())
    async with open_lab() as opened:
        yield opened


class Counted:
    """Counts the connections to a behaviour."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self.count = 0

    async def __call__(self, connection: object) -> None:
        self.count += 1
        await self._behaviour(connection)  # type: ignore[arg-type]


async def shaken(lab: Lab, behaviour: Behaviour, times: int = 1) -> tuple[Shaken, int]:
    """What the last of so many handshakes gave, and how many connections they took."""
    counted = Counted(behaviour)
    endpoint = Endpoint(address="127.0.0.1", port=lab.open(("127.0.0.1", counted)), server_name=NAME)
    found = [await chain_of(endpoint, soon(2.0)) for _ in range(times)]
    return found[-1], counted.count


async def test_one_connection_is_enough_where_tls_1_3_is_spoken(lab: Lab) -> None:
    found, connections = await shaken(lab, tls(context(LEAF.chain)))
    assert (found.chain, found.version, found.failure, connections) == (ders(LEAF), "TLSv1.3", None, 1)
    assert found.cipher == "TLS_AES_256_GCM_SHA384"


@pytest.mark.parametrize(("times", "connections"), [(1, 2), (2, 3)], ids=["the-first-time", "the-second-time"])
async def test_openssl_is_asked_where_it_is_not(lab: Lab, times: int, connections: int) -> None:
    found, count = await shaken(lab, tls(context(LEAF.chain, versions=(TLS12, TLS12))), times)
    assert (found.chain, found.version, count) == (ders(LEAF), "TLSv1.2", connections)


async def test_another_curve_is_left_to_openssl(lab: Lab) -> None:
    made = context(LEAF.chain, versions=(TLS13, TLS13))
    made.set_ecdh_curve("prime256v1")
    found, connections = await shaken(lab, tls(made))
    assert (found.chain, found.version, connections) == (ders(LEAF), "TLSv1.3", 2)


@pytest.mark.parametrize(
    ("behaviour", "failing", "connections"),
    [
        pytest.param(hang, Failing.TIMEOUT, 1, id="silence"),
        pytest.param(reset, Failing.RESET, 2, id="a-reset"),
        pytest.param(says(b"\x15\x03\x03\x00\x02\x02\x28"), Failing.ALERT, 2, id="an-alert"),
        pytest.param(says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Failing.NOT_TLS, 2, id="plain-http"),
        pytest.param(plain(b"never"), Failing.TIMEOUT, 1, id="http-that-waits"),
    ],
)
async def test_failures_keep_their_names(lab: Lab, behaviour: Behaviour, failing: Failing, connections: int) -> None:
    counted = Counted(behaviour)
    endpoint = Endpoint(address="127.0.0.1", port=lab.open(("127.0.0.1", counted)), server_name=NAME)
    found = await chain_of(endpoint, soon(0.5))
    assert found.failure is not None
    assert (found.failure.failing, found.chain, counted.count) == (failing, (), connections)


async def test_a_closed_port() -> None:
    found = await chain_of(Endpoint(address="127.0.0.1", port=free_port(), server_name=NAME), soon(1.0))
    assert found.failure is not None
    assert found.failure.failing is Failing.REFUSED


async def test_a_staple_is_seen_by_hand(lab: Lab) -> None:
    port = lab.open(("127.0.0.1", server.Thirteen(leaf=LEAF, staple=b"an OCSP answer")))
    found = await by_hand(Endpoint(address="127.0.0.1", port=port, server_name=NAME), soon(2.0), staple=True)
    assert found is not None
    assert found.stapled
