"""Identifiers that sort by time (ULID: 48 bits of milliseconds, 80 bits of randomness, Crockford base 32)."""

import os
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)


def encode(milliseconds: int, randomness: bytes) -> str:
    """Return the 26 characters for a Unix time in milliseconds and ten random bytes."""
    number = (milliseconds << 80) | int.from_bytes(randomness, "big")
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])


def new() -> str:
    """Return a new identifier for this instant."""
    return encode(time.time_ns() // 1_000_000, os.urandom(10))
