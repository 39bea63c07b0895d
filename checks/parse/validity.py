"""Reads from when to when a certificate is valid, straight from its DER: a probe needs no more of it."""

from datetime import UTC, datetime
from functools import lru_cache

_SEQUENCE, _CONTEXT_0, _UTC_TIME, _GENERALIZED = 0x30, 0xA0, 0x17, 0x18


class NotDer(ValueError):
    """The bytes are not a certificate."""


@lru_cache(maxsize=16384)
def validity(der: bytes) -> tuple[datetime, datetime]:
    """Return notBefore and notAfter (RFC 5280, 4.1.2.5); raises `NotDer`."""
    _, at, _ = _element(der, 0, _SEQUENCE)  # Certificate
    _, at, _ = _element(der, at, _SEQUENCE)  # TBSCertificate
    tag, _, end = _element(der, at)
    if tag == _CONTEXT_0:  # version
        _, _, end = _element(der, end)
    for _field in range(2):  # signature, issuer
        _, _, end = _element(der, end)
    _, at, _ = _element(der, end, _SEQUENCE)
    first, start, end = _element(der, at)
    not_before = _time(first, der[start:end])
    second, start, end = _element(der, end)
    return not_before, _time(second, der[start:end])


def _element(der: bytes, at: int, expected: int | None = None) -> tuple[int, int, int]:
    """Return tag, start and end of the content of the element at `at`."""
    try:
        tag, length, start = der[at], der[at + 1], at + 2
    except IndexError:
        raise NotDer("cut short") from None
    if length & 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(der[start : start + count], "big"), start + count
    if start + length > len(der) or (expected is not None and tag != expected):
        raise NotDer(f"unexpected element {tag:#x} at {at}")
    return tag, start, start + length


def _time(tag: int, content: bytes) -> datetime:
    text = content.decode("ascii", "replace")
    if tag == _UTC_TIME:  # two digits: 50 and above are of the last century
        text = ("19" if text[:2] >= "50" else "20") + text
    elif tag != _GENERALIZED:
        raise NotDer(f"not a time: {tag:#x}")
    if len(text) != 15 or text[14] != "Z" or not text[:14].isdigit():
        raise NotDer(f"not a time: {text[:20]!r}")
    try:
        date = (int(text[:4]), int(text[4:6]), int(text[6:8]))
        return datetime(*date, int(text[8:10]), int(text[10:12]), int(text[12:14]), tzinfo=UTC)
    except ValueError as error:
        raise NotDer(str(error)) from None
