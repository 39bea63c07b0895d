"""What servers say to hellos written by hand, old protocols and weak suites among them."""

import asyncio
import ssl
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.net.tls.ask import Answered, ask
from checks.net.tls.failure import Failing
from checks.net.tls.flight import Flight
from checks.net.tls.hello import Hello, Version, client_hello
from checks.net.tls.shake import Endpoint
from checks.net.tls.suites import EVERY, FORWARD, STATIC, TLS13, Weakness, weak_suites, weakness
from tests.lab.tls.authority import Wish, intermediate, issue, root
from tests.lab.tls.offer import read_offer
from tests.lab.tls.servers import Behaviour, Lab, Records, context, hang, open_lab, tls

LEAF = issue(Wish(dns=["name.test"]), intermediate(root()))
DERS = tuple(one.der for one in LEAF.chain)


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with open_lab() as opened:
        yield opened


async def asked(lab: Lab, behaviour: Behaviour, hello: Hello, seconds: float = 5.0) -> Answered:
    endpoint = Endpoint(address="127.0.0.1", port=lab.open(("127.0.0.1", behaviour)), server_name="name.test")
    return await ask(endpoint, hello, asyncio.get_running_loop().time() + seconds)


@pytest.mark.parametrize("version", [Version.SSL3, Version.TLS10, Version.TLS11, Version.TLS12])
async def test_a_version_is_found_whatever_openssl_speaks(lab: Lab, version: Version) -> None:
    server = Records(chain=DERS, versions=[version], suites=[0x002F])
    found = await asked(lab, server, Hello(version=version, suites=EVERY, server_name="name.test"))
    assert (found.version, found.suite, found.chain) == (version, 0x002F, DERS)


@pytest.mark.parametrize(
    ("suite", "why"),
    [
        pytest.param(0x0002, Weakness.NULL, id="null"),
        pytest.param(0x00A6, Weakness.ANONYMOUS, id="anonymous"),
        pytest.param(0x0003, Weakness.EXPORT, id="export"),
        pytest.param(0x0005, Weakness.RC4, id="rc4"),
        pytest.param(0x0009, Weakness.DES, id="des"),
        pytest.param(0x000A, Weakness.TRIPLE_DES, id="3des"),
    ],
)
async def test_a_weak_suite_is_found(lab: Lab, suite: int, why: Weakness) -> None:
    server = Records(chain=DERS, versions=[0x0301], suites=[suite])
    found = await asked(lab, server, Hello(version=Version.TLS12, suites=weak_suites()))
    assert weakness(found.suite) is why
    without = await asked(lab, server, Hello(version=Version.TLS12, suites=weak_suites(why)))
    assert not without.accepted
    assert without.refused


async def test_a_real_server_of_tls_1_2_shows_its_chain(lab: Lab) -> None:
    found = await asked(lab, tls(context(LEAF.chain)), Hello(version=Version.TLS12, suites=FORWARD))
    assert found.version == Version.TLS12
    assert found.chain == DERS


async def test_a_real_server_of_tls_1_3_is_told_by_its_hello(lab: Lab) -> None:
    made = context(LEAF.chain, versions=(ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3))
    found = await asked(lab, tls(made), Hello(version=Version.TLS13, suites=TLS13, server_name="name.test"))
    assert found.version == Version.TLS13
    refused = await asked(lab, tls(made), Hello(version=Version.TLS12, suites=EVERY))
    assert refused.failure is not None
    assert refused.failure.alert == "protocol_version"


async def test_staple_and_demand_come_in_clear(lab: Lab) -> None:
    server = Records(chain=DERS, versions=[0x0303], suites=FORWARD, staple=b"ocsp", demands=True)
    with_it = await asked(lab, server, Hello(version=Version.TLS12, suites=FORWARD, staple=True))
    without = await asked(lab, server, Hello(version=Version.TLS12, suites=FORWARD))
    assert with_it.stapled
    assert with_it.wants_client_certificate
    assert not without.stapled


async def test_a_chain_of_200_kilobytes_is_read(lab: Lab) -> None:
    big = (LEAF.der, *([DERS[1]] * 520))
    found = await asked(
        lab, Records(chain=big, versions=[0x0303], suites=FORWARD), Hello(version=Version.TLS12, suites=FORWARD)
    )
    assert found.chain == big
    assert sum(map(len, found.chain)) > 200_000


async def test_silence_is_no_refusal(lab: Lab) -> None:
    found = await asked(lab, hang, Hello(version=Version.TLS12, suites=STATIC), seconds=0.1)
    assert found.failure is not None
    assert found.failure.failing is Failing.TIMEOUT
    assert not found.refused


@pytest.mark.parametrize("version", list(Version))
def test_a_hello_says_what_it_is_asked_to(version: Version) -> None:
    offer = read_offer(client_hello(Hello(version=version, suites=(1, 2), server_name="name.test", staple=True)))
    named = version is not Version.SSL3
    assert (offer.version, offer.suites) == (version, (1, 2))
    assert (offer.server_name, offer.staple) == (("name.test", True) if named else (None, False))


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_a_flight_survives_any_bytes(pieces: list[bytes]) -> None:
    flight = Flight()
    for piece in pieces:
        flight.feed(piece)
    assert flight.version <= 0xFFFF


@given(st.data())
def test_a_flight_survives_a_damaged_answer_in_pieces(data: st.DataObject) -> None:
    server = Records(chain=DERS, versions=[0x0303], suites=FORWARD, staple=b"x", demands=True)
    hello = client_hello(Hello(version=Version.TLS12, suites=FORWARD, staple=True))
    damaged = bytearray(server.answer(read_offer(hello)))
    for _ in range(data.draw(st.integers(0, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    flight = Flight()
    for piece in (bytes(damaged[:cut]), bytes(damaged[cut:])):
        flight.feed(piece)
    assert len(flight.chain) <= len(damaged)
