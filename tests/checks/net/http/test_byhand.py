"""Sessions by hand: what OpenSSL's server makes of them, and that a record which cannot be is never an answer."""

import ssl
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.net.http.byhand import Apart, ByHand
from checks.net.http.openssl import Refused
from checks.net.tls import thirteen
from checks.net.tls.thirteen import Deferred
from tests.lab.tls import thirteen as scripted
from tests.lab.tls.authority import Issued, Wish, intermediate, issue, key, root
from tests.lab.tls.servers import context

NAME = "name.test"
ROOT = root("Lab Root")
MIDDLE = intermediate(ROOT)
LEAF = issue(Wish(dns=[NAME], key=key()), MIDDLE)
DATA, HANDSHAKE, ALERT = 23, 22, 21
TICKET = b"\x04\x00\x00\x0a" + bytes(10)
QUIET_UPDATE, ASKING_UPDATE = b"\x18\x00\x00\x01\x00", b"\x18\x00\x00\x01\x01"
BYE = b"\x01\x00"


class Real:
    """OpenSSL's server side between two buffers."""

    def __init__(self, made: ssl.SSLContext) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = made.wrap_bio(self._in, self._out, server_side=True)

    def begin(self, hello: bytes) -> bytes:
        self._in.write(hello)
        with pytest.raises(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self._out.read()

    def end(self, said: bytes) -> None:
        self._in.write(said)
        self.tls.do_handshake()

    def hear(self, said: bytes, size: int) -> bytes:
        self._in.write(said)
        heard = b""
        while len(heard) < size:
            heard += self.tls.read(size)
        return heard

    def say(self, data: bytes) -> bytes:
        for at in range(0, len(data), 10_000):
            self.tls.write(data[at : at + 10_000])
        return self._out.read()

    def leave(self) -> bytes:
        with pytest.raises(ssl.SSLWantReadError):
            self.tls.unwrap()
        return self._out.read()


def shaken(real: Real) -> ByHand:
    """A session after its handshake, the request of which the server heard."""
    client = ByHand(NAME)
    client.feed(b"")
    assert not client.shake()
    client.feed(real.begin(client.drain()))
    assert client.shake()
    client.write(b"GET / HTTP/1.1\r\n\r\n")
    said = client.drain()
    real.end(said)
    assert real.hear(b"", 18) == b"GET / HTTP/1.1\r\n\r\n"
    return client


@pytest.mark.parametrize("suite", [0x1301, 0x1302, 0x1303])
@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048", "ed25519"])
def test_a_real_server_is_asked_and_answers(monkeypatch: pytest.MonkeyPatch, kind: str, suite: int) -> None:
    monkeypatch.setattr(thirteen, "_OFFER", (suite,))
    leaf = issue(Wish(dns=[NAME], key=key(kind)), MIDDLE)
    real = Real(context(leaf.chain))
    client = shaken(real)
    assert client.read() == (b"", False)
    assert (client.version, client.cipher) == ("TLSv1.3", real.tls.cipher()[0])  # type: ignore[index]
    assert client.sent() == tuple(one.der for one in leaf.chain)
    page = bytes(range(256)) * 400
    client.feed(real.say(page))
    assert client.read() == (page, False)
    client.feed(real.leave())
    assert client.read() == (b"", True)


@pytest.mark.parametrize("length", [1, 2, 3, 4])
@pytest.mark.parametrize("tickets", [0, 1, 2, 12])
def test_any_chain_and_any_number_of_tickets(length: int, tickets: int) -> None:
    made = context((LEAF, *([MIDDLE] * (length - 1))))
    made.num_tickets = tickets
    real = Real(made)
    client = shaken(real)
    assert len(client.sent()) == length
    client.feed(real.say(b"hello"))
    assert client.read() == (b"hello", False)


@pytest.mark.parametrize("size", [16_384, 16_385, 100_000])
def test_a_request_of_any_size(size: int) -> None:
    real = Real(context(LEAF.chain))
    client = shaken(real)
    client.write(b"x" * size)
    assert real.hear(client.drain(), size) == b"x" * size


def test_an_answer_byte_by_byte_and_several_over_one_connection() -> None:
    real = Real(context(LEAF.chain))
    client = shaken(real)
    for number in range(3):
        client.write(b"again")
        assert real.hear(client.drain(), 5) == b"again"
        said, got = real.say(b"answer %d" % number * 300), b""
        for byte in said:
            client.feed(bytes([byte]))
            got += client.read()[0]
        assert got == b"answer %d" % number * 300


class Talking:
    """A session with a server that says what it is told."""

    def __init__(self) -> None:
        self.client = ByHand(NAME)
        self.client.shake()
        self.talk = scripted.Thirteen(leaf=LEAF).talk(self.client.drain()[5:])
        self.client.feed(self.talk.flight)
        assert self.client.shake()

    def ask(self, request: bytes = b"GET") -> None:
        self.client.write(request)
        assert self.talk.heard(self.client.drain()) == request

    def says(self, kind: int, *payloads: bytes) -> bytes:
        return b"".join([self.talk.server.seal(kind, payload) for payload in payloads])

    def hears(self, data: bytes) -> tuple[bytes, bool]:
        self.client.feed(data)
        return self.client.read()


def test_what_a_server_says_before_it_heard_our_end_is_kept() -> None:
    client = ByHand(NAME)
    client.shake()
    talk = scripted.Thirteen(leaf=LEAF).talk(client.drain()[5:])
    client.feed(talk.flight + talk.server.seal(HANDSHAKE, TICKET) + talk.server.seal(DATA, b"early"))
    assert client.shake()
    client.feed(b"")
    assert client.read() == (b"early", False)


def test_keys_are_renewed_when_the_server_says_so() -> None:
    talking = Talking()
    talking.ask()
    for number in range(40):
        said = talking.says(HANDSHAKE, QUIET_UPDATE)
        talking.talk.server.renew()
        said += talking.says(DATA, b"%d" % number)
        assert talking.hears(said) == (b"%d" % number, False)


def test_ours_are_renewed_before_the_next_word_when_it_asks() -> None:
    talking = Talking()
    talking.ask()
    for _ in range(2):  # one answer is enough
        said = talking.says(HANDSHAKE, ASKING_UPDATE)
        talking.talk.server.renew()
        assert talking.hears(said) == (b"", False)
    client = talking.talk.client
    for request in (b"one", b"two"):
        talking.client.write(request)
        said = talking.client.drain()
        if request == b"one":
            end = 5 + int.from_bytes(said[3:5], "big")
            assert scripted.opened(client, said[:end]) == (HANDSHAKE, QUIET_UPDATE)
            client.renew()
            said = said[end:]
        assert scripted.opened(client, said) == (DATA, request)


def test_messages_may_share_records_and_span_them() -> None:
    talking = Talking()
    together = TICKET * 3
    cut = [b"".join(pair) for pair in [(TICKET, TICKET[:2]), (TICKET[2:], TICKET[:5]), (TICKET[5:],)]]
    assert talking.hears(talking.says(HANDSHAKE, together, *cut) + talking.says(DATA, b"x")) == (b"x", False)


def test_nothing_counts_after_the_farewell() -> None:
    talking = Talking()
    said = talking.says(DATA, b"whole") + talking.says(ALERT, BYE) + talking.says(DATA, b"more") + b"GARBAGE"
    assert talking.hears(said) == (b"whole", True)
    assert talking.hears(b"HTTP/1.1") == (b"", True)


def clear(kind: int, payload: bytes) -> bytes:
    return bytes([kind, 3, 3]) + len(payload).to_bytes(2, "big") + payload


BAD: dict[str, Callable[[Talking], bytes]] = {
    "data in clear": lambda _t: clear(DATA, b"HTTP/1.1 200 OK\r\n\r\n" + bytes(16)),
    "an alert in clear": lambda _t: clear(ALERT, BYE),
    "a change of ciphers after the handshake": lambda _t: clear(20, b"\x01"),
    "another protocol": lambda _t: b"HTTP/1.1 200 OK\r\n\r\n",
    "an alert that says why": lambda t: t.says(ALERT, b"\x02\x74"),
    "half an alert": lambda t: t.says(ALERT, b"\x01"),
    "two alerts in one record": lambda t: t.says(ALERT, BYE * 2),
    "an empty message": lambda t: t.says(HANDSHAKE, b""),
    "an unknown type": lambda t: t.says(24, b"x"),
    "a demand for a certificate": lambda t: t.says(HANDSHAKE, b"\x0d\x00\x00\x03\x00\x00\x00"),
    "a second Finished": lambda t: t.says(HANDSHAKE, b"\x14\x00\x00\x20" + bytes(32)),
    "data within a message": lambda t: t.says(HANDSHAKE, TICKET[:5]) + t.says(DATA, b"x"),
    "a farewell within a message": lambda t: t.says(HANDSHAKE, TICKET[:5]) + t.says(ALERT, BYE),
    "an update with a message after it": lambda t: t.says(HANDSHAKE, QUIET_UPDATE + TICKET),
    "an update with the beginning of one": lambda t: t.says(HANDSHAKE, QUIET_UPDATE + TICKET[:2]),
    "an update that asks for something else": lambda t: t.says(HANDSHAKE, b"\x18\x00\x00\x01\x02"),
    "an update under the old key": lambda t: t.says(HANDSHAKE, QUIET_UPDATE) + t.says(DATA, b"x"),
    "a message without end": lambda t: t.says(HANDSHAKE, b"\x04\xff\xff\xff"),
    "tickets without end": lambda t: t.says(HANDSHAKE, *[TICKET * 1000] * 10),
    "a record with too much in it": lambda t: t.says(DATA, bytes(2**14 + 1)),
    "a record of padding": lambda t: t.says(0, bytes(20)),
    "a record announced too long": lambda _t: b"\x17\x03\x03\x41\x01",
    "a record twice": lambda t: t.says(DATA, b"") * 2,
    "a record without a type": lambda _t: clear(DATA, bytes(16)),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("before", [b"", b"an answer"], ids=["at-once", "after-data"])
def test_a_record_that_cannot_be_ends_the_session(name: str, before: bytes) -> None:
    """What came before it is handed on, and nothing after it, however often it is asked for."""
    talking = Talking()
    talking.ask()
    said = talking.says(DATA, before) if before else b""
    talking.client.feed(said + BAD[name](talking))
    if before:
        assert talking.client.read() == (before, False)
        assert talking.client.broken
    for _ in range(2):
        with pytest.raises(Refused):
            talking.client.read()
    assert talking.client.broken


def test_padding_is_taken_off() -> None:
    talking = Talking()
    assert talking.hears(talking.says(0, b"page" + bytes([DATA]) + bytes(30))) == (b"page", False)


@settings(max_examples=200, deadline=None)
@given(place=st.floats(min_value=0, max_value=0.9999), bit=st.integers(0, 7), cuts=st.lists(st.integers(0, 3000)))
def test_no_bit_of_an_answer_changes_unnoticed(place: float, bit: int, cuts: list[int]) -> None:
    talking = Talking()
    data = bytearray(talking.says(DATA, b"a" * 700, b"b" * 700) + talking.says(ALERT, BYE))
    at = int(place * len(data))
    data[at] ^= 1 << bit
    got, last = b"", False
    try:
        for start, end in pairwise(sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})):
            piece, last = talking.hears(bytes(data[start:end]))
            got += piece
    except Refused:
        pass
    assert not last
    assert (b"a" * 700 + b"b" * 700).startswith(got)
    assert got in (b"", b"a" * 700, b"a" * 700 + b"b" * 700)


