"""A host that is an address in disguise is told, and what only looks like one is not taken for it."""

import pytest

from checks.parse.addresses import ends_in_number, is_localhost, written_address


@pytest.mark.parametrize(
    ("host", "address"),
    [
        pytest.param("127.0.0.1", "127.0.0.1", id="the-usual-form"),
        pytest.param("2130706433", "127.0.0.1", id="one-decimal-number"),
        pytest.param("0177.0.0.01", "127.0.0.1", id="octal-parts"),
        pytest.param("0x7f.0X1", "127.0.0.1", id="hexadecimal-parts"),
        pytest.param("127.0x", "127.0.0.0", id="a-bare-0x-is-nought"),
        pytest.param("127.1.", "127.0.0.1", id="the-root's-dot-does-not-count"),
        pytest.param("[::1]", "::1", id="version-6-in-brackets"),
        pytest.param("fe80::1%eth0", "fe80::1", id="a-zone-is-no-part-of-the-address"),
        pytest.param("[::g]", None, id="no-hexadecimal-digit"),
        pytest.param("1:2:3", None, id="too-few-groups"),
        pytest.param("127.0.0.08", None, id="eight-is-no-octal-digit"),
        pytest.param("9" * 5000, None, id="a-number-longer-than-is-read"),
        pytest.param("256.1", None, id="a-part-above-255"),
        pytest.param("4294967296", None, id="a-number-above-32-bits"),
        pytest.param("1.2.3.4.5", None, id="five-parts"),
        pytest.param("a.1", None, id="a-name-that-ends-in-a-number"),
        pytest.param("acme.test", None, id="a-name"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_addresses(host: str, address: str | None) -> None:
    assert written_address(host) == address


@pytest.mark.parametrize(("host", "number"), [("a.1", True), ("a.0x1f.", True), ("1.a", False), ("0xg", False)])
def test_a_name_that_browsers_take_for_an_address(host: str, number: bool) -> None:
    assert ends_in_number(host) is number


@pytest.mark.parametrize(
    ("host", "local"), [("localhost", True), ("A.LocalHost.", True), ("mylocalhost", False), ("localhost.test", False)]
)
def test_names_of_this_machine(host: str, local: bool) -> None:
    assert is_localhost(host) is local
