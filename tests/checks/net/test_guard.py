"""The address guard: which addresses a check may connect to, however they are written."""

import pytest

from checks.net.guard import Reach, guard_for, reach

CLASSES = [
    ("93.184.216.34", Reach.PUBLIC),
    ("2606:2800:220:1::1", Reach.PUBLIC),
    ("10.1.2.3", Reach.PRIVATE),
    ("172.31.255.255", Reach.PRIVATE),
    ("192.168.0.1", Reach.PRIVATE),
    ("100.64.0.1", Reach.PRIVATE),
    ("198.18.0.1", Reach.PRIVATE),
    ("224.0.0.1", Reach.PRIVATE),
    ("255.255.255.255", Reach.PRIVATE),
    ("fd12::1", Reach.PRIVATE),
    ("fec0::1", Reach.PRIVATE),
    ("ff02::1", Reach.PRIVATE),
    ("127.0.0.1", Reach.LOOPBACK),
    ("127.255.255.254", Reach.LOOPBACK),
    ("0.0.0.0", Reach.LOOPBACK),
    ("0.1.2.3", Reach.LOOPBACK),
    ("::", Reach.LOOPBACK),
    ("::1", Reach.LOOPBACK),
    ("169.254.1.1", Reach.LINK_LOCAL),
    ("fe80::1", Reach.LINK_LOCAL),
    ("fe80::1%eth0", Reach.LINK_LOCAL),
    ("169.254.169.254", Reach.METADATA),
    ("169.254.170.2", Reach.METADATA),
    ("100.100.100.200", Reach.METADATA),
    ("168.63.129.16", Reach.METADATA),
    ("fd00:ec2::254", Reach.METADATA),
    ("::ffff:127.0.0.1", Reach.LOOPBACK),
    ("::ffff:10.0.0.1", Reach.PRIVATE),
    ("::ffff:169.254.169.254", Reach.METADATA),
    ("::ffff:93.184.216.34", Reach.PUBLIC),
    ("::127.0.0.1", Reach.LOOPBACK),
    ("64:ff9b::a9fe:a9fe", Reach.METADATA),
    ("64:ff9b::5db8:d822", Reach.PUBLIC),
    ("2002:7f00:1::", Reach.LOOPBACK),
    ("2002:c0a8:1::", Reach.PRIVATE),
]


@pytest.mark.parametrize(("address", "expected"), CLASSES, ids=str)
def test_class_of_an_address(address: str, expected: Reach) -> None:
    assert reach(address) is expected


PUBLIC, INSIDE, LOCAL, METADATA = "93.184.216.34", "10.0.0.1", "127.0.0.1", "169.254.169.254"
ALLOWED = [
    pytest.param("a.example", {}, "a.example", PUBLIC, True, id="a-name-at-a-public-address"),
    pytest.param("a.example", {}, "a.example", INSIDE, False, id="a-name-at-a-private-address"),
    pytest.param("a.example", {}, "a.example", LOCAL, False, id="a-name-at-loopback"),
    pytest.param("a.example", {}, "b.example", PUBLIC, True, id="redirected-to-another-public-host"),
    pytest.param("a.example", {}, "b.example", INSIDE, False, id="redirected-inwards"),
    pytest.param(LOCAL, {}, LOCAL, LOCAL, True, id="a-target-written-as-loopback"),
    pytest.param("localhost", {}, "localhost", LOCAL, True, id="localhost"),
    pytest.param("localhost", {}, "localhost", "::1", True, id="localhost-over-ipv6"),
    pytest.param("localhost", {}, "localhost", PUBLIC, False, id="localhost-that-is-not-here"),
    pytest.param(LOCAL, {}, "127.0.0.2", "127.0.0.2", False, id="redirected-to-another-loopback-address"),
    pytest.param(LOCAL, {}, "localhost", LOCAL, False, id="redirected-to-another-name-of-loopback"),
    pytest.param(LOCAL, {}, "b.example", PUBLIC, True, id="redirected-outwards"),
    pytest.param(INSIDE, {}, INSIDE, INSIDE, True, id="a-target-written-as-a-private-address"),
    pytest.param(METADATA, {}, METADATA, METADATA, False, id="a-target-written-as-a-metadata-address"),
    pytest.param("a.example", {"allow_private": True}, "b.example", LOCAL, True, id="all-private-allowed"),
    pytest.param("a.example", {"allow_private": True}, "b.example", METADATA, False, id="metadata-never-wholesale"),
    pytest.param(
        "a.example",
        {"allow_private": ("169.254.0.0/16",)},
        "b.example",
        METADATA,
        False,
        id="metadata-never-in-a-range",
    ),
    pytest.param("a.example", {"allow_private": (METADATA,)}, "b.example", METADATA, True, id="metadata-listed-alone"),
    pytest.param("a.example", {"allow_private": ("10.0.0.0/8",)}, "a.example", INSIDE, True, id="range-allowed"),
    pytest.param("a.example", {"allow_private": ("10.0.0.0/8",)}, "a.example", LOCAL, False, id="outside-the-range"),
    pytest.param(
        "a.example", {"allow_private": ("10.0.0.0/8",)}, "a.example", f"::ffff:{INSIDE}", True, id="mapped-in-the-range"
    ),
    pytest.param("a.example", {"resolve": (("a.example", (LOCAL,)),)}, "a.example", LOCAL, True, id="given-by-resolve"),
    pytest.param(
        "a.example", {"resolve": (("a.example", (LOCAL,)),)}, "b.example", LOCAL, False, id="given-for-another-host"
    ),
    pytest.param(
        "a.example",
        {"resolve": (("a.example", (METADATA,)),)},
        "a.example",
        METADATA,
        False,
        id="metadata-given-by-resolve",
    ),
]


@pytest.mark.parametrize(("target", "options", "host", "address", "allowed"), ALLOWED)
def test_what_may_be_reached(target: str, options: dict[str, object], host: str, address: str, allowed: bool) -> None:
    guard = guard_for(target, **options)
    assert guard.allows(host, address) is allowed
