"""Reads the ClientHello a lab server got, as far as a server needs it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a client asked for."""

    version: int  # the highest
    suites: tuple[int, ...]
    server_name: str | None
    staple: bool


def read_offer(record: bytes) -> Offer:
    """Return the offer in the first record; raises IndexError or ValueError for what is none."""
    if record[0] != 22 or record[5] != 1:
        raise ValueError("no ClientHello")
    body = record[9:]
    version = int.from_bytes(body[:2], "big")
    at = 34 + 1 + body[34]
    size = int.from_bytes(body[at : at + 2], "big")
    suites = tuple(int.from_bytes(body[i : i + 2], "big") for i in range(at + 2, at + 2 + size, 2))
    extensions = extensions_of(record[5:])
    if 43 in extensions:
        versions = extensions[43]
        version = max(int.from_bytes(versions[i : i + 2], "big") for i in range(1, len(versions), 2))
    name = extensions[0][5:].decode() if 0 in extensions else None
    return Offer(version=version, suites=suites, server_name=name, staple=5 in extensions)


def extensions_of(message: bytes) -> dict[int, bytes]:
    """The extensions of a ClientHello message by their numbers."""
    body = message[4:]
    at = 34 + 1 + body[34]
    at += 2 + int.from_bytes(body[at : at + 2], "big")
    rest, found = body[at + 1 + body[at] + 2 :], {}
    while len(rest) >= 4:
        number, length = int.from_bytes(rest[:2], "big"), int.from_bytes(rest[2:4], "big")
        found[number], rest = rest[4 : 4 + length], rest[4 + length :]
    return found
