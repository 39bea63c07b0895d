"""Tells whether a URL's host is an address in disguise, as browsers would read it."""

import ipaddress
import re
from functools import lru_cache

_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")


@lru_cache(maxsize=16384)
def written_address(host: str) -> str | None:
    """Return the address that a URL's host *is* (decimal, octal, hexadecimal and short forms too), or None for a name.

    WHATWG URL, "IPv4 parser": `2130706433`, `0177.0.0.1`, `0x7f.1` and `127.1` are all 127.0.0.1.
    """
    host = host.strip("[]")
    if ":" in host:
        return _version_6(host)
    parts = host.rstrip(".").split(".")
    if not ends_in_number(host) or len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    numbers = [_number(part) for part in parts]
    return _assemble([number for number in numbers if number is not None]) if None not in numbers else None


def ends_in_number(host: str) -> bool:
    """Whether a host has to be an IPv4 address, no top-level domain being a number (WHATWG URL, host parsing)."""
    last = host.rstrip(".").rpartition(".")[2]
    return bool(last) and (last.isdigit() or (_NUMBER.fullmatch(last) is not None))


def is_localhost(host: str) -> bool:
    """Whether a name means this machine whatever the DNS says (RFC 6761, section 6.3)."""
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def _version_6(text: str) -> str | None:
    try:
        return str(ipaddress.IPv6Address(text.partition("%")[0]))
    except ValueError:
        return None


def _number(part: str) -> int | None:
    try:
        if part[:2].lower() == "0x":
            return int(part[2:] or "0", 16)
        return int(part, 8) if len(part) > 1 and part.startswith("0") else int(part)
    except ValueError:
        return None


def _assemble(numbers: list[int]) -> str | None:
    *first, last = numbers
    if any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        return None
    value = last
    for index, number in enumerate(first):
        value += number << (8 * (3 - index))
    return str(ipaddress.IPv4Address(value))
