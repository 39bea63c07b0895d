"""The key schedule against the trace of a whole handshake in RFC 8448, and our HMAC against the library's."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.net.tls.traffic import SUITES, Direction, application_secrets, handshake_secrets
from tests.lab.tls.thirteen import opened

SUITE = SUITES[0x1301]
SHARED = bytes.fromhex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d")
HELLOS = bytes.fromhex("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8")  # the transcript's digest
FINISHED = bytes.fromhex("9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13")


def test_the_secrets_of_rfc_8448() -> None:
    """RFC 8448, 3: "Simple 1-RTT Handshake"."""
    client, server, derived = handshake_secrets(SUITE, SHARED, HELLOS)
    assert client.hex() == "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"
    assert server.hex() == "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"
    assert derived.hex() == "43de77e0c77713859a944db9db2590b53190a65b3ee2e4f12dd7a0bb7ce254b4"
    client, server = application_secrets(SUITE, derived, FINISHED)
    assert client.hex() == "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"
    assert server.hex() == "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"


@pytest.mark.parametrize("number", SUITES, ids=hex)
def test_what_one_end_seals_the_other_opens(number: int) -> None:
    suite = SUITES[number]
    ours, theirs = Direction(suite, bytes(suite.length)), Direction(suite, bytes(suite.length))
    for size in (1, 100, 2**14):
        record = ours.seal(23, b"x" * size)
        assert opened(theirs, record) == (23, b"x" * size)
        ours.renew()
        theirs.renew()


@given(key=st.binary(max_size=64), messages=st.lists(st.binary(max_size=200), max_size=3))
def test_macs_are_those_of_the_library(key: bytes, messages: list[bytes]) -> None:
    for number, name in ((0x1301, hashlib.sha256), (0x1302, hashlib.sha384)):
        assert SUITES[number].macs(key, *messages) == [hmac.digest(key, message, name) for message in messages]
