"""Rewrites the head of an answer that a strict parser refuses and browsers show; what is ambiguous stays refused."""

import re
from dataclasses import dataclass
from typing import Final

from checks.net.http.exchange import Oddity

_END: Final = re.compile(rb"\r?\n\r?\n")
_STATUS: Final = re.compile(rb"HTTP/([0-9])(?:\.([0-9]))?[ \t]+([0-9]{3})(?![0-9])[ \t]*([^\r\n\0]*)", re.IGNORECASE)
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Unmendable(ValueError):
    """The head means nothing, or two things; the message says what, where more can be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """The same answer with a plain head, and what had to be overlooked."""

    data: bytes
    oddities: tuple[Oddity, ...]


def mend(raw: bytes) -> Mended | None:
    """Return the answer with its head in order; None when more of it must come first; raises `Unmendable`."""
    while True:
        raw = raw.lstrip(b"\r\n")
        prefix = raw[:5].upper()
        if prefix != b"HTTP/"[: len(prefix)]:
            raise Unmendable("not an HTTP answer")
        end = _END.search(raw)
        if end is None:
            return None
        status, *lines = [line.rstrip(b"\r") for line in raw[: end.start()].split(b"\n")]
        found = _STATUS.fullmatch(status)
        if found is None:
            raise Unmendable("")
        if found[3].startswith(b"1") and found[3] != b"101":  # an interim answer: ours comes after it
            raw = raw[end.end() :]
            continue
        fields, oddities = _fields(lines)
        head = b"HTTP/%b.%b %b %b\r\n" % (found[1], found[2] or b"0", found[3], found[4].strip())
        head += b"".join([b"%b: %b\r\n" % field for field in fields])
        return Mended(data=head + b"\r\n" + raw[end.end() :], oddities=oddities)


def _fields(lines: list[bytes]) -> tuple[list[tuple[bytes, bytes]], tuple[Oddity, ...]]:
    fields: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and fields:  # folded
            name, value = fields[-1]
            fields[-1] = (name, value + b" " + line.strip())
            continue
        name, colon, value = line.partition(b":")
        if colon and _TOKEN.fullmatch(name.strip()):  # browsers drop what is no field
            fields.append((name.strip(), value.strip()))
    lengths = [value for name, value in fields if name.lower() == b"content-length"]
    if len(lengths) > 1 or any(b"," in length for length in lengths):
        fields = [field for field in fields if field[0].lower() != b"content-length"]
        return [*fields, (b"Content-Length", _one_length(lengths))], (Oddity.REPEATED_LENGTH,)
    return fields, ()


def _one_length(lengths: list[bytes]) -> bytes:
    """RFC 9110, 8.6: the same length said twice is one length."""
    said = {part.strip() for length in lengths for part in length.split(b",")}
    if len(said) != 1:
        raise Unmendable(f"conflicting lengths: {b', '.join(sorted(said)).decode('latin-1')}")
    return said.pop()