@settings(max_examples=300, deadline=None)
@given(place=st.floats(min_value=0, max_value=0.9999), bit=st.integers(0, 7))
def test_no_bit_of_a_handshake_changes_unnoticed(place: float, bit: int) -> None:
    client = ByHand(NAME)
    client.shake()
    data = bytearray(scripted.Thirteen(leaf=LEAF).talk(client.drain()[5:]).flight)
    at = int(place * len(data))
    data[at] ^= 1 << bit
    client.feed(bytes(data))
    try:
        done = client.shake()
    except Deferred:
        return
    # In the version that stands on the first record, in clear, there is nothing that anybody reads (RFC 8446, 5.1);
    # that of a protected record is authenticated, and the record between them goes by its type and length.
    first = 5 + int.from_bytes(data[3:5], "big")
    assert not done or at in (2, first + 2)


def test_a_client_certificate_that_is_wanted_is_left_to_openssl() -> None:
    made = context(LEAF.chain)
    made.load_verify_locations(cadata=ROOT.pem.decode())
    made.verify_mode = ssl.CERT_OPTIONAL
    client = ByHand(NAME)
    client.shake()
    client.feed(Real(made).begin(client.drain()))
    with pytest.raises(Deferred, match="client certificate"):
        client.shake()


def test_a_server_without_the_key_of_its_certificate_is_left_to_openssl() -> None:
    thief = scripted.Thirteen(leaf=Issued(cert=LEAF.cert, key=key(number=77), above=LEAF.above))
    client = ByHand(NAME)
    client.shake()
    client.feed(thief.talk(client.drain()[5:]).flight)
    with pytest.raises(Deferred, match="signature"):
        client.shake()


def test_an_address_is_asked_for_without_a_name() -> None:
    named, nameless = ByHand(NAME), ByHand("127.0.0.1")
    assert NAME.encode() in named.drain()
    assert b"127.0.0.1" not in nameless.drain()


def test_nothing_secret_shows_in_a_message_of_ours() -> None:
    talking = Talking()
    hand = talking.client._hand
    for shown in (repr(talking.client), repr(hand), repr(hand.directions())):
        assert not any(secret.hex() in shown or repr(secret) in shown for secret in hand.secrets)


def test_servers_apart_are_forgotten_after_a_day_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.net.http.byhand._KEPT", 2)
    clock = [0.0]
    apart = Apart(clock=lambda: clock[0])
    one, two, three = (("127.0.0.1", port, NAME) for port in (1, 2, 3))
    apart.add(one)
    assert apart.holds(one)
    assert not apart.holds(two)
    clock[0] = 86_400.0
    assert not apart.holds(one)
    for server in (one, two, three):
        apart.add(server)
    assert [apart.holds(server) for server in (one, two, three)] == [False, True, True]
